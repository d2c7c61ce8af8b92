"""`vigil doctor`: one look at everything, whatever is broken, and not a byte written."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest

from ledger import health, machine
from ledger.lock import held

if TYPE_CHECKING:
    from tests.cli.conftest import Answer, Office


@pytest.fixture(autouse=True)
def _whole_sqlite(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SQLite of this machine is no matter of these tests."""
    monkeypatch.setattr(machine, "loses_pages", lambda _: False)


@pytest.fixture
def sub(office: Office) -> Office:
    """An office whose ledger lies in `sub`, where nobody compares its views afterwards."""
    office.ok("init sub --actor HRO-07")
    office.ok("record site opened SIT-A --name A --timezone UTC --at 2013 --received 2013 -L sub")
    office.ok("query population -L sub")
    return office


def states(answer: Answer) -> dict[str, str]:
    """The worst state of each check."""
    found: dict[str, str] = {}
    order = ("ok", "warning", "error")
    for row in answer.rows:
        before = found.get(row["check"], "ok")
        found[row["check"]] = max(before, row["state"], key=order.index)
    return found


def look(office: Office) -> tuple[int, dict[str, str]]:
    """The exit code, and what is not ok."""
    answer = office("doctor -L sub -f json")
    return answer.code, {name: state for name, state in states(answer).items() if state != "ok"}


def contents(office: Office) -> dict[str, Any]:
    """Every file of the ledger but what SQLite shares between processes that read."""
    return {
        path.name: (path.stat().st_mode, path.stat().st_mtime_ns,
                    sha256(path.read_bytes()).hexdigest())
        for path in (office.folder / "sub").rglob("*")
        if path.is_file() and not path.name.endswith(("-shm", "-wal"))
    }  # fmt: skip


def test_all_is_well_with_a_new_ledger(sub: Office) -> None:
    answer = sub.ok("doctor -L sub -f json")
    assert answer.json["schema"] == "vigil.doctor/1"
    assert set(answer.rows[0]) == {"check", "state", "text", "cure"}
    assert set(states(answer).values()) == {"ok"}
    assert list(states(answer)) == ["python", "sqlite", "packages", "ledger", "files",
                                    "file system", "disk", "database", "lock", "clock", "roster",
                                    "checkpoint", "views"]  # fmt: skip
    lines = sub.ok("doctor -L sub").out.splitlines()
    assert lines[0].startswith("ok       python       3.")
    assert sub.ok("doctor -L sub -q").out == ""
    assert sub.ok("doctor -L sub -f csv").out.startswith("check,state,text,cure")
    assert sub.ok("doctor -L sub -f ids").out.splitlines()[0] == "python"


def test_without_a_ledger_the_program_is_looked_at(office: Office) -> None:
    answer = office("doctor -f json")
    assert answer.code == 10
    assert states(answer) == {"python": "ok", "sqlite": "ok", "packages": "ok", "ledger": "error"}
    assert "vigil init" in answer.rows[-1]["cure"]


def test_a_sqlite_that_loses_pages_is_warned_of(
    sub: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "loses_pages", lambda _: True)
    assert look(sub) == (0, {"sqlite": "warning"})
    assert "3.51.3" in sub("doctor -L sub").out


@pytest.mark.parametrize("damage", ["missing", "rubbish", "cut", "empty", "pages"])
def test_a_damaged_ledger_is_reported_and_the_rest_is_looked_at(sub: Office, damage: str) -> None:
    path = sub.folder / "sub" / "ledger.db"
    for number in range(60):
        sub.ok(f"record site opened SIT-B{number} --name B{number} --timezone UTC -L sub -q")
    sub.ok("backup whole.db -L sub")
    data = (sub.folder / "whole.db").read_bytes()
    for left in ("ledger.db-wal", "ledger.db-shm"):
        (sub.folder / "sub" / left).unlink(missing_ok=True)
    path.write_bytes({"missing": b"", "empty": b"", "rubbish": b"rubbish" * 1000, "cut": data[:300],
                      "pages": data[:8192] + bytes(len(data) - 8192)}[damage])  # fmt: skip
    if damage == "missing":
        path.unlink()
    before = contents(sub)
    code, found = look(sub)
    assert (code, found["database"]) == (7, "error")
    assert "disk" not in found
    assert contents(sub) == before
    shown = sub("doctor -L sub")
    assert (shown.code, shown.err) == (7, "")
    assert sum(line.startswith("error") for line in shown.out.splitlines()) <= 2
    assert "Traceback" not in shown.out


