"""Facts recorded in one transaction are what they would be if each had one of its own."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ledger import notation, pending
from ledger.application import Ledger
from ledger.errors import VigilError
from ledger.errors.storage import LedgerDamaged
from ledger.folder import Folder
from tests.conftest import SITES, tell, verify
from tests.projections.histories import MEMORY

Line = dict[str, Any]
#: What became of a row: of each fact its name, position and what was said on the receipt.
Became = list[tuple[Any, ...]] | str

NOON = 1_400_000_000_000_000
KEYS = st.sampled_from([None, None, "a", "b"])


def lines(fact: str, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Line]:
    """Lines of one fact; a field that is None is left out."""
    said = st.fixed_dictionaries({"occurred": st.sampled_from(["2013-01-01", "2013-02-01"]),
                                  "key": KEYS, **fields})  # fmt: skip
    return said.map(lambda said: {"fact": fact} | {k: v for k, v in said.items() if v is not None})


def one(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


OF = one(1, 2, 3)
THINGS = one("OBS-A", "INC-A", "WCH-A", "MOV-A", "SIT-GATE", "OBS-H1-16")
ACTORS = one("HRO-1", "HRO-2")
SITE = one("gate", "ashraf", "hurriya")
LINES = st.one_of(
    lines("observation.made", id=one(None, "OBS-A"), category=one("water"), text=one("one", "two"),
          incident=one(None, "INC-A"), site=one(None, "gate", "hurriya")),
    lines("incident.opened", id=one(None, "INC-A"), site=SITE, kind=one("attack"), title=one("x")),
    lines("incident.claimed", id=one("INC-A"), claimant=one("press"), killed=one("5", "6+")),
    lines("site.opened", id=one("SIT-GATE"), name=one("Gate", "Camp Liberty"),
          timezone=one("Europe/Tirane", "Nowhere")),
    lines("site.renamed", id=one("SIT-GATE", "SIT-HURRIYA"), name=one("Gate", "Camp Liberty")),
    lines("movement.made", id=one(None, "MOV-A"), **{"from": SITE}, to=SITE, count=one("1", "2+")),
    lines("watch.started", id=one(None, "WCH-A"), actor=ACTORS, site=SITE, post=one("gate")),
    lines("watch.reported", id=one(None, "WCH-A"), actor=ACTORS, text=one("quiet")),
    lines("watch.handed_over", id=one(None, "WCH-A"), actor=ACTORS, to=ACTORS),
    lines("watch.accepted", id=one(None, "WCH-A"), actor=ACTORS),
    lines("watch.ended", id=one(None, "WCH-A"), actor=ACTORS),
    lines("actor.added", id=one("ACT-HRO-1", "ACT-HRO-7"), role=one("officer")),
    lines("actor.deactivated", id=one("ACT-HRO-1", "ACT-HRO-7"), reason=one("left")),
    lines("fact.retracted", id=THINGS, of=OF, reason=one("wrong")),
    lines("fact.assessed", id=THINGS, of=OF, status=one("rejected"), basis=one("seen")),
    lines("fact.corrected", id=THINGS, of=OF, reason=one("wrong"),
          set=one({"text": "three"}, {"title": "y"}, {"count": "3"}, {"occurred": "2013-01-15"})),
)  # fmt: skip

NOTED = {"fact": "observation.made", "occurred": "2013", "category": "water", "text": "one"}
UNWATCHED = {"fact": "watch.reported", "occurred": "2013", "text": "quiet"}
BEGINNINGS: list[Line] = [
    {**NOTED, "id": "OBS-A"},
    {"fact": "incident.opened", "id": "INC-A", "occurred": "2013", "site": "ashraf",
     "kind": "attack", "title": "x"},
    {"fact": "movement.made", "id": "MOV-A", "occurred": "2013", "from": "ashraf", "to": "dead",
     "count": "1"},
    {"fact": "watch.started", "id": "WCH-A", "occurred": "2013", "site": "ashraf", "post": "gate"},
    {"fact": "site.opened", "id": "SIT-GATE", "occurred": "2013", "name": "Gate",
     "timezone": "Europe/Tirane"},
]  # fmt: skip
BEGUN = st.lists(st.sampled_from(BEGINNINGS), unique_by=lambda line: line["id"])
ROWS = st.tuples(BEGUN, st.lists(st.lists(LINES, min_size=1, max_size=2), max_size=25)).map(
    lambda drawn: [[line] for line in drawn[0]] + drawn[1]
)


def began(folder: Path) -> Ledger:
    """A ledger with two sites, whose clock stands still."""
    numbers = count(1)
    made = Folder.create(folder, station="H1", timezone="UTC")
    ledger = Ledger(made, clock=lambda: NOON, random=lambda: f"{next(numbers):032x}")
    tell(ledger, SITES)
    return ledger


def taken(record: Any, rows: list[list[Line]]) -> list[Became]:
    """What became of each row."""
    found: list[Became] = []
    for row in rows:
        try:
            receipts = record(row)
        except VigilError as error:
            found.append(f"{error.code} {error.field} {error.sentence}")
        else:
            found.append([(r.entry.fact, r.position, r.already, r.warnings) for r in receipts])
    return found


def stored(ledger: Ledger) -> list[tuple[int, str, int, str, dict[str, Any]]]:
    """Every fact but what is random in it."""
    from ledger.history import Entry

    found = []
    for note in ledger.recorder.select_notifications(start=1, limit=1_000_000):
        said = {**Entry.decode(note.topic, note.state).said, "uuid": None}
        found.append((note.id, note.originator_id, note.originator_version, note.topic, said))
    return found


@settings(max_examples=200)
@given(rows=ROWS, batch=st.integers(1, 6))
@example(rows=[[NOTED], [UNWATCHED], [{**NOTED, "text": "two"}]], batch=6)
def test_rows_of_one_transaction_are_what_they_would_be_in_one_each(
    rows: list[list[Line]], batch: int
) -> None:
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(pending, "BATCH", batch)
        patch.setattr(pending, "REMEMBERED", batch)
        with (
            closing(began(Path(folder) / "one")) as whole,
            closing(began(Path(folder) / "each")) as single,
        ):
            with whole.transaction() as transaction:

                def record(row: list[Line]) -> list[Any]:
                    with transaction.together():
                        return [transaction.record(line, actor="HRO-1") for line in row]

                found = taken(record, rows)
            assert found == taken(lambda row: single.record(*row, actor="HRO-1"), rows)
            assert stored(whole) == stored(single)
            verify(whole)
            verify(single)


def test_a_row_that_names_no_watch_and_is_refused_takes_nothing_else_back(ledger: Ledger) -> None:
    with ledger.transaction() as transaction:
        first = transaction.record(NOTED, actor="HRO-1")
        with pytest.raises(VigilError, match="no watch"), transaction.together():
            transaction.record(UNWATCHED, actor="HRO-1")
        second = transaction.record(NOTED, actor="HRO-1")
    assert (first.position, second.position) == (3, 4)
    assert [note.id for note in ledger.recorder.select_notifications(start=1, limit=9)] == [
        1, 2, 3, 4,
    ]  # fmt: skip
    verify(ledger)


def test_a_watch_that_was_begun_or_ended_just_before_is_found_without_its_id(
    ledger: Ledger,
) -> None:
    started = {"fact": "watch.started", "occurred": "2013", "site": "hurriya", "post": "gate"}
    ended = {"fact": "watch.ended", "occurred": "2013"}
    tell(ledger, "watch started WCH-A --site ashraf --post gate --occurred 2013 --actor HRO-2")
    tell(ledger, "watch ended WCH-A --occurred 2013 --actor HRO-2")
    with ledger.transaction() as transaction:
        begun = transaction.record(started, actor="HRO-1")
        assert transaction.record(UNWATCHED, actor="HRO-1").entry.id == begun.entry.id
        transaction.record(ended, actor="HRO-1")
        with pytest.raises(VigilError, match="no watch"):
            transaction.record(UNWATCHED, actor="HRO-1")
        taken_back = {"fact": "fact.retracted", "id": "WCH-A", "of": 2, "reason": "too early"}
        transaction.record({**taken_back, "occurred": "2013"}, actor="HRO-2")
        assert transaction.record(UNWATCHED, actor="HRO-2").entry.id == "WCH-A"
    verify(ledger)


def test_a_ledger_that_stays_open_sees_what_another_one_writes(ledger: Ledger) -> None:
    """What one transaction knew holds for the next, but not where somebody else wrote between."""
    with closing(Ledger(ledger.folder, clock=ledger.clock)) as other:
        tell(ledger, "incident opened INC-A --site hurriya --kind attack --title x --at 2013")
        tell(other, "incident claimed INC-A --claimant press --killed 5 --at 2013")
        tell(other, "site renamed SIT-HURRIYA --name Hürriyet --at 2013")
        told = tell(ledger, "incident claimed INC-A --claimant unhcr --killed 6 --at 2013")
        assert told[0].entry.fact == "INC-A/3"
        tell(ledger, "observation made --category water --text x --site Hürriyet --at 2013")
        tell(other, "fact retracted INC-A --of 1 --reason x --at 2013")
        with pytest.raises(VigilError, match="INC-A"):
            tell(ledger, "incident claimed INC-A --claimant unhcr --killed 7 --at 2013")


def test_a_transaction_that_came_to_nothing_leaves_nothing_behind(ledger: Ledger) -> None:
    gate = "site opened SIT-GATE --name Gate --timezone UTC --at 2013"
    noted = "observation made --category water --text x --site gate --at 2013"
    with pytest.raises(ZeroDivisionError), ledger.transaction() as transaction:
        transaction.record(notation.read(gate), actor="HRO-1")
        raise ZeroDivisionError
    with ledger.transaction(dry_run=True) as transaction:
        transaction.record(notation.read(gate), actor="HRO-1")
        transaction.record(notation.read(noted), actor="HRO-1")
    with pytest.raises(VigilError, match="gate"):
        tell(ledger, noted)
    tell(ledger, gate)
    assert tell(ledger, noted)[0].position == 4


def test_things_that_are_looked_up_before_are_found_as_they_are_then(ledger: Ledger) -> None:
    noted = "observation made {} --category water --text x --at 2013"
    with ledger.transaction() as transaction:
        transaction.look_up(["OBS-A", "OBS-B", "SIT-HURRIYA", "OBS-\ud800", ""])
        transaction.record(notation.read(noted.format("OBS-A")), actor="HRO-1")
        with pytest.raises(VigilError, match="OBS-A"):
            transaction.record(notation.read(noted.format("OBS-A")), actor="HRO-1")
        assert [transaction.exists(id) for id in ("OBS-A", "OBS-B", "SIT-HURRIYA")] == [
            True, False, True,
        ]  # fmt: skip


def test_a_ledger_whose_index_lost_a_thing_is_called_damaged(tmp_path: Path) -> None:
    noted = notation.read("observation made OBS-A --category water --text x --at 2013")
    with closing(began(tmp_path / "ledger")) as ledger:
        ledger.record(noted, actor="HRO-1")
        with closing(sqlite3.connect(ledger.folder.database)) as file, file:
            file.execute("DELETE FROM known_things WHERE id = 'OBS-A'")
        with pytest.raises(LedgerDamaged):
            ledger.record(noted, actor="HRO-1")
        assert len(stored(ledger)) == 3
