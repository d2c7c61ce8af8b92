"""Every fact that stands, as it reads: what lists are made of, and whatever few facts tell.

The table `facts` is a ledger without corrections, for every knowledge time at once. It gives the
facts again as they stood at the time asked about: one by one for lists, a thing at a time where
they tell something together. Why it is so is in docs/decisions/0011-facts-once.md.
"""

from __future__ import annotations

from functools import cache
from itertools import groupby
from json import dumps, loads
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from ledger.history import RANKS, Entry
from ledger.registry import FACTS, FAMILIES
from ledger.values.place import MOVED, PLACED, is_site, slug_of
from projections.question import together
from projections.table import Row, Table

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from projections.question import Clause


def rows(facts: Sequence[Entry]) -> list[Row]:
    """A row a fact; `broken` says why it does not follow from those before it, as they read."""
    if not facts:
        return []
    home = site_of(facts[0])
    if len(facts) == 1:  # most things
        return [_row(facts[0], home, None)]
    why = {fact.version: why for fact, why in _broken()(facts)}
    return [
        _row(fact, _named(fact.said) or home if number else home, why.get(fact.version))
        for number, fact in enumerate(facts)
    ]


def _row(fact: Entry, site: str | None, why: str | None) -> Row:
    occurred, status = fact.occurred, fact.assessed or "reported"
    return (
        fact.version, fact.kind.name, site, occurred.earliest, occurred.latest,
        status, RANKS[status], why, fact.text,
    )  # fmt: skip


@cache
def _broken() -> Callable[[Sequence[Entry]], list[tuple[Entry, str]]]:
    """The rules live with the facts, whose modules no query needs."""
    from ledger.amendments import broken

    return broken


#: Where people came to tells more of a movement than where they left from.
_ARRIVED, _HELD = MOVED[::-1], PLACED[::-1]


def site_of(first: Entry) -> str | None:
    """The site of a thing, by its beginning: where its facts happen unless they name another."""
    return slug_of(first.id) if first.kind.family == "site" else _named(first.said)


def _named(said: Mapping[str, Any]) -> str | None:
    for field in _ARRIVED if "from" in said else _HELD:
        place = said.get(field)
        if isinstance(place, str) and is_site(place):
            return place
    return None


TABLE = Table(
    "facts",
    frozenset(FAMILIES),
    (
        "version INTEGER", "name TEXT", "site TEXT", "occurred_from INTEGER",
        "occurred_to INTEGER", "status TEXT", "rank INTEGER", "broken TEXT", "said TEXT",
    ),
    rows,
    ("name, occurred_from, site",),
    a_row_a_fact=True,
)  # fmt: skip


def named(*names: str) -> Clause:
    """Facts of these names."""
    return f"name IN ({', '.join('?' * len(names))})", [*names]


def of(ids: Iterable[str]) -> Clause:
    """Facts of these things."""
    return "stream IN (SELECT value FROM json_each(?))", [dumps([*ids])]


def found(views: sqlite3.Connection, *clauses: Clause) -> Iterator[Entry]:
    """The facts that all clauses take, in the order of occurrence."""
    return _read(views, clauses, "ORDER BY occurred_from, occurred_to, stream, version")


def each(views: sqlite3.Connection, *clauses: Clause) -> Iterator[Entry]:
    """The same in any order, which spares sorting all that they say."""
    return _read(views, clauses, "")


def things(views: sqlite3.Connection, *clauses: Clause) -> Iterator[list[Entry]]:
    """The same, a list a thing, its beginning first."""
    read = _read(views, clauses, "ORDER BY stream, version")
    for _, facts in groupby(read, attrgetter("id")):
        yield sorted(facts, key=lambda fact: not fact.begins)


def entry(name: str, status: str, said: str) -> Entry:
    """A fact of these columns."""
    return Entry(FACTS[name], loads(said), status)


def _read(views: sqlite3.Connection, clauses: Sequence[Clause], order: str) -> Iterator[Entry]:
    where, values = together(*clauses)
    for columns in views.execute(
        f"SELECT name, status, said FROM facts WHERE {where} {order}", values
    ):
        yield entry(*columns)
