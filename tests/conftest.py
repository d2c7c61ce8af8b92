"""What every test may use: a clock that is set, a ledger with two sites, facts told as text."""

from __future__ import annotations

import os
import sqlite3
from itertools import count
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from ledger.application import Ledger
from ledger.folder import Folder
from ledger.history import Entry
from ledger.index import Index
from ledger.known import TABLES
from ledger.notation import read
from ledger.values.instants import SECOND
from ledger.values.when import When

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ledger.receipt import Receipt

# Every test that records starts from the fixtures' ledger, so examples do share it.
# Examples are fresh on every run here, and the same on every run of CI: a change is judged by what
# it changed. No example is limited in time, because machines are shared.
settings.register_profile(
    "vigil",
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("vigil")

SITES = """
site opened SIT-ASHRAF --name 'Camp Ashraf' --timezone Asia/Baghdad --occurred 2009-01-01 --received 2009-01-01
site opened SIT-HURRIYA --name 'Camp Hurriya' --aliases 'Camp Liberty' --timezone Asia/Baghdad --occurred 2012-01-01 --received 2012-01-01
"""


class Clock:
    """Microseconds since 1970-01-01T00:00Z; each look at it finds it a second later."""

    def __init__(self, text: str) -> None:
        self.set(text)

    def set(self, text: str) -> None:
        self.now = When.parse(text).settle("UTC").earliest

    def __call__(self) -> int:
        self.now += SECOND
        return self.now


def tell(ledger: Ledger, text: str, actor: str = "HRO-07") -> list[Receipt]:
    """Record one fact a line, each in a transaction of its own."""
    return [ledger.record(read(line), actor=actor)[0] for line in text.splitlines() if line.strip()]


def log_of(ledger: Ledger) -> list[Entry]:
    """Every fact of a ledger in order of recording."""
    log = ledger.recorder.select_notifications(start=1, limit=1_000_000)
    return [Entry.decode(note.topic, note.state) for note in log]


def verify(ledger: Ledger) -> None:
    """Positions are dense, versions gap-free, `recorded` never goes back, the index follows."""
    log = ledger.recorder.select_notifications(start=1, limit=1_000_000)
    assert [note.id for note in log] == list(range(1, len(log) + 1))
    entries = log_of(ledger)
    recorded = [When.parse(entry.said["recorded"]).earliest for entry in entries]
    assert recorded == sorted(recorded)
    fresh = sqlite3.connect(":memory:")
    for statement in TABLES:
        fresh.execute(statement)
    index = Index(fresh.cursor(), ledger.folder.station)
    histories: dict[str, list[Entry]] = {}
    for entry in entries:
        history = histories.setdefault(entry.id, [])
        history.append(entry)
        assert entry.version == len(history)
        index.update(history, entry)
    index.store()
    with ledger.folder.connect() as stored:
        for table in ("known_things", "known_names", "known_keys"):
            rows = [set(map(tuple, c.execute(f"SELECT * FROM {table}"))) for c in (fresh, stored)]
            assert rows[0] == rows[1], table
    stored.close()
    fresh.close()


@pytest.fixture
def clock() -> Clock:
    return Clock("2026-11-24T10:00Z")


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    """An open ledger of station H1 that knows two sites; verified when the test is over."""
    folder = Folder.create(tmp_path / "ledger", station="H1", timezone="UTC")
    numbers = count(1)
    ledger = Ledger(folder, clock=clock, random=lambda: f"{next(numbers):032x}")
    tell(ledger, SITES)
    yield ledger
    verify(ledger)
    ledger.close()


@pytest.fixture
def update(pytestconfig: pytest.Config) -> bool:
    """Whether files that record what is expected are written anew (`pytest --update`)."""
    return bool(pytestconfig.getoption("--update"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite golden files and transcripts")
