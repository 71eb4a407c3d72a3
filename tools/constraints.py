"""`python -m tools.constraints`: pin what this virtual environment holds of the project's packages.

To take newer ones: install them into `.venv`, run the tests, then run this and commit the file.
"""

from importlib.metadata import PackageNotFoundError, distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.packages import CONSTRAINTS, EXTRAS
from tools.progress import say

HEAD = "# What `make setup` installs: written by `python -m tools.constraints`.\n"


def pins(project: str, extras: set[str]) -> dict[str, str]:
    """Name → version of all that `project[extras]` needs here, directly or not."""
    found: dict[str, str] = {}
    _collect(project, extras, found, set())
    del found[project]
    return dict(sorted(found.items()))


def _collect(
    name: str, extras: set[str], found: dict[str, str], seen: set[tuple[str, frozenset[str]]]
) -> None:
    if (name, frozenset(extras)) in seen:
        return
    seen.add((name, frozenset(extras)))
    try:
        installed = distribution(name)
    except PackageNotFoundError:
        return
    # The same pin must fit the CPU build and the plain one.
    found[name] = installed.version.partition("+")[0]
    for line in installed.requires or []:
        needed = Requirement(line)
        marker = needed.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in (extras or {""})):
            _collect(canonicalize_name(needed.name), set(needed.extras), found, seen)


def text() -> str:
    """What belongs in constraints.txt."""
    found = pins("groundling", set(EXTRAS.split(",")))
    return HEAD + "".join(f"{name}=={version}\n" for name, version in found.items())


if __name__ == "__main__":
    CONSTRAINTS.write_text(text())
    say(f"{CONSTRAINTS.name} written")
