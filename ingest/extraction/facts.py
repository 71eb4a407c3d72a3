"""Facts that a page says to machines and not to its readers, as a few lines of its article.

Opening hours, prices, addresses, telephones, events, and questions with their answers. What the
text says already is not said twice. Only known fields are told, and short: no visitor sees them.
"""

from collections.abc import Iterator
from datetime import date, time
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, get_day_names
from babel.numbers import format_currency
from lxml import etree
from lxml.html import fragment_fromstring

from ingest.extraction.hours import Hours, date_of, hours_of, minute_of
from ingest.extraction.invisible import without_invisible
from ingest.extraction.labels import ENGLISH, LABELS, Labels
from ingest.extraction.said import Said
from ingest.extraction.structured import Thing, first, of_type
from ingest.extraction.trees import line_of

_MOST_LINES = 60
_MOST_QUESTIONS = 40
_LONGEST_VALUE = 200
_HIGHEST_PRICE = 1e9
_LONGEST_ANSWER = 2_000
# Whose telephones and prices are not those of what the page is about.
_ASIDES = ("Person", "WebSite", "Review", "BreadcrumbList", "ImageObject", "VideoObject")


def facts(things: list[Thing], *, text: str, title: str, lang: str) -> str:
    """Markdown of what the things say and the text does not; "" if it says everything."""
    teller = _Teller(Said(f"{title}\n{text}"), lang)
    lines: list[str] = []
    for thing in things:
        told = [] if of_type(thing, *_ASIDES) else list(dict.fromkeys(teller.tell(thing)))
        new = [line for line in told if line not in lines][: _MOST_LINES - len(lines)]
        name = _plain(first(thing, "name"))
        if new and name and name.lower() not in title.lower():
            lines.append(f"\n### {name}\n")
        lines += new
    questions = [pair for thing in things for pair in teller.questions(thing)][:_MOST_QUESTIONS]
    parts = [f"## {teller.labels.facts}", "\n".join(lines).strip()] if lines else []
    if questions:
        parts += [f"## {teller.labels.questions}", *dict.fromkeys(questions)]
    return "\n\n".join(parts)


