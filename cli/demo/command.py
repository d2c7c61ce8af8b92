"""`vigil demo`: a ledger with the public record in it, and what it answers."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

import click

from cli.columns import COLUMNS
from cli.options import with_session
from cli.query import question_of

if TYPE_CHECKING:
    from cli.session import Session

ZONE, ACTOR = "Asia/Baghdad", "HRO-00"
DATA = Path(__file__).parent / "public_record.csv"
MAP = Path(__file__).parent / "public_record.toml"

#: What the demo asks: a heading, the view, its options.
QUESTIONS: list[tuple[str, str, dict[str, str]]] = [
    ("The camps after the first convoy", "population", {"on": "2012-02-18"}),
    ("The camps after the third convoy", "population", {"on": "2012-03-20"}),
    (
        "The attack of 9 February 2013, as known the day after",
        "claims",
        {"incident": "INC-HURRIYA-2013-02-09", "as_known": "2013-02-10"},
    ),
    (
        "The same attack, as known seven weeks later",
        "claims",
        {"incident": "INC-HURRIYA-2013-02-09", "as_known": "2013-03-31"},
    ),
    ("Relocated by the end of March 2014", "placements", {"on": "2014-03-31"}),
    ("What does not fit together", "findings", {}),
]

NEXT = (
    "vigil query population --on 2013-09-12",
    "vigil query claims --incident INC-HURRIYA-2015-10-29",
    "vigil show MOV-PR-034",
)


@click.command()
@click.argument("directory", default="vigil-demo", metavar="[DIR]")
@with_session
def demo(session: Session, directory: str) -> None:
    """Make a ledger in DIR (vigil-demo), load the public record, and ask it the key questions.

    A folder that holds the demo already is asked again.
    """
    outcome = load(session, session.world.at(directory))
    documents = list(_answers(session))
    if session.format in ("json", "jsonl"):
        session.answer({"schema": "vigil.demo/1", "import": outcome, "answers": documents}, [])
        return
    session.write("".join(f"{line}\n" for line in _story(directory, outcome, documents)))


def load(session: Session, path: Path) -> dict[str, Any]:
    """The demo's ledger at `path`, made and filled where it is not there; the import's outcome."""
    from cli.imports.importer import import_sources
    from cli.imports.mapping import Map
    from cli.imports.sources import opened
    from ledger.errors.storage import LedgerExists
    from ledger.folder import CONFIG, Folder

    if (path / CONFIG).exists():
        folder = Folder.load(path)
        if (folder.timezone, folder.actor) != (ZONE, ACTOR):
            raise LedgerExists(folder=path, typed=quote(str(path)))
    else:
        folder = Folder.create(path, station="H1", timezone=ZONE, actor=ACTOR)
    session.folder = folder.with_environment(session.world.environment)
    with closing(session.ledger()) as ledger, opened([str(DATA)], session.world) as sources:
        outcome = import_sources(ledger, sources, map=Map.load(MAP), actor=ACTOR)
    session.catch_up()
    session.seal()
    return outcome.as_json()


def _answers(session: Session) -> Any:
    from projections.views import VIEWS

    views, _ = session.views()
    with closing(views):
        for heading, view, options in QUESTIONS:
            question, _ = question_of(session, view, dict(options))
            rows = VIEWS[view].query(views, question)
            yield {"heading": heading, "view": view, "options": options, "rows": rows}


def _counted(outcome: dict[str, Any]) -> str:
    return (
        f"{outcome['recorded']} rows recorded as {outcome['facts']} facts, "
        f"{outcome['already']} already recorded."
    )


def _story(directory: str, outcome: dict[str, Any], answers: list[dict[str, Any]]) -> list[str]:
    from cli.render.table import render

    lines = [
        f"The public record of Camp Ashraf and Camp Hurriya, in {directory}:",
        _counted(outcome),
    ]
    for answer in answers:
        options = " ".join(
            f"--{name.replace('_', '-')} {value}" for name, value in answer["options"].items()
        )
        lines += ["", f"{answer['heading']}", f"$ vigil query {answer['view']} {options}".rstrip()]
        lines.append(render(answer["rows"], COLUMNS[answer["view"]], ZONE).rstrip("\n"))
    lines += ["", "Next, try:", *(f"  {command} -L {quote(directory)}" for command in NEXT)]
    return lines
