"""A written text as a voice should say it.

What is shown and stored stays as it is written; only the voice gets this.
"""

from app.speaking.calendar import say_centuries, say_dates, say_decades, say_years
from app.speaking.clock import say_times
from app.speaking.contacts import say_contacts
from app.speaking.markup import plain
from app.speaking.measures import say_fractions, say_measures, say_numbers, say_ordinals
from app.speaking.money import say_prices
from app.speaking.pronunciations import NONE, Pronunciations
from app.speaking.roman import say_roman
from app.speaking.shorthand import say_short
from app.speaking.tongues import TONGUES

# What is read first needs the signs that later steps would take for their own: a date has points,
# a time has a colon, and a price a mark that units do not know.
_STEPS = (
    *(
        say_contacts,
        say_dates,
        say_decades,
        say_times,
        say_short,
        say_centuries,
        say_roman,
        say_prices,
    ),
    *(say_measures, say_years, say_fractions, say_ordinals, say_numbers),
)


def spoken(text: str, lang: str, pronunciations: Pronunciations = NONE) -> str:
    """The text as it is read aloud in a language (ISO 639-1); "" when nothing of it can be.

    Of languages that are not known here only signs, addresses and markers are taken away.
    """
    said = pronunciations.apply(plain(text), lang)
    tongue = TONGUES.get(lang)
    if tongue is None or not said:
        return said
    for step in _STEPS:
        said = step(said, tongue)
    return " ".join(said.split())
