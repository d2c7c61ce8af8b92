"""`vigil diff K1 K2`: what changed in what the office knew, and which facts changed it."""

from __future__ import annotations

from contextlib import closing
from itertools import takewhile
from typing import TYPE_CHECKING, Any

import click

from cli.columns import COLUMNS
from cli.main import refuse_unknown
from cli.options import completed, with_session
from cli.query import answered, check_options, narrowed, question_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.session import Session
    from ledger.values.when import When
    from projections.changes import Change
    from projections.question import Question

#: Asked for by name alone: they say again, fact by fact, what the others add up.
_BY_NAME_ALONE = ("coverage", "timeline")
#: So many facts of a change are named in a table; programs get them all.
_NAMED = 3
#: Longer texts than this are told from where they differ.
_LONG = 50


@click.command()
@click.argument("k1", metavar="K1")
@click.argument("k2", metavar="K2")
@click.option(
    "--view",
    "named",
    metavar="VIEW",
    multiple=True,
    shell_complete=completed("views"),
    help="Only this view; repeatable.",
)
@narrowed
@with_session
def diff(session: Session, k1: str, k2: str, named: tuple[str, ...], **given: Any) -> None:
    """What was learned after K1 and until K2, by its effect on every view but coverage and
    timeline; each change with the facts received in between that made it.

    Options narrow the views down as in query; without --view, views that have no such option
    are left out. A time that begins with a dash stands behind two: vigil diff -- -3d now
    """
    since, until = _between(session, k1, k2)
    views = _views(named, given)
    question, asked = question_of(session, "", {**given, "as_known": k2})
    rows, position = answered(session, lambda: _rows(session, views, question, since.latest))
    asked = {name: value for name, value in asked.items() if name not in ("view", "as_known")}
    session.rows(
        "vigil.diff/1",
        _READ_BY.get(session.format, _by_people)(rows),
        asked={"k1": since.text, "k2": until.text, "views": views, **asked},
        position=position,
        columns=[(name, name) for name in ("row", "view", "field", "before", "after", "facts")],
    )


def _between(session: Session, k1: str, k2: str) -> tuple[When, When]:
    from shlex import quote

    from ledger.errors.commands import KnowledgeReversed

    since, until = session.when(k1, "k1"), session.when(k2, "k2")
    assert since is not None
    assert until is not None
    if since.latest > until.latest:
        dashes = "-- " if "-" in (k1[:1], k2[:1]) else ""
        typed = f"{dashes}{quote(k2)} {quote(k1)}"
        raise KnowledgeReversed(later=since.text, earlier=until.text, typed=typed, field="k1")
    return since, until


def _views(named: tuple[str, ...], given: dict[str, Any]) -> list[str]:
    """The views that were named, else all that take the options given."""
    from ledger.errors.commands import OptionNotForView
    from projections.views import VIEWS

    for view in named:
        if view not in VIEWS:
            refuse_unknown(click.get_current_context(), view, list(VIEWS), "view")
        check_options(view, given)
    if named:
        return list(dict.fromkeys(named))
    taking = []
    for view in VIEWS:
        try:
            check_options(view, given)
        except OptionNotForView:
            continue
        taking.append(view)
    return [view for view in taking if view not in _BY_NAME_ALONE]


def _rows(
    session: Session, asked: list[str], question: Question, since: int
) -> tuple[list[dict[str, Any]], int]:
    from projections.changes import Learned, changes
    from projections.views import VIEWS

    views, position = session.views()
    with closing(views), closing(session.folder.connect()) as ledger:
        learned = Learned(views, ledger, since, question.as_known)
        rows = [
            _row(view, change)
            for view in asked
            for change in changes(views, learned, VIEWS[view], question)
        ]
    return rows, position


def _row(view: str, change: Change) -> dict[str, Any]:
    return {
        "view": view,
        "row": " ".join(map(str, change.key.values())),
        "key": change.key,
        "change": change.kind,
        "field": change.field,
        "before": change.before,
        "after": change.after,
        "facts": change.facts,
    }


def _by_people(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [_few_facts(_told(_differing(row))) for row in _texts(rows)]


def _by_spreadsheets(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [_told(row) for row in rows]


def _by_programs(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return rows


_READ_BY = {"json": _by_programs, "jsonl": _by_programs, "csv": _by_spreadsheets}


def _texts(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Changes without those of the bounds of a time that is told itself."""
    fields = {(row["view"], row["row"], row["field"]) for row in rows}
    for row in rows:
        time, _, bound = (row["field"] or "").rpartition("_")
        if bound not in ("from", "to") or (row["view"], row["row"], time) not in fields:
            yield row


def _told(row: dict[str, Any]) -> dict[str, Any]:
    """A change for people and spreadsheets: a row that came or went by its columns in one text."""
    if row["field"] is None:
        side = "before" if row["after"] is None else "after"
        row = {**row, "field": row["change"], side: " ".join(_shown(row, row[side]))}
    return {name: value for name, value in row.items() if name != "key"}


def _few_facts(row: dict[str, Any]) -> dict[str, Any]:
    more = len(row["facts"]) - _NAMED
    return {**row, "facts": [*row["facts"][:_NAMED], f"and {more} more"]} if more > 0 else row


def _shown(change: dict[str, Any], row: dict[str, Any]) -> Iterator[str]:
    from cli.render.text import cell

    for column, _ in COLUMNS[change["view"]]:
        if column not in change["key"] and row.get(column) not in (None, []):
            yield cell(row[column])


def _differing(row: dict[str, Any]) -> dict[str, Any]:
    """A change for a table, whose columns are narrow: long texts from where they differ."""
    sides = (row["before"], row["after"])
    if not all(isinstance(side, str) and len(side) > _LONG for side in sides):
        return row
    alike = len(list(takewhile(lambda pair: pair[0] == pair[1], zip(*sides, strict=False))))
    same = sides[0].rfind(" ", 0, alike) + 1
    before, after = (f"…{side[same:]}" if same else side for side in sides)
    return {**row, "before": before, "after": after}
