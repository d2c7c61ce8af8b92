"""Reading every stored byte again: is the log the one that was sealed, whole and in order?

What this proves is that nothing was altered since a kept checkpoint. It proves neither that a fact
is true, nor that nothing was left out before the first checkpoint, nor anything after the last.
"""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from hashlib import file_digest
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from ledger import known
from ledger.errors import VigilError
from ledger.errors.seal import LogContradicted
from ledger.folder import FORMAT, STREAM, TABLE
from ledger.history import Entry, retracted
from ledger.registry import topic_known
from ledger.seal.checkpoint import Checkpoint
from ledger.seal.log import STORED, Evidence, entry, stored
from ledger.seal.merkle import SIZE, fold, frontier, leaf_hash
from ledger.seal.note import Note, VerifierKey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ledger.folder import Folder

#: Fields that name another thing.
_REFERENCES = ("into", "movement", "incident")
#: Topics whose facts may, or may name a fact's number or a file; and whether a state does.
_REFERRING = (
    "evidence.attached", "fact.", "incident.merged", "figure.stated", "observation.made",
    "case.advanced", "movement.made",
)  # fmt: skip
_REFERS = re.compile(rb',"(?:into|movement|incident|residents|of|file)":').search


#: What the file's header always says, besides what SQLite checks when it opens it.
_SETTINGS = {"user_version": FORMAT, "encoding": "UTF-8", "auto_vacuum": 0}
#: Its bytes 18 and 19: both say that there is a write-ahead log, or both that there is none.
_ALWAYS_AT, _ALWAYS = 18, b"\2\2"
_ALWAYS_ONE_OF = (_ALWAYS, b"\1\1")
_SCHEMA = (
    "SELECT type, name, tbl_name, sql FROM sqlite_master "
    "WHERE tbl_name NOT LIKE 'known!_%' ESCAPE '!'"
)
_CURE = "vigil replay makes it anew"


class Fault(NamedTuple):
    """Something that is not as it was sealed, or not as the ledger writes it."""

    kind: str
    position: int | None
    fact: str | None
    text: str


class Voucher(NamedTuple):
    """Who signed a checkpoint of this log, up to which fact, and when (seconds; 0: unsaid)."""

    name: str
    size: int
    time: int


class Report(NamedTuple):
    """What `verify` found; without faults the log is proved up to `sealed`."""

    size: int
    sealed: int
    root: bytes
    faults: list[Fault]
    vouchers: list[Voucher]


def verify(
    folder: Folder,
    against: tuple[Note, VerifierKey] | None = None,
    progress: Callable[[int, int], None] | None = None,
    *,
    deep: bool = True,
) -> Report:
    """Recompute every leaf, root and signature, and check order, versions, ids and references.

    `against` is a head that somebody else kept, with the key that signed it. What follows from the
    facts, and is made again from them, is compared with them only when `deep`: it takes longer.
    """
    evidence = Evidence(folder.checkpoints)
    faults: list[Fault] = []
    kept = max(evidence.sizes(), default=0)
    heads, vouchers = _heads(evidence, faults)
    if against is not None:
        heads += _foreign(*against, faults)
    reading = _Reading()
    with closing(folder.connect()) as ledger:
        try:
            ledger.execute("BEGIN")  # others may write meanwhile; all is compared as of one moment
            faults += _database(ledger, folder.database, deep=deep)
            faults += reading.take(ledger, progress)
        except sqlite3.DatabaseError as error:
            after = reading.size
            faults.append(Fault("unreadable", after + 1, None, f"after fact {after}: {error}"))
        else:
            faults += _against_leaves(evidence, kept, heads, reading, ledger)
            if deep:
                faults += _index(ledger, folder.station)
        faults += _evidence_files(folder.evidence, reading, ledger)
    faults += _against_heads(heads, reading)
    faults += reading.dangling()
    sealed = max((head.size for head in heads), default=0)
    return Report(reading.size, sealed, reading.root(reading.size), faults, vouchers)


