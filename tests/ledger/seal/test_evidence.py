"""The kept hashes give every node of the tree, whatever pieces the log grew in."""

from __future__ import annotations

import shutil
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from ledger.errors.seal import LogContradicted
from ledger.seal import sealing
from ledger.seal.log import STRATA, Evidence
from ledger.seal.merkle import (
    Frontier,
    consistency_proof,
    consistent,
    fold,
    includes,
    inclusion_proof,
    root_of,
)
from tests.conftest import tell
from tests.ledger.seal.trees import Tree

if TYPE_CHECKING:
    from pathlib import Path

    from ledger.application import Ledger

SIZES = (255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537)
LEAVES = [sha256(b"%d" % number).digest() for number in range(SIZES[-1])]
TREE = Tree(LEAVES)


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    """Grown from one checkpoint to the next, over every edge of a kept level."""
    evidence = Evidence(tmp_path_factory.mktemp("evidence") / "checkpoints")
    size = 0
    for end in (1, *SIZES):
        evidence.extend(size, LEAVES[size:end])
        _as_at_once(evidence, end)
        size = end
    return evidence


def _as_at_once(evidence: Evidence, size: int) -> None:
    """The files are those of one checkpoint over everything."""
    for level, name in STRATA.items():
        kept = (evidence.folder / name).read_bytes()
        assert kept == b"".join(TREE.node(level, i) for i in range(size >> level)), (name, size)


def test_a_node_is_the_hash_over_its_leaves(evidence: Evidence) -> None:
    for level in range(17):
        count = SIZES[-1] >> level
        for index in {0, 1, count // 2, count - 2, count - 1} & set(range(count)):
            assert evidence.node(level, index) == TREE.node(level, index), (level, index)
    assert evidence.leaf(65_536) == LEAVES[65_536]


@pytest.mark.parametrize("size", [0, 1, *SIZES])
def test_a_frontier_is_that_of_a_tree_grown_leaf_by_leaf(evidence: Evidence, size: int) -> None:
    grown = Frontier()
    for leaf in LEAVES[:size]:
        grown.append(leaf)
    found = evidence.frontier(size)
    assert (found.size, found.full) == (grown.size, grown.full)
    assert found.root() == TREE.root(size)
    found.append(bytes(32))
    grown.append(bytes(32))
    assert found.root() == grown.root()


@pytest.mark.parametrize("size", SIZES)
def test_proofs_come_from_the_kept_hashes(evidence: Evidence, size: int) -> None:
    root = TREE.root(size)
    for index in {0, 254, 255, 256, size // 2, size - 2, size - 1} & set(range(size)):
        proof = inclusion_proof(evidence.node, index, size)
        assert proof == TREE.path(index, size)
        assert includes(root, size, LEAVES[index], index, proof)
    for old in {1, 2, 3, 254, 255, 256, 257, size - 1, size} & set(range(size + 1)):
        proof = consistency_proof(evidence.node, old, size)
        assert proof == TREE.proof(old, size)
        assert consistent(TREE.root(old), old, root, size, proof)


def test_what_a_checkpoint_that_was_cut_short_left_is_overwritten(tmp_path: Path) -> None:
    evidence = Evidence(tmp_path / "checkpoints")
    evidence.extend(0, LEAVES[:300])
    evidence.extend(300, [bytes(32)] * 700)  # no note was signed over these
    evidence.extend(300, LEAVES[300:520])
    _as_at_once(evidence, 520)


def test_a_node_that_is_not_kept_is_not_made_up(evidence: Evidence, tmp_path: Path) -> None:
    for level, index in ((0, 65_537), (1, 32_768), (8, 256), (16, 1), (17, 0), (40, 0)):
        with pytest.raises(LogContradicted):
            evidence.node(level, index)
    with pytest.raises(LogContradicted):
        Evidence(tmp_path).node(0, 0)


@pytest.mark.parametrize("level", range(9))
def test_folding_is_the_root_of_a_power_of_two(level: int) -> None:
    leaves = LEAVES[: 1 << level]
    assert fold(b"".join(leaves)) == root_of(leaves)


def test_a_checkpoint_is_the_same_however_many_leaves_are_kept_at_once(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    moves = "movement made --from outside --to ashraf --count 1 --occurred 2012"
    tell(ledger, "\n".join([moves] * 10))
    monkeypatch.setattr(sealing, "_CHUNK", 3)
    in_pieces = sealing.seal(ledger.folder).checkpoint
    shutil.rmtree(ledger.folder.checkpoints)
    ledger.folder.key.unlink()
    monkeypatch.undo()
    at_once = sealing.seal(ledger.folder).checkpoint
    assert (in_pieces.size, in_pieces.root) == (at_once.size, at_once.root)
    assert in_pieces.size >= 10
