"""A witness: somebody else who remembers the head of a log, and says so with a signature.

It works by file, so that a USB stick suffices: the log writes what C2SP `tlog-witness` calls an
add-checkpoint body, the witness checks it against what it remembers and gives a cosignature.
"""

from __future__ import annotations

import os
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from ledger import limits
from ledger.errors.seal import KeyMissing, WitnessRefused
from ledger.lock import held
from ledger.seal.checkpoint import AddCheckpoint, Checkpoint
from ledger.seal.log import Evidence
from ledger.seal.merkle import EMPTY_ROOT, consistency_proof, consistent
from ledger.seal.note import COSIGNATURE, Note, Signature, SigningKey, VerifierKey

if TYPE_CHECKING:
    from pathlib import Path

    from ledger.folder import Folder


class Witness(NamedTuple):
    """A folder with the witness's key and, for each log it knows, the log's key and last head."""

    folder: Path

    def new(self, name: str) -> VerifierKey:
        """Make the witness's key; raises `FileExistsError` where there is one."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        key = SigningKey.new(name, COSIGNATURE)
        path = self.folder / "witness.key"
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(f"{key}\n")
        return key.verifier

    def key(self) -> SigningKey:
        """The witness's key; raises `KeyMissing`."""
        path = self.folder / "witness.key"
        if not path.exists():
            raise KeyMissing(file=path, why="there is no witness here (vigil witness new NAME)")
        return SigningKey.parse(path.read_text(encoding="ascii"))

    def cosign(self, request: AddCheckpoint, log: VerifierKey | None, time: int) -> Signature:
        """Cosign a checkpoint that continues what was seen of its log; remembers it.

        `log` is the log's key, needed the first time; `time` is in seconds since 1970. Raises
        `WitnessRefused` for a log that contradicts what was seen.
        """
        key = self.key()
        # Two requests at once could both continue what was seen, and contradict each other.
        with held(self.folder / "witness.lock", limits.LOCK_SECONDS):
            self._remember(request, log)
            return key.sign(request.note.text, time)

    def _remember(self, request: AddCheckpoint, log: VerifierKey | None) -> None:
        """Take a checkpoint as the last one that was seen, if it continues the one before."""
        head = Checkpoint.parse(request.note.text)
        memory = Evidence(self.folder / sha256(head.origin.encode()).hexdigest()[:32])
        known = memory.own_key() or log
        if known is None:
            raise WitnessRefused(origin=head.origin, why="its key is not known; give --key")
        if known.name != head.origin or known.verify(request.note) is None:
            raise WitnessRefused(origin=head.origin, why="its own signature does not hold")
        seen = memory.newest()
        size, root = (seen.size, seen.root) if seen else (0, EMPTY_ROOT)
        if request.old != size:
            why = f"the request begins at {request.old} and {size} was seen last"
            raise WitnessRefused(origin=head.origin, why=why)
        if not consistent(root, size, head.root, head.size, request.path):
            raise WitnessRefused(origin=head.origin, why="it contradicts what was seen before")
        memory.folder.mkdir(mode=0o700, exist_ok=True)
        memory.put("vkey", f"{known}\n")
        memory.keep(head.size, str(request.note))


def request(folder: Folder, old: int) -> AddCheckpoint:
    """What to ask a witness that has seen the log at size `old`."""
    evidence = Evidence(folder.checkpoints)
    sizes = evidence.sizes()
    if not sizes or old > sizes[-1]:
        raise WitnessRefused(origin="this log", why=f"it has no checkpoint of {old} facts or more")
    path = consistency_proof(evidence.node, old, sizes[-1])
    return AddCheckpoint(old, tuple(path), Note.parse(evidence.note(sizes[-1])))


def keep_cosignature(folder: Folder, text: str, witness: VerifierKey) -> int:
    """Keep a cosignature with the note that it signs; returns the size it vouches for."""
    evidence = Evidence(folder.checkpoints)
    for size in reversed(evidence.sizes()):
        note = Note.parse(evidence.note(size))
        added = Note.parse(f"{note.text}\n{text.strip()}\n").signatures
        if witness.verify(Note(note.text, added)) is None:
            continue
        if not set(added) <= set(note.signatures):
            evidence.keep(size, str(Note(note.text, note.signatures + added)))
        known = [str(key) for key in evidence.witnesses()]
        if str(witness) not in known:
            evidence.put("witnesses", "".join(f"{key}\n" for key in [*known, str(witness)]))
        return size
    raise WitnessRefused(origin=witness.name, why="it signed none of the kept checkpoints")
