"""`vigil attach FACT FILE`: keep a file by its hash, and record that it is evidence."""

from __future__ import annotations

import os
from hashlib import sha256
from typing import TYPE_CHECKING

import click

from cli.completion import facts
from cli.dashes import read_dashes
from cli.options import Said, paths, with_session
from cli.recording import record_fact
from cli.references import fact_named

if TYPE_CHECKING:
    from pathlib import Path

    from cli.session import Session

_CHUNK = 1 << 20


@click.command()
@click.argument("fact", shell_complete=facts)
@click.argument("file", shell_complete=paths("file"))
@click.option("--note", cls=Said, help="Free text, stored exactly.")
@with_session
def attach(session: Session, fact: str, file: str, note: str | None) -> None:
    """Keep FILE as evidence of FACT (INC-H1-42T/3), by its SHA-256, in evidence/."""
    from mimetypes import guess_type

    from ledger.errors.storage import FileUnreadable

    id, number = fact_named(session, fact)
    fact = f"{id}/{number}"
    path = session.world.at(file)
    try:
        digest, size = _kept(session, path)
    except OSError as error:
        raise FileUnreadable(file=file, why=error.strerror) from None
    said = {
        "fact": "evidence.attached",
        "to": fact,
        "file": {
            "name": path.name,
            "sha256": digest,
            "bytes": size,
            "media_type": guess_type(path.name)[0] or "application/octet-stream",
        },
        "key": f"{fact} {digest}",
        "note": dict(read_dashes([("note", note)], session.world.input))["note"],
    }
    record_fact(session, said)


def _kept(session: Session, path: Path) -> tuple[str, int]:
    """Copy a file into `evidence/` under its hash, mode 0600; its hash and size in bytes.

    Kept before the fact is recorded: a file without its fact does no harm, the other way it does.
    """
    from ledger.errors.rules import FileTooLargeForEvidence
    from ledger.folder import sync_folder

    folder, limit = session.folder.evidence, session.folder.evidence_megabytes
    if path.stat().st_size > limit * 1_000_000:
        raise FileTooLargeForEvidence(file=path.name, limit=limit)
    digest, size = sha256(), 0
    with path.open("rb") as source:
        if session.dry_run:
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
            return digest.hexdigest(), size
        folder.mkdir(mode=0o700, exist_ok=True)
        temporary = folder / f".{os.getpid()}"
        descriptor = os.open(temporary, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as copy:
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
                copy.write(chunk)
            copy.flush()
            os.fsync(copy.fileno())
        temporary.replace(folder / digest.hexdigest())
        sync_folder(folder)
    return digest.hexdigest(), size
