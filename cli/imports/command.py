"""`vigil import FILE...`: files become facts, or say row by row why not."""

from __future__ import annotations

import csv
import io
from contextlib import closing
from typing import TYPE_CHECKING

import click

from cli.options import paths, with_session

if TYPE_CHECKING:
    from cli.imports.importer import Outcome
    from cli.session import Session

PARTLY = 3


@click.command("import")
@click.argument("files", nargs=-1, required=True, shell_complete=paths("file"))
@click.option(
    "--map",
    "map_file",
    metavar="MAP.toml",
    shell_complete=paths("file"),
    help="Which facts the rows of a CSV are.",
)
@click.option("--keep-going", is_flag=True, help="Record the good rows, list the bad ones.")
@click.option("--rejects", metavar="F", help="Write the refused rows to F, to mend and import.")
@with_session
def import_(
    session: Session,
    files: tuple[str, ...],
    map_file: str | None,
    keep_going: bool,
    rejects: str | None,
) -> int:
    """Record the facts of FILE... (.jsonl, .csv; - is standard input, JSON lines).

    All rows or none, in one transaction, unless --keep-going. The same file again records nothing.
    """
    from cli.imports.importer import Outcome, import_sources, opened
    from cli.imports.mapping import Map
    from ledger.errors import ImportRefused

    if rejects is not None and len(files) > 1:
        msg = "--rejects takes the rows of one file; import the files one by one"
        raise click.UsageError(msg)
    outcome = Outcome()
    map = Map.load(session.world.at(map_file)) if map_file else None
    refused = None
    try:
        with closing(session.ledger()) as ledger, opened(files, session.world) as sources:
            import_sources(
                ledger, sources, map=map, actor=session.actor, keep_going=keep_going,
                dry_run=session.dry_run, outcome=outcome,
            )  # fmt: skip
    except ImportRefused as error:
        refused = error
        outcome.warnings.clear()
    if outcome.facts and refused is None and not session.dry_run:
        session.catch_up()
        session.seal()
    if rejects is not None and outcome.rejects:
        delimiter = map.delimiter if map else ","
        _write_rejects(session, rejects, outcome.rejects, files[0], delimiter)
    _report(session, outcome)
    if refused is not None:
        raise refused
    return PARTLY if outcome.rejected else 0


def _report(session: Session, outcome: Outcome) -> None:
    from cli.render.text import line

    would = " (dry run: nothing is written)" if session.dry_run else ""
    counts = [f"{outcome.recorded} recorded ({outcome.facts} facts)"]
    counts += [f"{outcome.already} already recorded"] if outcome.already else []
    counts += [f"{outcome.waiting} waiting"] if outcome.waiting else []
    counts += [f"{outcome.rejected} refused"] if outcome.rejected else []
    lines = [f"{', '.join(counts)}{would}"]
    for problem in outcome.problems:
        field = f" {problem.error.field}:" if problem.error.field else ""
        lines.append(line(f"row {problem.row}:{field} {problem.error.sentence}"
                          f" [{problem.error.code}]"))  # fmt: skip
        lines.append(line(f"    {problem.error.cure}"))
    lines += [line(f"warning: {warning}") for warning in outcome.warnings]
    session.answer(outcome.as_json(), lines)


def _write_rejects(session: Session, to: str, rows: list[str], file: str, delimiter: str) -> None:
    """The refused rows as they stood, under the header of their file."""
    from cli.imports.files import read_csv
    from cli.session import write_private

    lines = [row if row.endswith("\n") else f"{row}\n" for row in rows]
    if file.lower().endswith(".csv"):
        with session.world.at(file).open("rb") as stream:
            header, _ = read_csv(stream, delimiter)
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=delimiter).writerow(header)
        lines.insert(0, out.getvalue())
    write_private(session.world.at(to), lines)
