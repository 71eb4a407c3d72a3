"""Blocks keep their shape: tables, definitions, figures, code and lists."""

import pytest

from tests.ingest.extraction.pages import text_after_intro


@pytest.mark.parametrize(
    ("html", "text"),
    [
        (
            "<table><caption>Prices of 2026</caption><thead><tr><th rowspan=2>Who<th colspan=2>"
            "Price</tr><tr><th>Week<th>Weekend</tr></thead><tr><td>Adults<td>9 <b>euro</b><br>or so"
            "<td>10</tr><tr><td colspan=3>Winter</tr><tr><td rowspan=2>Kids<td>1<td>2</tr>"
            "<tr><td colspan=2>free</tr></table>",
            "Prices of 2026\n\n| Who | Price Week | Price Weekend |\n|---|---|---|\n"
            "| Adults | 9 euro or so | 10 |\n| Winter |  |  |\n| Kids | 1 | 2 |\n"
            "| Kids | free | free |",
        ),
        (
            "<table><tr><th colspan=2>Ferries</tr><tr><th>From<th>Runs</tr>"
            "<tr><td>Kiel<td><ul><li>daily</li><li>hourly</li></ul></tr></table>",
            "Ferries\n\n| From | Runs |\n|---|---|\n| Kiel | daily; hourly |",
        ),
        (
            "<dl><dt>Phone:</dt><dd>0123</dd><div><dt>Mo</dt><dt>Tu</dt><dd>closed</dd>"
            "<dd>always</dd></div></dl>",
            "- Phone: 0123\n- Mo, Tu: closed; always",
        ),
        (
            "<dl><dt><code>row</code></dt><dd><p>Rows a boat.</p><pre>row()</pre></dd></dl>",
            "row: Rows a boat.\n\n```\nrow()\n```",
        ),
        (
            "<figure><img src=a alt='A boat at the quay'><figcaption>The boat, 1912</figcaption>"
            "</figure><figure><img src=b alt='A boat under sail'></figure>"
            "<figure><img src=c alt=Logo></figure><img src=d alt='Not said at all'>",
            "The boat, 1912\n\nA boat under sail",
        ),
        (
            '<div class="highlight-python3"><pre>a = 1\nb = 2</pre></div><pre>one</pre>',
            "```python3\na = 1\nb = 2\n```\n\n```\none\n```",
        ),
        (
            "<ol start=3><li><p>Cast off.</p><p>Slowly.</p><pre>row\nrow</pre></li><li>Row.</ol>",
            "3. Cast off.\n\nSlowly.\n\n```\nrow\nrow\n```\n\n4. Row.",
        ),
        (
            "<ul><li><p>One.</p><p>And more.</p></li><li>two</li></ul>",
            "- One.\n\nAnd more.\n\n- two",
        ),
        (
            "<p>12 m<sup>2</sup> of H<sub>2</sub>O<sup><a href='#n1'>[1]</a></sup>, says "
            "<q>she</q>, the 1<sup>st</sup>.</p>",
            "12 m² of H₂O, says “she”, the 1st.",
        ),
        ("<p>A line\n goes on with <code>a\n b</code>.</p>", "A line goes on with `a b`."),
        ("<h2>See also</h2><p><a href=a>Ropes</a>, <a href=b>knots</a></p>",
         "## See also\n\nRopes, knots"),
    ],
)  # fmt: skip
def test_a_block_keeps_its_shape(html: str, text: str) -> None:
    assert text_after_intro(html) == text


def test_spans_of_thousands_make_no_thousands_of_cells() -> None:
    rows = "<tr><td colspan=9999 rowspan=9999>a</td><td>b</td></tr>" * 3
    assert len(text_after_intro(f"<table>{rows}<tr><td>c<td>d</table>")) < 5_000


@pytest.mark.parametrize(
    "panel",
    [
        '<button data-bs-target="#a">Dogs?</button><div id=a hidden>No.</div>',
        '<a data-toggle=collapse href="#a">Dogs?</a><div id=a style="display:none">No.</div>',
        "<details><summary>Dogs?</summary>No.</details>",
    ],
)
def test_what_a_click_would_open_stands_under_its_label(panel: str) -> None:
    assert text_after_intro(panel).endswith("Dogs?\n\nNo.")
    assert text_after_intro(panel).startswith("##")


def test_questions_one_after_another_stand_on_one_level() -> None:
    panels = "".join(f"<details><summary>Boat {n}?</summary>Yes.</details>" for n in (1, 2))
    assert text_after_intro(panels) == "## Boat 1?\n\nYes.\n\n## Boat 2?\n\nYes."
