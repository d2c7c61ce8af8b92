"""`vigil query VIEW`: what was true on a day, as known on another."""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cli.columns import COLUMNS
from cli.main import refuse_unknown
from cli.options import Command, completed, with_session

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator

    from cli.session import Session
    from projections.question import Question

Answer = TypeVar("Answer")

#: Digits of the largest number of which SQLite and Python can hold every smaller one.
_DIGITS = 18

#: The statuses from which one may count, by their rank.
RANK_OF = {"reported": 1, "corroborated": 2, "verified": 3}


#: The options that narrow a question down, for every command that asks a view.
_NARROWING = (
    click.option("--on", metavar="T", help="What had happened by the end of T."),
    click.option("--min-status", type=click.Choice(list(RANK_OF)), help="Count only from here up."),
    click.option(
        "--place", shell_complete=completed("places"), help="A site, a country or a fate."
    ),
    click.option(
        "--site", shell_complete=completed("sites"), help="A site, by slug, id or any of its names."
    ),
    click.option("--country", shell_complete=completed("countries"), help="ISO 3166 alpha-3."),
    click.option("--incident", shell_complete=completed("ids", "INC"), help="An incident's id."),
    click.option("--from", "since", metavar="T", help="Only what happened from T on."),
    click.option("--to", "until", metavar="T", help="Only what had happened by T."),
    click.option(
        "--standard",
        metavar="NAME",
        shell_complete=completed("standards"),
        help="Judge by it alone: sphere-2018, mou-2011.",
    ),
)


def narrowed(command: Command) -> Command:
    """Add the options that narrow a question down."""
    for option in reversed(_NARROWING):
        command = option(command)
    return command


@click.command()
@click.argument("view", shell_complete=completed("views"))
@click.option("--as-known", metavar="K", help="What the office knew at the end of K.")
@click.option("--as-recorded", metavar="POSITION|TIME", help="What the ledger held then.")
@narrowed
@click.option("--explain", is_flag=True, help="List the facts behind each number.")
@with_session
def query(
    session: Session, view: str, as_recorded: str | None, explain: bool, **given: Any
) -> None:
    """Ask VIEW: population, movements, incidents, claims, placements, cases, figures, offers,
    commitments, fund, engagements, observations, services, watches, coverage, timeline,
    findings.

    Left out, --on and --as-known do not filter.
    """
    from projections.views import VIEWS

    if view not in VIEWS:
        refuse_unknown(click.get_current_context(), view, list(VIEWS), "view")
    check_options(view, given)
    question, asked = question_of(session, view, given)
    rows, position = answered(
        session, lambda: _asked(session, view, question, as_recorded, explain)
    )
    session.rows(
        f"vigil.query.{view}/1",
        rows,
        asked={**asked, "as_recorded": as_recorded},
        position=position,
        columns=COLUMNS[view],
        view=view,
    )


def answered(session: Session, ask: Callable[[], Answer]) -> Answer:
    """What `ask` reads of the views; where their file turns out to be damaged, made again, once."""
    from sqlite3 import DatabaseError, OperationalError

    try:
        return ask()
    except DatabaseError as error:
        if isinstance(error, OperationalError):
            raise
        session.rebuild()
        return ask()


def _asked(
    session: Session, view: str, question: Question, as_recorded: str | None, explain: bool
) -> tuple[list[dict[str, Any]], int]:
    from projections.views import VIEWS

    with reading(session, as_recorded) as (views, position):
        rows = VIEWS[view].query(views, question)
        if explain:
            from cli.explained import explained

            rows = explained(session, views, VIEWS[view], question, rows)
    return rows, position


@contextmanager
def reading(session: Session, as_recorded: str | None) -> Iterator[tuple[sqlite3.Connection, int]]:
    """The live views, or views of the ledger as it stood at a position, made for this question."""
    if as_recorded is None:
        views, position = session.views()
        with closing(views):
            yield views, position
        return
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from ledger.folder import read_only
    from projections.building import build

    upto = position_at(session, as_recorded)
    with TemporaryDirectory(prefix="vigil-") as folder:
        path = Path(folder) / "views.db"
        position = build(session.folder, path, upto)
        with closing(read_only(path)) as views:
            yield views, position


