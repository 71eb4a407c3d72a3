"""Roman numerals, read where a king or a part of a work makes it certain that they are some."""

import re

from app.speaking.numbers import cardinal, word_before
from app.speaking.tongue import Tongue

ROMAN = r"(?=[XVI])(?:X{0,3})(?:IX|IV|V?I{0,3})"
_VALUES = {"I": 1, "V": 5, "X": 10}
# Of rulers and popes, as the languages that we read spell them.
_NAMES = (
    "Adolf Afonso Albert Alberto Alejandro Aleksander Alessandro Alexander Alexandre "
    "Alexandru Alfonso Alphonse Amadeo August Augustus Baudouin Beatrix Benedetto Benedict "
    "Benedicto Benedikt Benoît Bolesław Boudewijn Carl Carlo Carlos Carol Catalina Caterina "
    "Catherine Charles Christian Clemens Clement Clément Conrad Constantin Cosimo Ecaterina "
    "Eduard Eduardo Edward Elisabeta Elisabeth Elisabetta Elizabeth Elżbieta Emanuel Emanuele "
    "Enrico Enrique Erik Federico Felipe Ferdinand Fernando Filip Filipe Filippo Francesco "
    "Francis Francisco Franz François Frans Frederick Frederik Friedrich Fryderyk Frédéric "
    "Georg George Georges Giacomo Giorgio Giovanni Giuseppe Gregor Gregorio Gregory Grégoire "
    "Guglielmo Guilherme Guillaume Guillermo Gustav Gustave Heinrich Hendrik Henri Henrique "
    "Henry Henryk Innocent Ioan Isabel Isabella Jacques Jaime Jakob James Jan Jean Jerzy "
    "Johann Johannes John Jorge Joseph Josef José João Juan Juliana Karel Karl Karol "
    "Katarzyna Katharina Kazimierz Konrad Leo Leone Leopold Leopoldo León Lodewijk Lorenzo "
    "Louis Ludovic Ludwig Ludwik Luigi Luis Luís Léon Léopold Manuel Margarethe Maria Marie "
    "Mary Maximilian Mihai Mikołaj Mircea Napoleon Napoleone Napoleón Napoléon Nicholas "
    "Nicola Nicolas Nicolás Nikolaus Otto Pablo Paolo Paul Paulo Paweł Pedro Peter Petru "
    "Philip Philipp Philippe Pie Pierre Pietro Pio Piotr Pius Pío Ramesses Ramses Ricardo "
    "Riccardo Richard Robert Rudolf Sancho Sigismund Sixtus Stanisław Stefan Umberto Urban "
    "Urbain Victoria Vittorio Wilhelm Wilhelmina Willem William Władysław Zygmunta Zygmunt "
    "Ștefan Édouard Élisabeth"
).replace(" ", "|")
_RULER = re.compile(
    rf"\b(?P<name>{_NAMES})\s(?:(?P<article>al|a)\s)?(?P<r>{ROMAN})(?:er|re|-lea|-a)?\b(?P<point>\.(?=\s))?"
)
_PARTS = (
    "War Part Chapter Phase Act Volume Book Appendix Level Annex Chapitre Tome Partie Acte Niveau "
    "Annexe Kapitel Band Teil Akt Anhang Capítulo Tomo Acto Parte Fase Anexo Capitolo Atto "
    "Allegato Hoofdstuk Deel Bijlage Rozdział Tom Część Capitolul Partea"
).replace(" ", "|")
_PART = re.compile(rf"\b(?P<name>(?:{_PARTS}))\s(?P<r>{ROMAN})\b", re.IGNORECASE)
_THRONES = {"king", "queen", "pope", "emperor", "tsar", "empress", "saint"}


def roman(written: str) -> int:
    """The value of a Roman numeral up to 39."""
    values = [_VALUES[letter] for letter in written]
    return sum(-value if value < max(values[at:]) else value for at, value in enumerate(values))


def say_roman(text: str, tongue: Tongue) -> str:
    """Numerals of rulers as their language says them, those of chapters and wars as numbers."""

    def ruler(match: re.Match[str]) -> str:
        throne = word_before(match.string, match.start())
        if tongue.lang == "en" and match["r"] == "I" and throne not in _THRONES:
            return match[0]
        return f"{match['name']} {tongue.monarch(roman(match['r']), match['name'])}"

    text = _RULER.sub(ruler, text)
    return _PART.sub(
        lambda match: (
            f"{match['name']} {cardinal(roman(match['r']), tongue)}"
            if match["r"].isupper()
            else match[0]
        ),
        text,
    )