class _Reading:
    """What is gathered from one pass over the facts."""

    def __init__(self) -> None:
        self.leaves = bytearray()
        self.misfiled: dict[int, str] = {}
        self.files: list[tuple[int, str, dict[str, Any]]] = []
        self._blocks = bytearray()  # hashes over 256 leaves
        self._versions: dict[str, int] = {}  # the newest of each thing
        self._uuids: set[bytes] = set()
        self._refers: dict[str, bool] = {}  # whether facts of a topic may name others
        self._referred: list[tuple[int, str, str]] = []

    @property
    def size(self) -> int:
        """How many facts were read."""
        return len(self.leaves) // SIZE

    def take(
        self, ledger: sqlite3.Connection, progress: Callable[[int, int], None] | None
    ) -> Iterator[Fault]:
        """Read every fact; what is wrong with it by itself, or after those before it."""
        leaves, versions, uuids, refers = self.leaves, self._versions, self._uuids, self._refers
        before = 0
        for number, row in enumerate(ledger.execute(STORED), 1):
            position, id, version, topic, data = row
            state = data if type(data) is bytes else str(data).encode()
            leaves += leaf_hash(entry(id, version, topic, state))
            if not number & 0xFF:
                self._blocks += fold(bytes(leaves[-256 * SIZE :]))
                if progress is not None and not number & 0x3FFF:
                    progress(number, number)
            newest = versions.get(id, 0)
            head = f'{{"id":"{id}","version":{version},"uuid":"'.encode()
            uuid = state[len(head) : len(head) + 32]
            if (
                position != before + 1
                or version != newest + 1
                or state is not data
                or topic not in refers
                or uuid in uuids
                or not state.startswith(head)
            ):
                yield from self._wrong(number, before, newest, row)
            before, versions[id] = position, version if type(version) is int else newest + 1
            uuids.add(uuid)
            if refers.get(topic) and _REFERS(state):
                self._refer(number, id, version, state)

    def _wrong(
        self, number: int, before: int, newest: int, row: tuple[Any, ...]
    ) -> Iterator[Fault]:
        """What it is that may be wrong with a fact; the first of its kind need not be."""
        position, id, version, topic, data = row
        name = f"{id}/{version}"
        if position != before + 1:
            yield Fault("position", number, name, f"it lies at position {position}, after {before}")
        if version != newest + 1:
            text = f"the newest fact of {id} before it is number {newest}"
            yield Fault("version_gap", number, name, text)
        if not isinstance(data, bytes):
            yield Fault("altered", number, name, "it is stored as another type of value")
        if topic_known(str(topic)):
            self._refers[topic] = str(topic).startswith(_REFERRING)
        else:
            yield Fault("unknown_topic", number, name, f"{topic!r} is not a kind of fact")
        inside, uuid = _inside(data if isinstance(data, bytes) else str(data).encode())
        if inside != name:
            self.misfiled[number] = inside
            yield Fault("misfiled", number, name, f"its state says that it is {inside}")
        if uuid in self._uuids:
            yield Fault("duplicate_uuid", number, name, "another fact has the same uuid")
        self._uuids.add(uuid)

    def root(self, size: int) -> bytes:
        """The root over the first `size` facts."""
        return frontier(self._node, size).root()

    def fits(self, head: Checkpoint) -> bool:
        """Whether the facts that a checkpoint seals are those that were read."""
        return head.size <= self.size and head.root == self.root(head.size)

    def leaf(self, index: int) -> bytes:
        return bytes(self.leaves[index * SIZE : (index + 1) * SIZE])

    def dangling(self) -> Iterator[Fault]:
        """References to things that the log does not hold."""
        for position, name, id in self._referred:
            if id not in self._versions:
                yield Fault("reference", position, name, f"it names {id}, which is not there")

    def _node(self, level: int, index: int) -> bytes:
        kept, level = (self._blocks, level - 8) if level >= 8 else (self.leaves, level)
        width = SIZE << level
        return fold(bytes(kept[index * width : (index + 1) * width]))

    def _refer(self, position: int, id: str, version: int, state: bytes) -> None:
        name, said = f"{id}/{version}", _said(state)
        for field in _REFERENCES:
            if isinstance(said.get(field), str):
                self._referred.append((position, name, said[field]))
        residents, file, of = (said.get(field) for field in ("residents", "file", "of"))
        for resident in residents if isinstance(residents, list) else ():
            self._referred.append((position, name, str(resident)))
        if isinstance(file, dict):
            self.files.append((position, name, file))
        if isinstance(of, int) and isinstance(version, int) and not 0 < of < version:
            self._referred.append((position, name, f"{id}/{of}"))