def position_at(session: Session, text: str) -> int:
    """A position, or the last one recorded by the end of a time. Digits alone are a position."""
    from ledger.errors.commands import PositionUnknown
    from projections.views import last_recorded_by, position_of

    with closing(session.folder.connect()) as ledger:
        if not text.isdecimal():
            when = session.when(text, "as-recorded")
            assert when is not None
            return last_recorded_by(ledger, when.latest)
        last, given = position_of(ledger), position_given(text)
        if given > last:
            raise PositionUnknown(position=text[:60], last=last)
        return given


def position_given(text: str) -> int:
    """The number that digits say; instead of one too large for SQLite, one no ledger reaches."""
    return int(text) if len(text) <= _DIGITS else 10**_DIGITS


def question_of(
    session: Session, view: str, given: dict[str, Any]
) -> tuple[Question, dict[str, Any]]:
    """The question, and what was asked as it was resolved."""
    times = {name: session.when(given.get(name), name) for name in ("on", "as_known", "since",
                                                                     "until")}  # fmt: skip
    bounds: dict[str, Any] = {
        name: when.earliest if name == "since" else when.latest
        for name, when in times.items()
        if when is not None
    }
    places: dict[str, Any] = {
        name: _place(session, given.get(name), name) for name in ("place", "site")
    }
    country = _country(given.get("country"))
    incident = _incident(session, given.get("incident"))
    status = given.get("min_status")
    question = session.today._replace(
        watched_until=min(session.now, bounds.get("as_known", session.now)),
        rank=RANK_OF[status or "reported"],
        country=country,
        incident=incident,
        standard=_standard(given.get("standard")),
        **places,
        **bounds,
    )
    asked = {
        "view": view,
        **{_CALLED.get(name, name): when.text if when else None for name, when in times.items()},
        "min_status": status,
        **places,
        "country": country,
        "incident": incident,
        "standard": given.get("standard"),
    }
    return question, asked


_CALLED = {"since": "from", "until": "to"}


def check_options(view: str, given: dict[str, Any]) -> None:
    """Refuse an option that the view has no use for."""
    from ledger.errors.commands import OptionNotForView
    from projections.views import VIEWS

    takes = VIEWS[view].options
    for name in ("place", "site", "country", "incident", "since", "until", "standard"):
        option = _CALLED.get(name, name)
        if given.get(name) is not None and option not in takes:
            listed = ", ".join(f"--{known}" for known in sorted(takes | {"on", "as-known"}))
            raise OptionNotForView(option=f"--{option}", view=view, options=listed, field=option)


def _place(session: Session, text: str | None, field: str) -> str | None:
    if text is None:
        return None
    from ledger.errors.values import UnknownPlace
    from ledger.index import Index
    from ledger.values.place import is_site

    with closing(session.folder.connect()) as ledger:
        try:
            place = Index(ledger.cursor(), session.folder.station).place(text)
            if field == "site" and not is_site(place):
                raise UnknownPlace(place=text, nearest="a site of this ledger")
        except UnknownPlace as error:
            error.field = field
            raise
    return place


def _incident(session: Session, text: str | None) -> str | None:
    if text is None:
        return None
    from cli.references import existing

    return existing(session, text, "INC", "incident")


def _standard(text: str | None) -> str | None:
    if text is None:
        return None
    from projections.services import standards

    if text not in standards():
        raise click.BadParameter(f"one of {', '.join(standards())}", param_hint="--standard")
    return text


def _country(text: str | None) -> str | None:
    if text is None:
        return None
    from ledger.errors.values import CountryUnknown
    from ledger.values.country import country_code

    try:
        return country_code(text)
    except CountryUnknown as error:
        error.field = "country"
        raise
