"""Money: an amount in hundredths, with its currency."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors.values import MoneyNotUnderstood
from ledger.limits import COUNT
from ledger.values.money import Money, amount, currencies

MONEY = st.builds(
    Money, st.integers(1, COUNT * 100), st.sampled_from(["USD", "EUR", "IQD", "KRW", "CHF"])
)


@given(MONEY)
def test_what_is_written_is_read_again(money: Money) -> None:
    again = Money.parse(money.text)
    assert again == money
    assert (again.cents, again.currency, again.text) == (money.cents, money.currency, str(money))
    assert hash(again) == hash(money)


@given(MONEY, MONEY)
def test_amounts_are_equal_when_their_texts_are(one: Money, other: Money) -> None:
    same = (one.cents, one.currency) == (other.cents, other.currency)
    assert (one == other) is same is (one.text == other.text)


@pytest.mark.parametrize(
    ("text", "cents", "written"),
    [
        ("1000000 USD", 100_000_000, "1000000 USD"),
        ("12500.5 usd", 1_250_050, "12500.50 USD"),
        ("0.01 EUR", 1, "0.01 EUR"),
        ("12.50  EUR", 1_250, "12.50 EUR"),
        ("007.00 KRW", 700, "7 KRW"),
        (" 5 IQD ", 500, "5 IQD"),
        ("٥٠٠ USD", 50_000, "500 USD"),
        ("۱۲٫۵ USD".replace("٫", "."), 1_250, "12.50 USD"),
        (f"{COUNT} USD", COUNT * 100, f"{COUNT} USD"),
    ],
)
def test_an_amount_has_one_text(text: str, cents: int, written: str) -> None:
    money = Money.parse(text)
    assert (money.cents, money.text) == (cents, written)


@pytest.mark.parametrize(
    "text",
    ["", "USD", "1000000", "0 USD", "0.00 USD", "-5 USD", "1,000 USD", "1.000.000 USD", "5 $",
     "5 XQZ", "5 US", "1.234 USD", "1e6 USD", "half USD", "5USD", "5 USD EUR", "NaN USD",
     f"{COUNT + 1} USD", "9" * 16 + " USD", ".5 USD", "5. USD"],
)  # fmt: skip
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(MoneyNotUnderstood) as refused:
        Money.parse(text)
    assert refused.value.code == "E2511"


def test_hundredths_are_written_without_needless_decimals() -> None:
    assert [amount(cents) for cents in (0, 5, 50, 100, 150, -150, -5)] == [
        "0", "0.05", "0.50", "1", "1.50", "-1.50", "-0.05",
    ]  # fmt: skip


def test_every_currency_of_the_standard_is_known() -> None:
    assert {"USD", "EUR", "IQD", "KRW", "ALL"} <= currencies()
    assert all(Money.parse(f"1 {code}").currency == code for code in currencies())


def test_money_knows_nothing_but_money() -> None:
    assert Money.parse("5 USD") != "5 USD"
    assert repr(Money.parse("5 USD")) == "Money('5 USD')"