class _Teller:
    """Tells facts in one language, to a reader who knows what is said."""

    def __init__(self, said: Said, lang: str) -> None:
        self._said = said
        self.labels: Labels = LABELS.get(lang, ENGLISH)
        try:
            self._locale = Locale.parse(lang or "en")
        except (UnknownLocaleError, ValueError):
            self._locale = Locale("en")

    def tell(self, thing: Thing) -> Iterator[str]:
        """Lines of a list, one a fact."""
        if first(thing, "startDate"):
            yield from self._event(thing)
        for hours in hours_of(thing):
            if not self._knows(hours):
                yield f"- {self.labels.hours}: {self._hours(hours)}"
        if (address := _address(thing)) and not self._said.mostly(address):
            yield f"- {self.labels.address}: {address}"
        if (phone := _plain(first(thing, "telephone"))) and not self._said.phone(phone):
            yield f"- {self.labels.phone}: {phone}"
        email = _plain(first(thing, "email")).removeprefix("mailto:")
        if "@" in email and not self._said.literally(email):
            yield f"- {self.labels.email}: {email}"
        yield from self._prices(thing)

    def questions(self, thing: Thing) -> Iterator[str]:
        """Questions as headings, each with its answer."""
        if not of_type(thing, "Question"):
            return
        answer = first(thing, "acceptedAnswer", "suggestedAnswer")
        told = first(answer, "text") if isinstance(answer, dict) else answer
        question = _plain(first(thing, "name", "text"))
        answered = _plain(told, _LONGEST_ANSWER)
        if question and answered and not self._said.mostly(f"{question} {answered}"):
            yield f"### {question}\n\n{answered}"

    def _event(self, event: Thing) -> Iterator[str]:
        begins, ends = first(event, "startDate"), first(event, "endDate")
        name, day = _plain(first(event, "name")), date_of(begins)
        if day is None:
            return
        status = str(first(event, "eventStatus")).lower()
        off = self.labels.cancelled if "cancel" in status else ""
        off = self.labels.postponed if "postpon" in status else off
        known = self._said.number(day.day) and self._said.number(day.year)
        if not known or (off and not self._said.literally(off)):
            when = self._moment(begins)
            until = self._moment(ends) if ends and ends != begins else ""
            if until and date_of(ends) == day:
                until = self._clock(minute_of(str(ends)[10:]))
            told = f"{when} – {until}" if until else when
            yield f"- {self.labels.date}: {told}{f' ({off})' if off else ''}"
        place = first(event, "location")
        where = _plain(first(place, "name") if isinstance(place, dict) else place)
        if where and not self._said.mostly(where) and where != name:
            yield f"- {self.labels.place}: {where}"

    def _prices(self, thing: Thing) -> Iterator[str]:
        for offer in thing.get("offers", ()):
            if not isinstance(offer, dict):
                continue
            low = _amount(first(offer, "price", "lowPrice"))
            currency = str(first(offer, "priceCurrency")).upper()[:3]
            specified = first(offer, "priceSpecification")
            if low is None and isinstance(specified, dict):
                low = _amount(first(specified, "price"))
                currency = currency or str(first(specified, "priceCurrency")).upper()[:3]
            high = _amount(first(offer, "highPrice"))
            if low is None or (
                self._said.number(low) and (high is None or self._said.number(high))
            ):
                continue
            name = _plain(first(offer, "name"))
            told = self._money(low, currency)
            told += f" – {self._money(high, currency)}" if high not in (None, low) else ""
            yield f"- {self.labels.price}{f' ({name})' if name else ''}: {told}"
        said_range = _plain(first(thing, "priceRange"))
        if any(map(str.isdigit, said_range)) and not self._said.mostly(said_range):
            yield f"- {self.labels.price}: {said_range}"

    def _knows(self, hours: Hours) -> bool:
        if hours.opens is None or hours.closes is None:
            return self._said.mostly(self._hours(hours))
        return self._said.minute(hours.opens) and self._said.minute(hours.closes)

    def _hours(self, hours: Hours) -> str:
        times = self.labels.closed
        if hours.opens is not None and hours.closes is not None:
            times = f"{self._clock(hours.opens)}–{self._clock(hours.closes)}"
        span = [self._day(day) for day in dict.fromkeys((hours.since, hours.until)) if day]
        dates = f" ({' – '.join(span)})" if span else ""
        days = self._days(hours.days)
        return f"{days} {times}{dates}" if days else f"{times}{dates}"

    def _days(self, days: tuple[int, ...]) -> str:
        """Days of the week, three and more in a row as a range."""
        names = get_day_names("wide", "stand-alone", self._locale)
        runs: list[list[int]] = []
        for day in days:
            if runs and runs[-1][-1] == day - 1:
                runs[-1].append(day)
            else:
                runs.append([day])
        told = [
            [f"{names[run[0]]} – {names[run[-1]]}"] if len(run) > 2 else [names[day] for day in run]
            for run in runs
        ]
        return ", ".join(part for parts in told for part in parts)

    def _clock(self, minute: int | None) -> str:
        if minute is None:
            return ""
        return format_time(time(minute // 60 % 24, minute % 60), "HH:mm", locale=self._locale)

    def _day(self, day: date) -> str:
        return format_date(day, "long", locale=self._locale)

    def _moment(self, value: Any) -> str:
        day, minute = date_of(value), minute_of(str(value)[10:])
        told = [self._day(day) if day else "", self._clock(minute)]
        return ", ".join(filter(None, told))

    def _money(self, amount: float | None, currency: str) -> str:
        if not amount:
            return self.labels.free
        if len(currency) != 3 or not currency.isalpha():
            return f"{amount:g}"
        return format_currency(amount, currency, locale=self._locale).replace("\u00a0", " ")


def _address(thing: Thing) -> str:
    address = first(thing, "address")
    if not isinstance(address, dict):
        return _plain(address)
    town = " ".join(_plain(first(address, name)) for name in ("postalCode", "addressLocality"))
    country = first(address, "addressCountry")
    country = first(country, "name") if isinstance(country, dict) else country
    street = _plain(first(address, "streetAddress"))
    return ", ".join(filter(None, (street, town.strip(), _plain(country)))) if street else ""


def _amount(value: Any) -> float | None:
    try:
        amount = float(str(value).replace(",", ".").strip())
    except ValueError:
        return None
    return amount if 0 <= amount < _HIGHEST_PRICE else None


def _plain(value: Any, longest: int = _LONGEST_VALUE) -> str:
    """One short line of text, without markup; "" if it is none."""
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return ""
    text = str(value)
    if "<" in text or "&" in text:
        try:
            text = line_of(fragment_fromstring(text, create_parent="div"))
        except (etree.ParserError, ValueError):
            return ""
    return " ".join(without_invisible(text).split())[:longest].lstrip("#|>-*` ")
