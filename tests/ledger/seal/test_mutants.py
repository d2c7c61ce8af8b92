"""The tests of the verifiers are tested: change a verifier anywhere, and a case fails."""

from __future__ import annotations

import inspect
from functools import cache
from typing import Any, NamedTuple

from ledger.seal import merkle
from ledger.seal.merkle import EMPTY_ROOT, leaf_hash
from tests.ledger.seal.mutants import Endless, Mutant, answer, mutants
from tests.ledger.seal.trees import Tree

SIZE = 17
TREE = Tree([leaf_hash(b"%d" % number) for number in range(SIZE + 1)])
ROOTS = [TREE.root(size) for size in range(SIZE + 2)]

#: Mutants that answer as the verifier does, whatever they are asked, and why.
_NEVER_NEGATIVE = "sizes below 0 were refused, and shifting to the right makes nothing negative"
_NEVER_BEYOND = "position is at most last: it was at the beginning, and both are halved together"
_NEVER_ZERO = "last is not 0 here, so a position that equals it is not, and becomes odd in the end"
_THE_SAME = "the loop runs only where position equals last"
EQUIVALENT: dict[str, str] = {
    "includes: last == 0 => last <= 0": _NEVER_NEGATIVE,
    "includes: last == 0 => last <= 0 (2)": _NEVER_NEGATIVE,
    "includes: position == last => position >= last": _NEVER_BEYOND,
    "includes: not position & 1 and position => not position & 1": _NEVER_ZERO,
    "includes: (position >> 1, last >> 1) => (last >> 1, position >> 1) (2)": _THE_SAME,
    "includes: (leaf, *proof) => (*proof, leaf)": "any() of the same hashes, in another order",
    "consistent: old == 0 => old <= 0": _NEVER_NEGATIVE,
    "consistent: old == new => old >= new": "old is at most new: more was refused",
    "consistent: old & old - 1 == 0 => old & old - 1 <= 0": _NEVER_NEGATIVE,
    "consistent: new > 0 => new != 0": _NEVER_NEGATIVE,
    "_grown: last == 0 => last <= 0": _NEVER_NEGATIVE,
    "_grown: last == 0 => last <= 0 (2)": _NEVER_NEGATIVE,
    "_grown: position == last => position >= last": _NEVER_BEYOND,
    "_grown: not position & 1 and position => not position & 1": _NEVER_ZERO,
    "_grown: (position >> 1, last >> 1) => (last >> 1, position >> 1) (3)": _THE_SAME,
}


class Case(NamedTuple):
    """A question to a verifier, and the right answer."""

    function: str
    arguments: tuple[Any, ...]
    expected: bool


@cache
def cases() -> list[Case]:
    """Proofs that hold and the ways in which they do not, each kind once a shape."""
    return [*_inclusions(), *_consistencies()]


def _inclusions() -> list[Case]:
    told: list[tuple[tuple[Any, ...], bool]] = []
    for size in range(1, SIZE + 1):
        for index in range(size):
            root, leaf, path = ROOTS[size], TREE.leaves[index], TREE.path(index, size)
            right = (root, size, leaf, index, path)
            told.append((right, True))
            wrong = [
                (root, size, leaf, index - 1, path),
                (root, size, leaf, index + 1, path),
                (ROOTS[size + 1], size + 1, leaf, index, path),
                (ROOTS[size - 1], size, leaf, index, path),
                (root, size, root, index, path),
                (root, size, leaf, index, [*path, root]),
                (root, size, leaf, index, [root, *path]),
                (root, size, leaf, size, path),
                (root, size, leaf, index + 2 * size.bit_length(), path),
                (root, 1, leaf, 0, path),  # it ends too late: last leaves have left siblings only
            ]
            for at in range(len(path)):
                wrong += [
                    (root, size, leaf, index, path[:at]),
                    (root, size, leaf, index, [*path[:at], root, *path[at + 1 :]]),
                    (root, size, leaf, index, [*path[:at], path[at][:31], *path[at + 1 :]]),
                ]
            told += [(arguments, False) for arguments in wrong if arguments != right]
    # A node in the place of a leaf; hashes of another length; what is not there at all.
    left, other = TREE.leaves[:2]
    told += [
        ((ROOTS[2], 1, left + other, 0, []), False),
        ((left, 1, left, 0, []), True),
        ((left[:31], 1, left[:31], 0, []), False),
        ((merkle.node_hash(left[:31], other), 2, left[:31], 0, [other]), False),
        ((merkle.node_hash(left, other + other), 2, left, 0, [other + other]), False),
        ((EMPTY_ROOT, 0, EMPTY_ROOT, 0, []), False),
        ((left, 1, left, -1, []), False),
        ((left, 0, left, -1, []), False),
        ((left, -1, left, -1, []), False),
        ((left, 1, left, 2, []), False),
    ]
    return [Case("includes", arguments, expected) for arguments, expected in told]


