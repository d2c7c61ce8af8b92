"""What is odd within one stream: a weekday that was another, a step that no longer follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.registry import FAMILIES
from projections.table import Row, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.history import Entry


def rows(facts: Sequence[Entry], done: int = 0) -> list[Row]:
    """A row a remark: rule, severity, the fact, what is odd."""
    found = []
    for fact in facts[done:]:
        right = fact.occurred.weekday and fact.occurred.weekday_wrong
        if right:
            text = f"{fact.occurred.text} was a {right}"
            found.append(_remark("weekday_wrong", fact, text))
    if len(facts) > 1:
        from ledger.amendments import broken

        for fact, why in broken(facts, done):
            found.append(_remark("history_broken", fact, why))
    return found


def _remark(rule: str, fact: Entry, text: str) -> Row:
    occurred = fact.occurred
    return (rule, "warning", fact.id, fact.fact, text, occurred.earliest, occurred.latest)


TABLE = Table(
    "remarks",
    frozenset(FAMILIES),
    (
        "rule TEXT", "severity TEXT", "about TEXT", "fact TEXT", "text TEXT",
        "occurred_from INTEGER", "occurred_to INTEGER",
    ),
    rows,
    more=rows,
)  # fmt: skip
