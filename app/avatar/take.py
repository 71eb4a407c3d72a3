"""One stretch of an utterance on one carrier, paced so that an interruption takes little back."""

import asyncio
from collections.abc import Callable

from app.avatar.carrier import Carrier
from app.avatar.utterance import BYTES_PER_S, Utterance, size

_TICK_S = 0.02
# Pieces after the first: ten a second are no burden, and none is near the limit of a packet.
_PIECE_S = 0.1


class Take:
    """From where the visitor has heard the utterance, to its end or as far as the carrier comes."""

    def __init__(
        self, utterance: Utterance, carrier: Carrier, on_start: Callable[[], None]
    ) -> None:
        self._utterance = utterance
        self._carrier = carrier
        self._on_start = on_start
        self._begin = utterance.at
        self._sent = utterance.at
        self._began = False

    def note(self) -> None:
        """Tell the utterance how far it was heard; ask before the carrier is hushed."""
        head = self._carrier.head
        if not self._began or not head.started:
            return
        if not self._utterance.started:
            self._utterance.started = True
            self._on_start()
        heard = self._sent if self._carrier.done else self._begin + size(head.heard_s)
        self._utterance.hear(min(heard, self._sent))

    async def give(self, better: Callable[[], bool]) -> None:
        """Say it; returns at the next sentence once there is a better carrier, or when lost.

        A carrier that is lost and not gone is heard out: the next one goes on behind it.
        """
        await self._carrier.begin()
        self._began = True
        until: int | None = None
        while not self._carrier.lost:
            if until is None and better():
                until = self._utterance.next_sentence(self._sent - 1)
            if self._all_sent(until):
                await self._carrier.end()
                break
            await self._send(until)
            self.note()
        await self._hear_out()

    def _all_sent(self, until: int | None) -> bool:
        if until is not None and self._sent >= until:
            return True
        return self._utterance.complete and self._sent >= len(self._utterance.pcm)

    async def _send(self, until: int | None) -> None:
        """Send what there is, as far ahead as the carrier wants it; else wait a little."""
        carrier, utterance = self._carrier, self._utterance
        free = size(carrier.lead_s - carrier.head.ahead_s)
        end = len(utterance.pcm) if until is None else until
        there = min(end - self._sent, free)
        least_s = carrier.first_s if self._sent == self._begin else _PIECE_S
        least = size(min(least_s, carrier.lead_s / 2))
        closing = utterance.complete or until is not None
        if there >= least or (closing and 0 < end - self._sent <= there):
            piece = bytes(utterance.pcm[self._sent : self._sent + there])
            self._sent += len(piece)
            await carrier.speak(piece)
            utterance.leave(self._sent - len(piece), self._sent)
            return
        await utterance.grown(_TICK_S)

    async def _hear_out(self) -> None:
        carrier = self._carrier
        while not (carrier.gone or carrier.done):
            if carrier.lost and carrier.head.ahead_s <= 0:
                break
            self.note()
            await asyncio.sleep(_TICK_S)
        self.note()
        if carrier.head.unheard_s:
            self._utterance.unhear(size(carrier.head.unheard_s))


def length_s(pcm_bytes: int) -> float:
    """How long so many bytes sound."""
    return pcm_bytes / BYTES_PER_S
