"""The log of facts as a transparency log: what its leaves are, and the evidence that is kept.

Evidence lies in `checkpoints/`, outside the database: one `<size>.note` a checkpoint, never
replaced, and the leaf hashes up to the newest one. From a leaf file of 32 bytes a fact every proof
can be made, and a fact that was altered can be named. Hashes over 256 and over 65,536 leaves are
kept beside it, so that a proof reads a few thousand bytes however long the log is.
"""

from __future__ import annotations

import os
import re
from hashlib import sha256
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from ledger.errors.seal import LogContradicted, NoteMalformed, RolledBack
from ledger.folder import sync_folder
from ledger.seal.checkpoint import Checkpoint
from ledger.seal.merkle import SIZE, Frontier, fold, frontier, leaf_hash

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

    from ledger.seal.note import VerifierKey

#: Levels whose hashes are kept in files of their own: leaves, and every eighth level above them.
STRATA = {0: "leaves", 8: "hashes8", 16: "hashes16"}

_FACTS = "SELECT position, originator_id, originator_version, topic, state FROM stored_events"
_ORDER = "ORDER BY position"
#: Every fact in order of recording.
STORED = f"{_FACTS} {_ORDER}"


#: How a size is written in the name of a note.
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


class Stored(NamedTuple):
    """A fact as it lies in the database."""

    position: int
    id: str
    version: int
    topic: str
    state: bytes

    @property
    def leaf(self) -> bytes:
        """Its leaf hash: over the bytes that are stored, never over a re-serialisation."""
        return leaf_hash(entry(self.id, self.version, self.topic, self.state))


def entry(id: str, version: int, topic: str, state: bytes) -> bytes:
    """What a leaf commits to. It reveals no content: the state's `uuid` salts its hash."""
    digest = sha256(state).hexdigest()
    return f"vigil-ledger/v1\n{id}\n{version}\n{topic}\n{digest}\n".encode()


def stored(
    ledger: sqlite3.Connection | sqlite3.Cursor, after: int = 0, upto: int | None = None
) -> Iterator[Stored]:
    """Facts in order of recording, as they lie in the database."""
    last = 2**62 if upto is None else upto
    for row in ledger.execute(
        f"{_FACTS} WHERE position > ? AND position <= ? {_ORDER}", (after, last)
    ):
        position, id, version, topic, state = row
        id, topic, state = plain(id, topic, state)
        yield Stored(position, id, version, topic, state)


def plain(id: object, topic: object, state: object) -> tuple[str, str, bytes]:
    """What a leaf commits to where other hands than ours stored values of another type."""
    return str(id), str(topic), state if isinstance(state, bytes) else str(state).encode()


