"""A package index of our own: a folder of small wheels that pip is pointed at."""

import zipfile
from pathlib import Path

import pytest

from tools import places
from tools.wheels import Wheel


def put_wheel(folder: Path, name: str, version: str, members: dict[str, bytes]) -> Wheel:
    """Write a wheel and give its pin."""
    stem = name.replace("-", "_")
    path = folder / f"{stem}-{version}-py3-none-any.whl"
    info = f"{stem}-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        for member, data in members.items():
            archive.writestr(member, data)
        archive.writestr(
            f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        )
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")
    return Wheel(name, version, places.digest(path))


def use_only(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pip see this folder and nothing else."""
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
