"""Which keys a file has used so far, kept on the disk so that a long file does not fill memory."""

from __future__ import annotations

import sqlite3

from ledger.limits import NAME

#: A bit for each of so many remainders of a key's hash: where it is not set, no such key was met.
_BITS = 2**24
#: Keys that wait until they are written together.
_WAITING = 1_000


class Seen:
    """Keys with their first row and how often they were met, in a file that SQLite deletes."""

    def __init__(self) -> None:
        self._keys = sqlite3.connect("", isolation_level=None)
        self._keys.execute("PRAGMA journal_mode = OFF")
        self._keys.execute(
            "CREATE TABLE seen (key TEXT PRIMARY KEY, row INTEGER, times INTEGER) WITHOUT ROWID"
        )
        self._keys.execute("BEGIN")
        self._bits = bytearray(_BITS // 8)
        self._waiting: list[tuple[bytes, int]] = []

    def meet(self, key: str, row: int) -> tuple[int, int]:
        """How often a key was met, this time included, and in which row first."""
        place, bit = divmod(hash(key) % _BITS, 8)
        found = key.encode(errors="surrogatepass"), row
        if not self._bits[place] >> bit & 1:
            self._bits[place] |= 1 << bit
            self._waiting.append(found)
            if len(self._waiting) == _WAITING or len(key) > NAME:
                self._write()
            return 1, row
        self._write()
        return tuple(self._keys.execute(
            "INSERT INTO seen VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET times = times + 1 "
            "RETURNING times, row", found,
        ).fetchone())  # fmt: skip

    def close(self) -> None:
        self._keys.close()

    def _write(self) -> None:
        self._keys.executemany("INSERT INTO seen VALUES (?, ?, 1)", self._waiting)
        self._waiting.clear()
