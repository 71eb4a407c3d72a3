"""`--no-skips` turns every skipped test into a failed one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools.places import ROOT

ONE = "import pytest\n\n@pytest.mark.skip(reason='no server')\ndef test_it() -> None:\n    pass\n"
MODULE = "import pytest\n\npytest.skip('no library', allow_module_level=True)\n"
FINE = "import pytest\n\n@pytest.mark.xfail\ndef test_it() -> None:\n    assert False\n"


def outcome(folder: Path, code: str, *options: str) -> tuple[int, str]:
    """Exit code and output of pytest on one file, with our conftest as the only plug-in of ours."""
    (folder / "pytest.ini").write_text("[pytest]\n")
    (folder / "test_one.py").write_text(code)
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, *options, "--rootdir", str(folder), "-c", folder / "pytest.ini", str(folder)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize(("code", "reason"), [(ONE, "no server"), (MODULE, "no library")])
def test_a_skip_fails_where_every_test_must_run(tmp_path: Path, code: str, reason: str) -> None:
    status, told = outcome(tmp_path, code, "--no-skips")
    assert status not in {0, 5}
    assert reason in told


def test_an_expected_failure_is_none(tmp_path: Path) -> None:
    assert outcome(tmp_path, FINE, "--no-skips")[0] == 0
