"""E-mail addresses and telephone numbers in words."""

import re

from app.speaking.numbers import cardinal, digits
from app.speaking.tongue import Tongue

_EMAIL = re.compile(r"(?:mailto:)?([\w.+-]+)@([\w-]+(?:\.[\w-]+)+)")
_PHONE = re.compile(
    r"(?<![\w.,/-])(?:\+\d{1,3}[\s\u00a0.-]?(?:\(0\)\s?)?|\(?0)[\d(][\d\s\u00a0()/.-]{4,}\d(?![\w/-])"
)
# Without the leading nought, a later group that begins with one shows that nothing is counted, or
# a word before the number does.
_LOCAL = re.compile(
    r"(?<![\w.,/+-])(?:\d{2,4}\s(?:\d{2,4}\s)*0\d{1,3}(?:\s\d{2,4})*|"
    r"(?<=[cC]all\s)\d{3,}(?:[\s-]\d{2,})+|(?<=[tT]el\.\s)\d{2,}(?:[\s-]\d{2,})+|"
    r"(?<=phone\s)\d{3,}(?:[\s-]\d{2,})+)(?![\w/-]|[.,]\d)"
)
# Numbers that are called and never counted: 112 in all of the EU, 116 and three more digits.
_EMERGENCY = re.compile(
    r"(?<![\w.,])(?:112|116[\s\u00a0]?\d{3}|0\d\d)(?=$|[,;:!?)]|\.(?:\s|$)|\s(?:or|ou|oder|o|of|albo|sau|to|para|per|um|om|at|an)\b)"
)
_YEAR_END = re.compile(r"^0\d\.\d\d\.\d{4}$|^0\d[./]\d\d[./](?:19|20)\d\d")


def say_contacts(text: str, tongue: Tongue) -> str:
    """Addresses sign by sign as they are dictated, telephone numbers group by group."""
    text = _EMAIL.sub(lambda match: _email(match, tongue), text)
    for pattern in (_PHONE, _LOCAL):
        text = pattern.sub(lambda match: _phone(match[0], tongue), text)
    return _EMERGENCY.sub(lambda match: _emergency(match[0], tongue), text)


def _email(match: re.Match[str], tongue: Tongue) -> str:
    return f"{_spelt(match[1], tongue)} {tongue.at} {_spelt(match[2], tongue)}"


def _spelt(part: str, tongue: Tongue) -> str:
    words = {".": tongue.dot, "-": tongue.dash, "_": tongue.underscore, "+": tongue.plus}
    apart = re.sub(r"[._+-]", lambda sign: f" {words[sign[0]]} ", part)
    return re.sub(r"\d+", lambda number: f" {digits(number[0], tongue)} ", apart).strip()


def _phone(written: str, tongue: Tongue) -> str:
    if len(re.sub(r"\D", "", written)) < 7 or _YEAR_END.match(written):
        return written
    plus = f"{tongue.plus} " if written.lstrip("(").startswith("+") else ""
    groups = re.findall(r"\d+", written.replace("(0)", " "))
    return plus + ", ".join(_group(group, tongue) for group in groups)


def _group(group: str, tongue: Tongue) -> str:
    if tongue.phone_pairs and len(group) == 2:
        return digits(group, tongue) if group[0] == "0" else cardinal(int(group), tongue)
    return digits(group, tongue)


def _emergency(written: str, tongue: Tongue) -> str:
    groups = re.findall(r"\d{3}", written)
    if written[0] != "0" and not tongue.emergency_digits:
        return ", ".join(cardinal(int(group), tongue) for group in groups)
    return ", ".join(digits(group, tongue) for group in groups)
