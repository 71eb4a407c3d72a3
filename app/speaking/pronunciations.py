"""How an organisation wants its names said: a TOML file of words, by knowledge base and language.

[all]                      # every knowledge base
Qdrant = "quadrant"

[harbour-museum]
Quayside = "key side"

[harbour-museum.de]        # in German answers only
Quayside = "kih seid"
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

EVERYWHERE = "all"


@dataclass(frozen=True, slots=True)
class Pronunciations:
    """Words and how they are said, by language; "" holds in all of them."""

    by_language: Mapping[str, Mapping[str, str]]

    def apply(self, text: str, lang: str) -> str:
        """The text with these words as they are said; capitals count, other words' parts do not."""
        words = {**self.by_language.get("", {}), **self.by_language.get(lang, {})}
        if not words:
            return text
        known = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
        return re.sub(rf"(?<!\w)(?:{known})(?!\w)", lambda match: words[match[0]], text)


NONE = Pronunciations({})


def read_pronunciations(path: Path | None, kb: str | None) -> Pronunciations:
    """Those of a knowledge base (None: those of all of them). Raises ValueError."""
    if path is None:
        return NONE
    try:
        content = tomllib.loads(path.read_text())
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ValueError(
            f"the pronunciations in {path} cannot be read ({error}); mend the file, or name "
            "another with GROUNDLING_SPEECH__PRONUNCIATIONS"
        ) from error
    words: dict[str, dict[str, str]] = {}
    for section in (EVERYWHERE, kb or EVERYWHERE):
        _take(content.get(section, {}), words, path)
    return Pronunciations(words)


def _take(section: Any, words: dict[str, dict[str, str]], path: Path) -> None:
    for name, said in (section if isinstance(section, dict) else {}).items():
        if isinstance(said, str):
            words.setdefault("", {})[name] = said
        elif isinstance(said, dict) and all(isinstance(each, str) for each in said.values()):
            words.setdefault(name, {}).update(said)
        else:
            raise ValueError(
                f"{path} says {name} = {said!r}; a pronunciation is a word in quotes, under the "
                "name of a knowledge base or [all]"
            )
