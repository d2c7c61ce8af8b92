"""`docs/verify_ledger.py` proves a backup by a note alone, and finds every way to tamper with it."""

from __future__ import annotations

import ast
import runpy
import shutil
import sqlite3
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from ledger.seal.note import ED25519, SigningKey
from tests.interop.conftest import ROOT, SIZES, mutations, run

if TYPE_CHECKING:
    from pathlib import Path

    from tests.interop.conftest import Log

PROGRAM = ROOT / "docs" / "verify_ledger.py"
GROWN = SIZES[-1]

#: What somebody might do to the newest facts, or the oldest, and what is said of it.
TAMPERINGS = {
    "a letter of a state": (
        (
            "UPDATE stored_events SET state = CAST(replace(CAST(state AS TEXT), 'Attack', 'Attach') "
            "AS BLOB) WHERE position = 300"
        ),
        "fact 300, now INC-X299/1, is the first",
    ),
    "a bit of a state": (
        (
            "UPDATE stored_events SET state = CAST(CAST(state AS TEXT) || ' ' AS BLOB) "
            "WHERE position = 1"
        ),
        "fact 1, now SIT-ASHRAF/1, is the first",
    ),
    "two states": (
        "UPDATE stored_events SET state = x'7b7d' WHERE position IN (648, 500)",
        "fact 500, now INC-X499/1, is the first",
    ),
    "a topic": (
        "UPDATE stored_events SET topic = 'incident.closed/1' WHERE position = 300",
        "fact 300, now INC-X299/1, is the first",
    ),
    "an id": (
        "UPDATE stored_events SET originator_id = 'INC-Y' WHERE position = 300",
        "fact 300, now INC-Y/1, is the first",
    ),
    "a version": (
        "UPDATE stored_events SET originator_version = 2 WHERE position = 300",
        "fact 300, now INC-X299/2, is the first",
    ),
    "a state that is a text with other bytes": (
        "UPDATE stored_events SET state = '{}' WHERE position = 300",
        "fact 300, now INC-X299/1, is the first",
    ),
    "the last fact is gone": (
        "DELETE FROM stored_events WHERE position = 648",
        "648 facts were sealed and 647 are there",
    ),
    "all facts are gone": ("DELETE FROM stored_events", "648 facts were sealed and 0 are there"),
    "a fact is gone": (
        "DELETE FROM stored_events WHERE position = 300",
        "INC-X300/1 lies at 301 instead of 300",
    ),
    "a fact is gone and the rest moved up": (
        (
            "DELETE FROM stored_events WHERE position = 300;"
            "UPDATE stored_events SET position = -position WHERE position > 300;"
            "UPDATE stored_events SET position = -position - 1 WHERE position < 0;"
            "INSERT INTO stored_events VALUES (648, 'INC-Z', 1, 'incident.opened/1', x'7b7d')"
        ),
        "fact 300, now INC-X300/1, is the first",
    ),
    "a fact is put in": (
        (
            "UPDATE stored_events SET position = -position WHERE position >= 300;"
            "UPDATE stored_events SET position = 1 - position WHERE position < 0;"
            "INSERT INTO stored_events VALUES (300, 'INC-Z', 1, 'incident.opened/1', x'7b7d')"
        ),
        "fact 300, now INC-Z/1, is the first",
    ),
    "a fact is put before the first": (
        "INSERT INTO stored_events VALUES (0, 'INC-Z', 1, 'incident.opened/1', x'7b7d')",
        "INC-Z/1 lies at 0 instead of 1",
    ),
    "two facts change places": (
        (
            "UPDATE stored_events SET position = -1 WHERE position = 300;"
            "UPDATE stored_events SET position = 300 WHERE position = 301;"
            "UPDATE stored_events SET position = 301 WHERE position = -1"
        ),
        "fact 300, now INC-X300/1, is the first",
    ),
    "two facts change ids": (
        (
            "UPDATE stored_events SET originator_id = 'INC-Y' WHERE position = 300;"
            "UPDATE stored_events SET originator_id = 'INC-X299' WHERE position = 301;"
            "UPDATE stored_events SET originator_id = 'INC-X300' WHERE position = 300"
        ),
        "fact 300, now INC-X300/1, is the first",
    ),
    "a view in the place of the facts": (
        (
            "ALTER TABLE stored_events RENAME TO hidden;"
            "CREATE VIEW stored_events AS SELECT * FROM hidden"
        ),
        "is not a sound ledger",
    ),
}


def check(*words: str | Path) -> tuple[int, str]:
    """Run the program apart from our packages: -I leaves out the folder and the environment."""
    done = run(sys.executable, "-I", PROGRAM, *words)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout


@pytest.fixture
def copy(log: Log, tmp_path: Path) -> Path:
    """A backup with its checkpoints, to tamper with."""
    shutil.copytree(f"{log.backup}.checkpoints", tmp_path / "copy.db.checkpoints")
    return shutil.copy(log.backup, tmp_path / "copy.db")


