"""Other names of collections, kept in one JSON file beside them.

The file is replaced whole: after a power cut it holds what it held before a change, or all of it.
"""

import os
from collections.abc import Collection
from pathlib import Path

import msgspec

from ingest.embedded_qdrant import messages
from ingest.embedded_qdrant.errors import not_found, wrong_input
from ingest.errors import IndexUnavailable


class Aliases:
    """Which collection each alias stands for."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._targets: dict[str, str] = {}

    def load(self, collections: Collection[str]) -> None:
        """Read the file; an alias of a collection that is gone is left out.

        Raises:
            IndexUnavailable: the file cannot be read.
        """
        if not self._file.exists():
            return
        try:
            kept = msgspec.json.decode(self._file.read_bytes(), type=dict[str, str])
        except (OSError, msgspec.MsgspecError) as error:
            raise IndexUnavailable(
                f"The aliases in {self._file} cannot be read: {error}. Bring the folder back from "
                "a backup, or remove the file and switch to the wanted collection again."
            ) from error
        left = {alias: to for alias, to in kept.items() if to in collections}
        if left != kept:
            self._save(left)
        self._targets = left

    def __contains__(self, name: object) -> bool:
        return name in self._targets

    def resolve(self, name: str) -> str:
        """The collection that an alias stands for; any other name is given back."""
        return self._targets.get(name, name)

    def of(self, collection: str | None = None) -> list[dict[str, str]]:
        """The aliases of one collection, or all of them, as Qdrant lists them."""
        return [
            {"alias_name": alias, "collection_name": to}
            for alias, to in sorted(self._targets.items())
            if collection in (None, to)
        ]

    def update(self, wanted: messages.UpdateAliases, collections: Collection[str]) -> None:
        """Do all the actions in their order, or, if one cannot be done, none.

        Raises:
            ApiError: a collection or an alias does not exist, or a name is taken.
        """
        targets = dict(self._targets)
        for action in wanted.actions:
            _apply(action, targets, collections)
        self._save(targets)

    def forget(self, collection: str) -> None:
        """Strike out the aliases of a collection."""
        left = {alias: to for alias, to in self._targets.items() if to != collection}
        if left != self._targets:
            self._save(left)

    def _save(self, targets: dict[str, str]) -> None:
        draft = self._file.with_name(f".new-{self._file.name}")
        with draft.open("wb") as file:
            file.write(msgspec.json.encode(targets))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._file)
        folder = os.open(self._file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        self._targets = targets


def _apply(
    action: messages.AliasAction, targets: dict[str, str], collections: Collection[str]
) -> None:
    told = (action.create_alias, action.delete_alias, action.rename_alias)
    match [each for each in told if each is not None]:
        case [messages.AliasOf(collection_name=to, alias_name=alias)]:
            if to not in collections:
                raise not_found(f"Collection `{to}` doesn't exist!")
            targets[_free(alias, collections)] = to
        case [messages.AliasNamed(alias_name=alias)]:
            targets.pop(alias, None)
        case [messages.Renaming(old_alias_name=old, new_alias_name=new)]:
            if old not in targets:
                raise not_found(f"Alias {old} does not exist!")
            targets[_free(new, collections)] = targets.pop(old)
        case _:
            raise wrong_input("an action is one of create_alias, delete_alias and rename_alias")


def _free(alias: str, collections: Collection[str]) -> str:
    if not alias or "/" in alias:
        raise wrong_input(f"an alias cannot be called `{alias}`")
    if alias in collections:
        raise wrong_input(f"Collection `{alias}` already exists!")
    return alias
