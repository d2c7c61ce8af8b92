"""Which bytes of an SQLite file carry something, after https://www.sqlite.org/fileformat2.html.

Only for files that SQLite wrote and found in order.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

USED, FREE, FREELIST, BOOKKEEPING = "used", "free space in a page", "freelist", "bookkeeping"

#: Header fields that say nothing about the content: change counter, schema cookie, suggested cache
#: size, reserved bytes, version-valid-for and the number of the SQLite version that wrote last.
_BOOKKEEPING = ((24, 28), (40, 44), (48, 52), (72, 100))


class Layout:
    """What each byte of a database file is for."""

    def __init__(self, path: Path) -> None:
        self.data = path.read_bytes()
        self.size = int.from_bytes(self.data[16:18]) or 65536
        self.usable = self.size - self.data[20]
        self._used = bytearray(len(self.data))
        self._tree: dict[int, str] = {}
        self._mark(0, 100)
        for name, root in self._roots(path):
            self._page(root, name)
        self._free: set[int] = set()
        trunk = int.from_bytes(self.data[32:36])
        while trunk:
            start = (trunk - 1) * self.size
            count = int.from_bytes(self.data[start + 4 : start + 8])
            leaves = self.data[start + 8 : start + 8 + 4 * count]
            self._free |= {trunk, *(int.from_bytes(leaves[i : i + 4])
                                    for i in range(0, len(leaves), 4))}  # fmt: skip
            trunk = int.from_bytes(self.data[start : start + 4])

    def of(self, offset: int) -> str:
        """What a byte is for."""
        if any(first <= offset < last for first, last in _BOOKKEEPING):
            return BOOKKEEPING
        if self._used[offset]:
            return USED
        return FREELIST if offset // self.size + 1 in self._free else FREE

    def table(self, offset: int) -> str:
        """The table or index whose page a byte lies in."""
        if offset < 100:
            return "the header"
        return self._tree.get(offset // self.size + 1, "no table")

    @staticmethod
    def _roots(path: Path) -> list[tuple[str, int]]:
        with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as database:
            rows = database.execute("SELECT name, rootpage FROM sqlite_master").fetchall()
        return [("sqlite_master", 1), *rows]

    def _mark(self, start: int, end: int) -> None:
        self._used[start:end] = b"\1" * (end - start)

    def _page(self, number: int, name: str) -> None:
        self._tree[number] = name
        page = (number - 1) * self.size
        head = page + (100 if number == 1 else 0)
        kind = self.data[head]
        interior = kind in (2, 5)
        cells = int.from_bytes(self.data[head + 3 : head + 5])
        pointers = head + (12 if interior else 8)
        self._mark(head, pointers + 2 * cells)
        if interior:
            self._page(int.from_bytes(self.data[head + 8 : head + 12]), name)
        for cell in range(cells):
            at = pointers + 2 * cell
            self._cell(page + int.from_bytes(self.data[at : at + 2]), kind, name)

    def _cell(self, start: int, kind: int, name: str) -> None:
        at = start
        if kind in (2, 5):
            self._page(int.from_bytes(self.data[at : at + 4]), name)
            at += 4
        if kind == 5:
            _, at = self._varint(at)
            self._mark(start, at)
            return
        payload, at = self._varint(at)
        if kind == 13:
            _, at = self._varint(at)
        local = self._local(payload, table=kind == 13)
        self._mark(start, at + local)
        if local < payload:
            self._mark(at + local, at + local + 4)
            next = int.from_bytes(self.data[at + local : at + local + 4])
            self._overflow(next, payload - local, name)

    def _local(self, payload: int, *, table: bool) -> int:
        usable = self.usable
        most = usable - 35 if table else (usable - 12) * 64 // 255 - 23
        if payload <= most:
            return payload
        least = (usable - 12) * 32 // 255 - 23
        kept = least + (payload - least) % (usable - 4)
        return kept if kept <= most else least

    def _overflow(self, number: int, left: int, name: str) -> None:
        while number:
            self._tree[number] = name
            page = (number - 1) * self.size
            here = min(left, self.usable - 4)
            self._mark(page, page + 4 + here)
            left -= here
            number = int.from_bytes(self.data[page : page + 4])

    def _varint(self, at: int) -> tuple[int, int]:
        value = 0
        for count in range(9):
            byte = self.data[at]
            at += 1
            if count == 8:
                return value << 8 | byte, at
            value = value << 7 | byte & 0x7F
            if byte < 0x80:
                break
        return value, at
