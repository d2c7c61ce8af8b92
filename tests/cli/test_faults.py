"""What the machine does to a ledger: other writers, full disks, read-only media, signals, pipes."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ledger.application import Ledger
from ledger.errors.storage import LedgerDamaged
from ledger.folder import Folder
from ledger.lock import held
from ledger.notation import read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.conftest import Office

MOVE = "record movement made --from ashraf --to hurriya --at 2013-02-01 --received 2013-02-01"


def child(office: Office, **more: str) -> dict[str, str]:
    return {**os.environ, **office.environment, **more}


def run(vigil: list[str], office: Office, *words: str, **more: Any) -> Any:
    return subprocess.run(  # noqa: PLW1510
        [*vigil, *words], cwd=office.folder, env=child(office), capture_output=True, text=True,
        timeout=60, **more,
    )  # fmt: skip


# Other writers -----------------------------------------------------------------------------------


def test_eight_processes_that_record_at_once_all_succeed(camp: Office, vigil: list[str]) -> None:
    words = [*vigil, *MOVE.split(), "--count", "1", "-f", "json"]
    running = [
        subprocess.Popen(words, cwd=camp.folder, env=child(camp), stdout=-1, stderr=-1)
        for _ in range(8)
    ]
    ended = [process.communicate(timeout=60) for process in running]
    assert [process.returncode for process in running] == [0] * 8, ended
    receipts = [json.loads(out) for out, _ in ended]
    assert sorted(receipt["position"] for receipt in receipts) == list(range(7, 15))
    assert len({receipt["id"] for receipt in receipts}) == 8
    assert all(err == b"" for _, err in ended)
    (hurriya,) = camp.query("population --place hurriya")
    assert hurriya["count"]["text"] == "405"


def test_a_lock_held_past_the_limit_is_busy(camp: Office) -> None:
    camp.environment["VIGIL_LOCK_SECONDS"] = "0.3"
    with held(camp.folder / "ledger.lock", 1):
        began = time.monotonic()
        answer = camp(f"{MOVE} --count 1")
        waited = time.monotonic() - began
        assert camp.query("population")  # reading needs no lock
    assert answer.code == 11
    assert "over 0.3 s [E1004]" in answer.err
    assert 0.3 <= waited < 5
    assert camp.position == 6
    camp.ok(f"{MOVE} --count 1")


def test_views_that_cannot_be_caught_up_lose_no_fact(camp: Office) -> None:
    """The fact is stored, so the command says so; the next query catches up."""
    camp.environment["VIGIL_LOCK_SECONDS"] = "0.2"
    with held(camp.folder / "views.lock", 1):
        answer = camp(f"{MOVE} --count 1")
        assert answer.code == 0
        assert "recorded: MOV-H1-32/1" in answer.out
        assert "warning: recorded, but the views are behind" in answer.err
        behind = camp("query population")
        assert (behind.code, "[E1004]" in behind.err) == (11, True)
    (hurriya,) = camp.query("population --place hurriya")
    assert hurriya["count"]["text"] == "398"


# Media -------------------------------------------------------------------------------------------


@pytest.fixture
def medium(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own, 2 MB in memory."""
    path = tmp_path / "medium"
    path.mkdir()
    mounted = shutil.which("mount") and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "vigil-test", path],
        check=False,
        capture_output=True,
    )
    if not mounted or mounted.returncode:
        why = mounted.stderr.decode().strip() if mounted else "there is no mount"
        pytest.skip(f"NOT TESTED, mounting is not permitted here: {why}")
    try:
        yield path
    finally:
        subprocess.run(["umount", "--lazy", path], check=True)


def _settle(office: Office, medium: Path) -> None:
    """The office's ledger, moved to the medium."""
    shutil.copytree(office.folder, medium, dirs_exist_ok=True, ignore=lambda *_: ["medium"])
    office.environment["VIGIL_LEDGER"] = str(medium)
    with closing(sqlite3.connect(medium / "ledger.db")) as database:
        assert database.execute("PRAGMA journal_mode=WAL").fetchone() == ("wal",)
    (office.folder / "vigil.toml").unlink()


