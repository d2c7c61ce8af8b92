"""Trees and proofs against RFC 6962 as it is written, for every size that is small enough."""

from __future__ import annotations

import random
from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from ledger.seal.merkle import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    consistent,
    includes,
    inclusion_proof,
    leaf_hash,
    root_of,
)
from tests.ledger.seal.trees import Tree

if TYPE_CHECKING:
    from collections.abc import Callable

LIMIT = 300
TREE = Tree([leaf_hash(b"entry %d" % number) for number in range(LIMIT)])
ROOTS = [TREE.root(size) for size in range(LIMIT + 1)]
MUTATIONS = 50_000  # of each kind of proof


def test_a_tree_that_grows_has_the_root_of_one_made_at_once() -> None:
    growing = Frontier()
    assert growing.root() == EMPTY_ROOT == sha256(b"").digest()
    for size, leaf in enumerate(TREE.leaves, 1):
        growing.append(leaf)
        assert growing.size == size
        assert growing.root() == ROOTS[size] == root_of(TREE.leaves[:size])
        assert len(growing.full) == size.bit_count()


def test_every_leaf_of_every_tree_up_to_300_is_proved() -> None:
    for size in range(1, LIMIT + 1):
        for index in range(size):
            proof = inclusion_proof(TREE.node, index, size)
            assert proof == TREE.path(index, size)
            assert includes(ROOTS[size], size, TREE.leaves[index], index, proof)


def test_every_tree_up_to_300_is_proved_to_begin_every_larger_one() -> None:
    for new in range(LIMIT + 1):
        for old in range(new + 1):
            proof = consistency_proof(TREE.node, old, new)
            assert proof == TREE.proof(old, new)
            assert consistent(ROOTS[old], old, ROOTS[new], new, proof)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (-1, 3), (3, 3), (4, 3), (0, -1)])
def test_a_leaf_that_is_not_there_has_no_proof(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="there is no leaf"):
        inclusion_proof(TREE.node, index, size)
    assert not includes(EMPTY_ROOT, size, TREE.leaves[0], index, [])


@pytest.mark.parametrize(("old", "new"), [(1, 0), (4, 3), (-1, 3), (-2, -1)])
def test_a_tree_does_not_begin_with_a_larger_one(old: int, new: int) -> None:
    with pytest.raises(ValueError, match="does not begin with"):
        consistency_proof(TREE.node, old, new)
    assert not consistent(EMPTY_ROOT, old, EMPTY_ROOT, new, [])


def test_what_binds_a_proof_to_a_size_is_the_checkpoint() -> None:
    """A path looks the same in trees of the same shape; who signed the root signed its size.

    Therefore verifiers take size and root out of one signed note, never one of them alone.
    """
    proof = TREE.path(0, 3)
    assert includes(ROOTS[3], 3, TREE.leaves[0], 0, proof)
    assert includes(ROOTS[3], 4, TREE.leaves[0], 0, proof)
    assert not includes(ROOTS[4], 4, TREE.leaves[0], 0, proof)


def test_in_a_tree_of_known_size_a_proof_fits_one_index_and_one_beginning() -> None:
    for size in range(1, 50):
        for index in range(size):
            proof = TREE.path(index, size)
            fits = [
                i for i in range(-1, size + 1)
                if includes(ROOTS[size], size, TREE.leaves[index], i, proof)
            ]  # fmt: skip
            assert fits == [index]
        for old in range(1, size + 1):
            proof = TREE.proof(old, size)
            fits = [
                o for o in range(-1, size + 2)
                if consistent(ROOTS[old], o, ROOTS[size], size, proof)
            ]  # fmt: skip
            assert fits == [old]


