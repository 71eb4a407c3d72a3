"""The figures as tables on a terminal."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table


def show(result: Mapping[str, Any]) -> None:
    """Every way's figures side by side, our spans, the places in a visit, and the comparisons."""
    console = Console()
    ways: Mapping[str, Any] = result["ways"]
    table = Table("figure", *ways, title=f"spoken questions, {result['model']}")
    names = dict.fromkeys(name for way in ways.values() for name in way["figures"])
    for name in names:
        table.add_row(name, *(_said(way["figures"].get(name)) for way in ways.values()))
    console.print(table)
    for name, way in ways.items():
        if way["spans"]:
            spans = Table("what the API wrote down", "p50", "p95", "n", title=name)
            for path, found in way["spans"].items():
                spans.add_row(path, *(_said(found.get(key)) for key in ("p50", "p95", "n")))
            console.print(spans)
    places = Table("place in the visit", *ways, title="first word, p50 s")
    for place in sorted({place for way in ways.values() for place in way["by_place"]}):
        found = (way["by_place"].get(place, {}).get("p50") for way in ways.values())
        places.add_row(str(place), *map(_said, found))
    console.print(places)
    for name, compared in result["comparisons"].items():
        facts = ", ".join(f"{key} {value:g}" for key, value in compared.items())
        console.print(f"{name}: {facts or 'too few turns'}")


def _said(value: float | None) -> str:
    return "" if value is None else f"{value:g}"
