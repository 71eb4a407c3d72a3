"""Secrets at rest: nobody reads them without the key, and the key is nobody else's to read."""

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from ingest.errors import SecretsUnavailable, SourceRefused
from ingest.settings import DatabaseSettings, SecretsSettings
from ingest.sources.source import source_from
from ingest.sources.vault import Vault, open_vault

SECRETIVE = source_from(
    {
        "name": "intranet",
        "urls": ["https://i.example/"],
        "headers": {"X-Key": "hush"},
        "credentials": {"kind": "basic", "user": "guide", "secret": "quiet"},
        "drop": ["#news"],
    }
)


def keyed(folder: Path, *keys: bytes) -> Vault:
    return Vault(SecretsSettings(key=SecretStr(",".join(key.decode() for key in keys))), folder)


def test_what_was_sealed_is_unsealed_and_cannot_be_read_meanwhile(tmp_path: Path) -> None:
    vault = Vault(SecretsSettings(), tmp_path)
    definition, secrets = vault.seal(SECRETIVE)

    assert definition["sealed"] == {"headers": ["X-Key"], "credentials": "basic"}
    for secret in ("hush", "quiet", "guide"):
        assert secret not in json.dumps(definition) + str(secrets)
    again = Vault(SecretsSettings(), tmp_path).unseal(definition, secrets)
    assert again == SECRETIVE


def test_a_source_without_secrets_needs_no_key(tmp_path: Path) -> None:
    vault = Vault(SecretsSettings(), tmp_path)
    source = source_from({"name": "museum", "urls": ["https://m.example/"]})
    definition, secrets = vault.seal(source)
    assert secrets is None
    assert vault.unseal(definition, secrets) == source
    assert not list(tmp_path.iterdir())


def test_the_key_that_is_made_is_read_by_its_owner_alone(tmp_path: Path) -> None:
    database = DatabaseSettings(url=SecretStr(f"sqlite+aiosqlite:///{tmp_path}/state/g.db"))
    vault = open_vault(SecretsSettings(key=SecretStr("")), database)
    vault.seal(SECRETIVE)
    assert vault.path == tmp_path / "state" / "secrets.key"
    assert stat.S_IMODE(vault.path.stat().st_mode) == 0o600
    assert [path.name for path in vault.path.parent.iterdir()] == ["secrets.key"]


def test_of_several_that_make_a_key_at_once_one_wins(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as several:
        sealed = list(
            several.map(lambda _: Vault(SecretsSettings(), tmp_path).seal(SECRETIVE), range(8))
        )
    vault = Vault(SecretsSettings(), tmp_path)
    assert all(vault.unseal(*one) == SECRETIVE for one in sealed)


def test_another_key_is_an_error_with_its_remedy(tmp_path: Path) -> None:
    definition, secrets = keyed(tmp_path, Fernet.generate_key()).seal(SECRETIVE)
    for vault in (keyed(tmp_path, Fernet.generate_key()), Vault(SecretsSettings(), tmp_path)):
        with pytest.raises(SecretsUnavailable, match=r"intranet.*GROUNDLING_SECRETS__KEY"):
            vault.unseal(definition, secrets)
    with pytest.raises(SecretsUnavailable):
        keyed(tmp_path, Fernet.generate_key()).unseal(definition, None)


def test_an_old_key_still_reads_and_a_new_one_writes(tmp_path: Path) -> None:
    old, new = Fernet.generate_key(), Fernet.generate_key()
    before = keyed(tmp_path, old).seal(SECRETIVE)
    both = keyed(tmp_path, new, old)
    assert both.unseal(*before) == SECRETIVE
    assert keyed(tmp_path, new).unseal(*both.seal(SECRETIVE)) == SECRETIVE


def test_a_key_that_is_set_reads_what_the_made_one_wrote(tmp_path: Path) -> None:
    before = Vault(SecretsSettings(), tmp_path).seal(SECRETIVE)
    assert keyed(tmp_path, Fernet.generate_key()).unseal(*before) == SECRETIVE


@pytest.mark.parametrize("key", ["short", "é" * 32, "a,b"])
def test_what_is_no_key_is_said_at_the_start(tmp_path: Path, key: str) -> None:
    with pytest.raises(SecretsUnavailable, match="openssl rand -base64 32"):
        Vault(SecretsSettings(key=SecretStr(key)), tmp_path)


def test_a_file_that_is_no_key_is_named(tmp_path: Path) -> None:
    (tmp_path / "secrets.key").write_text("half a k")
    with pytest.raises(SecretsUnavailable, match="no key of 32 bytes"):
        Vault(SecretsSettings(), tmp_path).seal(SECRETIVE)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the folder would be")
    with pytest.raises(SecretsUnavailable, match="cannot be read or written"):
        Vault(SecretsSettings(), tmp_path / "state").seal(SECRETIVE)


def test_a_definition_that_is_none_any_more_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceRefused, match="urls"):
        Vault(SecretsSettings(), tmp_path).unseal({"name": "m", "urls": []}, None)
