"""What a rebuild does, counted: nothing here depends on how fast the machine is."""

from __future__ import annotations

import io
import json
from collections import Counter
from contextlib import redirect_stdout
from typing import TYPE_CHECKING, Any

import pytest

from cli.main import main
from ledger.folder import Folder
from ledger.history import Entry
from projections import building, filling

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

FACTS = 1_000
THINGS = 100  # so that each thing has ten facts


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """A ledger of a site and a thousand facts about a hundred incidents, mixed in the log."""
    path = tmp_path_factory.mktemp("rebuild")
    opened = {"fact": "incident.opened", "site": "one", "kind": "attack", "title": "x"}
    claimed = {"fact": "incident.claimed", "claimant": "press", "killed": 1}
    lines = [
        {**(claimed if round else opened), "id": f"INC-{thing}", "occurred": "2013",
         "key": f"{thing}-{round}"}
        for round in range(FACTS // THINGS)
        for thing in range(THINGS)
    ]  # fmt: skip
    (path / "facts.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    with redirect_stdout(io.StringIO()):
        at = ["-L", str(path), "--actor", "HRO-07"]
        assert main(["init", str(path)]) == 0
        site = ["record", "site", "opened", "SIT-ONE", "--name", "One", "--timezone", "UTC"]
        assert main([*site, *at]) == 0
        assert main(["import", str(path / "facts.jsonl"), *at]) == 0
    return Folder.load(path)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often a fact is decoded, and how often the views are committed."""
    counts: Counter[str] = Counter()
    decode = Entry.decode.__func__  # type: ignore[attr-defined]

    def counting(cls: type[Entry], topic: str, state: bytes, *more: Any) -> Entry:
        counts["read"] += 1
        entry: Entry = decode(cls, topic, state, *more)
        return entry

    monkeypatch.setattr(Entry, "decode", classmethod(counting))
    store = building.Datastore

    def traced(name: str, timeout: int, prepare: Any) -> Any:
        def prepared(connection: sqlite3.Connection) -> None:
            prepare(connection)
            connection.set_trace_callback(lambda sql: counts.update([sql.split()[0].lower()]))

        return store(name, timeout, prepared)

    monkeypatch.setattr(building, "Datastore", traced)
    unsafe = filling._unsafe

    def traced_too(path: Path) -> sqlite3.Connection:
        connection = unsafe(path)
        connection.set_trace_callback(lambda sql: counts.update([sql.split()[0].lower()]))
        return connection

    monkeypatch.setattr(filling, "_unsafe", traced_too)
    return counts


@pytest.mark.parametrize("chunk", [256, 100])
def test_a_rebuild_reads_each_fact_once_and_commits_three_times(
    folder: Folder, tmp_path: Path, counted: Counter[str], monkeypatch: Any, chunk: int
) -> None:
    """The tables, the rows, the indexes: however many facts there are."""
    monkeypatch.setattr(filling, "CHUNK", chunk)
    assert building.build(folder, tmp_path / "views.db") == FACTS + 1
    assert counted["read"] == FACTS + 1
    assert counted["commit"] == 3


def test_catching_up_after_one_fact_reads_its_thing_and_commits_once(
    folder: Folder, tmp_path: Path, counted: Counter[str]
) -> None:
    """Whatever else the ledger holds."""
    views = tmp_path / "views.db"
    building.build(folder, views, FACTS)
    counted.clear()
    building.catch_up(folder, views)
    assert counted["read"] <= FACTS // THINGS + 1
    assert counted["commit"] == 1
