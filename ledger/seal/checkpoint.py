"""Checkpoints and proofs as texts: C2SP `tlog-checkpoint`, `tlog-proof`, `tlog-witness`."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import NamedTuple

from ledger.errors.seal import NoteMalformed
from ledger.seal.merkle import SIZE
from ledger.seal.note import Note

_PROOF = "c2sp.org/tlog-proof@v1"


class Checkpoint(NamedTuple):
    """The head of a log: who keeps it, how many entries it has, their root."""

    origin: str
    size: int
    root: bytes

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Read the text of a checkpoint; raises `NoteMalformed`."""
        lines = text.split("\n")
        if len(lines) < 4 or not lines[0]:
            raise NoteMalformed(why="a checkpoint has an origin, a size and a root")
        return cls(lines[0], _number(lines[1]), _hash(lines[2]))

    def __str__(self) -> str:
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


class Proof(NamedTuple):
    """That entry number `leaf`, from 0, is in the log whose signed checkpoint is `note`."""

    leaf: int
    path: tuple[bytes, ...]
    note: Note

    @classmethod
    def parse(cls, text: str) -> Proof:
        """Read a `.tlog-proof`; raises `NoteMalformed`."""
        head, _, note = text.partition("\n\n")
        lines = head.split("\n")
        if lines[0] != _PROOF:
            raise NoteMalformed(why=f"a proof begins with {_PROOF}")
        lines = lines[2:] if lines[1:2] and lines[1].startswith("extra ") else lines[1:]
        word, _, index = lines[0].partition(" ") if lines else ("", "", "")
        if word != "index":
            raise NoteMalformed(why="a proof names its index")
        return cls(_number(index), _path(lines[1:]), Note.parse(note))

    def __str__(self) -> str:
        return f"{_PROOF}\nindex {self.leaf}\n{_lines(self.path)}\n{self.note}"


class AddCheckpoint(NamedTuple):
    """What a witness is asked: that the log of `old` entries grew into the one of `note`."""

    old: int
    path: tuple[bytes, ...]
    note: Note

    @classmethod
    def parse(cls, text: str) -> AddCheckpoint:
        """Read the body of an add-checkpoint request; raises `NoteMalformed`."""
        head, _, note = text.partition("\n\n")
        lines = head.split("\n")
        word, _, old = lines[0].partition(" ")
        if word != "old":
            raise NoteMalformed(why="a request begins with the size that the witness knows")
        return cls(_number(old), _path(lines[1:]), Note.parse(note))

    def __str__(self) -> str:
        return f"old {self.old}\n{_lines(self.path)}\n{self.note}"


def _number(text: str) -> int:
    """A size or an index: 63 bits, written in the one way there is."""
    if not text.isascii() or not text.isdigit() or len(text) > 19 or (text[0] == "0" != text):
        raise NoteMalformed(why=f"{text[:40]!r} is not a size")
    if int(text) >= 2**63:
        raise NoteMalformed(why=f"{text} is more than a log can have")
    return int(text)


def _path(lines: list[str]) -> tuple[bytes, ...]:
    if len(lines) > 63:
        raise NoteMalformed(why="a path has at most 63 hashes")
    return tuple(_hash(line) for line in lines)


def _hash(line: str) -> bytes:
    try:
        hash = b64decode(line, validate=True)
    except ValueError:
        hash = b""
    if len(hash) != SIZE or b64encode(hash).decode() != line:
        raise NoteMalformed(why=f"{line[:60]!r} is not a hash")
    return hash


def _lines(path: tuple[bytes, ...]) -> str:
    return "".join(f"{b64encode(hash).decode()}\n" for hash in path)