def _fill(path: Path, *, but: int = 0) -> None:
    """A file that takes all the room there is but for so many bytes."""
    file = os.open(path, os.O_CREAT | os.O_WRONLY)
    with pytest.raises(OSError, match="No space"):
        while True:
            os.write(file, b"x" * 4096)
    os.ftruncate(file, os.fstat(file).st_size - but)
    os.close(file)


@pytest.mark.parametrize("views", ["kept", "deleted"])
def test_a_read_only_medium_is_read_and_not_written(camp: Office, medium: Path, views: str) -> None:
    _settle(camp, medium)
    if views == "deleted":
        (medium / "views.db").unlink()
    subprocess.run(["mount", "-o", "remount,ro", medium], check=True)
    kept = sorted(path.name for path in medium.iterdir())
    for line in (f"{MOVE} --count 1", "retract MOV-H1-24 --reason x", "import rows.jsonl"):
        camp.write("rows.jsonl", "{}\n")
        answer = camp(line)
        assert answer.code == 1, line
        assert "[E1005]" in answer.err, answer.err
        assert "cannot be written" in answer.err
    (hurriya,) = camp.query("population --place hurriya")
    assert hurriya["count"]["text"] == "397"
    assert camp.query("population --as-recorded 3 --place hurriya")[0]["count"]["text"] == "0"
    for line in ("status", "log", "show INC-ONE", "check", "export facts", "replay --to 6",
                 "replay", "backup copy.db"):  # fmt: skip
        assert camp.ok(line).out
    assert camp.position == 6
    assert sorted(path.name for path in medium.iterdir()) == kept


