"""Sign the head of the log, prove that a fact is in it, and check that nothing was altered."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any

import click

from cli.completion import facts
from cli.options import with_session

if TYPE_CHECKING:
    from cli.session import Session
    from ledger.seal.note import VerifierKey
    from ledger.seal.verification import Report

BROKEN = 13

#: What every report says of itself.
LIMITS = (
    "This proves that nothing was altered since a kept checkpoint; not that a fact is true, "
    "nor that nothing was left out before the first checkpoint, nor anything after the last."
)


@click.command()
@click.option("--copy-to", metavar="DIR", help="Put the note on another medium too.")
@click.option("--request", "old", type=click.IntRange(min=0), metavar="SIZE",
              help="Print what to ask a witness that saw the log at SIZE (0: never).")  # fmt: skip
@click.option("--cosignature", metavar="FILE", help="Keep a witness's cosignature with the note.")
@click.option("--key", metavar="VKEY|FILE", help="The key of that witness.")
@with_session
def checkpoint(
    session: Session, copy_to: str | None, old: int | None, cosignature: str | None, key: str | None
) -> None:
    """Sign the head of the log; the note is kept in checkpoints/, never replaced."""
    if cosignature is not None:
        _keep_cosignature(session, cosignature, key)
        return
    from ledger.seal.sealing import seal
    from ledger.seal.witness import request

    sealed = seal(session.folder)
    if copy_to is not None:
        _copy(session, copy_to, sealed.checkpoint.size, str(sealed.note))
    if old is not None:
        session.write(str(request(session.folder, old)))
        return
    head = sealed.checkpoint
    session.answer(
        {
            "schema": "vigil.checkpoint/1",
            "origin": head.origin,
            "size": head.size,
            "root": b64encode(head.root).decode(),
            "note": str(sealed.note),
            "vkey": str(sealed.key),
            "path": str(sealed.path),
        },
        [
            f"sealed {head.size} facts: {b64encode(head.root).decode()}",
            f"  note  {sealed.path}",
            f"  key   {sealed.key}",
        ],
    )


@click.command()
@click.argument("fact", shell_complete=facts)
@with_session
def prove(session: Session, fact: str) -> None:
    """Prove that FACT (INC-H1-42T/3) is in the newest checkpoint: a .tlog-proof, to -o F."""
    from cli.references import fact_named
    from ledger.seal.sealing import prove as proof_of

    session.write(str(proof_of(session.folder, *fact_named(session, fact))))


@click.command()
@click.option(
    "--deep",
    is_flag=True,
    help="Also every page and index of the file, each fact by its rules, and the views.",
)
@click.option("--against", metavar="NOTE", help="A note that somebody else kept.")
@click.option("--key", metavar="VKEY|FILE", help="The key that signed that note.")
@with_session
def verify(session: Session, deep: bool, against: str | None, key: str | None) -> int:
    """Compare every stored byte with what was sealed; exit 13 where it differs."""
    from ledger.seal.deep import deep_faults
    from ledger.seal.note import Note
    from ledger.seal.verification import verify as verified

    if (against is None) != (key is None):
        msg = "--against NOTE needs --key VKEY, the key that signed it"
        raise click.UsageError(msg)
    head = None
    if against is not None and key is not None:
        head = (Note.parse(_read(session, against)), _verifier(session, key))
    report = verified(session.folder, head, session.progress("facts"), deep=deep)
    if deep and not report.faults:
        report.faults.extend(deep_faults(session.folder))
        report.faults.extend(_view_faults(session))
    session.answer(_document(report), _lines(report))
    return BROKEN if report.faults else 0


@click.group()
def witness() -> None:
    """Vouch for the heads of other people's ledgers, by file."""


@witness.command("new")
@click.argument("name")
@with_session
def witness_new(session: Session, name: str) -> None:
    """Make the key of a witness called NAME; prints the key with which others check it."""
    key = _witness(session).new(name)
    session.answer({"schema": "vigil.witness/1", "vkey": str(key)}, [str(key)])


