"""Reading every stored byte again: is the log the one that was sealed, whole and in order?

What this proves is that nothing was altered since a kept checkpoint. It proves neither that a fact
is true, nor that nothing was left out before the first checkpoint, nor anything after the last.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from hashlib import file_digest
from typing import TYPE_CHECKING, Any, NamedTuple

from ledger import known
from ledger.errors import LogContradicted, VigilError
from ledger.folder import FORMAT, TABLE
from ledger.registry import topic_known
from ledger.seal.checkpoint import Checkpoint
from ledger.seal.log import Evidence, Stored, stored
from ledger.seal.merkle import SIZE, Frontier
from ledger.seal.note import Note, VerifierKey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ledger.folder import Folder

#: Faults that are told one by one; the rest are counted.
TOLD = 100

#: Fields that name another thing.
_REFERENCES = ("into", "movement", "incident")
#: Topics whose facts hold references, so that the others need not be decoded.
_REFERRING = (
    "evidence.attached", "fact.", "incident.merged", "figure.stated", "observation.made",
    "case.advanced", "movement.made",
)  # fmt: skip


#: What the file's header always says, besides what SQLite checks when it opens it.
_SETTINGS = {"user_version": FORMAT, "encoding": "UTF-8", "auto_vacuum": 0}
#: Its bytes 18 and 19: both say that there is a write-ahead log, or both that there is none.
_ALWAYS_AT, _ALWAYS = 18, b"\2\2"
_ALWAYS_ONE_OF = (_ALWAYS, b"\1\1")
_SCHEMA = "SELECT type, name, tbl_name, sql FROM sqlite_master"
_WRONG_TYPE = (
    "SELECT position, originator_id, originator_version FROM stored_events WHERE "
    "typeof(originator_id) != 'text' OR typeof(originator_version) != 'integer' "
    "OR typeof(topic) != 'text' OR typeof(state) != 'blob' LIMIT 100"
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
) -> Report:
    """Recompute every leaf, root and signature, and check order, versions, ids and references.

    `against` is a head that somebody else kept, with the key that signed it.
    """
    evidence = Evidence(folder.checkpoints)
    faults: list[Fault] = []
    heads, vouchers = _heads(evidence, faults)
    if against is not None:
        heads += _foreign(*against, faults)
    reading = _Reading({head.size for head in heads})
    with closing(folder.connect()) as ledger:
        try:
            faults += _database(ledger, folder.database)
            for fact in stored(ledger):
                faults += reading.take(fact)
                if progress is not None and reading.tree.size % 10_000 == 0:
                    progress(reading.tree.size, reading.tree.size)
            faults += _streams(ledger, reading)
        except sqlite3.DatabaseError as error:
            after = reading.tree.size
            faults.append(Fault("unreadable", after + 1, None, f"after fact {after}: {error}"))
        else:
            faults += _against_leaves(evidence, reading, ledger)
            faults += _index(ledger, folder.station)
    faults += _against_heads(heads, reading)
    faults += reading.dangling()
    faults += _evidence_files(folder.evidence, reading)
    sealed = max((head.size for head in heads), default=0)
    return Report(reading.tree.size, sealed, reading.tree.root(), faults, vouchers)


class _Reading:
    """What is gathered from one pass over the facts."""

    def __init__(self, sizes: set[int]) -> None:
        self.tree = Frontier()
        self.leaves = bytearray()
        self.roots = {0: self.tree.root()}
        self.misfiled: dict[int, str] = {}
        self.files: list[tuple[int, str, dict[str, Any]]] = []
        self.keys = 0
        self._sizes = sizes
        self._uuids: set[bytes] = set()
        self._ids: set[str] = set()
        self._referred: list[tuple[int, str, str]] = []

    def take(self, fact: Stored) -> Iterator[Fault]:
        """Add a fact; what is wrong with it by itself."""
        position = self.tree.size + 1
        name = f"{fact.id}/{fact.version}"
        leaf = fact.leaf
        self.tree.append(leaf)
        self.leaves += leaf
        self._ids.add(fact.id)
        self.keys ^= hash((fact.id, fact.version, fact.position))
        if self.tree.size in self._sizes:
            self.roots[self.tree.size] = self.tree.root()
        if fact.position != position:
            yield Fault("position", position, name, f"it lies at position {fact.position}")
        if not topic_known(fact.topic):
            yield Fault("unknown_topic", position, name, f"{fact.topic!r} is not a kind of fact")
        inside, uuid = _inside(fact.state)
        if inside != name:
            yield Fault("misfiled", position, name, f"its state says that it is {inside}")
            self.misfiled[position] = inside
        if uuid in self._uuids:
            yield Fault("duplicate_uuid", position, name, "another fact has the same uuid")
        self._uuids.add(uuid)
        if fact.topic.startswith(_REFERRING):
            self._refer(position, name, fact)

    def _refer(self, position: int, name: str, fact: Stored) -> None:
        try:
            said = json.loads(fact.state)
        except ValueError:
            return
        for field in _REFERENCES:
            if isinstance(said.get(field), str):
                self._referred.append((position, name, said[field]))
        for resident in said.get("residents") or ():
            self._referred.append((position, name, str(resident)))
        if fact.topic.startswith("evidence.attached"):
            self.files.append((position, name, said.get("file") or {}))
        of = said.get("of")
        if isinstance(of, int) and not 0 < of < fact.version:
            self._referred.append((position, name, f"{fact.id}/{of}"))

    def dangling(self) -> Iterator[Fault]:
        """References to things that the log does not hold."""
        for position, name, id in self._referred:
            if id not in self._ids:
                yield Fault("reference", position, name, f"it names {id}, which is not there")

    def leaf(self, index: int) -> bytes:
        return bytes(self.leaves[index * SIZE : (index + 1) * SIZE])


def _inside(state: bytes) -> tuple[str, bytes]:
    """The fact that a state says it is, and its uuid; the ledger writes these fields first."""
    head, found, rest = state.partition(b'","version":')
    version, comma, rest = rest.partition(b',"uuid":"')
    if head.startswith(b'{"id":"') and found and comma and version.isdigit():
        return f"{head[7:].decode(errors='replace')}/{int(version)}", rest[:32]
    try:
        said = json.loads(state)
        return f"{said['id']}/{said['version']}", str(said["uuid"]).encode()
    except (ValueError, KeyError, TypeError):
        return "nothing readable", state


def _heads(evidence: Evidence, faults: list[Fault]) -> tuple[list[Checkpoint], list[Voucher]]:
    """The kept checkpoints whose signatures hold, and everybody who vouches for one."""
    own = evidence.own_key()
    witnesses = evidence.witnesses()
    heads, vouchers = [], []
    for size in evidence.sizes():
        try:
            note = Note.parse(evidence.note(size))
            head = Checkpoint.parse(note.text)
        except (VigilError, ValueError) as error:
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


def _database(ledger: sqlite3.Connection, path: Path) -> Iterator[Fault]:
    """The file and its schema are as the ledger makes them, whatever its facts say."""
    for table in ("", *(f"({name})" for name in known.NAMES)):
        check = "integrity_check" if table else "quick_check"
        for (text,) in ledger.execute(f"PRAGMA {check}{table}"):
            if text != "ok":
                yield Fault("unreadable", None, None, text)
    with path.open("rb") as file:
        head = file.read(len(_ALWAYS) + _ALWAYS_AT)[_ALWAYS_AT:]
    settings = [ledger.execute(f"PRAGMA {name}").fetchone()[0] for name in _SETTINGS]
    if head not in _ALWAYS_ONE_OF or settings != list(_SETTINGS.values()):
        yield Fault("unreadable", None, None, "the header of the file is not as Vigil writes it")
    with closing(sqlite3.connect(":memory:")) as scratch:
        for statement in (TABLE, *known.TABLES):
            scratch.execute(statement)
        rows, right = (set(one.execute(_SCHEMA)) for one in (ledger, scratch))
        for kind, name, _, _ in rows ^ right:
            yield Fault("unreadable", None, None, f"the {kind} {name} is not as Vigil makes it")
    for position, id, version in ledger.execute(_WRONG_TYPE):
        text = "it is stored as another type of value"
        yield Fault("altered", position, f"{id}/{version}", text)


def _index(ledger: sqlite3.Connection, station: str) -> Iterator[Fault]:
    """The index of what exists follows from the facts."""
    try:
        for table, row in known.differing(ledger, station):
            text = f"the line {row!r} of {table} does not follow from the facts; {_CURE}"
            yield Fault("index", None, None, text)
    except (sqlite3.DatabaseError, ValueError, KeyError, TypeError, AttributeError) as error:
        yield Fault("index", None, None, f"it cannot be compared with the facts: {error}")


def _streams(ledger: sqlite3.Connection, reading: _Reading) -> Iterator[Fault]:
    """Every thing's facts are numbered from 1 without gaps, and the index holds just the facts."""
    before, number, keys = None, 0, 0
    for id, version, position in ledger.execute(
        "SELECT originator_id, originator_version, position FROM stored_events "
        "ORDER BY originator_id, originator_version"
    ):
        number = number + 1 if id == before else 1
        if version != number:
            text = f"{id} has no fact {number}"
            yield Fault("version_gap", None, f"{id}/{version}", text)
            number = version
        before = id
        keys ^= hash((id, version, position))
    if keys != reading.keys:
        yield Fault("unreadable", None, None, "the index of the facts differs from the facts")


