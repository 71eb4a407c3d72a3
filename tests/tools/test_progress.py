"""Commands as steps: quiet when they work, telling when they do not."""

import sys

import pytest

from tools import progress
from tools.errors import SetupFailed


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_a_step_that_works_is_two_lines(capsys: pytest.CaptureFixture[str]) -> None:
    progress.run(python("print('chatter')"), what="doing it")
    begin, end = capsys.readouterr().out.splitlines()
    assert begin == "· doing it …"
    assert end.startswith("✓ doing it (")


def test_a_long_step_says_how_far_it_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "TICK_S", 0.1)
    progress.run(
        python("import time; print('half way', flush=True); time.sleep(1.2)"), what="doing it"
    )
    assert "half way" in capsys.readouterr().out


def test_a_step_that_fails_shows_its_last_lines_and_the_remedy() -> None:
    with pytest.raises(SetupFailed, match=r"(?s)doing it: exit code 3.*the cause.*Mend it"):
        progress.run(
            python("print('the cause'); raise SystemExit(3)"), what="doing it", remedy="Mend it."
        )


def test_a_program_that_is_not_there_is_named() -> None:
    with pytest.raises(SetupFailed, match="no-such-program cannot be run"):
        progress.run(["no-such-program"], what="doing it")
