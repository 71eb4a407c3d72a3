"""Lists in pages, as the service gives them."""

from collections.abc import Mapping, Sequence

from app.stage.envelope import Asked, Invalid


def number(asked: Asked, name: str, default: int, most: int) -> int:
    """A whole number from the query. Raises Invalid."""
    given = asked.query_params.get(name)
    if given is None:
        return default
    if not given.isdecimal() or not 1 <= int(given) <= most:
        raise Invalid(f"{name} is a number from 1 to {most} - at `query?{name}`")
    return int(given)


def page(asked: Asked, everything: Sequence[Mapping[str, object]]) -> dict[str, object]:
    """The page that the query asks for, with the addresses of its neighbours."""
    here = number(asked, "page", 1, 1_000_000)
    size = number(asked, "page_size", 20, 100)
    total = len(everything)

    def address(which: int) -> str | None:
        if not 1 <= which <= max(1, -(-total // size)):
            return None
        return str(asked.url.with_replacements(query=f"page={which}&page_size={size}"))

    return {
        "count": total,
        "next": address(here + 1),
        "previous": address(here - 1),
        "results": everything[(here - 1) * size : here * size],
    }