def _inside(state: bytes) -> tuple[str, bytes]:
    """The fact that a state says it is, and its uuid."""
    said = _said(state)
    if not {"id", "version", "uuid"} <= said.keys():
        return "nothing readable", state
    return f"{said['id']}/{said['version']}"[:200], str(said["uuid"]).encode(errors="replace")


def _said(state: bytes) -> dict[str, Any]:
    """What a state says, whoever wrote it; nothing where it is not an object."""
    try:
        said = json.loads(state)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _heads(evidence: Evidence, faults: list[Fault]) -> tuple[list[Checkpoint], list[Voucher]]:
    """The kept checkpoints whose signatures hold, and everybody who vouches for one."""
    own, witnesses = None, []
    heads, vouchers = [], []
    try:
        own = evidence.own_key()
        witnesses = evidence.witnesses()
    except (VigilError, OSError) as error:
        faults.append(Fault("forged_note", None, None, f"a key in checkpoints/: {error}"))
    for size in evidence.sizes():
        try:
            note = Note.parse(evidence.note(size))
            head = Checkpoint.parse(note.text)
        except (VigilError, OSError) as error:
            faults.append(Fault("forged_note", None, None, f"checkpoints/{size}.note: {error}"))
            continue
        if own is None or own.verify(note) is None or head.size != size or head.origin != own.name:
            text = f"checkpoints/{size}.note is not signed by this log's key"
            faults.append(Fault("forged_note", None, None, text))
            continue
        heads.append(head)
        for key in (own, *witnesses):
            time = key.verify(note)
            if time is not None:
                vouchers.append(Voucher(key.name, size, time))
    newest = {voucher.name: voucher for voucher in vouchers}
    return heads, list(newest.values())


def _foreign(note: Note, key: VerifierKey, faults: list[Fault]) -> list[Checkpoint]:
    """The head that somebody else kept."""
    if key.verify(note) is None:
        faults.append(Fault("forged_note", None, None, f"the note is not signed by {key.name}"))
        return []
    return [Checkpoint.parse(note.text)]


def _database(ledger: sqlite3.Connection, path: Path, *, deep: bool) -> Iterator[Fault]:
    """The file and its schema are as the ledger makes them, whatever its facts say."""
    # The second compares SQLite's index of the facts with them.
    for check in ("quick_check(10)", "integrity_check(stored_events)") if deep else ():
        for (text,) in ledger.execute(f"PRAGMA {check}"):
            if text != "ok":
                yield Fault("unreadable", None, None, text)
    with path.open("rb") as file:
        head = file.read(len(_ALWAYS) + _ALWAYS_AT)[_ALWAYS_AT:]
    settings = [ledger.execute(f"PRAGMA {name}").fetchone()[0] for name in _SETTINGS]
    if head not in _ALWAYS_ONE_OF or settings != list(_SETTINGS.values()):
        yield Fault("unreadable", None, None, "the header of the file is not as Vigil writes it")
    with closing(sqlite3.connect(":memory:")) as scratch:
        scratch.execute(TABLE)
        rows, right = (set(one.execute(_SCHEMA)) for one in (ledger, scratch))
        for kind, name, _, _ in rows ^ right:
            yield Fault("unreadable", None, None, f"the {kind} {name} is not as Vigil makes it")


def _index(ledger: sqlite3.Connection, station: str) -> Iterator[Fault]:
    """The index of what exists follows from the facts."""
    try:
        for table, row in known.differing(ledger, station):
            text = f"the line {row!r} of {table} does not follow from the facts; {_CURE}"
            yield Fault("index", None, None, text)
    except (sqlite3.DatabaseError, RecursionError, *known.UNREADABLE) as error:
        yield Fault("index", None, None, f"it cannot be compared with the facts: {error}")


