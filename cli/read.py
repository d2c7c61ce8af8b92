"""Read the facts themselves: one thing, or the log."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from cli.options import completed, with_session
from ledger.history import Entry

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from cli.session import Session

_STORED = "SELECT position, topic, state FROM stored_events"


@click.command()
@click.argument("id", shell_complete=completed("ids", ""))
@with_session
def show(session: Session, id: str) -> None:
    """One thing: its facts in order, what was corrected, what is known now."""
    from cli.references import thing_named
    from ledger.errors.rules import TargetUnknown, UnknownThing
    from ledger.registry import nearest
    from projections.views import position_of

    named, slash, number = id.partition("/")
    id = thing_named(session, named)
    with closing(session.folder.connect()) as ledger:
        found = list(_entries(ledger, "WHERE originator_id = ? ORDER BY originator_version", [id]))
        if not found:
            ids = [row[0] for row in ledger.execute("SELECT id FROM known_things LIMIT 1000")]
            raise UnknownThing(id=id[:60], nearest=nearest(id, ids), field="id")
        if slash and number not in (str(entry.version) for _, entry in found):
            raise TargetUnknown(id=id, of=number[:60], field="id")
        position = position_of(ledger)
    rows = _told(found)
    if session.format == "table":
        session.write("".join(f"{line}\n" for line in _story(rows)))
        return
    session.rows("vigil.show/1", rows, asked={"id": id}, position=position, columns=_COLUMNS)


@click.command()
@click.option("--since", metavar="P", help="From this position or time of recording on.")
@click.option(
    "--fact",
    "name",
    metavar="NAME",
    shell_complete=completed("kinds"),
    help="Only facts of this name: incident.claimed.",
)
@click.option("--batch", metavar="IMP-...", help="Only facts of one import.")
@click.option("--grep", metavar="TEXT", help="Only facts in which TEXT occurs, in any case.")
@with_session
def log(
    session: Session, since: str | None, name: str | None, batch: str | None, grep: str | None
) -> None:
    """Facts in order of recording, as they were said; with --actor only those of one officer."""
    from cli.render.text import sought
    from ledger.registry import kind_of
    from projections.views import position_of

    first = _first_position(session, since)
    wanted = kind_of(name).name if name else None
    by = session.actor_option
    with closing(session.folder.connect()) as ledger:
        rows = [
            _row(position, entry)
            for position, entry in _entries(ledger, "WHERE position >= ? ORDER BY position",
                                            [first])
            if (wanted is None or entry.name == wanted)
            and (by is None or entry.get("actor") == by)
            and (batch is None or entry.get("batch") == batch)
            and (grep is None or _holds(entry.said, sought(grep)))
        ]  # fmt: skip
        position = position_of(ledger)
    if session.format == "table":
        session.write("".join(f"{line}\n" for row in rows for line in _lines(row)) or "nothing\n")
        return
    asked = {"since": since, "actor": by, "fact": wanted, "batch": batch, "grep": grep}
    session.rows("vigil.log/1", rows, asked=asked, position=position, columns=_COLUMNS)


_COLUMNS = [("fact", "fact"), ("name", "name"), ("occurred", "occurred"), ("actor", "actor")]


def _entries(
    ledger: sqlite3.Connection, where: str, values: list[Any]
) -> Iterator[tuple[int, Entry]]:
    for position, topic, state in ledger.execute(f"{_STORED} {where}", values):
        yield position, Entry.decode(topic, state)


def _row(position: int, entry: Entry) -> dict[str, Any]:
    """A fact as exported, with `fact` = ID/n, its name as `name`, and its position.

    What a fact itself says in a field `name` stands in `called`.
    """
    row = {**entry.line(), "fact": entry.fact, "name": entry.name, "position": position}
    return row if entry.get("name") is None else {**row, "called": entry.get("name")}


def _told(found: list[tuple[int, Entry]]) -> list[dict[str, Any]]:
    """The facts of a thing, each with whether it stands, its status and how it reads now."""
    from ledger.history import retracted, standing

    history = [entry for _, entry in found]
    gone = retracted(history)
    now = {entry.version: entry for entry in standing(history)}
    rows = []
    for position, entry in found:
        row = {**_row(position, entry), "stands": entry.version not in gone}
        reading = now.get(entry.version)
        if reading is not None and not entry.kind.about_another:
            row["status"] = reading.status
            row["now"] = {
                field: reading.get(field)
                for field in {**entry.said, **reading.said}
                if reading.get(field) != entry.get(field)
            }
        rows.append(row)
    return rows


def _story(rows: list[dict[str, Any]]) -> Iterator[str]:
    from cli.render.text import cell

    for row in rows:
        mark = "" if row["stands"] else "  RETRACTED"
        status = row.get("status", "reported") if "now" in row else "reported"
        yield from _lines(row, f"{'' if status == 'reported' else f'  [{status}]'}{mark}")
        for field, value in row.get("now", {}).items():
            yield f"    now {field}: {'nothing' if value is None else cell(value)}"


def _lines(row: dict[str, Any], mark: str = "") -> Iterator[str]:
    """A fact as people write it, after its position; what is written from the right below it."""
    from cli.render.text import line, right_to_left
    from ledger.notation import option, write

    left_out = ("position", "name", "called", "uuid", "recorded", "stands", "status", "now", "fact",
                "id")  # fmt: skip
    said = {
        field: value
        for field, value in row.items()
        if field not in left_out or (field == "status" and row["name"] == "fact.assessed")
    }
    said |= {"name": row["called"]} if "called" in row else {}
    below = {}
    for field, value in said.items():
        text = line(" ".join(option(field, value)))
        if right_to_left(text):
            below[field] = text
    beside = {field: value for field, value in said.items() if field not in below}
    fact = {"fact": row["name"], "id": row["fact"], **beside}
    yield line(f"{row['position']:>6}  {write(fact)}") + mark
    for text in below.values():
        yield f"        {text}"


def _holds(value: Any, text: str) -> bool:
    """Whether a text, given sought, occurs in a value."""
    from cli.render.text import sought

    if isinstance(value, dict):
        return any(_holds(part, text) for part in value.values())
    if isinstance(value, list):
        return any(_holds(part, text) for part in value)
    return text in sought(str(value))


def _first_position(session: Session, since: str | None) -> int:
    if since is None:
        return 1
    if since.isdecimal():
        from cli.query import position_given

        return position_given(since)
    from projections.views import last_recorded_by

    when = session.when(since, "since")
    assert when is not None
    with closing(session.folder.connect()) as ledger:
        return last_recorded_by(ledger, when.earliest) + 1
