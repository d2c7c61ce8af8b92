"""Trees to compare with: RFC 6962 section 2.1 as it is written, recursion and all."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Tree:
    """MTH, PATH and PROOF of RFC 6962 over given leaf hashes, sharing nothing with `merkle`."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self.leaves = leaves
        self.range: Callable[[int, int], bytes] = cache(self._range)

    def root(self, size: int) -> bytes:
        """MTH(D[0:size])."""
        return self.range(0, size) if size else sha256(b"").digest()

    def node(self, level: int, index: int) -> bytes:
        """The hash over 2**level leaves, all there."""
        first, last = index << level, (index + 1) << level
        assert last <= len(self.leaves), (level, index)
        return self.range(first, last)

    def path(self, index: int, size: int, first: int = 0) -> list[bytes]:
        """PATH(index, D[first:first + size])."""
        if size == 1:
            return []
        left = _power_below(size)
        if index < left:
            return [
                *self.path(index, left, first),
                self.range(first + left, first + size),
            ]
        return [
            *self.path(index - left, size - left, first + left),
            self.range(first, first + left),
        ]

    def proof(self, old: int, new: int) -> list[bytes]:
        """PROOF(old, D[new])."""
        return self._subproof(old, 0, new, True) if old else []

    def _subproof(self, old: int, first: int, size: int, whole: bool) -> list[bytes]:
        if old == size:
            return [] if whole else [self.range(first, first + size)]
        left = _power_below(size)
        if old <= left:
            return [
                *self._subproof(old, first, left, whole),
                self.range(first + left, first + size),
            ]
        return [
            *self._subproof(old - left, first + left, size - left, False),
            self.range(first, first + left),
        ]

    def _range(self, first: int, last: int) -> bytes:
        if last - first == 1:
            return self.leaves[first]
        middle = first + _power_below(last - first)
        left, right = self.range(first, middle), self.range(middle, last)
        return sha256(b"\x01" + left + right).digest()


def _power_below(size: int) -> int:
    power = 1
    while power * 2 < size:
        power *= 2
    return power
