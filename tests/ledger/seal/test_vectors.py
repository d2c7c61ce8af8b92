"""Vectors that others made: see tests/vectors/README.md for where each comes from."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any

import pytest

from ledger.seal.checkpoint import Checkpoint
from ledger.seal.merkle import (
    EMPTY_ROOT,
    consistency_proof,
    consistent,
    includes,
    inclusion_proof,
    leaf_hash,
    root_of,
)
from ledger.seal.note import COSIGNATURE, ED25519, Note, SigningKey, VerifierKey
from ledger.seal.tiles import path_of
from tests.ledger.seal.trees import Tree

VECTORS = Path(__file__).parents[2] / "vectors"
MERKLE = VECTORS / "merkle" / "testdata"
GO: dict[str, Any] = json.loads((VECTORS / "go-generated" / "tlog300.json").read_text("utf-8"))
NOTES: dict[str, Any] = json.loads((VECTORS / "c2sp" / "notes.json").read_text("utf-8"))
LEAVES = [leaf_hash(b"leaf %d" % number) for number in range(300)]
TREE = Tree(LEAVES)

#: The three vectors from size 0, and what C2SP `tlog-witness` says of each (Go refuses them all).
FROM_NOTHING = {
    # Its first root is not that of the empty tree.
    "size1-is-zero-and-does-not-equal-size2": False,
    # From the empty root, by the empty proof: every log begins with the empty log.
    "size1-is-zero-and-size2-is-not-zero": True,
    # Both roots are the same, but a tree of size 0 has one root only, and it is not this.
    "sizes-are-equal-zero-and-proof-is-empty": False,
}


def _vectors(kind: str) -> list[Path]:
    return sorted((MERKLE / kind).rglob("*.json"))


def _named(path: Path) -> str:
    return str(path.relative_to(MERKLE).with_suffix(""))


def _bytes(vector: dict[str, Any], name: str) -> bytes:
    return b64decode(vector[name] or "")


def _proof(hashes: list[str] | None) -> list[bytes]:
    return [b64decode(hash) for hash in hashes or ()]


def test_all_196_vectors_are_here() -> None:
    assert len(_vectors("inclusion")) + len(_vectors("consistency")) == 196
    assert set(FROM_NOTHING) <= {path.stem for path in _vectors("consistency")}


@pytest.mark.parametrize("path", _vectors("inclusion"), ids=_named)
def test_an_inclusion_vector(path: Path) -> None:
    vector = json.loads(path.read_text("utf-8"))
    accepted = includes(
        _bytes(vector, "root"),
        vector["treeSize"],
        _bytes(vector, "leafHash"),
        vector["leafIdx"],
        _proof(vector["proof"]),
    )
    assert accepted is not vector["wantErr"]


@pytest.mark.parametrize("path", _vectors("consistency"), ids=_named)
def test_a_consistency_vector(path: Path) -> None:
    vector = json.loads(path.read_text("utf-8"))
    accepted = consistent(
        _bytes(vector, "root1"),
        vector["size1"],
        _bytes(vector, "root2"),
        vector["size2"],
        _proof(vector["proof"]),
    )
    assert accepted is FROM_NOTHING.get(path.stem, not vector["wantErr"])


def test_only_the_empty_root_grows_from_nothing() -> None:
    """C2SP `tlog-witness`: from size 0 only an empty proof, and only from the empty root."""
    root = root_of(LEAVES[:5])
    assert consistent(EMPTY_ROOT, 0, root, 5, [])
    assert consistent(EMPTY_ROOT, 0, EMPTY_ROOT, 0, [])
    assert not consistent(root, 0, root, 5, [])
    assert not consistent(EMPTY_ROOT, 0, root, 0, [])
    assert not consistent(EMPTY_ROOT, 0, root, 5, [root])


def test_the_301_roots_that_go_made() -> None:
    assert len(GO["roots"]) == 301
    for size, root in enumerate(GO["roots"]):
        assert b64encode(root_of(LEAVES[:size])).decode() == root


def test_the_300_inclusion_proofs_that_go_made() -> None:
    assert len(GO["inclusion"]) == 300
    for line in GO["inclusion"]:
        size, index, proof = line["Size"], line["Index"], _proof(line["Proof"])
        assert inclusion_proof(TREE.node, index, size) == proof
        assert includes(b64decode(GO["roots"][size]), size, LEAVES[index], index, proof)


def test_the_231_consistency_proofs_that_go_made() -> None:
    assert len(GO["consistency"]) == 231
    for line in GO["consistency"]:
        old, new, proof = line["Old"], line["New"], _proof(line["Proof"])
        assert consistency_proof(TREE.node, old, new) == proof
        roots = [b64decode(GO["roots"][size]) for size in (old, new)]
        assert consistent(roots[0], old, roots[1], new, proof)


def test_the_tiles_that_go_made() -> None:
    """Go writes the height into the path, `tile/8/L/N`; C2SP's tlog-tiles have `tile/L/N`."""
    ours = {}
    level, size = 0, 300
    while size:
        for first in range(0, size, 256):
            count = min(256, size - first)
            tile = b"".join(TREE.node(8 * level, first + i) for i in range(count))
            ours[f"tile/{level}/{path_of(first // 256, count)}"] = tile.hex()
        level, size = level + 1, size // 256
    go = {
        name.replace("tile/8/", "tile/"): tile for name, tile in GO["tiles_h8_size300_hex"].items()
    }
    assert ours == go
    assert set(ours) == {"tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1"}


