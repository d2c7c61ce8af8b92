"""`vigil import FILE...`: files become facts, or say row by row why not."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.options import with_session

if TYPE_CHECKING:
    from cli.imports.importer import Outcome
    from cli.session import Session

PARTLY = 3


@click.command("import")
@click.argument("files", nargs=-1, required=True)
@click.option("--map", "map_file", metavar="MAP.toml", help="Which facts the rows of a CSV are.")
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

    outcome = Outcome()
    map = Map.load(map_file) if map_file else None
    ledger = session.ledger()
    try:
        with opened(files, session.world.input) as sources:
            import_sources(
                ledger, sources, map=map, actor=session.actor, keep_going=keep_going,
                dry_run=session.dry_run, outcome=outcome,
            )  # fmt: skip
    except ImportRefused:
        outcome.warnings.clear()
        _report(session, outcome, files, rejects)
        raise
    if outcome.facts and not session.dry_run:
        session.catch_up()
    _report(session, outcome, files, rejects)
    return PARTLY if outcome.rejected else 0


def _report(
    session: Session, outcome: Outcome, files: tuple[str, ...], rejects: str | None
) -> None:
    from cli.render.text import line

    if rejects is not None and outcome.rejects:
        _write_rejects(Path(rejects), outcome.rejects, files)
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


def _write_rejects(path: Path, rows: list[str], files: tuple[str, ...]) -> None:
    """The refused rows as they stood, under the header of their file."""
    from cli.imports.files import read_csv
    from cli.session import write_private

    lines = [row if row.endswith("\n") else f"{row}\n" for row in rows]
    first = Path(files[0])
    if first.suffix.lower() == ".csv":
        import io

        with first.open("rb") as stream:
            header, _ = read_csv(stream)
        out = io.StringIO(newline="")
        csv.writer(out).writerow(header)
        lines.insert(0, out.getvalue())
    write_private(path, lines)
