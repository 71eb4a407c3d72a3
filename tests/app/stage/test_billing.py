from decimal import Decimal

import pytest

from app.stage.billing import Account, NoCredits


def test_a_minute_is_set_aside_and_every_further_second_is_charged_to_the_hundredth() -> None:
    account = Account(Decimal(10), overage=False)
    bill = account.open_bill(free=False)
    assert (account.left, bill.consumed) == (Decimal("9.00"), Decimal("1.00"))
    assert bill.charge(0.5)
    assert bill.consumed == Decimal("1.00")
    assert bill.charge(1.0 + 17 / 60)
    assert (account.left, bill.consumed) == (Decimal("8.72"), Decimal("1.28"))


def test_what_is_left_and_what_was_consumed_add_up_whatever_the_fractions() -> None:
    account = Account(Decimal(100), overage=False)
    bills = [account.open_bill(free=False) for _ in range(7)]
    for minute in range(1, 5):
        for number, bill in enumerate(bills):
            bill.charge(minute + number / 7)
    assert account.left + sum(bill.consumed for bill in bills) == Decimal(100)


def test_an_avatar_that_never_came_costs_nothing() -> None:
    account = Account(Decimal(1), overage=False)
    bill = account.open_bill(free=False)
    bill.refund()
    assert (account.left, bill.consumed) == (Decimal(1), Decimal(0))


def test_less_than_a_minute_opens_nothing() -> None:
    with pytest.raises(NoCredits):
        Account(Decimal("0.99"), overage=False).open_bill(free=False)


def test_at_the_last_credit_there_is_nothing_more() -> None:
    account = Account(Decimal("2.5"), overage=False)
    bill = account.open_bill(free=False)
    assert [bill.charge(minute) for minute in (1, 2, 3)] == [True, True, False]
    assert (account.left, bill.consumed) == (Decimal(0), Decimal("2.5"))


def test_overage_goes_on_below_nothing() -> None:
    account = Account(Decimal(0), overage=True)
    bill = account.open_bill(free=False)
    assert bill.charge(3)
    assert (account.left, bill.consumed) == (Decimal(0), Decimal(3))


def test_a_sandbox_session_is_free() -> None:
    account = Account(Decimal(0), overage=False)
    bill = account.open_bill(free=True)
    assert bill.charge(5)
    assert bill.consumed == 0
