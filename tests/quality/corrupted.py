"""True answers and what becomes of them when one fact is changed, made from public sets.

The articles are divided by their place in the alphabet: the check's constants were chosen on the
even ones, and are reported on the odd ones.
"""

import json
import random
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.answering.sentences import pieces
from ingest.documents import Passage

FOLDERS = {"en": "xquad/en", "de": "xquad/de", "es": "xquad/es", "fr": "piaf_fr"}

_MONTHS = {
    "en": "January February March April June July August September October November December",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre "
    "diciembre",
}
_ASKS = {
    "en": r"^(?:How (?:many|much|old|long|far|big)|What year|Which|Who|What|When|Where|How)\b",
    "de": r"^(?:Wie viele?|Wie lange|In welchem Jahr|Welche[rsnm]?|Wer|Was|Wann|Wo|Wie)\b",
    "fr": r"^(?:Combien de|Quel(?:le)?s?|Qui|Qu'est-ce que?|Que|Quand|Où|En quelle année)\b",
    "es": r"^¿(?:Cuánt[oa]s?|Qué|Quién(?:es)?|Cuándo|Dónde|Cómo|Cuál(?:es)?)\b",
}
_ASSERTS = {
    "en": (r"\b(is|are|was|were|has|have|had|can|could|will|would|did|may) ", r"\1 not "),
    "de": (r"\b(ist|sind|war|waren|wird|werden|wurden?|hat|haben|hatten?|kann|können) ",
           r"\1 nicht "),
    "fr": (r"\b(est|sont|était|étaient|peut|peuvent|sera) ", r"n'\1 pas "),
    "es": (r"\b(es|son|era|eran|fue|fueron|está|puede|pueden|ha|han|tiene|tienen) ", r"no \1 "),
}  # fmt: skip
_DENIES = {"en": r"\b(?:not|never) ", "de": r"\b(?:nicht|nie) ", "es": r"\bno "}
_NUMBER = re.compile(r"(?<![\d.,])\d+(?:[.,]\d+)*")
_NAME = re.compile(r"(?<=[a-zà-ÿ,] )[A-ZÉÄÖÜ][a-zà-ÿ]{3,}")


@dataclass(frozen=True, kw_only=True)
class Case:
    """A question with its passages, and sentences by what was done to a true answer.

    "verbatim", "edited", "statement" (the question with its answer in it) and "short" (the answer
    alone) are true; the others are not.
    """

    lang: str
    question: str
    passages: Sequence[Passage]
    said: Mapping[str, str]


TRUE = ("verbatim", "edited", "statement", "short")
FALSE = ("number", "swapped", "date", "name", "negation", "sibling", "other answer")


def cases(folder: Path, lang: str, *, odd: bool, most: int) -> list[Case]:
    """The first cases of a set whose articles are the odd or the even ones."""
    maker = _Maker(folder / FOLDERS[lang], lang)
    found: list[Case] = []
    for case in maker.cases(odd):
        found.append(case)
        if len(found) == most:
            break
    return found


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


