"""`vigil inspect FILE`: what a file is, and a map of it to edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.options import with_session

if TYPE_CHECKING:
    from collections.abc import Iterable

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
    plain = named or source.kind == ".jsonl"
    map = None if plain else sketch(found, guess(found.columns))
    if session.format in ("json", "jsonl"):
        session.answer({**found.as_json(), "map": map}, [])
    elif map is None:
        told = [*described(found), "its columns are fields of facts: no map is needed"]
        click.echo("\n".join(told))
    else:
        _write(session, map, described(found))


def _write(session: Session, map: str, told: Iterable[str]) -> None:
    """The map to the terminal, or to a new file, and then to the terminal what it is of."""
    if session.output in (None, "-"):
        session.write(map)
        return
    path = session.world.at(session.output)
    if path.exists():
        from ledger.errors.storage import FileExists

        raise FileExists(file=session.output)
    session.write(map)
    if not session.quiet:
        click.echo("\n".join(told))