def _against_leaves(
    evidence: Evidence, reading: _Reading, ledger: sqlite3.Connection
) -> Iterator[Fault]:
    """Which facts differ from the leaf hashes that were kept when they were sealed."""
    try:
        sealed = evidence.leaves()
    except (OSError, LogContradicted) as error:
        yield Fault("evidence", None, None, f"checkpoints/leaves cannot be read: {error}")
        return
    if sealed == reading.leaves[: len(sealed)]:
        return
    kept = {sealed[i : i + SIZE]: i // SIZE for i in range(0, len(sealed), SIZE)}
    found = {reading.leaf(i): i for i in range(reading.tree.size)}
    for index in range(len(sealed) // SIZE):
        was, now = sealed[index * SIZE : (index + 1) * SIZE], reading.leaf(index)
        if was == now:
            continue
        if not now:
            text = f"facts {index + 1} to {len(sealed) // SIZE} were sealed and are not there"
            yield Fault("missing_tail", index + 1, None, text)
            return
        kind, text = _what_happened(kept.get(now), found.get(was), index)
        name = next((f"{f.id}/{f.version}" for f in stored(ledger, index, index + 1)), None)
        inside = reading.misfiled.get(index + 1)
        text += f"; it was {inside}" if inside else ""
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


def _evidence_files(folder: Path, reading: _Reading) -> Iterator[Fault]:
    """Attached files that are not there, or not what they were."""
    for position, name, file in reading.files:
        path = folder / str(file.get("sha256"))
        if not path.is_file():
            text = f"the file {file.get('name')} is not in evidence/"
            yield Fault("evidence_missing", position, name, text)
            continue
        with path.open("rb") as content:
            found = file_digest(content, "sha256").hexdigest()
        if found != file.get("sha256"):
            text = f"the file {file.get('name')} is not what was attached"
            yield Fault("evidence_changed", position, name, text)


def _against_heads(heads: list[Checkpoint], reading: _Reading) -> Iterator[Fault]:
    for head in heads:
        if head.size > reading.tree.size:
            text = f"{reading.tree.size} facts are there, and {head.size} were sealed"
            yield Fault("rolled_back", reading.tree.size + 1, None, text)
        elif reading.roots[head.size] != head.root:
            text = f"the first {head.size} facts are not those of the checkpoint"
            yield Fault("root", head.size, None, text)
