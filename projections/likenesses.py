"""What makes two facts look like one: kind, place, time and figure. Claims are never alike.

One table serves two questions. `vigil check` asks which facts have one likeness: the same day, and
the same text. A receipt asks which are near a fact just recorded: of one sort, within an hour.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from ledger.values.instants import DAY, FOREVER, HOUR
from projections.table import Row, Table

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

    from ledger.history import Entry
    from ledger.values.when import When

#: The fields that say what sort of thing happened where, and how much of it.
_SORT = {
    "movement.made": ("from", "to", "count"),
    "incident.opened": ("kind", "site"),
    "observation.made": ("category", "site"),
    "offer.made": ("country", "places"),
    "fund.pledged": ("fund", "donor", "money"),
    "fund.received": ("fund", "donor", "money"),
}
#: Fields that two officers never write alike, and that one who says a thing twice does.
_WORDS = {"observation.made": ("text",)}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
#: The longest day there is, where clocks go back.
_LONGEST_DAY = DAY + HOUR


class Near(NamedTuple):
    """A thing that may be the one just recorded: its id, its beginning, and when it occurred."""

    id: str
    fact: str
    occurred: str


def rows(facts: Sequence[Entry]) -> Iterator[Row]:
    """One row: what the beginning of the thing looks like, where its day is known."""
    for fact in facts[:1]:
        sort, day = sort_of(fact), _day(fact)
        if sort is None or day is None or _merged(facts):
            continue
        words = (str(fact.get(field)) for field in _WORDS.get(fact.name, ()))
        likeness = " ".join([day, sort, *words])
        yield (likeness, sort, fact.id, fact.fact, fact.occurred.text, fact.occurred.earliest,
               fact.occurred.latest, fact.rank)  # fmt: skip


def sort_of(fact: Entry) -> str | None:
    """What sort of thing a fact begins, and where; None for facts that are never alike."""
    fields = _SORT.get(fact.name)
    if fields is None:
        return None
    return " ".join([fact.name, *(str(fact.get(field)) for field in fields)])


def near(views: sqlite3.Connection, fact: Entry) -> list[Near]:
    """Other things of the sort and site of a fact that occurred within an hour of it, or on one
    day where only the day is known; what is rejected, retracted or merged is not among them.

    Two officers who report one blast seldom write the same minute, and hours of the clock would
    part 05:55 from 06:05. Asks an index.
    """
    sort, span = sort_of(fact), fact.occurred
    nowhere = "site" in _SORT.get(fact.name, ()) and fact.get("site") is None
    if sort is None or nowhere or _day(fact) is None:
        return []
    found = views.execute(
        "SELECT id, fact, occurred, occurred_from, occurred_to FROM likenesses "
        "WHERE sort = ? AND occurred_from > ? AND occurred_from < ? AND known_to = ? AND rank > 0 "
        "AND id <> ? ORDER BY occurred_from, id",
        (sort, span.earliest - _LONGEST_DAY, span.latest + HOUR, FOREVER, fact.id),
    )
    return [Near(*row) for *row, earliest, latest in found if _meet(span, earliest, latest)]


def _meet(span: When, earliest: int, latest: int) -> bool:
    """Whether two spans overlap, or are times of day no more than an hour apart."""
    longest = max(span.latest - span.earliest, latest - earliest)
    margin = HOUR if longest <= HOUR else 0
    return span.earliest < latest + margin and earliest < span.latest + margin


def _day(fact: Entry) -> str | None:
    """The local day on which it occurred; None where only the month or an interval is known."""
    if fact.occurred.precision in ("interval", "month", "quarter", "year"):
        return None
    text = fact.occurred.text
    if text[4:5] == "-":
        return text[:10]
    match = _DAY.search(text)  # after a weekday
    return match[0] if match else None


def _merged(facts: Sequence[Any]) -> bool:
    """An incident that was merged has been settled as a duplicate."""
    return any(fact.name == "incident.merged" for fact in facts)


TABLE = Table(
    "likenesses",
    frozenset({name.partition(".")[0] for name in _SORT}),
    (
        "likeness TEXT", "sort TEXT", "id TEXT", "fact TEXT", "occurred TEXT",
        "occurred_from INTEGER", "occurred_to INTEGER", "rank INTEGER",
    ),
    rows,
    ("likeness", "sort, occurred_from"),
)  # fmt: skip
