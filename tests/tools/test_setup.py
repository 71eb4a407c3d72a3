"""The entry of the set-up: parts in order, errors as exit codes."""

import subprocess
import sys

import pytest

from tools import clean, console, constraints, models, packages, places, programs, setup
from tools.errors import SetupFailed
from tools.programs import Program


def record(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Replace what the parts do by writing down their names."""
    done: list[str] = []

    def note(name: str) -> tuple[object, str]:
        return (lambda: done.append(name), "")

    monkeypatch.setattr(setup, "PARTS", {name: note(name) for name in setup.PARTS})
    return done


def test_the_usual_parts_are_done_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    done = record(monkeypatch)
    assert setup.main([]) == 0
    assert done == ["packages", "servers", "models", "console"]


def test_parts_can_be_named_and_all_means_all(monkeypatch: pytest.MonkeyPatch) -> None:
    done = record(monkeypatch)
    assert setup.main(["models", "packages"]) == 0
    assert done == ["packages", "models"]
    done.clear()
    assert setup.main(["all"]) == 0
    assert done == list(setup.PARTS)


def test_a_failure_is_an_exit_code_and_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise SetupFailed("No room on the disk.")

    monkeypatch.setattr(setup, "PARTS", {"packages": (fail, "")})
    assert setup.main([]) == 1
    assert "No room on the disk." in capsys.readouterr().err


def test_a_missing_program_is_named_to_whoever_is_not_root(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(programs, "PROGRAMS", [Program("gizmo", ("no-such-gizmo",))])
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(SetupFailed, match=r"need gizmo\..*apt-get install gizmo"):
        programs.ensure()


def test_a_program_that_is_here_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "PROGRAMS", [Program("python3", ("python3", "python"))])
    assert programs.PROGRAMS[0].is_here
    programs.ensure()


def test_the_console_is_rebuilt_when_a_source_changes(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = places.Path(str(tmp_path))
    monkeypatch.setattr(console, "FOLDER", folder)
    (folder / "main.ts").write_text("1")
    (folder / "node_modules").mkdir()
    before = console._sources()
    (folder / "node_modules" / "x.js").write_text("1")
    assert console._sources() == before
    (folder / "main.ts").write_text("2")
    assert console._sources() != before


def test_clean_removes_what_was_made_and_nothing_else(tmp_path: places.Path) -> None:
    for name in (".venv", ".groundling", "app/__pycache__", "data"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / ".env").touch()
    assert clean.clean(tmp_path) == [".venv", ".groundling"]
    assert {path.name for path in tmp_path.rglob("*")} == {".env", "data", "app"}


def test_the_constraints_pin_all_that_the_project_needs() -> None:
    wanted = {line.partition("==")[0] for line in constraints.text().splitlines()[1:]}
    pinned = {line.partition("==")[0] for line in packages.CONSTRAINTS.read_text().splitlines()[1:]}
    assert wanted <= pinned, "run: python -m tools.constraints"


def test_the_constraints_name_no_build_of_one_machine() -> None:
    lines = packages.CONSTRAINTS.read_text().splitlines()[1:]
    assert [line for line in lines if not line.partition("==")[2][0].isdigit() or "+" in line] == []


def test_a_library_that_is_not_there_is_known_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "LIBRARY", "http://127.0.0.1:9/")
    assert not models.library_answers()


def test_the_entry_explains_itself() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "tools.setup", "--help"],
        capture_output=True,
        text=True,
        check=True,
        cwd=places.ROOT,
    ).stdout
    assert all(name in told for name in setup.PARTS)
