"""Check a Vigil ledger without Vigil: that its facts are, byte for byte, those that were sealed.

    python verify_ledger.py BACKUP NOTE VKEY

BACKUP was made by `vigil backup`; NOTE is a signed checkpoint that somebody kept, VKEY the key that
signed it, the log's or a witness's. Have both from others than BACKUP, or they prove nothing.
Exit 0: proved. 1: not proved. 2: called wrongly. Needs Python 3.11 and the package `cryptography`,
and nothing of Vigil. By RFC 6962 and C2SP signed-note, tlog-checkpoint and tlog-cosignature:

1. VKEY is whole and signed NOTE, which says: the first SIZE facts of log ORIGIN have this ROOT;
2. BACKUP is a sound SQLite file, its facts numbered from 1 without gaps;
3. the stored bytes of the first SIZE facts give that ROOT. Where they do not, it names the first
   fact that differs, if BACKUP.checkpoints/leaves is there and fits the note.

It does not show that a fact is true, nor that nothing was left out before the first note, nor
anything of the facts after NOTE; it says how many those are.
"""

from __future__ import annotations

import sqlite3
import sys
from base64 import b64decode
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

LOG, WITNESS = 1, 4


class NotProved(Exception):
    """Something is not as it was signed."""


class Key(NamedTuple):
    """Who signs, as a log or as a witness, and by which public key."""

    name: str
    kind: int
    public: bytes
    id: bytes


def read_key(text: str) -> Key:
    """A verifier key: name+8 hex digits+base64 of the kind and 32 bytes."""
    name, id, encoded = text.strip().split("+", 2)
    data = b64decode(encoded, validate=True)
    expected = sha256(name.encode() + b"\n" + data).digest()[:4]
    if len(data) != 33 or data[0] not in (LOG, WITNESS) or id != expected.hex():
        raise NotProved("the key is damaged")
    return Key(name, data[0], data[1:], expected)


def signed_text(note: str, key: Key) -> str:
    """The text of a note, when the key signed it."""
    text, _, signatures = note.rpartition("\n\n")
    text, (*lines, end) = f"{text}\n", signatures.split("\n")
    for line in lines:
        dash, name, encoded = line.split(" ")
        data = b64decode(encoded, validate=True)
        if dash != "\u2014" or end:
            raise NotProved("the note is damaged")
        if (name, data[:4]) != (key.name, key.id):
            continue
        signature, message = data[4:], text.encode()
        if key.kind == WITNESS:  # a witness signs when it saw the note, too
            time, signature = int.from_bytes(signature[:8]), signature[8:]
            message = f"cosignature/v1\ntime {time}\n".encode() + message
        try:
            Ed25519PublicKey.from_public_bytes(key.public).verify(signature, message)
        except InvalidSignature:
            raise NotProved(f"the signature of {name} does not hold") from None
        return text
    raise NotProved(f"the note is not signed by {key.name}")


def read_facts(backup: Path) -> tuple[list[str], list[bytes]]:
    """The names of all facts in order of recording, and their leaf hashes."""
    names: list[str] = []
    leaves: list[bytes] = []
    with closing(sqlite3.connect(f"{backup.resolve().as_uri()}?mode=ro", uri=True)) as ledger:
        (sound,) = ledger.execute("PRAGMA integrity_check(1)").fetchone()
        kind = ledger.execute("SELECT type FROM sqlite_schema WHERE name = 'stored_events'")
        if sound != "ok" or kind.fetchone() != ("table",):
            raise NotProved(f"{backup} is not a sound ledger: {sound}")
        for position, id, version, topic, state in ledger.execute(
            "SELECT position, originator_id, originator_version, topic, CAST(state AS BLOB) "
            "FROM stored_events ORDER BY position"
        ):
            names.append(f"{id}/{version}")
            if position != len(names):
                raise NotProved(f"{names[-1]} lies at {position} instead of {len(names)}")
            entry = f"vigil-ledger/v1\n{id}\n{version}\n{topic}\n{sha256(state).hexdigest()}\n"
            leaves.append(sha256(b"\x00" + entry.encode()).digest())
    return names, leaves


def root_of(leaves: list[bytes]) -> bytes:
    """The tree hash of RFC 6962, section 2.1, over leaf hashes."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256(b"").digest()
    middle = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\x01" + root_of(leaves[:middle]) + root_of(leaves[middle:])).digest()


def difference(backup: Path, names: list[str], leaves: list[bytes], root: bytes) -> str:
    """Which fact differs first, by the leaf hashes that were kept when the facts were sealed."""
    kept = Path(f"{backup}.checkpoints", "leaves")
    data = kept.read_bytes() if kept.exists() else b""
    sealed = [data[32 * i : 32 * i + 32] for i in range(len(leaves))]
    if root_of(sealed) != root:
        return "which fact differs cannot be said without the leaf hashes of that note"
    first = next(i for i, leaf in enumerate(leaves) if leaf != sealed[i])
    return f"fact {first + 1}, now {names[first]}, is the first that is not what was sealed"


def check(backup: Path, note: str, vkey: str) -> str:
    """What is proved; raises `NotProved`, or `ValueError` for what cannot be read."""
    key = read_key(vkey)
    origin, size_text, root_text, *_ = signed_text(note, key).split("\n")
    size, root = int(size_text), b64decode(root_text, validate=True)
    if key.kind == LOG and origin != key.name:
        raise NotProved(f"the note is of {origin}, the key signs for {key.name}")
    names, leaves = read_facts(backup)
    if len(leaves) < size:
        raise NotProved(f"{size} facts were sealed and {len(leaves)} are there")
    if root_of(leaves[:size]) != root:
        where = difference(backup, names[:size], leaves[:size], root)
        raise NotProved(f"the first {size} facts are not those that were sealed: {where}")
    return (
        f"proved: the first {size} facts of {origin} are those that {key.name} signed\n"
        f"{len(leaves) - size} facts came after the note; nothing is proved of them\n"
    )


def main(arguments: list[str]) -> int:
    """Check, say so, and return the exit code."""
    if len(arguments) != 3:
        sys.stderr.write("usage: python verify_ledger.py BACKUP NOTE VKEY\n")
        return 2
    backup, note, vkey = arguments
    try:
        sys.stdout.write(check(Path(backup), Path(note).read_bytes().decode(), vkey))
    except (NotProved, ValueError, OSError, sqlite3.Error) as error:
        sys.stdout.write(f"NOT PROVED: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
