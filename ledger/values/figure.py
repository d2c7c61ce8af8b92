"""A count as somebody stated it: an interval of whole numbers, perhaps only `about`.

`397` is exact, `26+` and `>25` are open above, `5-6` lies between, `~400` is 400 and marked about,
`unknown` says nothing. `at least 26` and `more than 26` differ by one person, so both are kept as
they were said. Sums and differences are those of intervals, and `about` is catching: a total with
one estimate in it is an estimate.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from ledger.errors.values import (
    FigureBackwards,
    FigureNegative,
    FigureNotUnderstood,
    FigureTooLarge,
)
from ledger.limits import COUNT
from ledger.values.digits import ascii_digits

_FORM = r"(~)?(?:(\d+)(?:(\+)|-(\d+))?|([<>])(\d+))"
_NEGATIVE = r"~?[-−]\d+\+?"


class Figure:
    """Bounds are inclusive; None is open. Both open is `unknown`. Equal when the texts are."""

    __slots__ = ("about", "high", "low", "text")

    def __init__(
        self, low: int | None, high: int | None, about: bool = False, text: str | None = None
    ) -> None:
        self.low, self.high, self.about = low, high, about
        self.text = text if text is not None else _write(low, high, about)

    @classmethod
    def parse(cls, text: str) -> Figure:
        """Read a stated count, 0 or more; raises a refusal that names the accepted forms."""
        return _parse(text)

    @property
    def unknown(self) -> bool:
        return self.low is None and self.high is None

    def meets(self, other: Figure) -> bool:
        """Whether both can be true at once: the intervals share a number."""
        return _at_most(self.low, other.high) and _at_most(other.low, self.high)

    def covers(self, other: Figure) -> bool:
        """Whether everything `other` allows lies within this one."""
        low = self.low is None or (other.low is not None and self.low <= other.low)
        high = self.high is None or (other.high is not None and other.high <= self.high)
        return low and high

    def gap(self, other: Figure) -> int:
        """The distance between two intervals that do not meet, else 0."""
        if not _at_most(self.low, other.high):
            assert self.low is not None
            assert other.high is not None
            return self.low - other.high
        if not _at_most(other.low, self.high):
            assert other.low is not None
            assert self.high is not None
            return other.low - self.high
        return 0

    def __add__(self, other: Figure) -> Figure:
        return Figure(
            None if self.low is None or other.low is None else self.low + other.low,
            None if self.high is None or other.high is None else self.high + other.high,
            self.about or other.about,
        )

    def __neg__(self) -> Figure:
        return Figure(
            None if self.high is None else -self.high,
            None if self.low is None else -self.low,
            self.about,
        )

    def __sub__(self, other: Figure) -> Figure:
        return self + -other

    def as_json(self) -> dict[str, Any]:
        """The shape of a figure in every JSON row."""
        return {"low": self.low, "high": self.high, "about": self.about, "text": self.text}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Figure) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"Figure({self.text!r})"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        from ledger.values.schema import text_value

        examples = ["397", "26+", "~400", "5-6"]
        return text_value(cls, _parse, title="Figure", examples=examples, integers=True)


@lru_cache(maxsize=16_384)
def _parse(given: str) -> Figure:
    text = ascii_digits(given).strip().replace("–", "-")
    if text.isdecimal() and len(text) < len(str(COUNT)):
        return Figure(int(text), int(text))
    if text.lower() == "unknown":
        return UNKNOWN
    match = re.fullmatch(_FORM, text)
    if not match:
        raise (FigureNegative if re.fullmatch(_NEGATIVE, text) else FigureNotUnderstood)(text=given)
    about, *parts = match.groups()
    low, high, written = _bounds(*parts)
    if high is not None and high < 0:
        raise FigureNegative(text=given)
    if high is not None and high < low:
        raise FigureBackwards(text=given, low=high, high=low)
    if max(low, high or 0) > COUNT:
        raise FigureTooLarge(text=given[:40], limit=COUNT)
    return Figure(low, high, bool(about), (about or "") + written)


def _bounds(
    number: str | None, plus: str | None, upper: str | None, side: str | None, edge: str | None
) -> tuple[int, int | None, str]:
    """The bounds of a figure's parts, and how they are written."""
    if any(len(digits or "") > len(str(COUNT)) for digits in (number, upper, edge)):
        raise FigureTooLarge(text=(number or upper or edge or "")[:40], limit=COUNT)
    if side is not None:
        end = int(edge or 0)
        return (0, end - 1, f"<{end}") if side == "<" else (end + 1, None, f">{end}")
    low = int(number or 0)
    if plus:
        return low, None, f"{low}+"
    return (low, int(upper), f"{low}-{int(upper)}") if upper else (low, low, str(low))


def _write(low: int | None, high: int | None, about: bool) -> str:
    """Balances may be negative or open below, which no stated count is: `..9`, `-5..-3`."""
    mark = "~" if about else ""
    if low is None and high is None:
        return "unknown"
    if low is None:
        return f"{mark}..{high}"
    if high is None:
        return f"{mark}{low}+"
    if low == high:
        return f"{mark}{low}"
    return f"{mark}{low}..{high}" if low < 0 else f"{mark}{low}-{high}"


def _at_most(low: int | None, high: int | None) -> bool:
    return low is None or high is None or low <= high


ZERO = Figure(0, 0)
UNKNOWN = Figure(None, None)
