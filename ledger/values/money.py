"""An amount in one currency: `1000000 USD`, at most two decimals, never added across currencies."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from ledger.errors.values import MoneyNotUnderstood
from ledger.limits import COUNT
from ledger.values.digits import ascii_digits

_FORM = re.compile(r"(\d{1,15})(?:\.(\d{1,2}))?\s+([A-Za-z]{3})")


class Money:
    """`cents` are hundredths of the currency's unit. Equal when the texts are."""

    __slots__ = ("cents", "currency", "text")

    def __init__(self, cents: int, currency: str) -> None:
        self.cents, self.currency = cents, currency
        self.text = f"{amount(cents)} {currency}"

    @classmethod
    def parse(cls, text: str) -> Money:
        """Read an amount with its ISO 4217 currency; raises `MoneyNotUnderstood`."""
        match = _FORM.fullmatch(ascii_digits(text).strip())
        if match is None or match[3].upper() not in currencies():
            raise MoneyNotUnderstood(text=text[:60])
        cents = int(match[1]) * 100 + int((match[2] or "0").ljust(2, "0"))
        if not 0 < cents <= COUNT * 100:
            raise MoneyNotUnderstood(text=text[:60])
        return cls(cents, match[3].upper())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Money) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"Money({self.text!r})"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        from ledger.values.schema import text_value

        return text_value(cls, cls.parse, title="Money", examples=["1000000 USD"])


def amount(cents: int) -> str:
    """Hundredths as a decimal number, without decimals where there are none."""
    whole, part = divmod(abs(cents), 100)
    sign = "-" if cents < 0 else ""
    return f"{sign}{whole}.{part:02}" if part else f"{sign}{whole}"


@cache
def currencies() -> frozenset[str]:
    """Every ISO 4217 code."""
    import pycountry

    return frozenset(currency.alpha_3 for currency in pycountry.currencies)
