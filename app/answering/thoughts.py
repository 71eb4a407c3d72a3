"""What a reasoning model thinks before it answers is kept from everybody.

Ollama keeps thoughts apart for models that it knows to think. For the others they stand in the text
between marks, of which every family has its own.
"""

import re

# What opens a thought, and what closes it.
_PAIRS = (
    *((f"<{name}>", f"</{name}>") for name in (
        "think", "thinking", "thought", "thoughts", "reasoning", "reason", "reflection",
        "analysis", "scratchpad", "seed:think", "antthinking",
    )),
    ("[THINK]", "[/THINK]"),
    ("◁think▷", "◁/think▷"),
    ("<|begin_of_thought|>", "<|end_of_thought|>"),
    ("<|START_THINKING|>", "<|END_THINKING|>"),
    ("<|inner_prefix|>", "<|inner_suffix|>"),
    ("<unused94>", "<unused95>"),
    # Channels: everything that is not said to the user, up to the end of its message.
    ("<|channel|>analysis", "<|end|>"),
    ("<|channel|>commentary", "<|end|>"),
    ("<|channel>thought", "<channel|>"),
)  # fmt: skip
_CLOSES = {opening.lower(): closing.lower() for opening, closing in _PAIRS}
# What frames an answer beside thoughts, and is not part of it.
_FRAMES = (
    "<|start|>assistant", "<|channel|>final", "<|message|>", "<|end|>", "<|return|>",
    "<|begin_of_solution|>", "<|end_of_solution|>", "<|START_RESPONSE|>", "<|END_RESPONSE|>",
    "<answer>", "</answer>", "<response>", "</response>",
)  # fmt: skip
_MARKS = sorted(
    {*_CLOSES, *_CLOSES.values(), *(frame.lower() for frame in _FRAMES)}, key=len, reverse=True
)
_MARK = re.compile("|".join(map(re.escape, _MARKS)), re.IGNORECASE)
_FIRSTS = frozenset(mark[0] for mark in _MARKS)
_LONGEST = max(map(len, _MARKS))


class Thoughts:
    """Takes the thoughts out of a growing text; `prompt` is what the text continues.

    A thought that does not end lasts to the end of the text. So does one that the prompt began.
    """

    def __init__(self, prompt: str = "") -> None:
        self._closing = _left_open(prompt)
        self._rest = ""
        self.seen = bool(self._closing)
        """Whether anything was thought."""

    def feed(self, piece: str) -> str:
        """What may be said of what is known now; the beginning of a mark waits for its end."""
        text = self._rest + piece
        said: list[str] = []
        start = 0
        for mark in _MARK.finditer(text):
            if not self._closing:
                said.append(text[start : mark.start()])
            self._pass(mark[0].lower())
            start = mark.end()
        held = _begun(text, start)
        if not self._closing:
            said.append(text[start:held])
        self._rest = text[held:]
        return "".join(said)

    def flush(self) -> str:
        """What is left when the text has ended."""
        rest, self._rest = self._rest, ""
        return "" if self._closing else rest

    def _pass(self, mark: str) -> None:
        if self._closing:
            if mark == self._closing:
                self._closing = ""
        elif mark in _CLOSES:
            self._closing = _CLOSES[mark]
            self.seen = True


def ends_thinking(prompt: str) -> bool:
    """Whether a prompt ends with a thought that is over already: the model is told not to think."""
    tail = prompt.rstrip().lower()
    return any(tail.endswith(closing) for closing in _CLOSES.values() if closing != "<|end|>")


def _left_open(prompt: str) -> str:
    """What would close the thought that a prompt ends with; empty if there is none."""
    tail = prompt.rstrip().lower()
    return next((close for opening, close in _CLOSES.items() if tail.endswith(opening)), "")


def _begun(text: str, start: int) -> int:
    """Where the beginning of a mark stands at a text's end; the text's length if there is none."""
    for at in range(max(start, len(text) - _LONGEST + 1), len(text)):
        tail = text[at:].lower()
        if tail[0] in _FIRSTS and any(mark.startswith(tail) for mark in _MARKS):
            return at
    return len(text)
