"""`vigil import FILE...`: files become facts, or say row by row why not."""

from __future__ import annotations

from contextlib import closing, nullcontext
from typing import TYPE_CHECKING

import click

from cli.options import paths, with_session

if TYPE_CHECKING:
    from cli.imports.outcome import Outcome
    from cli.session import Session

PARTLY = 3


@click.command("import")
@click.argument("files", nargs=-1, required=True, shell_complete=paths("file"))
@click.option(
    "--map",
    "map_file",
    metavar="MAP.toml",
    shell_complete=paths("file"),
    help="Which facts the rows of a table are.",
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
    """Record the facts of FILE... (.jsonl, .csv, .xlsx; - is standard input, JSON lines).

    All rows or none, in one transaction, unless --keep-going. The same file again records nothing.
    """
    from cli.files import refuse_kept
    from cli.imports.importer import import_sources
    from cli.imports.mapping import Map
    from cli.imports.outcome import Outcome
    from cli.imports.rejects import Rejects
    from cli.imports.sources import opened
    from ledger.errors import Refused

    if rejects is not None and len(files) > 1:
        msg = "--rejects takes the rows of one file; import the files one by one"
        raise click.UsageError(msg)
    if rejects is not None and rejects.lower().endswith(".xlsx"):
        msg = "--rejects writes a CSV, also for the rows of a workbook; name it .csv"
        raise click.UsageError(msg)
    read = [session.world.at(file) for file in (*files, map_file) if file]
    for written in (rejects, session.output):
        if written is not None:
            refuse_kept(session.world.at(written), *read)
    map = Map.load(session.world.at(map_file)) if map_file else None
    refused = None
    with Rejects(session.world.at(rejects)) if rejects is not None else nullcontext() as kept:
        outcome = Outcome(kept)
        try:
            with closing(session.ledger()) as ledger, opened(files, session.world) as sources:
                import_sources(
                    ledger, sources, map=map, actor=session.actor, keep_going=keep_going,
                    dry_run=session.dry_run, outcome=outcome,
                )  # fmt: skip
        except Refused as error:
            refused = error
            outcome.abandon(error)
        if kept is not None and outcome.read_through:
            kept.keep()
    if outcome.facts and refused is None and not session.dry_run:
        session.catch_up()
        session.seal()
    if outcome.read_through or session.format in ("json", "jsonl"):
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
    sheets = len({problem.sheet for problem in outcome.problems}) > 1
    for problem in outcome.problems:
        field = f" {problem.field}:" if problem.field else ""
        of = f"{problem.sheet} " if sheets else ""
        lines.append(line(f"{of}row {problem.row}:{field} {problem.message}"
                          f" [{problem.code}]"))  # fmt: skip
        lines.append(line(f"    {problem.hint}"))
    lines += [line(f"warning: {warning}") for warning in outcome.told]
    if outcome.batch is not None:
        lines.append(f"batch {outcome.batch}")
    session.answer(outcome.as_json(), lines)