@pytest.mark.parametrize(
    "moment",
    ["on opening", "on locking", "in the middle of an import"],
)
def test_a_full_disk_keeps_nothing_half_written(camp: Office, medium: Path, moment: str) -> None:
    _settle(camp, medium)
    reader = sqlite3.connect(medium / "ledger.db")
    if moment != "on opening":  # whoever reads keeps the files that opening would have to make
        reader.execute("SELECT COUNT(*) FROM stored_events").fetchone()
    filler = medium / "filler"
    _fill(filler, but=300_000 if moment == "in the middle of an import" else 0)
    camp.write("big.jsonl", "".join(
        json.dumps({"fact": "movement.made", "occurred": "2013-01-01", "from": "ashraf",
                    "to": "hurriya", "count": 1, "note": "x" * 50_000, "key": f"k{n}"}) + "\n"
        for n in range(60)
    ))  # fmt: skip
    answer = camp("import big.jsonl")
    assert answer.code == 1
    assert "[E1006]" in answer.err, answer.err
    assert "no room left" in answer.err
    filler.unlink()
    reader.close()
    assert camp.position == 6
    assert len(camp.ok("log").out.splitlines()) == 6
    camp.ok(f"{MOVE} --count 1")
    assert camp.position == 7
    (hurriya,) = camp.query("population --place hurriya")
    assert hurriya["count"]["text"] == "398"
    with closing(sqlite3.connect(medium / "ledger.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_an_answer_that_does_not_fit_on_the_disk_leaves_no_file(camp: Office, medium: Path) -> None:
    (medium / "filler").write_bytes(b"x" * 2_080_000)
    camp.ok(f"{MOVE} --count 1 --note {'x' * 60_000}")
    answer = camp(["export", "facts", "-o", str(medium / "facts.jsonl")])
    assert (answer.code, "[E1006]" in answer.err) == (1, True), answer.err
    assert [path.name for path in medium.iterdir()] == ["filler"]


@pytest.mark.parametrize("room", [1_000, 12_000, 40_000])
def test_a_ledger_that_does_not_fit_is_not_half_made(
    office: Office, medium: Path, room: int
) -> None:
    _fill(medium / "filler", but=room)
    answer = office(["init", str(medium / "new")])
    assert (answer.code, "[E1006]" in answer.err) == (1, True), answer.err
    assert list((medium / "new").glob("*")) == []
    (medium / "filler").unlink()
    office.ok(["init", str(medium / "new")])


@pytest.mark.parametrize("room", [1_000, 40_000])
def test_a_backup_that_does_not_fit_leaves_nothing(camp: Office, medium: Path, room: int) -> None:
    camp.ok("checkpoint")
    _fill(medium / "filler", but=room)
    answer = camp(["backup", str(medium / "copy.db")])
    assert (answer.code, "[E1006]" in answer.err) == (1, True), answer.err
    assert [path.name for path in medium.iterdir()] == ["filler"]
    (medium / "filler").unlink()
    camp.ok(["backup", str(medium / "copy.db")])


def test_a_backup_replaces_no_checkpoints(camp: Office) -> None:
    camp.ok("checkpoint")
    (camp.folder / "copy.db.checkpoints").mkdir()
    answer = camp("backup copy.db -f json")
    assert (answer.code, answer.error["code"]) == (2, "E1011")
    assert not (camp.folder / "copy.db").exists()


def test_nothing_is_acknowledged_where_the_ledger_was_taken_away(camp: Office) -> None:
    with closing(Ledger(Folder.load(camp.folder))) as ledger:
        ledger.record(read("movement made --from ashraf --to hurriya --count 1"), actor="HRO-07")
        (camp.folder / "ledger.db").rename(camp.folder / "elsewhere.db")
        with pytest.raises(LedgerDamaged, match="moved away"):
            ledger.record(
                read("movement made --from ashraf --to hurriya --count 2"), actor="HRO-07"
            )
    (camp.folder / "elsewhere.db").rename(camp.folder / "ledger.db")
    assert camp.position == 7


# Signals and pipes -------------------------------------------------------------------------------


@pytest.mark.parametrize("format", ["table", "json"])
def test_an_import_that_is_interrupted_leaves_nothing(
    camp: Office, vigil: list[str], format: str
) -> None:
    line = json.dumps({"fact": "movement.made", "occurred": "2013-01-01", "from": "ashraf",
                       "to": "hurriya", "count": 1})  # fmt: skip
    process = subprocess.Popen(
        [*vigil, "import", "-", "-f", format],
        cwd=camp.folder,
        env=child(camp),
        stdin=-1,
        stdout=-1,
        stderr=-1,
    )
    assert process.stdin is not None
    # It reads rows and waits for more: the first are recorded, and nothing is committed.
    process.stdin.write(f"{line}\n".encode() * 2000)
    process.stdin.flush()
    time.sleep(1.5)
    process.send_signal(signal.SIGINT)
    process.stdin.close()
    process.stdin = None
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    if format == "json":
        told = json.loads(err)
        assert (told["schema"], told["exit"], told["code"]) == ("vigil.error/1", 130, "E5998")
        assert told["message"] == "interrupted; nothing half-done was kept"
    else:
        first, _ = err.decode().strip().split("\n")
        assert first == "vigil: interrupted; nothing half-done was kept [E5998]"
    assert out == b""
    assert camp.position == 6
    camp.ok(f"{MOVE} --count 1")


def test_a_process_that_is_killed_frees_the_lock(camp: Office, vigil: list[str]) -> None:
    process = subprocess.Popen(
        [*vigil, "import", "-"], cwd=camp.folder, env=child(camp), stdin=-1, stdout=-1, stderr=-1
    )
    time.sleep(1)
    camp.environment["VIGIL_LOCK_SECONDS"] = "0.2"
    assert camp(f"{MOVE} --count 1").code == 11
    process.kill()
    process.communicate(timeout=30)
    camp.ok(f"{MOVE} --count 1")
    assert camp.position == 7


@pytest.mark.parametrize("line", ["log", "export facts", "query movements -f ids", "--help"])
def test_a_reader_that_stops_listening_is_no_error(
    demo: Office, vigil: list[str], line: str
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    process = subprocess.Popen(
        [*vigil, *line.split()], cwd=demo.folder, env=child(demo), stdout=writing, stderr=-1
    )
    os.close(writing)
    _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, b"")


def test_a_full_output_is_not_blamed_on_the_ledger(camp: Office, vigil: list[str]) -> None:
    device = Path("/dev/full")
    if not device.exists():
        pytest.skip(f"NOT TESTED, there is no {device} here")
    with device.open("wb") as full:
        done = subprocess.run(
            [*vigil, "log"], cwd=camp.folder, env=child(camp), stdout=full, stderr=-1, check=False
        )
    assert (done.returncode, b"that holds the answer" in done.stderr) == (1, True), done.stderr
