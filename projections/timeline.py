"""The timeline: every fact that stands, as it reads, in the order in which things happened.

It also shows that a watch was kept: what an officer recorded of a site, where its hour is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ledger.known import places_in
from ledger.registry import FAMILIES
from ledger.values.place import is_site
from projections.incidents import claims_of
from projections.listing import listing
from projections.sites import slug
from projections.table import Row, Table

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

    from ledger.history import Entry
    from projections.question import Question, Rows

#: What every fact says of itself, and what has a column of its own: left out of the summary.
_ENVELOPE = frozenset(
    {"id", "version", "uuid", "occurred", "received", "recorded", "actor", "source", "key", "batch",
     "note", "site"}
)  # fmt: skip


def rows(facts: Sequence[Entry]) -> Iterator[Row]:
    """A row a fact."""
    for fact in facts:
        said, occurred = fact.said, fact.occurred
        site = _site(fact, facts[0])
        places = {said.get(field) for field in places_in(said)}
        places |= {site, said.get("country")}
        named = sorted([place for place in places if isinstance(place, str)])
        incident = fact.id if fact.kind.family == "incident" else said.get("incident")
        yield (
            fact.version, fact.name, said["actor"], site, f" {' '.join(named)} ", incident,
            _summary(fact), occurred.text, occurred.earliest, occurred.latest, fact.received.text,
            fact.status, fact.rank,
        )  # fmt: skip


def _site(fact: Entry, first: Entry) -> str | None:
    """The site of a fact, else that of its thing."""
    if fact.kind.family == "site":
        return slug(fact.id)
    for said in (fact.said,) if fact is first else (fact.said, first.said):
        # Where people came to tells more of a movement than where they left from.
        for field in reversed(places_in(said)):
            place = said.get(field)
            if isinstance(place, str) and is_site(place):
                return place
    return None


def _summary(fact: Entry) -> str:
    """What was said beside times and sources, notes last: `from ashraf, to hurriya, count 397`."""
    said = [
        f"{field.replace('_', ' ')} {_text(fact, field, value)}"
        for field, value in fact.said.items()
        if field not in _ENVELOPE and value is not False
    ]
    note = fact.said.get("note")
    return ", ".join([*said, f"note {note}"] if note else said)


def _text(fact: Entry, field: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    if field == "basis" and isinstance(value, int):
        return f"{fact.id}/{value}"
    if isinstance(value, list):
        return " ".join(map(str, value))
    if isinstance(value, dict):
        return " ".join(f"{part}={said}" for part, said in value.items())
    return "yes" if value is True else str(value)


TABLE = Table(
    "timeline",
    frozenset(FAMILIES),
    (
        "version INTEGER", "name TEXT", "actor TEXT", "site TEXT", "places TEXT", "incident TEXT",
        "text TEXT", "occurred TEXT", "occurred_from INTEGER", "occurred_to INTEGER",
        "received TEXT", "status TEXT", "rank INTEGER",
    ),
    rows,
    ("occurred_from, occurred_to, stream, version", "actor, occurred_from"),
)  # fmt: skip


def query(views: sqlite3.Connection, question: Question) -> Rows:
    """A row a fact that stands, as corrected, of every status, by when it occurred.

    `site` is where it happened, `places` are all that it names, `text` what it says. An incident's
    rows are its own facts, those of what was merged into it, and the observations of it.
    """
    where, values = question.listed()
    if question.incident:
        of, asked = claims_of(question.incident, question)
        where, values = f"{where} AND {of}", [*values, *asked]
    if question.site:
        where += " AND site = ?"
        values.append(question.site)
    for place in (question.place, question.country):
        if place:
            where += " AND instr(places, ?)"
            values.append(f" {place} ")
    found = listing(
        views,
        "SELECT occurred, stream || '/' || version AS fact, name, stream AS id, site, text, "
        f"status, received, places, occurred_from, occurred_to FROM timeline WHERE {where} "
        "ORDER BY timeline.occurred_from, timeline.occurred_to, stream, version",
        values,
    )
    return [{**row, "places": row["places"].split()} for row in found]
