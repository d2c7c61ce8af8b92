"""The demo's sealed ledger, in a folder of its own, to be tampered with."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import Office

if TYPE_CHECKING:
    from pathlib import Path


class Sealed(Office):
    """An office with a sealed ledger, and other hands than Vigil's."""

    def sql(self, script: str) -> None:
        """What somebody does with sqlite3."""
        with closing(sqlite3.connect(self.folder / "ledger.db")) as ledger:
            ledger.executescript(script)

    def rows(self) -> list[tuple[int, str, int]]:
        """Position, id and version of every fact."""
        with closing(sqlite3.connect(self.folder / "ledger.db")) as ledger:
            return list(
                ledger.execute(
                    "SELECT position, originator_id, originator_version "
                    "FROM stored_events ORDER BY position"
                )
            )

    def position_of(self, fact: str) -> int:
        id, _, version = fact.partition("/")
        return next(p for p, i, v in self.rows() if (i, v) == (id, int(version)))

    @property
    def checkpoints(self) -> Path:
        return self.folder / "checkpoints"

    @property
    def note(self) -> Path:
        """The newest kept note."""
        return max(self.checkpoints.glob("*.note"), key=lambda path: int(path.stem))

    @property
    def vkey(self) -> str:
        return (self.checkpoints / "vkey").read_text("utf-8").strip()

    def move(self, key: str) -> None:
        """Record one more fact."""
        self.ok(f"record movement made --from ashraf --to hurriya --count 1 --key {key}")


@pytest.fixture
def sealed(demo: Office, tmp_path: Path) -> Sealed:
    """A copy of the demo's ledger, all of it in one checkpoint."""
    if not (demo.folder / "copy.db").exists():
        demo.ok("backup copy.db")
    office = Sealed(tmp_path)
    for name in ("vigil.toml", "signing.key"):
        shutil.copy(demo.folder / name, tmp_path / name)
    shutil.copy(demo.folder / "copy.db", tmp_path / "ledger.db")
    shutil.copytree(demo.folder / "checkpoints", tmp_path / "checkpoints")
    office.now, office.serial = demo.now, 1_000_000
    return office
