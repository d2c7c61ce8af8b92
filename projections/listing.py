"""Rows of a table, and facts, as the rows of an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ledger.values.figure import Figure
from ledger.values.instants import iso
from ledger.values.when import When

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from ledger.history import Entry
    from projections.question import Rows


def listing(
    views: sqlite3.Connection,
    statement: str,
    values: Sequence[Any],
    *,
    figures: Sequence[str] = (),
    times: Sequence[str] = (),
) -> Rows:
    """The rows of a statement by the names of its columns.

    Columns named in `figures` become Figure objects, those that end in `_from` or `_to` instants;
    those in `times` get two such beside them.
    """
    cursor = views.execute(statement, values)
    names = [column[0] for column in cursor.description]
    rows = [
        {name: _value(name, value, figures) for name, value in zip(names, row, strict=True)}
        for row in cursor
    ]
    for row in rows:
        for name in times:
            row.update(span(name, None if row[name] is None else When.parse(row[name])))
    return rows


def span(name: str, when: When | None) -> dict[str, str | None]:
    """The instants between which a time lies, by the name of its column."""
    return {
        f"{name}_from": iso(when.earliest) if when else None,
        f"{name}_to": iso(when.latest) if when else None,
    }


def row(fact: Entry, **columns: Any) -> dict[str, Any]:
    """A fact as a row: its thing and time, what is special to the list, and what all lists have."""
    occurred = fact.occurred
    return {
        "id": fact.id,
        "occurred": occurred.text,
        **columns,
        "status": fact.status,
        "received": fact.said["received"],
        "fact": fact.fact,
        **span("occurred", occurred),
        **span("received", fact.received),
    }


def _value(name: str, value: Any, figures: Sequence[str]) -> Any:
    if value is None:
        return None
    if name in figures:
        return Figure.parse(value).as_json()
    if name.endswith(("_from", "_to")):
        return iso(value)
    return value
