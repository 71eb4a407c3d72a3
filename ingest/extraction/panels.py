"""Panels that a click would open: shown, each under its label as a heading."""

from lxml.html import HtmlElement, builder

from ingest.extraction.trees import HEADINGS, is_frame, text_of

_CONTROLS = (
    ".//*[@aria-controls or @data-bs-target or @data-target]"
    " | .//*[starts-with(@href, '#') and (@data-toggle or @data-bs-toggle)]"
)


def open_panels(body: HtmlElement) -> None:
    """Make what a click would show content, and its label a heading."""
    _head_with_summaries(body)
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


def _head_with_summaries(body: HtmlElement) -> None:
    """Make each summary a heading one level below the last that is none."""
    level = 1
    for element in list(body.iter("summary", *HEADINGS)):
        if element.tag != "summary":
            level = int(str(element.tag)[1])
        elif next(element.iterdescendants(*HEADINGS), None) is not None:
            element.drop_tag()
        else:
            element.tag = f"h{min(level + 1, len(HEADINGS))}"
