"""`vigil inspect FILE`: what a file is, and a map of it to edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.options import with_session

if TYPE_CHECKING:
    from cli.session import Session


@click.command()
@click.argument("file")
@click.option("--sheet", metavar="NAME", help="Which sheet of a workbook (the first with data).")
@with_session
def inspect(session: Session, file: str, sheet: str | None) -> None:
    """Say what FILE is and what its columns hold, as a map to edit (-o MAP.toml)."""
    from cli.imports.inspection import inspect_source
    from cli.imports.meanings import guess
    from cli.imports.sketch import described, sketch
    from cli.imports.sources import opened
    from ledger.registry import FACTS

    with opened([file], session.world) as (source,):
        found = inspect_source(source, sheet)
    named = found.sheet in FACTS or any(column.name == "fact" for column in found.columns)
    if named or source.kind == ".jsonl":
        map, told = None, [*described(found), "its columns are fields of facts: no map is needed"]
    else:
        map = sketch(found, guess(found.columns))
        told = [map.removesuffix("\n")]
    session.answer({**found.as_json(), "map": map}, told)
    if session.output not in (None, "-") and not session.quiet:
        click.echo("".join(f"{line}\n" for line in described(found)), nl=False)
