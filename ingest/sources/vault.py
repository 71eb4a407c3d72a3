"""What sources must keep to themselves, encrypted before it is stored. cryptography lives here.

A source is stored as its definition, which anybody may read, and its headers and credentials as one
encrypted text beside it. The definition says under `sealed` what the other holds, not its content.
"""

import json
import os
import tempfile
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy.engine import make_url

from ingest.errors import SecretsUnavailable
from ingest.settings import DatabaseSettings, SecretsSettings
from ingest.sources.source import Source, source_from

_SECRET = ("headers", "credentials")
_STATE = Path(".groundling/state")
_MAKE_ONE = "Make one with `openssl rand -base64 32`."


class Vault:
    """Encrypts with the first key and reads with any; makes a key when there is none to be had.

    `path` is the file of the key that was made, read by its owner alone.
    """

    def __init__(self, settings: SecretsSettings, folder: Path) -> None:
        """Raises SecretsUnavailable for a setting that holds no keys."""
        said = settings.key.get_secret_value() if settings.key else ""
        self._given = [_fernet(key) for part in said.split(",") if (key := part.strip())]
        self.path = folder / "secrets.key"

    def seal(self, source: Source) -> tuple[dict[str, Any], str | None]:
        """The source without its secrets, and those encrypted, or None if it has none.

        Raises:
            SecretsUnavailable: there is no key, and none can be written.
        """
        definition = source.model_dump(mode="json", exclude=set(_SECRET))
        sealed: dict[str, Any] = {}
        secrets: dict[str, Any] = {}
        if source.headers:
            sealed["headers"] = sorted(source.headers)
            secrets["headers"] = {k: v.get_secret_value() for k, v in source.headers.items()}
        if source.credentials:
            shown = source.credentials
            sealed["credentials"] = shown.kind
            secret = {"secret": shown.secret.get_secret_value()}
            secrets["credentials"] = {"kind": shown.kind, "user": shown.user} | secret
        if not secrets:
            return definition, None
        token = MultiFernet(self._keys(make=True)).encrypt(json.dumps(secrets).encode())
        return definition | {"sealed": sealed}, token.decode()

    def unseal(self, definition: Mapping[str, Any], secrets: str | None) -> Source:
        """The source that was sealed.

        Raises:
            SecretsUnavailable: it was sealed with another key, or what was encrypted is gone.
            SourceRefused: its definition is none any more.
        """
        values = {field: value for field, value in definition.items() if field != "sealed"}
        if not definition.get("sealed"):
            return source_from(values)
        return source_from(values | self._read(secrets, str(definition.get("name", ""))))

    def _read(self, secrets: str | None, name: str) -> dict[str, Any]:
        keys = self._keys(make=False)
        try:
            if not secrets or not keys:
                raise InvalidToken
            values: dict[str, Any] = json.loads(MultiFernet(keys).decrypt(secrets.encode()))
        except (InvalidToken, ValueError) as error:
            raise SecretsUnavailable(
                f"The credentials of the source {name} cannot be read with the key there is. Set "
                "GROUNDLING_SECRETS__KEY to the key they were stored with (or put back "
                f"{self.path}), or give the source its credentials again."
            ) from error
        return {field: values[field] for field in _SECRET if field in values}

    def _keys(self, *, make: bool) -> list[Fernet]:
        """The keys of the setting, then that of the file, made if there is no other."""
        try:
            if make and not self._given and not self.path.exists():
                _make(self.path)
            made = [_fernet(self.path.read_text())] if self.path.exists() else []
        except (OSError, UnicodeDecodeError) as error:
            raise SecretsUnavailable(
                f"The key of the sources' credentials, {self.path}, cannot be read or written: "
                f"{error}. Mend that, or set GROUNDLING_SECRETS__KEY."
            ) from error
        return [*self._given, *made]


def open_vault(settings: SecretsSettings, database: DatabaseSettings) -> Vault:
    """The vault whose key is set, or lies beside the database.

    With a database on a server, the key is made in the working directory's state folder: set one
    where several machines share the database.

    Raises:
        SecretsUnavailable: the setting holds what is no key.
    """
    url = make_url(database.url.get_secret_value())
    in_file = url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:")
    return Vault(settings, Path(str(url.database)).parent if in_file else _STATE)


def _fernet(key: str) -> Fernet:
    try:
        return Fernet(key.strip().encode())
    except ValueError as error:
        raise SecretsUnavailable(
            "What GROUNDLING_SECRETS__KEY or the file of the key holds is no key of 32 bytes in "
            f"base64. {_MAKE_ONE}"
        ) from error


def _make(path: Path) -> None:
    """Write a new key where nobody sees half of it, and where the first of several to come wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=path.name, dir=path.parent)  # with mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(urlsafe_b64encode(os.urandom(32)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(name, path)
        except FileExistsError:
            return
    finally:
        Path(name).unlink()
