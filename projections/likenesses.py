"""What makes two facts look like one: kind, place, day and figure. Claims are never alike."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from projections.table import Row, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ledger.history import Entry

#: The fields that say what kind of thing happened where, and how much of it.
_ALIKE = {
    "movement.made": ("from", "to", "count"),
    "incident.opened": ("kind", "site"),
    "observation.made": ("category", "site", "text"),
    "offer.made": ("country", "places"),
    "fund.pledged": ("fund", "donor", "money"),
    "fund.received": ("fund", "donor", "money"),
}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def rows(facts: Sequence[Entry]) -> Iterator[Row]:
    """One row: what the beginning of the thing looks like, where its day is known."""
    for fact in facts[:1]:
        fields = _ALIKE.get(fact.name)
        day = _day(fact)
        if fields is None or day is None or _merged(facts):
            continue
        likeness = " ".join([day, fact.name, *(str(fact.get(field)) for field in fields)])
        yield (likeness, fact.id, fact.fact, fact.occurred.earliest, fact.occurred.latest,
               fact.rank)  # fmt: skip


def _day(fact: Entry) -> str | None:
    """The local day on which it occurred; None where only the month or an interval is known."""
    if fact.occurred.precision in ("interval", "month", "quarter", "year"):
        return None
    match = _DAY.search(fact.occurred.text)
    return match[0] if match else None


def _merged(facts: Sequence[Any]) -> bool:
    """An incident that was merged has been settled as a duplicate."""
    return any(fact.name == "incident.merged" for fact in facts)


TABLE = Table(
    "likenesses",
    frozenset({name.partition(".")[0] for name in _ALIKE}),
    (
        "likeness TEXT", "id TEXT", "fact TEXT", "occurred_from INTEGER", "occurred_to INTEGER",
        "rank INTEGER",
    ),
    rows,
    ("likeness",),
)  # fmt: skip
