"""A receipt names what may be the same thing, recorded before, and the command that settles it."""

from __future__ import annotations

import shlex
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.history import Entry
from ledger.registry import FACTS
from projections.likenesses import near

if TYPE_CHECKING:
    from tests.cli.conftest import Office

BLAST = "record incident opened --site hurriya --kind attack --title x --received 2013-03-01"
WATER = "record observation made --category water --site hurriya --received 2013-03-01"
MOVE = "record movement made --from ashraf --to hurriya --received 2013-03-01"

FIGURE = (
    "record figure stated --measure present --place hurriya --count 5 --claimant x "
    "--received 2013-03-01"
)


def warnings(camp: Office, line: str) -> list[str]:
    found: list[str] = camp.ok(f"{line} -f json").json["warnings"]
    return found


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("2013-02-15T05:45", "2013-02-15T05:45", True),
        ("2013-02-15T05:55", "2013-02-15T06:05", True),
        ("2013-02-15T05:45", "2013-02-15T06:45", True),
        ("2013-02-15T05:45", "2013-02-15T06:46", False),
        ("2013-02-15T23:50", "2013-02-16T00:10", True),
        ("2013-02-15", "2013-02-15T05:45", True),
        ("2013-02-15", "2013-02-15", True),
        ("2013-02-15", "2013-02-16", False),
        ("2013-02-15", "2013-02-16T00:10", False),
        ("2013-02", "2013-02-15", False),
        ("2013-02-15..2013-02-16", "2013-02-15T05:45", False),
        ("2013-02-15T05:45+03:00", "2013-02-15T02:50Z", True),
    ],
)
def test_two_officers_report_one_blast(camp: Office, first: str, second: str, same: bool) -> None:
    for one, other in ((first, second), (second, first)):
        before = camp.ok(f"{BLAST} --at {one} -f json").json["id"]
        found = warnings(camp, f"{BLAST} --at {other}")
        assert len(found) == same
        if same:
            assert f"perhaps the same as {before} (" in found[0]
        for row in camp.query("incidents")[1:]:
            camp.ok(f"retract {row['id']}/1 --reason x")


def test_the_command_that_a_warning_names_settles_it(camp: Office) -> None:
    camp.ok(f"{BLAST} --at 2013-02-15T05:45")
    (warning,) = warnings(camp, f"{BLAST} --at 2013-02-15T05:50")
    camp.ok(shlex.split(warning.partition("; if it is: ")[2]))
    assert warnings(camp, f"{WATER} --text x --at 2013-02-15T05:45") == []
    (warning,) = warnings(camp, f"{WATER} --text y --at 2013-02-15T06:00")
    camp.ok(shlex.split(warning.partition("; if it is: ")[2]))
    assert len(camp.query("observations")) == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (BLAST, BLAST.replace("hurriya", "ashraf")),
        (BLAST, BLAST.replace("attack", "clash")),
        (f"{MOVE} --count 20", f"{MOVE} --count 21"),
        (
            "record observation made --category water --text x --received 2013-03-01",
            "record observation made --category water --text x --received 2013-03-01",
        ),
        (
            "record incident claimed INC-ONE --claimant x --killed 5 --received 2013-03-01",
            "record incident claimed INC-ONE --claimant x --killed 5 --received 2013-03-01",
        ),
        (FIGURE, FIGURE),
    ],
)  # fmt: skip
def test_what_differs_or_is_a_claim_is_never_alike(camp: Office, first: str, second: str) -> None:
    camp.ok(f"{first} --at 2013-02-15T05:45")
    assert warnings(camp, f"{second} --at 2013-02-15T05:45") == []


def test_what_was_rejected_or_said_under_the_same_key_is_not_alike(camp: Office) -> None:
    id = camp.ok(f"{BLAST} --at 2013-02-15T05:45 --key a -f json").json["id"]
    assert warnings(camp, f"{BLAST} --at 2013-02-15T05:45 --key a") == []
    camp.ok(f"assess {id} --status rejected --basis x")
    assert warnings(camp, f"{BLAST} --at 2013-02-15T05:45") == []


def test_a_dry_run_warns_as_well_and_no_more_than_three_are_named(camp: Office) -> None:
    for _ in range(5):
        camp.ok(f"{BLAST} --at 2013-02-15T05:45")
    shown = camp.ok(f"{BLAST} --at 2013-02-15T05:45 -n").out
    assert shown.count("perhaps the same as") == 3
    assert "  warning: and 2 more of the same hour or day\n" in shown
    assert len(camp.query("incidents")) == 6


def test_an_import_warns_of_nothing_alike(camp: Office) -> None:
    row = '{"fact": "incident.opened", "site": "hurriya", "kind": "attack", "title": "%s"'
    camp.write("rows.jsonl", "".join(f'{row % n}, "occurred": "2013-02-15T05:45"}}\n'
                                     for n in range(3)))  # fmt: skip
    assert camp.ok("import rows.jsonl -f json").json["warnings"] == []


def test_views_that_cannot_be_read_cost_the_warning_alone(camp: Office) -> None:
    camp.ok(f"{BLAST} --at 2013-02-15T05:45")
    (camp.folder / "views.db").unlink()
    (camp.folder / "views.db").mkdir()
    answer = camp(f"{BLAST} --at 2013-02-15T05:45")
    (camp.folder / "views.db").rmdir()
    assert (answer.code, camp.position) == (0, 8)
    assert "perhaps" not in answer.out


DAY = datetime(2013, 2, 15, tzinfo=UTC)
TIMES = st.one_of(
    st.integers(0, 4_000).map(lambda n: (DAY + timedelta(minutes=n)).strftime("%Y-%m-%dT%H:%MZ")),
    st.integers(0, 3).map(lambda n: (DAY + timedelta(days=n)).strftime("%Y-%m-%d[UTC]")),
)


@settings(max_examples=80)
@given(times=st.tuples(TIMES, TIMES))
def test_whichever_comes_first_finds_the_other(camp: Office, times: tuple[str, str]) -> None:
    facts = [
        Entry(FACTS["incident.opened"], {"id": f"INC-{n}", "version": 1, "site": "x", "kind": "y",
                                         "occurred": at, "received": "2014[UTC]"})
        for n, at in enumerate(times)
    ]  # fmt: skip
    one, other = (_asked(first, second) for first, second in (facts, facts[::-1]))
    assert one == other


def _asked(stored: Entry, fact: Entry) -> bool:
    from projections.facts import TABLE
    from projections.kernel import known_rows, readings

    with closing(sqlite3.connect(":memory:")) as views:
        for statement in (*TABLE.statements, *TABLE.index_statements):
            views.execute(statement)
        views.executemany(TABLE.insert, known_rows(TABLE, [(stored.id, readings([stored]))]))
        return bool(near(views, fact))


def test_it_asks_an_index(camp: Office) -> None:
    camp.ok(f"{BLAST} --at 2013-02-15T05:45")
    asked: list[str] = []
    with closing(sqlite3.connect(camp.folder / "views.db")) as views:
        views.set_trace_callback(asked.append)
        near(views, _blast())
        views.set_trace_callback(None)
        (plan,) = views.execute(f"EXPLAIN QUERY PLAN {asked[0]}").fetchmany(1)
    assert "USING INDEX facts_1 (name=? AND occurred_from>? AND occurred_from<?)" in plan[3]


def _blast() -> Entry:
    return Entry(FACTS["incident.opened"], {
        "id": "INC-X", "version": 1, "site": "hurriya", "kind": "attack",
        "occurred": "2013-02-15T05:45Z", "received": "2014[UTC]",
    })  # fmt: skip
