"""Which keys a file has used so far, kept on the disk so that a long file does not fill memory."""

from __future__ import annotations

import sqlite3


class Seen:
    """Keys with their first row and how often they were met, in a file that SQLite deletes."""

    def __init__(self) -> None:
        self._keys = sqlite3.connect("", isolation_level=None)
        self._keys.execute("PRAGMA journal_mode = OFF")
        self._keys.execute(
            "CREATE TABLE seen (key TEXT PRIMARY KEY, row INTEGER, times INTEGER) WITHOUT ROWID"
        )
        self._keys.execute("BEGIN")

    def meet(self, key: str, row: int) -> tuple[int, int]:
        """How often a key was met, this time included, and in which row first."""
        return tuple(self._keys.execute(
            "INSERT INTO seen VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET times = times + 1 "
            "RETURNING times, row", (key.encode(errors="surrogatepass"), row),
        ).fetchone())  # fmt: skip

    def close(self) -> None:
        self._keys.close()