class _Maker:
    def __init__(self, folder: Path, lang: str) -> None:
        self._lang = lang
        self._rows = _rows(folder / "corpus.jsonl")
        self._by_id = {row["_id"]: row for row in self._rows}
        self._articles: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in self._rows:
            self._articles[row["title"]].append(row)
        self._titles = sorted(self._articles)
        self._questions = _rows(folder / "queries.jsonl")
        judged = (folder / "qrels.tsv").read_text().splitlines()[1:]
        self._relevant = {line.split("\t")[0]: line.split("\t")[1] for line in judged}
        self._random = random.Random(7)
        self._random.shuffle(self._questions)

    def cases(self, odd: bool) -> Iterator[Case]:
        for asked in self._questions:
            row = self._by_id[self._relevant[asked["_id"]]]
            if self._titles.index(row["title"]) % 2 != odd or not asked.get("answers"):
                continue
            answer = asked["answers"][0]
            whole = (piece.strip() for piece in pieces(row["text"], self._lang))
            sentence = next((each for each in whole if answer in each), "")
            if 25 <= len(sentence) <= 350:
                yield self._case(asked["text"], answer, sentence, row)

    def _case(self, question: str, answer: str, sentence: str, row: dict[str, Any]) -> Case:
        siblings = [other for other in self._articles[row["title"]] if other is not row]
        self._random.shuffle(siblings)
        shown = [row, *siblings[:2]]
        self._random.shuffle(shown)
        text = " ".join(each["text"] for each in shown)
        said = {
            "verbatim": sentence,
            "edited": self._edited(sentence),
            "statement": self._statement(question, answer),
            "short": answer,
            "number": self._renumbered(sentence, text),
            "swapped": self._swapped(sentence, sentence, row["text"]),
            "other answer": self._swapped(answer, sentence, row["text"]),
            "date": self._redated(sentence, text),
            "name": self._renamed(sentence, row["title"], text),
            "negation": self._turned(sentence),
            "sibling": self._sibling(siblings[2:]),
        }
        passages = [self._passage(each) for each in shown]
        kept = {kind: text for kind, text in said.items() if text}
        return Case(lang=self._lang, question=question, passages=passages, said=kept)

    def _passage(self, row: dict[str, Any]) -> Passage:
        return Passage(
            kb="set", source="set", url=f"https://set.example/{row['_id']}", anchor="",
            title=row["title"].replace("_", " "), headings=(), ordinal=0, text=row["text"],
            lang=self._lang, revision="1", fetched_at=datetime(2026, 11, 1, tzinfo=UTC),
        )  # fmt: skip

    def _edited(self, sentence: str) -> str:
        """Without brackets, and without what stands before the first comma."""
        bare = re.sub(r"\s*\([^)]*\)", "", sentence)
        clause = re.match(r"^[^,]{4,60}, (.{25,})$", bare)
        return clause[1][0].upper() + clause[1][1:] if clause else bare

    def _statement(self, question: str, answer: str) -> str:
        told, changed = re.subn(_ASKS[self._lang], lambda _: answer, question)
        return told[0].upper() + told[1:].rstrip("? ") + "." if changed else ""

    def _renumbered(self, sentence: str, text: str) -> str:
        found = list(_NUMBER.finditer(sentence))
        if not found:
            return ""
        number = self._random.choice(found)
        for _ in range(50):
            digits = (self._random.choice("123456789") if c.isdigit() else c for c in number[0])
            new = "".join(digits)
            if new not in text:
                return sentence[: number.start()] + new + sentence[number.end() :]
        return ""

    def _swapped(self, said: str, sentence: str, text: str) -> str:
        """With another number of the same passage, and of the same size."""
        found = list(_NUMBER.finditer(said))
        if not found:
            return ""
        number = self._random.choice(found)
        own = set(_NUMBER.findall(sentence))
        others = sorted(
            {n for n in _NUMBER.findall(text) if (len(n) == 4) == (len(number[0]) == 4)} - own
        )
        if not others:
            return ""
        other: str = self._random.choice(others)
        return said[: number.start()] + other + said[number.end() :]

    def _redated(self, sentence: str, text: str) -> str:
        months = _MONTHS[self._lang].split()
        stands = next((month for month in months if re.search(rf"\b{month}\b", sentence)), "")
        others = [month for month in months if month not in text]
        if stands and others:
            return re.sub(rf"\b{stands}\b", self._random.choice(others), sentence, count=1)
        year = re.search(r"\b(?:1\d|20)\d\d\b", sentence)
        if not year:
            return ""
        other = str(int(year[0]) + self._random.choice([-7, 3, 11, 40]))
        redated: str = sentence.replace(year[0], other, 1)
        return redated if other not in text else ""

    def _renamed(self, sentence: str, title: str, text: str) -> str:
        months = _MONTHS[self._lang]
        found = [name for name in _NAME.finditer(sentence) if name[0] not in months]
        elsewhere = [row for row in self._rows if row["title"] != title]
        if not found or self._lang == "de":  # where any noun would be taken for a name
            return ""
        name = self._random.choice(found)
        for _ in range(20):
            names = _NAME.findall(self._random.choice(elsewhere)["text"])
            strangers = [n for n in names if n.lower()[:4] not in text.lower() and len(n) > 4]
            if strangers:
                new: str = self._random.choice(strangers)
                return sentence[: name.start()] + new + sentence[name.end() :]
        return ""

    def _turned(self, sentence: str) -> str:
        denies = _DENIES.get(self._lang)
        if denies and re.search(denies, sentence):
            return re.sub(denies, "", sentence, count=1)
        pattern, denied = _ASSERTS[self._lang]
        turned, changed = re.subn(pattern, denied, sentence, count=1)
        return turned if changed else ""

    def _sibling(self, unseen: Sequence[dict[str, Any]]) -> str:
        if not unseen:
            return ""
        cut = pieces(self._random.choice(unseen)["text"], self._lang)
        whole = [piece.strip() for piece in cut if 40 < len(piece) < 300]
        return self._random.choice(whole) if whole else ""
