"""Other people's clients: what is fetched is pinned, and fetched again when a pin changes."""

import json

import pytest

from tools import clients, packages, places


@pytest.mark.parametrize("name", clients.PYTHON)
def test_every_package_is_pinned(name: str) -> None:
    lines = (clients.WANTED / f"{name}.txt").read_text().splitlines()
    assert all("==" in line for line in lines if not line.startswith("#"))


def test_the_web_sdk_is_pinned() -> None:
    package = json.loads((clients.WEB / "package.json").read_text())
    wanted = [*package["dependencies"].values(), *package["devDependencies"].values()]
    assert all(version[0].isdigit() for version in wanted)


def test_a_client_that_is_here_is_not_fetched_again(
    tmp_path: places.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched: list[list[str]] = []

    def install(command: list[str], **_: object) -> None:
        fetched.append(command)
        places.Path(command[command.index("--target") + 1]).mkdir()

    monkeypatch.setenv("GROUNDLING_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(clients, "WANTED", tmp_path)
    monkeypatch.setattr(packages, "run", install)
    (tmp_path / "pipecat.txt").write_text("pipecat-ai==1.14.0\n")
    first = clients.python_folder("pipecat")
    assert clients.python_folder("pipecat") == first
    assert len(fetched) == 1
    (tmp_path / "pipecat.txt").write_text("pipecat-ai==1.14.1\n")
    assert clients.python_folder("pipecat") != first
    assert len(fetched) == 2
