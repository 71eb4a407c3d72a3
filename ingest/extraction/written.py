"""Markdown as it was written: without what stands before it and around its links."""

import re
from collections.abc import Iterator

from ingest.documents import Article, Page
from ingest.errors import NoArticle
from ingest.extraction.declared import date_from
from ingest.extraction.markdown import tidy
from ingest.extraction.markup import decode
from ingest.extraction.rules import NO_RULES, Rules
from ingest.extraction.text import guess_language, name_of, words

_FRONT = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S)
_FIELD = re.compile(r"^(\w[\w-]*):[ \t]*[\"']?(.*?)[\"']?[ \t]*$", re.M)
_COMMENT = re.compile(r"<!--.*?-->", re.S)
_LINK = re.compile(
    r"!?\[([^\[\]]*)\](?:\([^()\s]*(?:\([^()]*\)[^()\s]*)?(?:\s+\"[^\"]*\")?\)|\[[^\]]*\])"
)
_TARGET = re.compile(r"\s{0,3}\[[^\]]+\]:\s+\S+.*")
_HEADING = re.compile(r"#\s+(.*?)\s*#*\s*")
_UNDERLINE = {"=": "#", "-": "##"}
_FENCE = re.compile(r"\s*(`{3,}|~{3,})")
_LANG = re.compile(r"[a-z]{2}(?=$|[-_])")


def read_markdown(page: Page, rules: Rules = NO_RULES) -> Article:
    """The text with its headings as `#`; raises NoArticle if there is none."""
    source = decode(page).replace("\r\n", "\n").replace("\r", "\n")
    front = _FRONT.match(source)
    said: dict[str, str] = dict(_FIELD.findall(front[1])) if front else {}
    text = tidy("\n".join(_lines(source[front.end() :] if front else source)))
    if not words(text):
        raise NoArticle("has no text to read")
    first = _HEADING.fullmatch(text.split("\n", 1)[0])
    declared = _LANG.match(said.get("lang", said.get("language", "")).lower())
    updated = (said.get(name, "") for name in ("updated", "lastmod", "date"))
    return Article(
        url=page.url,
        title=said.get("title") or (first[1] if first else "") or name_of(page.url),
        lang=declared[0] if declared else rules.lang or guess_language(text),
        text=text,
        description=said.get("description", ""),
        page_date=next((day for one in updated if (day := date_from(one, page.fetched_at))), None),
        method="markdown",
    )


def _lines(source: str) -> Iterator[str]:
    """Its lines, with underlined headings as `#`, links as their text, and code as it stands."""
    fence = ""
    held: str | None = None
    for line in _COMMENT.sub("", source).split("\n"):
        found = _FENCE.match(line)
        if fence or found:
            if held is not None:
                yield held
                held = None
            yield line
            if found and (not fence or found[1].startswith(fence)):
                fence = "" if fence else found[1]
            continue
        bare = line.strip()
        if held and held.strip() and bare and bare[0] in _UNDERLINE and not bare.strip(bare[0]):
            held = f"{_UNDERLINE[bare[0]]} {held.strip()}" if _may_be_heading(held) else held
            continue
        if held is not None:
            yield held
        held = "" if _TARGET.fullmatch(line) else _LINK.sub(r"\1", line)
    if held is not None:
        yield held


def _may_be_heading(line: str) -> bool:
    return not line.lstrip().startswith(("#", "|", ">", "- ", "* ", "+ "))