def test_the_tile_paths_that_go_made() -> None:
    for index, path in GO["tile_paths_level1"].items():
        assert f"tile/8/1/{path_of(int(index), 256)}" == path


def test_the_checkpoints_that_go_signed_are_made_from_the_seeds() -> None:
    """Ed25519 is deterministic, so the signed and the cosigned note come out byte for byte."""
    log = SigningKey("ledger.example/site-a", ED25519, bytes.fromhex(GO["log_seed_hex"]))
    witness = SigningKey(
        "witness.example/court", COSIGNATURE, bytes.fromhex(GO["witness_seed_hex"])
    )
    assert (str(log), str(log.verifier)) == (GO["skey"], GO["vkey"])
    assert str(witness.verifier) == GO["witness_vkey"]
    assert SigningKey.parse(GO["skey"]) == log
    assert VerifierKey.parse(GO["vkey"]) == log.verifier

    text = str(Checkpoint(log.name, 300, root_of(LEAVES)))
    signed = Note(text, (log.sign(text),))
    assert str(signed) == GO["checkpoint"]
    cosigned = Note.parse(GO["cosigned_checkpoint"])
    time = witness.verifier.verify(cosigned)
    assert time is not None
    assert str(Note(text, (*signed.signatures, witness.sign(text, time)))) == str(cosigned)
    assert str(cosigned) == GO["cosigned_checkpoint"]
    assert log.verifier.verify(cosigned) == 0


def test_neither_signature_vouches_under_the_others_key() -> None:
    note = Note.parse(GO["cosigned_checkpoint"])
    log, witness = VerifierKey.parse(GO["vkey"]), VerifierKey.parse(GO["witness_vkey"])
    for key, other in ((log, witness), (witness, log)):
        assert key._replace(name=other.name).verify(note) is None
        assert key._replace(kind=other.kind).verify(note) is None
        assert key._replace(public=other.public).verify(note) is None
    later = note.text.replace("\n300\n", "\n301\n")
    assert log.verify(Note(later, note.signatures)) is None
    assert witness.verify(Note(later, note.signatures)) is None


@pytest.mark.parametrize("name", sorted(NOTES))
def test_a_note_that_others_signed(name: str) -> None:
    key, data = VerifierKey.parse(NOTES[name]["vkey"]), NOTES[name]["note"]
    note = Note.parse(data)
    assert (str(note), str(key)) == (data, NOTES[name]["vkey"])
    assert key.verify(note) == 0
    assert key.verify(Note(note.text.replace("e", "E", 1), note.signatures)) is None
    if "size" in NOTES[name]:
        head = Checkpoint.parse(note.text)
        assert (head.origin, head.size) == ("go.sum database tree", NOTES[name]["size"])
        assert str(head) == note.text
