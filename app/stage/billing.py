"""What sessions cost, in credits: a minute set aside at the start, then every minute that passes.

Credits are exact decimals to a hundredth. Whatever was consumed has left the account, so that the
credits left and all sessions' credits consumed always add up to what the account began with.
"""

from decimal import ROUND_HALF_UP, Decimal

UNIT = Decimal("0.01")
"""The smallest amount that is charged, in credits."""

MINUTE = Decimal("1.00")
"""What a minute of LITE costs; also the least that a session costs once its avatar has come."""


class NoCredits(Exception):
    """The account cannot pay for another minute."""


class Account:
    """The credits of whoever holds the key. With `overage` they may fall below zero."""

    def __init__(self, credits: Decimal, *, overage: bool) -> None:
        self._credits = credits.quantize(UNIT)
        self.overage = overage

    @property
    def left(self) -> Decimal:
        """Credits that can still be spent; never below zero."""
        return max(self._credits, Decimal("0.00"))

    @property
    def spent(self) -> bool:
        """Whether sessions have to end."""
        return not self.overage and self._credits <= 0

    def refill(self, credits: Decimal) -> None:
        """Have this many credits from now on."""
        self._credits = credits.quantize(UNIT)

    def take(self, credits: Decimal) -> Decimal:
        """Charge, or give back what is negative; returns what could be charged."""
        taken = credits if self.overage else min(credits, max(self._credits, Decimal(0)))
        self._credits -= taken
        return taken

    def open_bill(self, *, free: bool) -> "Bill":
        """Set a minute aside for a session. Raises NoCredits when there is none."""
        if not free and not self.overage and self._credits < MINUTE:
            raise NoCredits("the account has credits for less than a minute")
        return Bill(self, free=free)


class Bill:
    """What one session has cost so far; a free one (sandbox) costs nothing."""

    def __init__(self, account: Account, *, free: bool) -> None:
        self._account = account
        self._free = free
        self.consumed = Decimal("0.00")
        self._pay(MINUTE)

    def charge(self, minutes: float) -> bool:
        """Bring the bill up to a session's age; False when the account has nothing more."""
        due = max(MINUTE, Decimal(minutes).quantize(UNIT, ROUND_HALF_UP))
        self._pay(due - self.consumed)
        return self._free or not self._account.spent

    def refund(self) -> None:
        """Give everything back: the avatar never came."""
        self._pay(-self.consumed)

    def _pay(self, credits: Decimal) -> None:
        if not self._free and credits:
            self.consumed += self._account.take(credits)
