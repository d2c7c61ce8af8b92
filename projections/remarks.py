"""What is odd within one stream: a weekday that was another, a step that no longer follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.registry import FAMILIES
from projections.table import Row, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ledger.history import Entry


def rows(facts: Sequence[Entry]) -> Iterator[Row]:
    """A row a remark: rule, severity, the fact, what is odd."""
    for fact in facts:
        right = fact.occurred.weekday_wrong
        if right:
            yield _remark("weekday_wrong", "warning", fact, f"{fact.occurred.text} was a {right}")
    if len(facts) < 2:
        return
    from ledger.amendments import broken

    why = broken(facts)
    for fact in facts:
        if fact.fact in why:
            yield _remark("history_broken", "warning", fact, why[fact.fact][1])


def _remark(rule: str, severity: str, fact: Entry, text: str) -> Row:
    occurred = fact.occurred
    return (rule, severity, fact.id, fact.fact, text, occurred.earliest, occurred.latest)


TABLE = Table(
    "remarks",
    frozenset(FAMILIES),
    (
        "rule TEXT", "severity TEXT", "about TEXT", "fact TEXT", "text TEXT",
        "occurred_from INTEGER", "occurred_to INTEGER",
    ),
    rows,
)  # fmt: skip
