"""Panels that a click would open: shown, each under its label as a heading."""

from lxml.html import HtmlElement, builder

from ingest.extraction.trees import HEADINGS, is_frame, text_of

_CONTROLS = (
    ".//*[@aria-controls or @data-bs-target or @data-target]"
    " | .//*[starts-with(@href, '#') and (@data-toggle or @data-bs-toggle)]"
)


def open_panels(body: HtmlElement) -> None:
    """Make what a click would show content, and its label a heading."""
    for summary in list(body.iter("summary")):
        _become_heading(summary)
    for details in list(body.iter("details")):
        details.tag = "div"
    controls = body.xpath(_CONTROLS)
    if not controls:
        return
    targets = {element.get("id"): element for element in body.xpath(".//*[@id]")}
    for control in controls:
        panel = targets.get(_target(control))
        boxes = [] if panel is None else [control, panel, *control.iterancestors()]
        if panel is None or any(map(is_frame, [*boxes, *panel.iterancestors()])):
            continue
        panel.set("class", "accordion-panel")
        if control.tag in ("button", "a") and not any(
            a.tag in HEADINGS for a in control.iterancestors()
        ):
            label = builder.E.h4(text_of(control))
            panel.insert(0, label)
            label.tail, panel.text = panel.text, None
            control.drop_tree()


def _target(control: HtmlElement) -> str:
    named = control.get("aria-controls") or control.get("data-bs-target")
    named = named or control.get("data-target") or control.get("href") or ""
    return named.split(" ")[0].removeprefix("#")


def _become_heading(summary: HtmlElement) -> None:
    inner = [element for element in summary.iterdescendants() if element.tag in HEADINGS]
    if inner:
        summary.drop_tag()
        return
    above = summary.xpath(
        "preceding::*[self::h1 or self::h2 or self::h3 or self::h4 or self::h5][1]"
    )
    summary.tag = f"h{int(above[-1].tag[1]) + 1}" if above else "h2"
