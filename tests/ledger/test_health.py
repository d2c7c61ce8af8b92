"""What is looked at of a ledger and of the machine it lies on."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ledger import health, machine
from ledger.errors.storage import NoLedger
from ledger.health import Check, examined
from ledger.lock import held
from ledger.machine import loses_pages, mounted
from tests.conftest import tell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger.application import Ledger

MOUNTS = """\
/dev/sda1 / ext4 rw,relatime 0 0
tmpfs /tmp tmpfs rw 0 0
server:/share /mnt/the\\040share nfs4 rw,vers=4.2 0 0
/dev/sdb1 /mnt/the\\040share/local xfs rw 0 0
//box/x /mnt/twice cifs rw 0 0
/dev/sdc1 /mnt/twice btrfs rw 0 0
"""


@pytest.mark.parametrize(
    ("version", "hazard"),
    [("3.6.23", False), ("3.7.0", True), ("3.40.1", True), ("3.44.5", True), ("3.44.6", False),
     ("3.45.0", True), ("3.50.6", True), ("3.50.7", False), ("3.51.0", True), ("3.51.2", True),
     ("3.51.3", False), ("3.52.0", False), ("4.0.0", False)],
)  # fmt: skip
def test_the_versions_that_lose_pages_are_known(version: str, hazard: bool) -> None:
    assert loses_pages(tuple(map(int, version.split(".")))) is hazard


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/home/camp", "ext4"), ("/tmp/camp", "tmpfs"), ("/tmpx", "ext4"), ("/mnt/the share", "nfs4"),
     ("/mnt/the share/camp", "nfs4"), ("/mnt/the share/local/camp", "xfs"), ("/mnt/twice", "btrfs")],
)  # fmt: skip
def test_a_path_lies_on_the_nearest_mount(path: str, kind: str) -> None:
    assert mounted(Path(path), MOUNTS) == kind


def test_a_ledger_on_a_network_is_warned_of(ledger: Ledger, tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"server:/x {ledger.folder.path} nfs4 rw 0 0\n")
    (check,) = machine.file_system(ledger.folder, mounts)
    assert (check.state, "nfs4" in check.text, bool(check.cure)) == ("warning", True, True)
    (check,) = machine.file_system(ledger.folder, tmp_path / "nowhere")
    assert (check.state, "not known" in check.text) == ("ok", True)


def test_a_full_disk_is_an_error(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "disk_usage", lambda _: _Usage(free=99_999_999))
    assert [check.state for check in machine.disk(ledger.folder)] == ["error"]
    monkeypatch.setattr(machine, "disk_usage", lambda _: _Usage(free=100_000_000))
    assert [check.state for check in machine.disk(ledger.folder)] == ["ok"]
    monkeypatch.setattr(machine, "ROOM", 10)
    monkeypatch.setattr(machine, "disk_usage", lambda _: _Usage(free=11))
    assert [check.state for check in machine.disk(ledger.folder)] == ["error"]


class _Usage:
    def __init__(self, free: int) -> None:
        self.free = free


def test_a_lock_that_is_held_is_seen_and_left_alone(ledger: Ledger) -> None:
    assert [check.text for check in health.lock(ledger.folder)] == ["free"]
    with held(ledger.folder.lock, 1):
        assert [check.state for check in health.lock(ledger.folder)] == ["warning"]
    tell(ledger, "movement made MOV-A --from outside --to hurriya --count 1 --occurred 2013")


def test_a_fact_that_is_gone_from_the_middle_is_missed(ledger: Ledger) -> None:
    assert [check.state for check in health.database(ledger.folder)] == ["ok"]
    with closing(sqlite3.connect(ledger.folder.database)) as store:
        kept = store.execute("SELECT * FROM stored_events WHERE position = 1").fetchone()
        store.execute("DELETE FROM stored_events WHERE position = 1")
        store.commit()
        (check,) = health.database(ledger.folder)
        store.execute("INSERT INTO stored_events VALUES (?, ?, ?, ?, ?)", kept)
        store.commit()
    assert (check.state, "1 facts under positions 1 to 2" in check.text) == ("error", True)


@pytest.mark.parametrize(
    ("fault", "words"),
    [(NoLedger(folder="x"), "there is no ledger in x"), (OSError(5, "Input/output error", "x"), "x"),
     (sqlite3.DatabaseError("odd"), "odd"), (KeyError("recorded"), "recorded")],
)  # fmt: skip
def test_what_stops_a_look_is_what_it_finds(fault: Exception, words: str) -> None:
    def look() -> Iterator[Check]:
        yield Check("one", "ok", "seen")
        raise fault

    first, second = examined("one", look)
    assert first.state == "ok"
    assert (second.check, second.state, words in second.text) == ("one", "error", True)
