"""What disks and people do to files: bits that flip, logs cut short, older copies put back."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from ledger.errors import VigilError
from ledger.folder import Folder
from ledger.seal.verification import verify
from tests.faults.rig import COUNTS, LONG, MOVE, chance, done, facts, keys, sound, vigil
from tests.faults.sqlite_file import USED, Layout

if TYPE_CHECKING:
    from pathlib import Path

    from ledger.seal.verification import Fault

FLIPS = 2_000 if LONG else 300
COMMANDS = (
    "verify", "verify --deep", "status", "log", "query population", "show SIT-HURRIYA", "check",
    "export facts", "replay", "checkpoint", f"{MOVE} --key after-the-flip", "prove SIT-HURRIYA/1",
    "correct SIT-HURRIYA/1 --set name=x --reason y", "backup copy.db",
)  # fmt: skip


def told(folder: Path) -> list[Fault] | VigilError:
    """What `verify` finds, or why it cannot look."""
    try:
        return verify(Folder.load(folder)).faults
    except VigilError as error:
        return error


def test_every_bit_that_flips_in_used_bytes_is_found(demo: Path, room: Path) -> None:
    layout = Layout(demo / "ledger.db")
    chances = chance("flips")
    for number in range(FLIPS):
        offset, bit = chances.randrange(len(layout.data)), chances.randrange(8)
        what = layout.of(offset)
        folder = shutil.copytree(demo, room / f"demo{number}")
        data = bytearray(layout.data)
        data[offset] ^= 1 << bit
        (folder / "ledger.db").write_bytes(data)
        found = told(folder)
        where = f"byte {offset} bit {bit}, {what}, {layout.table(offset)}"
        if what == USED:
            assert found, where
        line = COMMANDS[number % len(COMMANDS)]
        answer = vigil(folder, line)
        assert "Traceback" not in answer.err, (where, line, answer.err)
        assert answer.code in (0, 1, 4, 5, 7, 10, 13), (where, line, answer)
        named = "[E5999]" not in answer.err
        assert named, (where, line, answer.err)
        COUNTS.add("one bit of `ledger.db` flips", _place(what, layout.table(offset)), _how(found))
        shutil.rmtree(folder)


def _place(what: str, table: str) -> str:
    return f"`{table}`" if what == USED else what


def _how(found: list[Fault] | VigilError) -> str:
    if isinstance(found, VigilError):
        return f"refused ({found.code})"
    if not found:
        return "without effect"
    if any(fault.fact or fault.position for fault in found):
        return "found, fact named"
    return "found, place in the file or index line named"


def _a_log_of_many_frames(template: Path, folder: Path) -> tuple[list[str], int]:
    """Fill a write-ahead log that nobody moves into the database; its keys, and what was sealed."""
    shutil.copytree(template, folder)
    with closing(sqlite3.connect(folder / "ledger.db")) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT COUNT(*) FROM stored_events").fetchone()
        for number in range(12):
            done(folder, f"{MOVE} --key W-{number}")
            if number == 5:
                done(folder, "checkpoint")
        for name in ("ledger.db", "ledger.db-wal"):
            shutil.copy(folder / name, folder / f"{name}.kept")
    return [said["uuid"] for said in facts(folder)], 4 + 6


def test_a_write_ahead_log_cut_short_keeps_whole_facts(template: Path, room: Path) -> None:
    """Whoever cuts the log takes facts away; what is left is a beginning, and the seal tells."""
    whole = room / "camp"
    uuids, sealed = _a_log_of_many_frames(template, whole)
    log = (whole / "ledger.db-wal.kept").read_bytes()
    frame = 4096 + 24
    ends = {*range(0, len(log) + 1, 4096), *range(32, len(log) + 1, frame)}
    odd = {chance("cut").randrange(len(log)) for _ in range(200 if LONG else 20)}
    ends |= odd | {end + 1 for end in ends} | {end - 1 for end in ends if end}
    cuts = sorted(end for end in ends if end <= len(log))
    for end in cuts if LONG else chance("ends").sample(cuts, 60):
        # A folder of its own: within one process SQLite remembers files by their inode.
        folder = room / f"cut-{end}"
        shutil.copytree(whole, folder, ignore=shutil.ignore_patterns("*-wal", "*-shm", "views.db*"))
        shutil.copy(whole / "ledger.db.kept", folder / "ledger.db")
        (folder / "ledger.db-wal").write_bytes(log[:end])
        left = [said["uuid"] for said in facts(folder)]
        assert left == uuids[: len(left)]
        found = told(folder)
        assert isinstance(found, list)
        answer = vigil(folder, f"{MOVE} --key after-the-cut")
        if len(left) < sealed:
            assert {"missing_tail", "rolled_back"} & {fault.kind for fault in found}
            assert answer.code == 13, answer.err
            outcome = "sealed facts lost: found, writing refused"
        else:
            assert found == []
            assert answer.code == 0
            sound(folder)
            outcome = "only unsealed facts lost" if len(left) < len(uuids) else "nothing lost"
        COUNTS.add("the write-ahead log is cut short", "at a page, a frame or anywhere", outcome)
        shutil.rmtree(folder)


def test_an_older_copy_put_back_is_refused(camp: Path) -> None:
    older = camp.parent / "older.db"
    done(camp, ["backup", str(older)])
    done(camp, f"{MOVE} --key K-0")
    done(camp, "checkpoint")
    before = keys(camp)
    for left in ("ledger.db-wal", "ledger.db-shm"):
        (camp / left).unlink(missing_ok=True)
    newer = (camp / "ledger.db").read_bytes()
    shutil.copy(older, camp / "ledger.db")
    (camp / "rows.jsonl").write_text("{}\n")
    for line in (f"{MOVE} --key K-1", "correct MOV-FIRST/1 --set count=5 --reason x",
                 "retract MOV-FIRST/1 --reason x", "import rows.jsonl", "checkpoint"):  # fmt: skip
        answer = vigil(camp, line)
        assert answer.code == 13, (line, answer.err)
        COUNTS.add("an older copy of `ledger.db` is put back", f"`{line.split()[0]}`", "refused")
    found = told(camp)
    assert isinstance(found, list)
    assert {fault.kind for fault in found} >= {"missing_tail", "rolled_back"}
    (camp / "ledger.db").write_bytes(newer)
    for left in ("ledger.db-wal", "ledger.db-shm"):
        (camp / left).unlink(missing_ok=True)
    assert keys(camp) == before
    sound(camp)


@pytest.mark.parametrize("damage", [
    "DELETE FROM known_things WHERE id = 'SIT-HURRIYA'",
    "UPDATE known_keys SET version = 7",
    "INSERT INTO known_names VALUES ('elsewhere', 'SIT-HURRIYA', 'hurriya')",
    "UPDATE known_things SET serial = 9000",
    "DROP INDEX known_serials",
    "DROP TABLE known_names",
])  # fmt: skip
def test_an_index_that_does_not_follow_is_found_and_made_anew(camp: Path, damage: str) -> None:
    done(camp, f"{MOVE} --key K-0")
    with closing(sqlite3.connect(camp / "ledger.db")) as database:
        database.execute(damage)
        database.commit()
    found = told(camp)
    assert isinstance(found, list)
    assert found, damage
    done(camp, "replay")
    sound(camp)
    assert done(camp, f"{MOVE} --key K-0 -f json").json["already"]
    COUNTS.add("the index of what exists is altered by hand", "`ledger.db`", "found, made anew")
