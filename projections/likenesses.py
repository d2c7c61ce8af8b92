"""What makes two facts look like one: kind, place, time and figure. Claims are never alike.

There are two questions. `vigil check` asks which facts have one likeness: the same day, and the
same text. A receipt asks which are near a fact just recorded: of one sort, within an hour.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from ledger.values.instants import DAY, FOREVER, HOUR
from ledger.values.when import When
from projections import facts
from projections.table import FACT, said

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from ledger.history import Entry
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
#: How a day, or a time of one, is nearly always written.
_PLAIN = re.compile(r"\d{4}-\d{2}-\d{2}[T\[]")
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
    if sort is None or nowhere or _day(fact.said["occurred"]) is None:
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
        if other.begins
        and sort_of(other) == sort
        and _day(other.occurred.text) is not None
        and _meet(span, other.occurred)
    ]


def alike(views: sqlite3.Connection, question: Question) -> dict[str, list[Entry]]:
    """Things that count and look like another, by what they look like, where their day is known.

    What a fact says is compared by SQL, as JSON; only those that have their like are read.
    """
    where, values = question.counted()
    known, asked = question.known()
    found: dict[str, list[Entry]] = {}
    for name, fields in _SORT.items():
        paths = ", ".join(f"'$.{field}'" for field in (*fields, *_WORDS.get(name, ())))
        same: dict[tuple[str, str], list[str]] = {}
        for fact, occurred, told in views.execute(
            f"SELECT {FACT}, {said('occurred')}, json_extract(said, {paths}) FROM facts "
            f"WHERE name = ? AND {where} AND stream NOT IN ({_MERGED} AND {known})",
            [name, *values, *asked],
        ):
            if day := _day(occurred):
                same.setdefault((day, told), []).append(fact)
        for (day, _), alike in same.items():
            begun = _beginnings(views, question, alike) if len(alike) > 1 else []
            if len(begun) > 1:
                words = (str(begun[0].get(field)) for field in _WORDS.get(name, ()))
                likeness = " ".join([day, str(sort_of(begun[0])), *words])
                found.setdefault(likeness, []).extend(begun)
    return found


def _beginnings(views: sqlite3.Connection, question: Question, names: Sequence[str]) -> list[Entry]:
    """Those of these facts that begin a thing; money that came for a pledge begins none."""
    theirs, wanted = facts.of(name.partition("/")[0] for name in names), {*names}
    known = facts.found(views, question.counted(), theirs)
    return [fact for fact in known if fact.begins and fact.fact in wanted]


def _meet(one: When, other: When) -> bool:
    """Whether two spans overlap, or are times of day no more than an hour apart."""
    longest = max(span.latest - span.earliest for span in (one, other))
    margin = HOUR if longest <= HOUR else 0
    return one.earliest < other.latest + margin and other.earliest < one.latest + margin


def _day(occurred: str) -> str | None:
    """The local day on which it occurred; None where only the month or an interval is known."""
    if _PLAIN.match(occurred) and ".." not in occurred:
        return occurred[:10]
    if When.parse(occurred).precision in ("interval", "month", "quarter", "year"):
        return None
    match = _DAY.search(occurred)  # after a weekday
    return match[0] if match else None
