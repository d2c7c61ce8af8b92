"""Give the facts away: as lines of JSON, or as a copy of the whole ledger."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from json import dumps
from typing import TYPE_CHECKING

import click

from cli.handout import export_hxl, export_views
from cli.options import with_session

if TYPE_CHECKING:
    from pathlib import Path

    from cli.session import Session


@click.group()
def export() -> None:
    """Write what the ledger holds to a file."""


@export.command("facts")
@with_session
def export_facts(session: Session) -> None:
    """Every fact as a line of JSON, in order of recording; `vigil import` takes them.

    Imported into an empty ledger they give the same views.
    """
    from ledger.history import Entry

    with closing(session.folder.connect()) as ledger:
        rows = ledger.execute("SELECT topic, state FROM stored_events ORDER BY position")
        lines = (Entry.decode(topic, state).line() for topic, state in rows)
        session.write_lines(f"{dumps(line, ensure_ascii=False)}\n" for line in lines)


@export.command("tiles")
@with_session
def export_tiles(session: Session) -> None:
    """The sealed log as a directory of C2SP tlog-tiles, to -o DIR (tiles)."""
    from ledger.seal.tiles import write

    to = session.output or "tiles"
    files = write(session.folder, session.world.at(to))
    session.output = None
    session.answer(
        {"schema": "vigil.tiles/1", "path": to, "files": files}, [f"wrote {files} files to {to}"]
    )


export.add_command(export_views)
export.add_command(export_hxl)


@click.command()
@click.argument("file")
@with_session
def backup(session: Session, file: str) -> None:
    """A consistent copy of the ledger as FILE, while others go on writing.

    Its checkpoints go to FILE.checkpoints; the key that signs them stays where it is.
    """
    from ledger.errors.storage import FileExists
    from ledger.folder import made_whole, sync_folder

    path = session.world.at(file)
    notes = path.parent / f"{path.name}.checkpoints"
    for made, name in ((path, file), (notes, f"{file}.checkpoints")):
        if made.exists():
            raise FileExists(file=name)
    try:
        # Checkpoints first: what is recorded meanwhile may follow them, never the other way round.
        if session.folder.checkpoints.is_dir():
            _copy(session.folder.checkpoints, notes)
        with (
            closing(session.folder.connect()) as ledger,
            made_whole(path) as made,
            closing(sqlite3.connect(made)) as copy,
        ):
            ledger.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
            position = copy.execute("SELECT MAX(position) FROM stored_events").fetchone()[0] or 0
    except BaseException:
        shutil.rmtree(notes, ignore_errors=True)
        raise
    sync_folder(path.parent)
    session.answer(
        {"schema": "vigil.backup/1", "path": file, "position": position},
        [f"copied {position} facts to {file}"],
    )


def _copy(folder: Path, to: Path) -> None:
    """A folder and all in it; the first fault ends it, under its own name."""
    to.mkdir(mode=0o700)
    for one in folder.iterdir():
        if one.is_dir():
            _copy(one, to / one.name)
        else:
            shutil.copy2(one, to / one.name)