@pytest.mark.parametrize("damage", [b"rubbish" * 1000, b"", "cut"])
def test_damaged_views_are_a_warning(sub: Office, damage: bytes | str) -> None:
    path = sub.folder / "sub" / "views.db"
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2] if isinstance(damage, str) else damage)
    before = contents(sub)
    assert look(sub) == (0, {"views": "warning"})
    assert contents(sub) == before
    sub.ok("query population -L sub")


def test_views_that_are_behind_or_gone_are_no_trouble(sub: Office) -> None:
    for left in ("", "-wal", "-shm"):
        (sub.folder / "sub" / f"views.db{left}").unlink(missing_ok=True)
    assert look(sub) == (0, {})
    assert not (sub.folder / "sub" / "views.db").exists()


def test_nothing_is_written(sub: Office) -> None:
    before = contents(sub)
    for form in ("table", "json", "csv"):
        sub.ok(f"doctor -L sub -f {form}")
    assert contents(sub) == before


def test_a_clock_behind_the_newest_fact_is_told(sub: Office) -> None:
    now = sub.now
    sub.now = now - 5 * 60_000_000
    assert look(sub) == (0, {"clock": "warning"})
    sub.now = now - 60 * 60_000_000
    assert look(sub) == (7, {"clock": "error"})


def test_files_that_others_read_are_told_with_the_cure(sub: Office) -> None:
    (sub.folder / "sub" / "vigil.toml").chmod(0o644)
    assert look(sub) == (0, {"files": "warning"})
    assert "chmod 600 vigil.toml" in sub("doctor -L sub").out


def test_a_lock_that_is_held_is_told(sub: Office) -> None:
    with held(sub.folder / "sub" / "ledger.lock", 1):
        assert look(sub) == (0, {"lock": "warning"})


def test_an_actor_who_is_not_on_the_roster_is_told(sub: Office) -> None:
    sub.ok("record actor added ACT-HRO-08 --role officer --actor HRO-08 -L sub")
    assert look(sub) == (0, {"roster": "warning"})
    assert states(sub.ok("doctor -L sub --actor HRO-08 -f json"))["roster"] == "ok"
    sub.write("sub/vigil.toml", 'station = "H1"\n')
    (sub.folder / "sub" / "vigil.toml").chmod(0o600)
    assert look(sub) == (0, {})


def test_a_checkpoint_that_is_old_or_of_another_log_is_told(
    sub: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    sub.ok("checkpoint -L sub")
    assert "the first 1 facts are sealed, 0 not yet" in sub.ok("doctor -L sub").out
    monkeypatch.setattr(health, "UNSEALED", 0)
    sub.ok("record site opened SIT-B --name B --timezone UTC -L sub")
    assert look(sub) == (0, {"checkpoint": "warning"})
    (sub.folder / "sub" / "signing.key").rename(sub.folder / "away.key")
    assert look(sub) == (0, {"checkpoint": "warning", "key": "warning"})
    with closing(sqlite3.connect(sub.folder / "sub" / "ledger.db")) as store:
        store.execute("DELETE FROM stored_events")
        store.commit()
    assert look(sub)[1]["checkpoint"] == "error"


@pytest.mark.parametrize("settings", ["station = ", 'station = "H1"\ntimezone = "Nowhere"', "\x00"])
def test_settings_that_cannot_be_are_told(sub: Office, settings: str) -> None:
    sub.write("sub/vigil.toml", settings)
    (sub.folder / "sub" / "vigil.toml").chmod(0o600)
    code, found = look(sub)
    assert (code, found["ledger"]) == (7, "error")


def test_a_ledger_of_a_newer_program_is_told(sub: Office) -> None:
    with closing(sqlite3.connect(sub.folder / "sub" / "ledger.db")) as store:
        store.execute("PRAGMA user_version = 99")
    code, found = look(sub)
    assert (code, found["database"]) == (7, "error")


def test_a_package_that_is_missing_is_named_with_its_extra(
    sub: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cli import packages

    monkeypatch.setattr(packages, "EXTRAS", {"nowhere_to_be": ("Nowhere", "sheets")})
    assert "sheets: not installed (Nowhere)" in sub.ok("doctor -L sub").out
    assert look(sub) == (0, {})


def test_a_ledger_that_is_missing_is_not_told_as_one_that_cannot_be_written(sub: Office) -> None:
    (sub.folder / "sub" / "ledger.db").unlink()
    code, found = look(sub)
    assert (code, found["database"]) == (7, "error")
    assert "files" not in found


@pytest.mark.parametrize(("mode", "state"), [(0o700, None), (0o775, None), (0o777, "warning")])
def test_a_folder_in_which_anybody_may_write_is_warned_of(
    sub: Office, mode: int, state: str | None
) -> None:
    (sub.folder / "sub").chmod(mode)
    code, found = look(sub)
    assert (code, found.get("files")) == (0, state)