def tamper(copy: Path, script: str) -> None:
    with closing(sqlite3.connect(copy)) as ledger:
        ledger.executescript(script)


def test_it_needs_nothing_of_ours_and_fits_on_a_few_pages() -> None:
    text = PROGRAM.read_text(encoding="utf-8")
    imported = {
        (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name).partition(".")[0]
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert imported - sys.stdlib_module_names == {"cryptography"}
    assert len(text.splitlines()) <= 160


@pytest.mark.parametrize("size", SIZES)
def test_a_backup_is_proved_by_each_kept_note(log: Log, size: int) -> None:
    code, told = check(log.backup, log.note(size), log.vkey)
    assert code == 0, told
    assert told.startswith(f"proved: the first {size} facts of vigil/")
    assert f"{GROWN - size} facts came after the note" in told


def test_a_backup_is_proved_by_what_a_witness_signed(log: Log) -> None:
    code, told = check(log.backup, log.cosigned, log.witness)
    assert code == 0, told
    assert "are those that witness.example signed" in told
    assert check(log.backup, log.note(GROWN), log.witness)[0] == 1


@pytest.mark.parametrize("kind", TAMPERINGS)
def test_a_tampered_backup_is_not_proved(log: Log, copy: Path, kind: str) -> None:
    script, expected = TAMPERINGS[kind]
    tamper(copy, script)
    code, told = check(copy, log.note(GROWN), log.vkey)
    assert code == 1
    assert told.startswith("NOT PROVED: ")
    assert expected in told


def test_without_the_leaf_hashes_of_the_note_it_does_not_say_which(log: Log, copy: Path) -> None:
    tamper(copy, TAMPERINGS["a topic"][0])
    leaves = copy.with_name("copy.db.checkpoints") / "leaves"
    whole = leaves.read_bytes()
    for bad in (whole[:-32], bytes(32) + whole[32:], b""):
        leaves.write_bytes(bad)
        code, told = check(copy, log.note(GROWN), log.vkey)
        assert code == 1
        assert "cannot be said" in told
    leaves.unlink()
    assert check(copy, log.note(GROWN), log.vkey)[0] == 1


def test_what_follows_an_older_note_is_not_proved_by_it(log: Log, copy: Path) -> None:
    tamper(copy, TAMPERINGS["a topic"][0])
    assert check(copy, log.note(148), log.vkey)[0] == 0
    assert check(copy, log.note(348), log.vkey)[0] == 1


def test_a_note_or_key_with_any_byte_changed_proves_nothing(
    log: Log, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main = runpy.run_path(str(PROGRAM))["main"]
    forged = tmp_path / "forged"
    for data in mutations(log.note(GROWN)):
        forged.write_bytes(data)
        assert main([str(log.backup), str(forged), log.vkey]) == 1, data
    for at, letter in enumerate(log.vkey):
        other = log.vkey[:at] + ("A" if letter != "A" else "B") + log.vkey[at + 1 :]
        assert main([str(log.backup), str(log.note(GROWN)), other]) == 1, other
    told = set(capsys.readouterr().out.splitlines())
    assert all(line.startswith("NOT PROVED: ") for line in told)


def test_a_key_of_another_log_proves_nothing(log: Log) -> None:
    name = log.vkey.partition("+")[0]
    for key in (SigningKey.new(name, ED25519), SigningKey.new("vigil/other", ED25519)):
        code, told = check(log.backup, log.note(GROWN), str(key.verifier))
        assert (code, "is not signed by" in told) == (1, True)


@pytest.mark.parametrize(
    "damage", [b"", b"not a database", bytes(4096)], ids=["empty", "text", "zeros"]
)
def test_a_file_that_is_no_ledger_is_said_to_be_none(
    log: Log, tmp_path: Path, damage: bytes
) -> None:
    (tmp_path / "copy.db").write_bytes(damage)
    for backup in (tmp_path / "copy.db", tmp_path / "missing.db", tmp_path):
        code, told = check(backup, log.note(GROWN), log.vkey)
        assert (code, told[:10]) == (1, "NOT PROVED")


def test_a_flipped_bit_in_the_file_is_found_or_touches_no_fact(log: Log, copy: Path) -> None:
    whole = copy.read_bytes()
    honest = facts(log.backup)
    refused = 0
    for at in range(1009, len(whole), len(whole) // 40):
        copy.write_bytes(whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :])
        code, _ = check(copy, log.note(GROWN), log.vkey)
        refused += code
        assert code == 1 or facts(copy) == honest, at
    assert refused > 10


def facts(backup: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(backup)) as copy:
        return copy.execute("SELECT * FROM stored_events ORDER BY position").fetchall()


def test_it_says_how_it_is_called() -> None:
    done = run(sys.executable, "-I", PROGRAM)
    assert done.returncode == 2
    assert done.stderr == "usage: python verify_ledger.py BACKUP NOTE VKEY\n"
