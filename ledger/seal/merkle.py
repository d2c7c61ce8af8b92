"""RFC 6962 trees: roots, inclusion and consistency proofs, and their verification.

Tree hashes and proofs follow RFC 6962 section 2.1, verification RFC 9162 sections 2.1.3.2 and
2.1.4.2. One rule is C2SP `tlog-witness`'s: from size 0 only the empty proof, and only from the
empty root, is consistent (RFC 9162 leaves size 0 open, and Go's library refuses it).

Hashes are 32 bytes. A tree is asked for its nodes by a function `node(level, index)`: the hash over
the 2**level leaves from index * 2**level on. Nothing here reads or writes anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

Node = Callable[[int, int], bytes]

EMPTY_ROOT = sha256(b"").digest()
SIZE = 32


def leaf_hash(entry: bytes) -> bytes:
    """The hash of an entry as a leaf."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees, the left one full."""
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """A growing tree that keeps one hash a level: appending costs O(log n), so does the root."""

    def __init__(self) -> None:
        self.size = 0
        self.full: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        """Add a leaf hash."""
        size, hash = self.size, leaf
        while size & 1:
            hash = node_hash(self.full.pop(), hash)
            size >>= 1
        self.full.append(hash)
        self.size += 1

    def root(self) -> bytes:
        """The hash of the whole tree."""
        if not self.full:
            return EMPTY_ROOT
        root = self.full[-1]
        for left in reversed(self.full[:-1]):
            root = node_hash(left, root)
        return root


def frontier(node: Node, size: int) -> Frontier:
    """The tree of the first `size` leaves, ready to grow."""
    tree = Frontier()
    tree.size = size
    first = 0
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            tree.full.append(node(level, first >> level))
            first += 1 << level
    return tree


def fold(hashes: bytes) -> bytes:
    """The hash over a power of two of hashes that stand one after the other."""
    while len(hashes) > SIZE:
        pairs = range(0, len(hashes), 2 * SIZE)
        hashes = b"".join([sha256(b"\x01" + hashes[i : i + 2 * SIZE]).digest() for i in pairs])
    return hashes


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root over leaf hashes."""
    tree = Frontier()
    for leaf in leaves:
        tree.append(leaf)
    return tree.root()


def inclusion_proof(node: Node, index: int, size: int) -> list[bytes]:
    """The path that proves the leaf at `index` in the tree of `size` leaves."""
    if not 0 <= index < size:
        raise ValueError(f"there is no leaf {index} in a tree of {size}")
    path: list[bytes] = []
    first, last = 0, size
    while last - first > 1:
        middle = first + _split(last - first)
        if index < middle:
            path.append(_range(node, middle, last))
            last = middle
        else:
            path.append(_range(node, first, middle))
            first = middle
    return path[::-1]


def consistency_proof(node: Node, old: int, new: int) -> list[bytes]:
    """The path that proves the tree of `old` leaves to be the beginning of that of `new`."""
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {new} does not begin with one of {old}")
    if old in (0, new):
        return []
    path: list[bytes] = []
    first, last = 0, new
    whole = True
    while old != last:
        middle = first + _split(last - first)
        if old <= middle:
            path.append(_range(node, middle, last))
            last = middle
        else:
            path.append(_range(node, first, middle))
            first = middle
            whole = False
    if not whole:
        path.append(_range(node, first, last))
    return path[::-1]


def includes(root: bytes, size: int, leaf: bytes, index: int, proof: Sequence[bytes]) -> bool:
    """Whether a path proves a leaf hash at `index` in the tree of `size` with this root."""
    if not 0 <= index < size or any(len(hash) != SIZE for hash in (leaf, *proof)):
        return False
    position, last, hash = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if position & 1 or position == last:
            hash = node_hash(sibling, hash)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            hash = node_hash(hash, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and hash == root


def consistent(
    old_root: bytes, old: int, new_root: bytes, new: int, proof: Sequence[bytes]
) -> bool:
    """Whether a path proves that the tree of `new` begins with the tree of `old`."""
    if not 0 <= old <= new:
        return False
    if old == 0:
        return not proof and old_root == EMPTY_ROOT and (new > 0 or new_root == EMPTY_ROOT)
    if old == new:
        return not proof and old_root == new_root
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not proof or any(len(hash) != SIZE for hash in path):
        return False
    return _grown(old - 1, new - 1, path) == (old_root, new_root)


def _grown(position: int, last: int, path: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """The roots of both trees that a consistency path leads to; None where it does not fit."""
    while position & 1:
        position, last = position >> 1, last >> 1
    before = after = path[0]
    for hash in path[1:]:
        if last == 0:
            return None
        if position & 1 or position == last:
            before, after = node_hash(hash, before), node_hash(hash, after)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            after = node_hash(after, hash)
        position, last = position >> 1, last >> 1
    return (before, after) if last == 0 else None


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1


def _range(node: Node, first: int, last: int) -> bytes:
    """The hash over leaves [first, last), where `first` is a multiple of the largest power."""
    size = last - first
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return node(level, first >> level)
    middle = first + _split(size)
    return node_hash(_range(node, first, middle), _range(node, middle, last))