def test_no_mutated_inclusion_proof_is_accepted() -> None:
    dice = random.Random(6962)
    tried: Counter[str] = Counter()
    while tried.total() < MUTATIONS:
        size = dice.randint(2, LIMIT)
        index = dice.randrange(size)
        true = (ROOTS[size], size, TREE.leaves[index], index, TREE.path(index, size))
        root, claimed, leaf, at, proof = true
        proof = list(proof)
        kind = dice.choice(
            [*_PATHS, "leaf bit", "root bit", "leaf", "index", "head", "root", "size"]
        )
        if kind in _PATHS:
            _PATHS[kind](dice, proof)
        elif kind == "leaf bit":
            leaf = _flipped(dice, leaf)
        elif kind == "root bit":
            root = _flipped(dice, root)
        elif kind == "leaf":
            leaf = dice.choice([TREE.leaves[(index + 1) % size], root, *proof])
        elif kind == "index":
            at += dice.choice([-1, 1])
        elif kind == "head":  # size and root together, as they are signed
            claimed = _another_size(dice, size)
            root = ROOTS[claimed]
        elif kind == "root":
            root = ROOTS[_another_size(dice, size)]
        else:  # a size of another shape: twice as many leaves lie a level deeper
            claimed = dice.choice([2 * size + 1, (index + size) // 4, 0, -size])
        if (root, claimed, leaf, at, proof) == true:
            continue
        assert not includes(root, claimed, leaf, at, proof), (kind, size, index)
        tried[kind] += 1
    assert min(tried.values()) > 0.03 * MUTATIONS, tried


def test_no_mutated_consistency_proof_is_accepted() -> None:
    dice = random.Random(9162)
    tried: Counter[str] = Counter()
    while tried.total() < MUTATIONS:
        new = dice.randint(2, LIMIT)
        old = dice.randrange(1, new)
        true = (ROOTS[old], old, ROOTS[new], new, TREE.proof(old, new))
        first, smaller, second, larger, proof = true
        proof = list(proof)
        kind = dice.choice(
            [*_PATHS, "old root bit", "new root bit", "swapped", "old", "old head", "new head"]
        )
        if kind in _PATHS:
            _PATHS[kind](dice, proof)
        elif kind == "old root bit":
            first = _flipped(dice, first)
        elif kind == "new root bit":
            second = _flipped(dice, second)
        elif kind == "swapped":
            first, second = second, first
        elif kind == "old":
            smaller += dice.choice([-1, 1])
        elif kind == "old head":
            smaller = _another_size(dice, old)
            first = ROOTS[smaller]
        else:
            larger = _another_size(dice, new)
            second = ROOTS[larger]
        if (first, smaller, second, larger, proof) == true:
            continue
        assert not consistent(first, smaller, second, larger, proof), (kind, old, new)
        tried[kind] += 1
    assert min(tried.values()) > 0.03 * MUTATIONS, tried


def _flipped(dice: random.Random, hash: bytes) -> bytes:
    bit = dice.randrange(8 * len(hash))
    data = bytearray(hash)
    data[bit // 8] ^= 1 << bit % 8
    return bytes(data)


def _another_size(dice: random.Random, size: int) -> int:
    return dice.choice([s for s in (size - 1, size + 1) if 0 < s <= LIMIT])


def _flip(dice: random.Random, proof: list[bytes]) -> None:
    at = dice.randrange(len(proof))
    proof[at] = _flipped(dice, proof[at])


def _swap(dice: random.Random, proof: list[bytes]) -> None:
    a, b = dice.randrange(len(proof)), dice.randrange(len(proof))
    proof[a], proof[b] = proof[b], proof[a]


def _drop(dice: random.Random, proof: list[bytes]) -> None:
    del proof[dice.randrange(len(proof))]


def _insert(dice: random.Random, proof: list[bytes]) -> None:
    hash = dice.choice([EMPTY_ROOT, bytes(32), *ROOTS[1:5], *proof])
    proof.insert(dice.randint(0, len(proof)), hash)


def _replace(dice: random.Random, proof: list[bytes]) -> None:
    proof[dice.randrange(len(proof))] = dice.choice([*ROOTS, *TREE.leaves])


def _shorten(dice: random.Random, proof: list[bytes]) -> None:
    at = dice.randrange(len(proof))
    proof[at] = proof[at][: dice.randrange(32)]


def _lengthen(dice: random.Random, proof: list[bytes]) -> None:
    at = dice.randrange(len(proof))
    proof[at] += dice.randbytes(dice.choice([1, 32]))


_PATHS: dict[str, Callable[[random.Random, list[bytes]], None]] = {
    "flip": _flip, "swap": _swap, "drop": _drop, "insert": _insert, "replace": _replace,
    "shorten": _shorten, "lengthen": _lengthen,
}  # fmt: skip
