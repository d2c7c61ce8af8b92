"""What makes two facts look like one: kind, place, time and figure. Claims are never alike.

There are two questions. `vigil check` asks which facts have one likeness: the same day, and the
same text. A receipt asks which are near a fact just recorded: of one sort, within an hour.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from ledger.values.instants import DAY, FOREVER, HOUR
from projections import facts

if TYPE_CHECKING:
    import sqlite3

    from ledger.history import Entry
    from ledger.values.when import When
    from projections.question import Question

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
#: An incident that was merged has been settled as a duplicate.
_MERGED = "SELECT stream FROM facts WHERE name = 'incident.merged'"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
#: The longest day there is, where clocks go back.
_LONGEST_DAY = DAY + HOUR


class Near(NamedTuple):
    """A thing that may be the one just recorded: its id, its beginning, and when it occurred."""

    id: str
    fact: str
    occurred: str


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
    around = (span.earliest - _LONGEST_DAY, span.latest + HOUR)
    found = facts.found(
        views,
        ("name = ? AND site IS ?", [fact.name, facts.site_of(fact)]),
        ("occurred_from > ? AND occurred_from < ?", [*around]),
        ("known_to = ? AND rank > 0 AND stream <> ?", [FOREVER, fact.id]),
        (f"stream NOT IN ({_MERGED} AND known_to = ?)", [FOREVER]),
    )
    return [
        Near(other.id, other.fact, other.occurred.text)
        for other in found
        if sort_of(other) == sort and _day(other) is not None and _meet(span, other.occurred)
    ]


def alike(views: sqlite3.Connection, question: Question) -> dict[str, list[tuple[int, str, str]]]:
    """Facts that count, by what they look like, where their day is known.

    Of each it gives when it occurred (its first instant), its thing and its name, in this order.
    """
    known, values = question.known()
    unmerged = (f"stream NOT IN ({_MERGED} AND {known})", values)
    found: dict[str, list[tuple[int, str, str]]] = {}
    for fact in facts.each(views, question.counted(), facts.named(*_SORT), unmerged):
        sort, day = sort_of(fact), _day(fact)
        if sort is not None and day is not None:
            words = (str(fact.get(field)) for field in _WORDS.get(fact.name, ()))
            one = (fact.occurred.earliest, fact.id, fact.fact)
            found.setdefault(" ".join([day, sort, *words]), []).append(one)
    return {likeness: sorted(ones) for likeness, ones in found.items()}


def _meet(one: When, other: When) -> bool:
    """Whether two spans overlap, or are times of day no more than an hour apart."""
    longest = max(span.latest - span.earliest for span in (one, other))
    margin = HOUR if longest <= HOUR else 0
    return one.earliest < other.latest + margin and other.earliest < one.latest + margin


def _day(fact: Entry) -> str | None:
    """The local day on which it occurred; None where only the month or an interval is known."""
    if fact.occurred.precision in ("interval", "month", "quarter", "year"):
        return None
    text = fact.occurred.text
    if text[4:5] == "-":
        return text[:10]
    match = _DAY.search(text)  # after a weekday
    return match[0] if match else None