def _against_leaves(
    evidence: Evidence,
    kept: int,
    heads: list[Checkpoint],
    reading: _Reading,
    ledger: sqlite3.Connection,
) -> Iterator[Fault]:
    """Which facts differ from the leaf hashes that were kept when they were sealed."""
    try:
        sealed = evidence.leaves()[: kept * SIZE]
    except (OSError, LogContradicted) as error:
        yield Fault("evidence", None, None, f"checkpoints/leaves cannot be read: {error}")
        return
    if sealed == reading.leaves[: len(sealed)]:
        return
    if any(head.size * SIZE == len(sealed) and reading.fits(head) for head in heads):
        text = "checkpoints/leaves was altered; the facts are those of the checkpoint"
        yield Fault("evidence", None, None, text)
        return
    were = {sealed[i : i + SIZE]: i // SIZE for i in range(0, len(sealed), SIZE)}
    found = {reading.leaf(i): i for i in range(reading.size)}
    for index in range(len(sealed) // SIZE):
        was, now = sealed[index * SIZE : (index + 1) * SIZE], reading.leaf(index)
        if was == now:
            continue
        if not now:
            text = f"facts {index + 1} to {len(sealed) // SIZE} were sealed and are not there"
            yield Fault("missing_tail", index + 1, None, text)
            return
        kind, text = _what_happened(were.get(now), found.get(was), index)
        name = next((f"{f.id}/{f.version}" for f in islice(stored(ledger), index, None)), None)
        inside = reading.misfiled.get(index + 1)
        text += f"; it was {inside}" if inside else ""
        if kind == "missing":  # a hash does not say the name of what is gone
            name, text = None, f"{text}, after it came {name}"
        yield Fault(kind, index + 1, name, text)
        if kind != "altered":
            return


def _what_happened(came_from: int | None, went_to: int | None, index: int) -> tuple[str, str]:
    """Why another leaf lies where this one was sealed."""
    if came_from is None and went_to is None:
        return "altered", f"fact {index + 1} is not what was sealed"
    if came_from is None:
        return "inserted", f"a fact that was never sealed lies at {index + 1}"
    if went_to is None:
        return "missing", f"the fact that was sealed at {index + 1} is not there"
    return "reordered", f"at {index + 1} lies the fact that was sealed at {came_from + 1}"


def _evidence_files(folder: Path, reading: _Reading, ledger: sqlite3.Connection) -> Iterator[Fault]:
    """Attached files that are not there, or not what they were, unless somebody says so openly."""
    for position, name, file in reading.files:
        fault = _file_fault(folder, str(file.get("sha256")))
        if fault is not None and not _taken_back(ledger, name):
            kind, what = fault
            yield Fault(kind, position, name, f"the file {file.get('name')} is not {what}")


def _file_fault(folder: Path, digest: str) -> tuple[str, str] | None:
    """What kind of fault a kept file has, and what it is not."""
    path = folder / digest
    if not path.is_file():
        return "evidence_missing", "in evidence/: put it back, or retract that it was attached"
    with path.open("rb") as content:
        found = file_digest(content, "sha256").hexdigest()
    return None if found == digest else ("evidence_changed", "what was attached")


def _taken_back(ledger: sqlite3.Connection, fact: str) -> bool:
    """Whether a fact no longer stands: its retraction names who answers for that, and why."""
    id, _, version = fact.rpartition("/")
    try:
        history = [Entry.decode(*row) for row in ledger.execute(STREAM, (id,))]
        return int(version) in retracted(history)
    except (sqlite3.DatabaseError, ValueError, LookupError, TypeError):
        return False  # whatever else is wrong with it is told of by itself


def _against_heads(heads: list[Checkpoint], reading: _Reading) -> Iterator[Fault]:
    for head in heads:
        if head.size > reading.size:
            text = f"{reading.size} facts are there, and {head.size} were sealed"
            yield Fault("rolled_back", reading.size + 1, None, text)
        elif not reading.fits(head):
            text = f"the first {head.size} facts are not those of the checkpoint"
            yield Fault("root", head.size, None, text)
