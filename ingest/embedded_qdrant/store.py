"""The folder that holds every collection, and the lock that lets one process serve it."""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from ingest.embedded_qdrant import messages
from ingest.embedded_qdrant.aliases import Aliases
from ingest.embedded_qdrant.collection import Collection
from ingest.embedded_qdrant.errors import ApiError, not_found, wrong_input
from ingest.errors import IndexUnavailable

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}")


class Store:
    """The collections by name, and by their aliases."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "collections"
        self._collections: dict[str, Collection] = {}
        self.aliases = Aliases(folder / "aliases.json")

    def load(self) -> None:
        """Load every collection of the folder, and sweep out what a killed process left half done.

        Raises:
            IndexUnavailable: a collection cannot be loaded.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        for folder in sorted(self._folder.iterdir()):
            if folder.name.startswith((".new-", ".gone-")):
                shutil.rmtree(folder)
            elif folder.is_dir():
                self._collections[folder.name] = _loaded(folder)
        self.aliases.load(self._collections)

    def names(self) -> list[str]:
        """The names of all collections."""
        return sorted(self._collections)

    def collection(self, name: str) -> Collection:
        """The collection of that name or alias; ApiError if there is none."""
        found = self._collections.get(self.aliases.resolve(name))
        if found is None:
            raise not_found(f"Collection `{name}` doesn't exist!")
        return found

    def holds(self, name: str) -> bool:
        """Whether there is a collection of that name or alias."""
        return self.aliases.resolve(name) in self._collections

    def update_aliases(self, wanted: messages.UpdateAliases) -> None:
        """Change aliases, all as asked or, with an ApiError, none."""
        self.aliases.update(wanted, self._collections)

    def create(self, name: str, config: messages.CreateCollection) -> None:
        """Make an empty collection; ApiError if there is one of that name."""
        if name in self._collections:
            raise ApiError(409, f"Wrong input: Collection `{name}` already exists!")
        if name in self.aliases:
            raise wrong_input(
                f"Can't create collection with name {name}. Alias with the same name already exists"
            )
        if not _NAME.fullmatch(name):
            raise wrong_input(f"a collection cannot be called `{name}`")
        Collection.make(self._folder / name, config)
        self._collections[name] = Collection(self._folder / name)

    def drop(self, name: str) -> bool:
        """Take a collection and its aliases away; False if there was none of that name."""
        collection = self._collections.pop(name, None)
        if collection is None:
            return False
        collection.remove()
        self.aliases.forget(name)
        return True

    def check(self) -> None:
        """ApiError unless every collection answers."""
        for collection in self._collections.values():
            collection.info()

    def flush(self) -> None:
        """Write out what is only in the engine's logs so far."""
        for collection in self._collections.values():
            collection.flush()

    def close(self) -> None:
        """Write everything out and let go of it."""
        while self._collections:
            _, collection = self._collections.popitem()
            collection.close()


@contextmanager
def open_store(folder: Path) -> Iterator[Store]:
    """The store in a folder, made if missing, for this process alone; written out at the end.

    Raises:
        IndexUnavailable: another process serves the folder, or it cannot be used.
    """
    with _locked(folder):
        store = Store(folder)
        store.load()
        try:
            yield store
        finally:
            store.close()


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / "lock").open("a+")
    except OSError as error:
        raise IndexUnavailable(
            f"The folder {folder} cannot be used: {error}. Make it writable, or choose another "
            "with GROUNDLING_EMBEDDED_QDRANT__PATH."
        ) from error
    with file:
        _take(file, folder)
        yield


def _take(file: IO[str], folder: Path) -> None:
    """Take our own lock, held until the file is closed; the engine locks single shards only."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.seek(0)
        raise IndexUnavailable(
            f"The folder {folder} is served by another embedded Qdrant already (process "
            f"{file.read().strip() or 'unknown'}). Use that one, stop it, or choose another folder "
            "with GROUNDLING_EMBEDDED_QDRANT__PATH."
        ) from error
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()


def _loaded(folder: Path) -> Collection:
    try:
        return Collection(folder)
    except Exception as error:  # the engine raises the plainest exception there is
        raise IndexUnavailable(
            f"The collection in {folder} cannot be loaded: {error}. Bring the folder back from a "
            "backup, or remove it and ingest again."
        ) from error