@witness.command("cosign")
@click.argument("file")
@click.option("--key", metavar="VKEY|FILE", help="The log's key, needed the first time.")
@with_session
def witness_cosign(session: Session, file: str, key: str | None) -> None:
    """Cosign FILE (vigil checkpoint --request), unless its log contradicts what was seen."""
    from ledger.seal.checkpoint import AddCheckpoint
    from ledger.seal.note import Note

    request = AddCheckpoint.parse(_read(session, file))
    log = _verifier(session, key) if key is not None else None
    signature = _witness(session).cosign(request, log, session.world.clock() // 1_000_000)
    session.write(str(Note("", (signature,))).lstrip("\n"))


def _document(report: Report) -> dict[str, Any]:
    return {
        "schema": "vigil.verify/1",
        "position": report.size,
        "sealed": report.sealed,
        "unsealed": max(0, report.size - report.sealed),
        "root": b64encode(report.root).decode(),
        "faults": [fault._asdict() for fault in report.faults],
        "vouchers": [voucher._asdict() for voucher in report.vouchers],
    }


def _lines(report: Report) -> list[str]:
    from cli.render.text import line
    from ledger.values.instants import iso

    told = [
        line(f"{fault.kind}: {fault.fact or 'the ledger'}: {fault.text}")
        for fault in report.faults[:20]
    ]
    more = len(report.faults) - len(told)
    vouched = [
        line(f"  {one.name} vouches for the first {one.size} facts")
        + (f", seen {iso(one.time * 1_000_000)}" if one.time else "")
        for one in report.vouchers
    ]
    state = f"{len(report.faults)} faults" if report.faults else "nothing was altered"
    unsealed = max(0, report.size - report.sealed)
    return [
        f"{report.size} facts read, {report.sealed} sealed, {unsealed} not yet: {state}",
        *told,
        *([f"and {more} more"] if more else []),
        *vouched,
        LIMITS,
    ]


def _view_faults(session: Session) -> list[Any]:
    """Whether the live views are what a rebuild gives."""
    from contextlib import closing
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from ledger.folder import read_only
    from ledger.seal.verification import Fault
    from projections.building import build
    from projections.tables import digests

    views, position = session.views()
    with closing(views), TemporaryDirectory(prefix="vigil-") as folder:
        live = digests(views)
        path = Path(folder) / "views.db"
        build(session.folder, path, position)
        with closing(read_only(path)) as again:
            rebuilt = digests(again)
    text = "differs from a rebuild; vigil replay makes it anew"
    return [Fault("view", None, name, text) for name in live if live[name] != rebuilt[name]]


def _keep_cosignature(session: Session, file: str, key: str | None) -> None:
    from ledger.seal.witness import keep_cosignature

    if key is None:
        msg = "--cosignature needs --key VKEY, the witness's key"
        raise click.UsageError(msg)
    witness = _verifier(session, key)
    size = keep_cosignature(session.folder, _read(session, file), witness)
    session.answer(
        {"schema": "vigil.cosignature/1", "name": witness.name, "size": size},
        [f"{witness.name} vouches for the first {size} facts"],
    )


def _copy(session: Session, to: str, size: int, note: str) -> None:
    from ledger.seal.log import Evidence

    folder = session.world.at(to)
    folder.mkdir(parents=True, exist_ok=True)
    Evidence(folder).keep(size, note)


def _read(session: Session, file: str) -> str:
    from ledger.errors.storage import FileUnreadable

    try:
        return session.world.at(file).read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise FileUnreadable(file=file, why=error) from None


def _verifier(session: Session, key: str) -> VerifierKey:
    """A verifier key, or the one in a file."""
    from ledger.seal.note import VerifierKey

    return VerifierKey.parse(key if "+" in key else _read(session, key))


def _witness(session: Session) -> Any:
    from ledger.seal.witness import Witness

    return Witness(session.world.state_home / "vigil" / "witness")
