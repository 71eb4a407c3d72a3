"""Wheels as data: only the pinned file is ever opened."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.tools.indexes import put_wheel, use_only
from tools.errors import SetupFailed
from tools.wheels import fetched, read


def test_members_are_read_and_nothing_is_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    members = {"odd/__init__.py": b"raise SystemExit('run!')", "odd/data.bin": b"\x00\x01"}
    wheel = put_wheel(tmp_path, "odd", "1.0", members)
    use_only(tmp_path, monkeypatch)
    with fetched(wheel) as archive:
        assert read(archive, "odd/data.bin") == b"\x00\x01"
        with pytest.raises(SetupFailed, match="holds no odd/other"):
            read(archive, "odd/other")


def test_another_file_under_the_same_name_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = put_wheel(tmp_path, "odd", "1.0", {"odd/data.bin": b"x"})
    use_only(tmp_path, monkeypatch)
    with (
        pytest.raises(SetupFailed, match="not the file that was pinned"),
        fetched(replace(wheel, sha256="0" * 64)),
    ):
        pass


def test_a_wheel_that_is_not_there_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = put_wheel(tmp_path, "odd", "1.0", {})
    use_only(tmp_path, monkeypatch)
    with (
        pytest.raises(SetupFailed, match=r"odd 2\.0 cannot be downloaded"),
        fetched(replace(wheel, version="2.0")),
    ):
        pass
