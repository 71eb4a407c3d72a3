"""A receiver of time lines that keeps them."""

from app.visits.records import SpokenTurn


class PaperTracing:
    def __init__(self) -> None:
        self.turns: list[SpokenTurn] = []

    def turn(self, turn: SpokenTurn) -> None:
        self.turns.append(turn)
