"""`vigil export views` and `vigil export hxl`: numbers to hand out, each with its bound."""

from __future__ import annotations

from contextlib import closing, contextmanager
from datetime import timedelta
from itertools import chain
from json import loads
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from cli import __version__
from cli.files import private_file, write_private
from cli.main import refuse_unknown
from cli.options import completed, with_session
from cli.query import RANK_OF, answered, question_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from cli.render.sheets import Cell, Sheet
    from cli.session import Session


class Handout(NamedTuple):
    """What was asked, the views as sheets, and when the newest fact of them was recorded (UTC)."""

    about: Sheet
    sheets: Iterator[Sheet]
    recorded: datetime | None


_QUESTION = (
    click.option("--on", metavar="T", help="What had happened by the end of T."),
    click.option("--as-known", metavar="K", help="What the office knew at the end of K."),
    click.option("--min-status", type=click.Choice(list(RANK_OF)), help="Count only from here up."),
)


def _with_question(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(_QUESTION):
        command = option(command)
    return command


@click.command("views")
@click.option(
    "--view",
    "named",
    multiple=True,
    metavar="VIEW",
    shell_complete=completed("views"),
    help="Only this view; repeats.",
)
@_with_question
@with_session
def export_views(session: Session, named: tuple[str, ...], **given: Any) -> None:
    """Views as a workbook or as CSV files.

    -o FILE.xlsx is a workbook, -o DIR a folder with a CSV file a view, -o FILE.csv one view; - is
    standard output. A figure has columns for the least and the most it can be, and for its bound.
    With --labels headings and codes are in words; sheets in Arabic and Persian run from right to
    left.
    """
    views = _known(named)
    write = _writer(session.output, views)
    path = session.output or ""

    def written() -> dict[str, int]:
        with _handout(session, views, given) as handout:
            return write(session, handout)

    counts = answered(session, written)
    if path == "-":
        return
    session.output = None
    session.answer(
        {"schema": "vigil.export/1", "path": path, "rows": counts},
        [f"wrote {len(counts)} view{'s' * (len(counts) > 1)} to {path}"],
    )


@click.command("hxl")
@click.option(
    "--view",
    metavar="VIEW",
    default="population",
    shell_complete=completed("views"),
    help="Which view (population).",
)
@_with_question
@with_session
def export_hxl(session: Session, view: str, **given: Any) -> None:
    """One view as CSV with HXL hashtags.

    They stand below the header. Lists keep their codes. Views of single people and of the office
    itself are not exchanged.
    """
    from cli.labels import columns_of
    from projections.views import VIEWS

    exchanged = [name for name in VIEWS if len(next(iter(columns_of(name).values()))) > 1]
    if view in VIEWS and view not in exchanged:
        msg = f"{view} is not exchanged; these are: {', '.join(exchanged)}."
        raise click.UsageError(msg)
    if view not in VIEWS:
        refuse_unknown(click.get_current_context(), view, exchanged, "view")
    if Path(session.output or "").suffix.lower() == ".xlsx":
        msg = f"-o {session.output}: HXL is written as CSV; a workbook is made by export views."
        raise click.UsageError(msg)

    def lines() -> list[str]:
        from cli.render.csv import lines

        with _handout(session, [view], given, exchanged=True) as handout:
            return [line for sheet in handout.sheets for line in lines(sheet, tagged=True)]

    session.write_lines(answered(session, lines))


def _known(named: tuple[str, ...]) -> list[str]:
    """The views that are named, each once, in their order; all where none is."""
    from projections.views import VIEWS

    for view in named:
        if view not in VIEWS:
            refuse_unknown(click.get_current_context(), view, list(VIEWS), "view")
    return list(dict.fromkeys(named or VIEWS))


def _writer(output: str | None, views: list[str]) -> Callable[[Session, Handout], dict[str, int]]:
    """What writes a hand-out and counts its rows by view, by the ending of the name."""
    if not output:
        msg = "Missing option '-o': FILE.xlsx, a folder, or FILE.csv for one view."
        raise click.UsageError(msg)
    ending = "" if Path(output).is_dir() else Path(output).suffix.lower()
    if ending == ".xlsx":
        return _workbook
    if output == "-" or ending == ".csv":
        if len(views) > 1:
            msg = f"-o {output} holds one view: name it with --view, or give a folder."
            raise click.UsageError(msg)
        return _table
    if ending:
        msg = f"-o {output}: a workbook ends in .xlsx, a table in .csv, a folder in neither."
        raise click.UsageError(msg)
    return _folder


@contextmanager
def _handout(
    session: Session, views: list[str], given: dict[str, Any], *, exchanged: bool = False
) -> Iterator[Handout]:
    """Views as sheets, all of one state of the ledger; read while they are written."""
    from cli.render.sheets import sheet
    from projections.views import VIEWS

    question, asked = question_of(session, views[0], given)
    language, zone = session.labels, session.folder.timezone
    found, position = session.views()
    recorded = _recorded(session, position)
    with closing(found):
        sheets = (
            sheet(view, VIEWS[view].query(found, question), zone, language, exchanged=exchanged)
            for view in views
        )
        yield Handout(_about(session, asked, position, recorded), sheets, recorded)


def _about(
    session: Session, asked: dict[str, Any], position: int, recorded: datetime | None
) -> Sheet:
    """The sheet that says what was asked, of which ledger."""
    from cli.labels import label, word
    from cli.render.sheets import Sheet

    language, status = session.labels, asked["min_status"] or "reported"
    said: dict[str, Cell] = {
        "station": session.folder.station,
        "timezone": session.folder.timezone,
        "position": position,
        "recorded": f"{recorded.isoformat()}Z" if recorded else None,
        "on": asked["on"],
        "as_known": asked["as_known"],
        "min_status": label("list:assessment_status", status, language) if language else status,
    }
    names = {
        name: word("about", name, language) if language else name for name in ("program", *said)
    }
    everything = word("about", "everything", language or "en")
    return Sheet(
        "about",
        word("about", "about", language or "en"),
        [names["program"], f"vigil {__version__}"],
        [],
        ([names[name], everything if value is None else value] for name, value in said.items()),
    )


def _recorded(session: Session, position: int) -> datetime | None:
    """When the newest of the facts was recorded, in UTC; None in an empty ledger."""
    from ledger.values.instants import EPOCH
    from ledger.values.when import When

    with closing(session.folder.connect()) as ledger:
        row = ledger.execute(
            "SELECT state FROM stored_events WHERE position = ?", (position,)
        ).fetchone()
    if row is None:
        return None
    return EPOCH + timedelta(microseconds=When.parse(loads(row[0])["recorded"]).earliest)


def _workbook(session: Session, handout: Handout) -> dict[str, int]:
    from cli.labels import RIGHT_TO_LEFT
    from cli.render.xlsx import write

    path = session.world.at(session.output or "")
    with private_file(path) as file:
        rows = write(
            file, chain([handout.about], handout.sheets), path.parent, handout.recorded,
            right_to_left=session.labels in RIGHT_TO_LEFT,
        )  # fmt: skip
    del rows["about"]
    return rows


def _table(session: Session, handout: Handout) -> dict[str, int]:
    from cli.render.csv import lines

    (sheet,) = handout.sheets
    told = list(lines(sheet))
    session.write_lines(told)
    return {sheet.view: len(told) - 1}


def _folder(session: Session, handout: Handout) -> dict[str, int]:
    """A file a view; they take their places when all of them are whole."""
    from tempfile import TemporaryDirectory

    from cli.render.csv import lines

    folder = session.world.at(session.output or "")
    rows = {}
    try:
        beside = folder if folder.is_dir() else folder.parent
        with TemporaryDirectory(dir=beside, prefix=".vigil-") as made:
            for sheet in chain([handout.about], handout.sheets):
                told = list(lines(sheet))
                write_private(Path(made) / f"{sheet.view}.csv", told)
                rows[sheet.view] = len(told) - 1
            folder.mkdir(mode=0o700, exist_ok=True)
            for file in sorted(Path(made).iterdir()):
                file.replace(folder / file.name)
    except OSError as error:
        error.filename = str(folder)
        raise
    del rows["about"]
    return rows