class Evidence:
    """The folder `checkpoints/` of a ledger."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def sizes(self) -> list[int]:
        """The sizes of the kept checkpoints, in order."""
        try:
            with os.scandir(self.folder) as files:
                names = [file.name for file in files]
        except (FileNotFoundError, NotADirectoryError, PermissionError):
            return []
        notes = [name.removesuffix(".note") for name in names if name.endswith(".note")]
        return sorted(int(name) for name in notes if _SIZE.fullmatch(name))

    def note(self, size: int) -> str:
        """The signed note of a kept checkpoint."""
        return self._text(f"{size}.note")

    def newest(self) -> Checkpoint | None:
        """The newest kept checkpoint."""
        sizes = self.sizes()
        return Checkpoint.parse(self.note(sizes[-1])) if sizes else None

    def node(self, level: int, index: int) -> bytes:
        """The hash over 2**level leaves, from the nearest kept level below."""
        return self._over(max(kept for kept in STRATA if kept <= level), level, index)

    def _over(self, base: int, level: int, index: int) -> bytes:
        """The hash over 2**level leaves, from the hashes kept at level `base`."""
        width = 1 << (level - base)
        try:
            with (self.folder / STRATA[base]).open("rb") as file:
                file.seek(index * width * SIZE)
                data = file.read(width * SIZE)
        except FileNotFoundError:
            raise LogContradicted(why=f"checkpoints/{STRATA[base]} is not there") from None
        if len(data) != width * SIZE:
            raise LogContradicted(why=f"checkpoints/{STRATA[base]} is shorter than its checkpoint")
        return fold(data)

    def leaf(self, index: int) -> bytes:
        """A kept leaf hash."""
        return self.node(0, index)

    def leaves(self) -> bytes:
        """All kept leaf hashes, up to the newest checkpoint."""
        sizes = self.sizes()
        if not sizes or sizes[-1] == 0:
            return b""
        data = (self.folder / STRATA[0]).read_bytes()[: sizes[-1] * SIZE]
        if len(data) != sizes[-1] * SIZE:
            raise LogContradicted(why="checkpoints/leaves is shorter than its checkpoint")
        return data

    def own_key(self) -> VerifierKey | None:
        """The key with which others check this log's checkpoints."""
        from ledger.seal.note import VerifierKey

        path = self.folder / "vkey"
        return VerifierKey.parse(self._text("vkey")) if path.exists() else None

    def witnesses(self) -> list[VerifierKey]:
        """The keys of the witnesses whose cosignatures were kept."""
        from ledger.seal.note import VerifierKey

        path = self.folder / "witnesses"
        lines = self._text("witnesses").splitlines() if path.exists() else []
        return [VerifierKey.parse(line) for line in lines]

    def frontier(self, size: int) -> Frontier:
        """The tree over the first `size` kept leaves, ready to grow."""
        return frontier(self.node, size)

    def extend(self, size: int, leaves: list[bytes]) -> None:
        """Keep the leaf hashes that follow the first `size`, and the hashes over them.

        What a checkpoint that was cut short left behind is overwritten.
        """
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self._write(0, size, leaves)
        end = size + len(leaves)
        for base, level in pairwise(STRATA):
            first, last = size >> level, end >> level
            hashes = [self._over(base, level, index) for index in range(first, last)]
            self._write(level, first, hashes)

    def keep(self, size: int, note: str) -> Path:
        """Keep a note under its size; it is on the disk when this returns."""
        return self.put(f"{size}.note", note)

    def put(self, name: str, text: str) -> Path:
        """Write a file of the folder whole and durably, mode 0600."""
        return put_whole(self.folder / name, text)

    def _text(self, name: str) -> str:
        """The text of a file to the byte: line ends are part of what is signed."""
        try:
            return (self.folder / name).read_bytes().decode()
        except UnicodeDecodeError:
            raise NoteMalformed(why=f"checkpoints/{name} is not text") from None

    def _write(self, level: int, first: int, hashes: list[bytes]) -> None:
        # The guarantee: a note exists only when every hash under it is on the disk. So hashes are
        # written and synced before the note is; a cut in between leaves hashes without a note.
        descriptor = os.open(self.folder / STRATA[level], os.O_CREAT | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.truncate(first * SIZE)
            file.seek(first * SIZE)
            file.write(b"".join(hashes))
            file.flush()
            os.fsync(file.fileno())


def put_whole(path: Path, text: str) -> Path:
    """Write a file whole and durably, mode 0600: it is there as a whole or not at all."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)
    return path


def check_not_rolled_back(evidence: Evidence, ledger: sqlite3.Connection | sqlite3.Cursor) -> None:
    """Refuse to write to a log that is shorter than, or another than, its newest checkpoint.

    Looks at one fact, the last one that was sealed; `verify` looks at all of them.
    """
    size = max(evidence.sizes(), default=0)
    if size == 0:
        return
    last = next(stored(ledger, size - 1, size), None)
    if last is None:
        found = ledger.execute("SELECT COUNT(*) FROM stored_events").fetchone()[0]
        raise RolledBack(found=found, sealed=size)
    if last.leaf != evidence.leaf(size - 1):
        raise LogContradicted(why=f"fact {size} is not the one that was sealed")
