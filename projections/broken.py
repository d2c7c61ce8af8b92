"""Facts that no longer follow from those before them, since one of these was corrected."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from ledger.registry import FAMILIES
from projections.table import Row, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ledger.history import Entry


def rows(facts: Sequence[Entry], done: int = 0) -> list[Row]:
    """A row a fact that does not follow, and why."""
    if len(facts) < 2:
        return []
    return [
        (fact.version, why, fact.occurred.earliest, fact.occurred.latest)
        for fact, why in _broken()(facts, done)
    ]


@cache
def _broken() -> Callable[[Sequence[Entry], int], list[tuple[Entry, str]]]:
    """The rules live with the facts, whose modules no query needs."""
    from ledger.amendments import broken

    return broken


TABLE = Table(
    "broken",
    frozenset(FAMILIES),
    ("version INTEGER", "text TEXT", "occurred_from INTEGER", "occurred_to INTEGER"),
    rows,
    more=rows,
)
