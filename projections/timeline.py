"""The timeline: every fact that stands, as it reads, in the order in which things happened."""

from __future__ import annotations

from json import loads
from typing import TYPE_CHECKING, Any

from ledger.values.instants import iso
from ledger.values.place import places_in
from ledger.values.when import When
from projections.incidents import merged_into
from projections.listing import span
from projections.table import Listed, said

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from projections.question import Question, Rows

#: What every fact says of itself, and what has a column of its own: left out of the summary.
_ENVELOPE = frozenset(
    {"id", "version", "uuid", "occurred", "received", "recorded", "actor", "source", "key", "batch",
     "note", "site"}
)  # fmt: skip


LIST = Listed(
    "timeline",
    (),
    {
        "name": "name",
        "site": "site",
        # Without what no second telling of the same would have.
        "said": "json_remove(said, '$.uuid', '$.recorded', '$.batch', '$.key')",
    },
)

_INCIDENT = f"CASE WHEN name GLOB 'incident.*' THEN stream ELSE {said('incident')} END"


def query(views: sqlite3.Connection, question: Question) -> Rows:
    """A row a fact that stands, as corrected, of every status, by when it occurred.

    `site` is where it happened, `places` are all that it names, `text` what it says. An incident's
    rows are its own facts, those of what was merged into it, and the observations of it.
    """
    where, values = question.listed()
    if question.incident:
        of, asked = merged_into(question.incident, question, _INCIDENT)
        where, values = f"{where} AND {of}", [*values, *asked]
    if question.site:
        where += " AND site = ?"
        values.append(question.site)
    found = views.execute(
        "SELECT stream, version, name, site, status, occurred_from, occurred_to, said FROM facts "
        f"WHERE {where} ORDER BY occurred_from, occurred_to, stream, version",
        values,
    )
    wanted = {place for place in (question.place, question.country) if place}
    return [
        row
        for id, version, *columns in found
        for row in [_row(id, version, *columns)]
        if wanted <= {*row["places"]}
    ]


def _row(
    id: str, version: int, name: str, site: str | None, status: str, since: int, until: int,
    said: str,
) -> dict[str, Any]:  # fmt: skip
    told = loads(said)
    return {
        "occurred": told["occurred"],
        "fact": f"{id}/{version}",
        "name": name,
        "id": id,
        "site": site,
        "text": _summary(id, told),
        "status": status,
        "received": told["received"],
        "places": places_of(told, site),
        "occurred_from": iso(since),
        "occurred_to": iso(until),
        **span("received", When.parse(told["received"])),
    }


def places_of(said: Mapping[str, Any], site: str | None) -> list[str]:
    """All places that a fact of a site names, in order."""
    places = {said.get(field) for field in places_in(said)} | {site, said.get("country")}
    return sorted(place for place in places if isinstance(place, str))


def _summary(id: str, said: Mapping[str, Any]) -> str:
    """What was said beside times and sources, notes last: `from ashraf, to hurriya, count 397`."""
    parts = [
        f"{field.replace('_', ' ')} {_text(id, field, value)}"
        for field, value in said.items()
        if field not in _ENVELOPE and value is not False
    ]
    note = said.get("note")
    return ", ".join([*parts, f"note {note}"] if note else parts)


def _text(id: str, field: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    if field == "basis" and isinstance(value, int):
        return f"{id}/{value}"
    if isinstance(value, list):
        return " ".join(map(str, value))
    if isinstance(value, dict):
        return " ".join(f"{part}={said}" for part, said in value.items())
    return "yes" if value is True else str(value)
