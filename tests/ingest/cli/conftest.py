from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings of the machine, a database of its own, and nothing where Qdrant would be."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GROUNDLING_DATABASE__URL", f"sqlite+aiosqlite:///{tmp_path}/g.db")
    monkeypatch.setenv("GROUNDLING_EMBEDDER__PATH", str(tmp_path / "no-model"))
    monkeypatch.setenv("GROUNDLING_FETCH__DELAY_S", "0")
    monkeypatch.delenv("GROUNDLING_QUEUE__URL", raising=False)
    monkeypatch.setenv("COLUMNS", "200")
