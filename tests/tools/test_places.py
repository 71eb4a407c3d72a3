"""What is made appears whole or not at all."""

from pathlib import Path

import pytest

from tools import places


def test_a_finished_file_takes_its_place(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "thing"
    with places.replacing(target) as workshop:
        (workshop / "thing").write_text("new")
        assert not target.exists()
    assert target.read_text() == "new"
    assert [path.name for path in target.parent.iterdir()] == ["thing"]


def test_a_finished_folder_replaces_the_one_before(tmp_path: Path) -> None:
    target = tmp_path / "folder"
    target.mkdir()
    (target / "old").touch()
    with places.replacing(target) as workshop:
        (workshop / "folder").mkdir()
        (workshop / "folder" / "new").touch()
    assert [path.name for path in target.iterdir()] == ["new"]


def test_what_is_interrupted_leaves_the_old_and_no_debris(tmp_path: Path) -> None:
    target = tmp_path / "thing"
    target.write_text("old")

    def write_half() -> None:
        with places.replacing(target) as workshop:
            (workshop / "thing").write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_half()
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["thing"]


def test_a_stamp_holds_for_one_value_only(tmp_path: Path) -> None:
    stamp = tmp_path / "stamp"
    assert not places.stamped(stamp, "a")
    places.stamp_with(stamp, "a")
    assert places.stamped(stamp, "a")
    assert not places.stamped(stamp, "b")


def test_a_fingerprint_follows_contents_and_order(tmp_path: Path) -> None:
    file = tmp_path / "file"
    missing = places.fingerprint(file)
    file.write_text("x")
    assert len({missing, places.fingerprint(file), places.fingerprint("x", file)}) == 3
    assert places.fingerprint("a", "b") != places.fingerprint("ab")


def test_the_cache_goes_where_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GROUNDLING_CACHE", str(tmp_path))
    assert places.cache() == tmp_path
    monkeypatch.delenv("GROUNDLING_CACHE")
    assert places.cache().is_relative_to(places.ROOT)
