from collections.abc import Iterator
from pathlib import Path

import pytest

from app.speaking.measures import UNITS
from app.speaking.spoken import spoken
from app.speaking.tongues import TONGUES

CASES = Path(__file__).with_name("spoken.txt")


def _cases() -> Iterator[tuple[str, str, str]]:
    lang = ""
    for line in CASES.read_text().splitlines():
        if line.startswith("[") and line.endswith("]"):
            lang = line[1:-1]
        elif line and not line.startswith("#"):
            written, said = line.split(" => ")
            yield lang, written, said


@pytest.mark.parametrize(("lang", "written", "said"), list(_cases()))
def test_it_is_said_as_people_say_it(lang: str, written: str, said: str) -> None:
    assert spoken(written, lang) == said


def test_there_are_enough_cases_to_trust() -> None:
    of = [lang for lang, _, _ in _cases()]
    assert len(of) >= 350
    assert all(of.count(lang) >= 15 for lang in TONGUES)


ODD = [
    *("1.2.3.4", "00:00-24:00", "25:61", "€", "5/0", "1,2,3", "12.13.2026", "32. Mai", "IIII"),
    *("2026-99-99", "1.000.000.000.000.000", "0,00 €", "-", "1-", "+", "½", "10⁶", "٣", "€1,0.0"),
    *("V2", "x²", "1e5", "5–3", "31.02.2026", "24:30", "99999999999999999999", "1st 2nd", "٣ km"),
]


@pytest.mark.parametrize("lang", sorted(TONGUES))
@pytest.mark.parametrize("text", ODD)
def test_nothing_odd_breaks_it_or_is_left_in_digits(lang: str, text: str) -> None:
    said = spoken(f"A {text} b.", lang)
    assert not any(sign in "0123456789" for sign in said)


@pytest.mark.parametrize("lang", sorted(TONGUES))
def test_every_unit_has_words(lang: str) -> None:
    for number in ("1", "2", "25"):
        for unit in UNITS:
            said = spoken(f"{number} {unit}", lang)
            assert "-" not in said.replace("-", "", 1) or lang in {"en", "fr"}
            assert not any(part in said for part in ("duration", "length", "digital", "speed"))


def test_an_unknown_language_keeps_its_numbers() -> None:
    assert spoken("**Ingen** 5 [1].", "sv") == "Ingen 5."


def test_what_is_spoken_stays_as_it_is() -> None:
    for lang, _, said in _cases():
        assert spoken(said, lang) == said
