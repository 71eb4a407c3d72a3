"""What the page is told about one turn, and when.

An answer may be begun before the visitor has finished (preemptive generation) and thrown away
again. So a turn keeps its events to itself until LiveKit commits to it, and a sentence's caption
until that sentence is heard. Knows nothing of rooms, HTTP or models.
"""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from app.agent.timeline import Beginning, Timeline

Caption = dict[str, Any]
"""One message to the page; `type` says what it is."""

Report = Callable[[str, Mapping[str, Any]], None]
"""Takes the id of a turn, and when what happened in it (see `Timeline.report`)."""


class Line(str):
    """A sentence that the avatar says, with the turn it belongs to and its caption.

    It is a string so that it passes through LiveKit's text path as it is.
    """

    __slots__ = ("caption", "turn")
    turn: "Turn"
    caption: Caption

    def __new__(cls, text: str, turn: "Turn", caption: Caption) -> "Line":
        line = super().__new__(cls, text)
        line.turn = turn
        line.caption = caption
        return line

    @property
    def fills(self) -> bool:
        """Whether it only fills a wait."""
        return bool(self.caption["type"] == "filler")

    def reworded(self, text: str) -> "Line":
        """The same line with other words, for the voice."""
        return Line(text, self.turn, self.caption)


class Turn:
    """One thing the visitor said and our answer to it, as it is told to the page.

    The order of its life: `commit` (or never), `shown` for each line that is heard, `ends`.
    """

    def __init__(
        self, turn_id: str, publish: Callable[[Caption], None], report: Report | None = None
    ) -> None:
        self.id = turn_id
        self.lang: str | None = None
        """The language of the answer (ISO 639-1), once it is known."""
        self.times = Timeline()
        self._publish = publish
        self._report = report
        self._held: list[Caption] | None = []
        self._untold: list[Caption] = []
        self._timings: Mapping[str, Any] | None = None
        self._over = False
        self._is_cancelled = False
        self._is_begun = False
        self._is_cut = False
        self._upon_commit: list[Callable[[], None]] = []

    def upon_commit(self, do: Callable[[], None]) -> None:
        """Do this at once, or as soon as the turn is committed; never if it is not."""
        if self._held is None:
            do()
        else:
            self._upon_commit.append(do)

    def tell(self, kind: str, **facts: Any) -> None:
        """Tell the page at once, or as soon as the turn is committed."""
        caption = {"type": kind, "turn": self.id, **facts}
        if self._held is None:
            self._publish(caption)
        else:
            self._held.append(caption)

    def commit(self, beginning: Beginning | None = None, **understood: Any) -> None:
        """LiveKit will speak this answer: tell what was understood, and all that was held back."""
        held, self._held = self._held, None
        if held is not None:
            self.times.beginning = beginning
            for do in self._upon_commit:
                do()
            self.tell("understood", **understood)
            for caption in held:
                self._publish(caption)
            self._finish_if_told()

    def line(self, kind: str, text: str, **facts: Any) -> Line:
        """A sentence of the answer, whose caption is told when it is heard."""
        caption = {"type": kind, "turn": self.id, "text": text, **facts}
        self._untold.append(caption)
        if kind != "filler":
            self.times.mark("sentence")
        # The space keeps sentences apart in the transcript, which is our words run together.
        return Line(f"{text} ", self, caption)

    def complete(self, timings: Mapping[str, Any]) -> None:
        """No further line will come."""
        self._timings = timings
        self._report_if_known()
        self._finish_if_told()

    def cancelled(self) -> None:
        """The answer was stopped while it was being written.

        When nothing of it was heard yet it may be begun anew, under the same name: `given_up` says
        that it is not.
        """
        self._is_cancelled = True
        if self._held is None and self._is_begun:
            self.ends(interrupted=True)

    def given_up(self) -> None:
        """The visitor has gone on: a cancelled answer will not be begun anew."""
        if self._is_cancelled:
            self.ends(interrupted=True)

    def replaced(self) -> None:
        """Another answer takes over this one's name, and tells how it ends."""
        self._over = True

    def sounds(self, line: Line) -> None:
        """The first sound of a line was synthesised."""
        if not line.fills:
            self.times.mark("sound")

    def leaves(self, line: Line) -> None:
        """It went to whatever carries our voice."""
        if not line.fills:
            self.times.mark("stage")

    def shown(self, line: Line) -> None:
        """A line reached the visitor: its caption follows it."""
        self.times.mark("filler" if line.fills else "heard")
        self._report_if_known()
        self._tell_untold(line.caption)
        self._finish_if_told()

    def ends(self, *, interrupted: bool) -> None:
        """The utterance is over; what was not heard because of an interruption is never told.

        The page learns that the sentence it was told last was cut.
        """
        if not interrupted:
            for caption in list(self._untold):
                self._tell_untold(caption)
        elif self._is_begun and not self._is_cut:
            self._is_cut = True
            self.tell("cut")
        self._finish()

    def _tell_untold(self, caption: Caption) -> None:
        if not self._over and caption in self._untold:
            self._untold.remove(caption)
            self._is_begun |= caption["type"] != "filler"
            self._publish(caption)

    def _report_if_known(self) -> None:
        """Once, when the answer was heard and its end has come: then the API has kept the turn."""
        if self._report is None or self._timings is None:
            return
        if (times := self.times.report()) is not None:
            report, self._report = self._report, None
            report(self.id, times)

    def _finish_if_told(self) -> None:
        if self._timings is not None and not self._untold and self._held is None:
            self._finish()

    def _finish(self) -> None:
        if not self._over:
            self._over = True
            self.tell("done", timings=dict(self._timings or {}))


class Turns:
    """The turns of a visit, found again by the visitor's message that LiveKit answers."""

    def __init__(self, publish: Callable[[Caption], None], report: Report | None = None) -> None:
        self._publish = publish
        self._report = report
        self._next_id = str(uuid4())
        self._proposed: dict[str, Turn] = {}
        self._answering: Turn | None = None
        self._committed: tuple[str, str, Beginning | None, Mapping[str, Any]] | None = None

    @property
    def coming(self) -> str:
        """The id of the turn that the visitor's next words, or those being spoken, belong to."""
        return self._next_id

    def propose(self, message_id: str) -> Turn:
        """A turn for an answer to this message, which may never be spoken.

        All answers to what may be one and the same utterance share an id, so that the API keeps
        only the last of them.
        """
        if self._committed is not None and self._committed[0] == message_id:
            _, name, beginning, understood = self._committed
            if self._answering is not None:
                self._answering.replaced()
            turn = self._answering = Turn(name, self._publish, self._report)
            turn.commit(beginning, **understood)
            return turn
        turn = Turn(self._next_id, self._publish, self._report)
        self._proposed[message_id] = turn
        return turn

    def commit(
        self, message_id: str, beginning: Beginning | None = None, **understood: Any
    ) -> None:
        """LiveKit has taken this message as what the visitor said; other proposals are void.

        Without a beginning nothing is reported of when what happened.
        """
        if self._answering is not None:
            self._answering.given_up()
        self._committed = (message_id, self._next_id, beginning, understood)
        self._next_id = str(uuid4())
        proposed = self._answering = self._proposed.pop(message_id, None)
        self._proposed.clear()
        if proposed is not None:
            proposed.commit(beginning, **understood)
