"""`python -m tools.env_example`: write `.env.example`, every setting with its default.

The sections' own docstrings become the comments. A secret is written empty: it has no default.
"""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from app.settings import Settings
from tools.places import ROOT
from tools.progress import say

PATH = ROOT / ".env.example"
HEAD = """\
# Every setting of Groundling with its default; copy what you change into `.env`, or set it in the
# environment, which wins. Written by `python -m tools.env_example`.
"""


def text() -> str:
    """The whole file."""
    sections = [
        "\n".join([*_comment(section), *_lines(name, section)])
        for name, field in Settings.model_fields.items()
        if isinstance(section := field.default, BaseModel)
    ]
    return HEAD + "\n" + "\n\n".join(sections) + "\n"


def _comment(section: BaseModel) -> Iterator[str]:
    for line in (type(section).__doc__ or "").strip().splitlines():
        yield f"# {line.strip()}".rstrip()


def _lines(name: str, section: BaseModel) -> Iterator[str]:
    for key, field in type(section).model_fields.items():
        variable = f"GROUNDLING_{name}__{key}".upper()
        value = _value(field)
        # An empty line would set it to "", so what has no default is commented out.
        yield f"{variable}={value}" if value else f"# {variable}="


def _value(field: FieldInfo) -> str:
    default: Any = field.get_default(call_default_factory=True)
    if isinstance(default, SecretStr):
        # Only the database's URL is a secret by type with a default that holds none.
        default = default.get_secret_value()
    if default is None:
        return ""
    return str(default).lower() if isinstance(default, bool) else str(default)


if __name__ == "__main__":
    PATH.write_text(text())
    say(f"{PATH.name} written")
