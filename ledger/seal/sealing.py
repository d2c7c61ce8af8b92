"""Signing the head of the log, and proving that a fact is in it."""

from __future__ import annotations

import secrets
from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from ledger.errors.seal import KeyMissing, LogContradicted, NotSealed
from ledger.faults import faults_named
from ledger.lock import held
from ledger.seal.checkpoint import Checkpoint, Proof
from ledger.seal.log import Evidence, check_not_rolled_back, put_whole, stored
from ledger.seal.merkle import EMPTY_ROOT, consistency_proof, consistent, includes, inclusion_proof
from ledger.seal.note import ED25519, Note, SigningKey, VerifierKey

if TYPE_CHECKING:
    from pathlib import Path

    from ledger.folder import Folder


#: Leaves that are kept at once.
_CHUNK = 65_536


class Sealed(NamedTuple):
    """A checkpoint that was made: its text parts, its signed note, its key, where it is kept."""

    checkpoint: Checkpoint
    note: Note
    key: VerifierKey
    path: Path


def seal(folder: Folder) -> Sealed:
    """Sign the head of the log and keep the note; the same head again gives the kept note.

    Before it signs, the new tree is proved consistent with the newest kept checkpoint, so that two
    roots for one size are never signed. Raises `LogContradicted`, `RolledBack`, `KeyMissing`.
    """
    with faults_named("checkpoints"):
        return _sealed(folder)


def _sealed(folder: Folder) -> Sealed:
    evidence = Evidence(folder.checkpoints)
    with held(folder.lock, folder.lock_seconds), closing(folder.connect()) as ledger:
        check_not_rolled_back(evidence, ledger)
        last = evidence.newest()
        key = _key(folder.key, last, evidence.own_key())
        size, root = (last.size, last.root) if last else (0, EMPTY_ROOT)
        tree = evidence.frontier(size)
        if tree.root() != root:
            raise LogContradicted(why="checkpoints/leaves is not what was sealed")
        if last is None:
            evidence.extend(0, [])
        facts = stored(ledger, size)
        # By the chunk: the leaves of millions of facts take hundreds of megabytes.
        while leaves := [fact.leaf for fact in islice(facts, _CHUNK)]:
            evidence.extend(tree.size, leaves)
            for leaf in leaves:
                tree.append(leaf)
        if last is not None and tree.size == size:
            return _kept(evidence, last, key)
        proof = consistency_proof(evidence.node, size, tree.size)
        if not consistent(root, size, tree.root(), tree.size, proof):
            raise LogContradicted(why="the new tree does not continue the sealed one")
        checkpoint = Checkpoint(key.name, tree.size, tree.root())
        note = Note(str(checkpoint), (key.sign(str(checkpoint)),))
        evidence.put("vkey", f"{key.verifier}\n")
        path = evidence.keep(tree.size, str(note))
    return Sealed(checkpoint, note, key.verifier, path)


def prove(folder: Folder, id: str, version: int) -> Proof:
    """That a fact is in the log, against the newest checkpoint; raises `NotSealed`."""
    evidence = Evidence(folder.checkpoints)
    with closing(folder.connect()) as ledger:
        row = ledger.execute(
            "SELECT position FROM stored_events WHERE originator_id = ? AND originator_version = ?",
            (id, version),
        ).fetchone()
        last = evidence.newest()
        if row is None or last is None or row[0] > last.size:
            raise NotSealed(fact=f"{id}/{version}")
        (fact,) = stored(ledger, row[0] - 1, row[0])
    index = fact.position - 1
    path = inclusion_proof(evidence.node, index, last.size)
    if not includes(last.root, last.size, fact.leaf, index, path):
        raise LogContradicted(why=f"{id}/{version} is not what was sealed at {fact.position}")
    return Proof(index, tuple(path), Note.parse(evidence.note(last.size)))


def _kept(evidence: Evidence, last: Checkpoint, key: SigningKey) -> Sealed:
    note = Note.parse(evidence.note(last.size))
    return Sealed(last, note, key.verifier, evidence.folder / f"{last.size}.note")


def _key(path: Path, last: Checkpoint | None, own: VerifierKey | None) -> SigningKey:
    """The log's key, made with its origin by the first checkpoint; mode 0600, never in the log."""
    if path.exists():
        key = SigningKey.parse(path.read_text(encoding="ascii", errors="replace"))
        if last is not None and key.name != last.origin:
            raise KeyMissing(file=path, why=f"it signs for {key.name}, not for {last.origin}")
        if own is not None and key.verifier != own:
            raise KeyMissing(file=path, why="it is not the key that signed the checkpoints")
        return key
    if last is not None:
        raise KeyMissing(file=path, why="it is not there")
    key = SigningKey.new(f"vigil/{secrets.token_hex(16)}", ED25519)
    put_whole(path, f"{key}\n")
    return key