def _consistencies() -> list[Case]:
    told: list[tuple[tuple[Any, ...], bool]] = []
    for new in range(1, SIZE + 1):
        for old in range(1, new + 1):
            first, second, proof = ROOTS[old], ROOTS[new], TREE.proof(old, new)
            right = (first, old, second, new, proof)
            told.append((right, True))
            wrong = [
                (first, old - 1, second, new, proof),
                (first, old + 1, second, new, proof),
                (ROOTS[old - 1], old, second, new, proof),
                (first, old, ROOTS[new + 1], new + 1, proof),
                (first, old, ROOTS[new - 1], new, proof),
                (first, old, second, new, [*proof, second]),
                (first, old, second, new, [first, *proof]),
                (first, old, second, old - 1, proof),
            ]
            for at in range(len(proof)):
                wrong += [
                    (first, old, second, new, proof[:at]),
                    (first, old, second, new, proof[at + 1 :]),
                    (first, old, second, new, [*proof[:at], second, *proof[at + 1 :]]),
                    (first, old, second, new, [*proof[:at], proof[at][:31], *proof[at + 1 :]]),
                ]
            told += [(arguments, False) for arguments in wrong if arguments != right]
    left, other = TREE.leaves[:2]
    short = merkle.node_hash(left[:31], other)
    long = merkle.node_hash(left, other + other)
    told += [
        ((EMPTY_ROOT, 0, EMPTY_ROOT, 0, []), True),
        ((EMPTY_ROOT, 0, left, 1, []), True),
        ((EMPTY_ROOT, 0, ROOTS[2], 2, []), True),
        ((left, 0, left, 1, []), False),
        ((left, 0, left, 0, []), False),
        ((EMPTY_ROOT, 0, left, 0, []), False),
        *(((end, 0, left, 1, []), False) for end in (b"\x00" * 32, b"\xff" * 32)),
        *(((EMPTY_ROOT, 0, end, 0, []), False) for end in (b"\x00" * 32, b"\xff" * 32)),
        ((EMPTY_ROOT, 0, left, 1, [left]), False),
        ((EMPTY_ROOT, 0, EMPTY_ROOT, 0, [left]), False),
        ((left, -1, left, -1, []), False),
        ((left, -1, left, 1, []), False),
        ((left, 1, EMPTY_ROOT, 0, []), False),
        ((left, 1, left, 1, [left]), False),
        ((left[:31], 1, short, 2, [other]), False),
        ((left, 1, long, 2, [other + other]), False),
    ]
    return [Case("consistent", arguments, expected) for arguments, expected in told]


def killer(mutant: Mutant) -> str | None:
    """The first case that a mutant fails, None where it survives them all."""
    for case in cases():
        got = answer(mutant, case.function, case.arguments)
        if got is not case.expected:
            how = "does not end" if isinstance(got, Endless) else repr(got)
            return f"{case.function}{case.arguments[1::2]}: {how}"
    return None


def test_every_mutant_of_the_verifiers_dies() -> None:
    source = inspect.getsource(merkle)
    original, *changed = mutants(source, ("includes", "consistent", "_grown"))
    assert killer(original) is None
    survivors = {mutant.name for mutant in changed if killer(mutant) is None}
    assert survivors == set(EQUIVALENT)
    assert len(changed) > 150
