"""Check what a Vigil ledger gives out with the PyPI package tlog-scales. It has nothing of Vigil.

Run by the Python that has the package. Each line it reads is a list of words in JSON, the words of
`go/main.go`: note VKEY NOTE, proof VKEY PROOF ENTRY, consistency VKEY NOTE REQUEST, tiles VKEY DIR.
For each it prints a line of JSON: null where all is proved, else why it is not.
"""

from __future__ import annotations

import json
import sys
from base64 import b64decode
from pathlib import Path

from tlog_scales.backend import LocalBackend
from tlog_scales.reader import TilesReader
from tlog_scales.signing import Vkey
from tlog_scales.tiles import leaf_hash
from tlog_scales.tlog import Checkpoint, ConsistencyProof, InclusionProof


def main() -> None:
    for line in sys.stdin:
        told = None
        try:
            check(*json.loads(line))
        except Exception as error:  # whatever a library of others raises is its no
            told = f"{type(error).__name__}: {error}"
        sys.stdout.write(f"{json.dumps(told)}\n")
        sys.stdout.flush()


def check(what: str, vkey: str, *paths: str) -> None:
    CHECKS[what](Vkey.from_string(vkey), *map(Path, paths))


def check_note(key: Vkey, note: Path) -> None:
    signed(note.read_text("utf-8"), key)


def check_proof(key: Vkey, proof: Path, entry: Path) -> None:
    head, lines = opened(proof.read_text("utf-8"), key)
    assert lines[0] == "c2sp.org/tlog-proof@v1"
    index, path = numbered(lines[1], "index"), hashes(lines[2:])
    InclusionProof(index, head.size, path).check(leaf_hash(entry.read_bytes()), head.root_hash)


def check_consistency(key: Vkey, note: Path, request: Path) -> None:
    before = signed(note.read_text("utf-8"), key)
    after, lines = opened(request.read_text("utf-8"), key)
    assert numbered(lines[0], "old") == before.size
    proof = ConsistencyProof(before.size, after.size, hashes(lines[1:]))
    proof.check(before.root_hash, after.root_hash)


def check_tiles(key: Vkey, folder: Path) -> None:
    reader = TilesReader(LocalBackend(folder))
    head = reader.get_checkpoint()
    head.verify(key)
    assert reader.calculate_root_hash() == head.root_hash, "the tiles do not give the signed root"
    for index in range(head.size):
        proof = reader.get_inclusion_proof(index, head.size)
        proof.check(leaf_hash(reader.get_entry(index)), head.root_hash)


def signed(note: str, key: Vkey) -> Checkpoint:
    head = Checkpoint.from_text(note)
    head.verify(key)
    return head


def opened(text: str, key: Vkey) -> tuple[Checkpoint, list[str]]:
    """The signed checkpoint, and the lines that stand before it."""
    before, blank, note = text.partition("\n\n")
    assert blank, "there is no signed note after a blank line"
    return signed(note, key), before.split("\n")


def numbered(line: str, word: str) -> int:
    found, number = line.split(" ")
    assert found == word, f"{line!r} does not begin with {word!r}"
    return int(number)


def hashes(lines: list[str]) -> list[bytes]:
    return [b64decode(line, validate=True) for line in lines]


CHECKS = {
    "note": check_note,
    "proof": check_proof,
    "consistency": check_consistency,
    "tiles": check_tiles,
}

if __name__ == "__main__":
    main()
