"""Many write at once, each in turn; nothing is lost, doubled or left open to others."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from ledger.application import Ledger
from ledger.errors import VigilError
from ledger.errors.storage import Busy, LedgerDamaged, LedgerReadOnly
from ledger.folder import Folder
from ledger.lock import held
from ledger.notation import read
from ledger.persistence import durable
from tests.conftest import log_of, tell

ROOT = Path(__file__).parents[2]
MOVE = "movement made --from ashraf --to hurriya --count 5"

WRITER = """
import sys
from pathlib import Path
from ledger import Folder, Ledger
from ledger.notation import read

ledger = Ledger(Folder.load(Path(sys.argv[1])))
for n in range(5):
    ledger.record(read("movement made --from ashraf --to hurriya --count 1"), actor="HRO-1")
    ledger.record(read("incident claimed INC-A --claimant press --killed 5"), actor="HRO-1")
"""


def test_eight_officers_record_at_once_and_all_succeed(ledger: Ledger) -> None:
    tell(ledger, "incident opened INC-A --site hurriya --kind attack --title x --received 2013")
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(ledger.folder.path)],
            cwd=ROOT, stderr=subprocess.PIPE, text=True,
        )
        for _ in range(8)
    ]  # fmt: skip
    assert [writer.communicate()[1] for writer in writers] == [""] * 8
    log = log_of(ledger)
    assert len(log) == 3 + 8 * 10
    assert [e.version for e in log if e.id == "INC-A"] == list(range(1, 42))
    assert len({e.id for e in log if e.name == "movement.made"}) == 40


def test_threads_with_a_ledger_each_all_succeed(ledger: Ledger) -> None:
    failures: list[VigilError] = []

    def write() -> None:
        try:
            own = Ledger(ledger.folder, clock=ledger.clock)
            for _ in range(5):
                own.record(read(MOVE), actor="HRO-1")
            own.close()
        except VigilError as error:
            failures.append(error)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(log_of(ledger)) == 2 + 20


def test_a_lock_that_is_held_too_long_is_busy(ledger: Ledger) -> None:
    impatient = Ledger(ledger.folder._replace(lock_seconds=0.2), clock=ledger.clock)
    with held(ledger.folder.lock, 1), pytest.raises(Busy) as caught:
        impatient.record(read(MOVE), actor="HRO-1")
    assert (caught.value.code, caught.value.exit) == ("E1004", 11)
    assert "0.2 s" in caught.value.sentence
    assert len(log_of(ledger)) == 2
    impatient.record(read(MOVE), actor="HRO-1")
    impatient.close()


def test_the_lock_leaves_no_file_beside_it(ledger: Ledger) -> None:
    with held(ledger.folder.lock, 1):
        assert [file.name for file in ledger.folder.path.glob("ledger.lock*")] == ["ledger.lock"]


def test_reading_needs_no_lock(ledger: Ledger) -> None:
    with held(ledger.folder.lock, 1):
        assert len(ledger.history("SIT-HURRIYA")) == 1
        with Ledger(ledger.folder) as other:
            assert other.last_recorded() > 0


def test_a_database_that_somebody_else_locked_is_busy(ledger: Ledger) -> None:
    impatient = Ledger(ledger.folder._replace(lock_seconds=0.5), clock=ledger.clock)
    other = sqlite3.connect(ledger.folder.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Busy):
        impatient.record(read(MOVE), actor="HRO-1")
    other.close()
    impatient.close()


def test_a_dry_run_checks_everything_and_stores_nothing(ledger: Ledger) -> None:
    before = log_of(ledger)
    with ledger.transaction(dry_run=True) as transaction:
        receipt = transaction.record(read(f"{MOVE} --key PR-1"), actor="HRO-1")
        assert (receipt.entry.fact, receipt.position) == ("MOV-PR-1/1", 3)
    assert len(log_of(ledger)) == len(before)
    with pytest.raises(VigilError), ledger.transaction(dry_run=True) as transaction:
        transaction.record(read("movement made --from ashraf --to ashraf --count 1"), actor="x")
    (again,) = ledger.record(read(f"{MOVE} --key PR-1"), actor="HRO-1")
    assert not again.already


def test_an_error_in_a_transaction_keeps_nothing_and_frees_the_lock(ledger: Ledger) -> None:
    with pytest.raises(ZeroDivisionError), ledger.transaction() as transaction:
        transaction.record(read(MOVE), actor="HRO-1")
        raise ZeroDivisionError
    assert len(log_of(ledger)) == 2
    assert tell(ledger, MOVE)[0].position == 3


def test_only_its_owner_reads_a_ledger(ledger: Ledger) -> None:
    tell(ledger, MOVE)
    modes = {
        file.name: stat.S_IMODE(file.stat().st_mode)
        for file in ledger.folder.path.iterdir()
    }  # fmt: skip
    assert {"ledger.db", "ledger.db-wal", "ledger.db-shm", "ledger.lock", "vigil.toml"} <= set(
        modes
    )
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(ledger.folder.path.stat().st_mode) == 0o700


def test_every_commit_reaches_the_disk(ledger: Ledger) -> None:
    with ledger.recorder.datastore.unit() as cursor:
        assert cursor.execute("PRAGMA synchronous").fetchone()[0] == 2
        assert cursor.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


def test_a_database_that_cannot_be_made_durable_is_refused() -> None:
    with pytest.raises(LedgerDamaged):
        durable(sqlite3.connect(":memory:"))


def test_a_lock_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    with pytest.raises(LedgerReadOnly), held(tmp_path / "no" / "ledger.lock", 0.1):
        pass


def test_a_folder_that_holds_a_ledger_is_never_written_into(ledger: Ledger) -> None:
    with pytest.raises(VigilError) as caught:
        Folder.create(ledger.folder.path, station="H2", timezone="UTC")
    assert caught.value.code == "E1003"
    assert Folder.load(ledger.folder.path).station == "H1"


def test_the_environment_of_the_process_configures_nothing(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SQLITE_DBNAME", str(tmp_path / "other.db"))
    monkeypatch.setenv("PERSISTENCE_MODULE", "eventsourcing.popo")
    monkeypatch.setenv("CIPHER_TOPIC", "nowhere:Nothing")
    with Ledger(ledger.folder, clock=ledger.clock) as other:
        other.record(read(MOVE), actor="HRO-1")
    assert len(log_of(ledger)) == 3
    assert not (tmp_path / "other.db").exists()
