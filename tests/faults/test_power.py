"""A power cut: what is on the disk is what was synced. With a control that must fail.

The model: our tracer keeps every write, truncation and sync of the database and its write-ahead
log. When a fact is acknowledged the power goes: of each file the content of its last sync is left,
and of what was written later nothing, or a random part (disks reorder). Directories are taken to
survive, and a page to be written whole: both are SQLite's own assumptions.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from ledger import persistence
from ledger.application import Ledger
from ledger.folder import Folder
from ledger.notation import read
from tests.faults import tracer
from tests.faults.rig import COUNTS, LONG, chance, keys, settled, sound

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Say = Callable[[str], None]

#: SQLite moves the log into the database after a thousand pages: the long form does so many times.
FACTS = 400 if LONG else 25
FILES = ("ledger.db", "ledger.db-wal")


class Disk:
    """The two files, as they were synced, and what was done to them since."""

    def __init__(self, folder: Path) -> None:
        self.synced = {
            name: bytearray((folder / name).read_bytes() if (folder / name).exists() else b"")
            for name in FILES
        }
        self.since: dict[str, list[tracer.Call]] = {name: [] for name in FILES}

    def take(self, call: tracer.Call) -> None:
        name = call.path.rpartition("/")[2]
        if name not in FILES:
            return
        if call.name in ("fsync", "fdatasync"):
            for done in self.since[name]:
                _apply(self.synced[name], done)
            self.since[name].clear()
        elif call.name in ("pwrite64", "ftruncate"):
            self.since[name].append(call)

    def cut(self, folder: Path, survives: Callable[[], bool]) -> None:
        """Write what a power cut leaves into a folder."""
        for name in FILES:
            left = bytearray(self.synced[name])
            for call in self.since[name]:
                if survives():
                    _apply(left, call)
            (folder / name).write_bytes(left)


def _apply(content: bytearray, call: tracer.Call) -> None:
    if call.name == "ftruncate":
        del content[call.offset :]
        content.extend(bytes(call.offset - len(content)))
        return
    content.extend(bytes(max(0, call.offset - len(content))))
    content[call.offset : call.offset + len(call.data)] = call.data


def _cuts(template: Path, room: Path, level: str, how: str) -> Iterator[tuple[Path, int, int]]:
    """The ledger that each power cut leaves, how many facts were acknowledged, how many are there."""
    folder = shutil.copytree(template, room / f"camp-{level}-{how}")
    settled(folder)
    shutil.rmtree(folder / "checkpoints")
    disk = Disk(folder)

    def work(say: Say) -> None:
        if level == "OFF":
            persistence.durable = _careless
        ledger = Ledger(Folder.load(folder))
        for number in range(FACTS):
            line = f"movement made --from ashraf --to hurriya --count 1 --key K-{number}"
            ledger.record(read(line), actor="HRO-07")
            say(f"K-{number}")

    code, said, calls = tracer.traced(work, keep=True)
    assert (code, len(said)) == (0, FACTS), said[-1:]
    moved = sum(call.name == "pwrite64" and call.path.endswith("/ledger.db") for call in calls)
    assert moved or not LONG, "the log was never moved into the database"
    chances = chance("power", level)
    told = 0
    for call in calls:
        disk.take(call)
        if call.name == "write" and call.path.startswith("pipe:"):
            told += 1
            left = room / f"left-{level}-{how}-{told}"
            shutil.copytree(template, left, ignore=shutil.ignore_patterns("*.db*", "checkpoints"))
            disk.cut(left, lambda: how == "a random part" and chances.random() < 0.5)
            found = keys(left)
            assert all(number == 1 for number in found.values())
            yield left, told, sum(f"K-{number}" in found for number in range(told))
            shutil.rmtree(left)
    assert told == FACTS


def _careless(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA journal_mode=WAL")


@pytest.fixture(autouse=True)
def _tracing() -> None:
    if why := tracer.why_not():
        pytest.skip(f"NOT TESTED, power cuts: {why}")


@pytest.mark.parametrize("how", ["nothing", "a random part"])
def test_what_was_acknowledged_survives_a_power_cut(template: Path, room: Path, how: str) -> None:
    for left, told, there in _cuts(template, room, "FULL", how):
        assert there == told
        sound(left)
        COUNTS.add("power cut after an acknowledgement", f"{how} of what was not synced survives",
                   "nothing lost")  # fmt: skip


def test_the_control_with_synchronous_off_loses_facts(template: Path, room: Path) -> None:
    """If this test finds nothing lost, the model cannot see a loss and the others prove nothing."""
    lost = 0
    for _, told, there in _cuts(template, room, "OFF", "nothing"):
        lost += there < told
        COUNTS.add("power cut with `synchronous=OFF` (the control)", "nothing survives",
                   "acknowledged facts lost" if there < told else "nothing lost")  # fmt: skip
    assert lost > 0
