"""What changed between two knowledge times, and by which facts: laws over random ledgers."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.values.when import When
from projections.changes import Change, Learned, _by_key, changes
from projections.question import Question
from projections.views import UPSTREAM, VIEWS
from tests.conftest import log_of, tell
from tests.projections.histories import logs, views_of
from tests.projections.test_laws import RANKS, instants

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.application import Ledger
    from ledger.history import Entry
    from projections.views import View


def stored(log: Sequence[Entry]) -> sqlite3.Connection:
    """The facts of a log as a ledger keeps them, in memory."""
    ledger = sqlite3.connect(":memory:")
    ledger.execute(
        "CREATE TABLE stored_events (position, originator_id, originator_version, topic, state)"
    )
    ledger.executemany(
        "INSERT INTO stored_events VALUES (?, ?, ?, ?, ?)",
        [
            (position, entry.id, entry.version, entry.kind.topic, json.dumps(entry.said))
            for position, entry in enumerate(log, 1)
        ],
    )
    return ledger


def tracking(views: sqlite3.Connection, log: Sequence[Entry]) -> sqlite3.Connection:
    views.execute("CREATE TABLE tracking (application_name, notification_id)")
    views.execute("INSERT INTO tracking VALUES (?, ?)", (UPSTREAM, len(log)))
    return views


@st.composite
def askings(draw: st.DrawFn, log: Sequence[Entry]) -> tuple[int, Question]:
    """An earlier knowledge time, and the question of a later one."""
    times = st.sampled_from(instants(log))
    since, until = sorted((draw(times), draw(times)))
    on = draw(times | st.just(Question().on))
    return since, Question(on=on, as_known=until, watched_until=until, rank=draw(RANKS))


@settings(max_examples=120)
@given(log=logs(), data=st.data())
def test_changes_lead_from_what_was_known_to_what_is_and_each_names_what_was_received(
    log: list[Entry], data: st.DataObject
) -> None:
    since, question = data.draw(askings(log))
    received = {entry.fact for entry in log if since < entry.known_at <= question.as_known}
    with closing(tracking(views_of(log), log)) as views, closing(stored(log)) as ledger:
        learned = Learned(views, ledger, since, question.as_known)
        for view in VIEWS.values():
            found = list(changes(views, learned, view, question))
            earlier = view.query(views, question._replace(as_known=since))
            assert applied(view, earlier, found) == keyed(view, view.query(views, question))
            for change in found:
                assert change.facts
                assert set(change.facts) <= received
                assert change.before != change.after


@settings(max_examples=20)
@given(log=logs(), data=st.data())
def test_nothing_changes_from_a_time_to_itself(log: list[Entry], data: st.DataObject) -> None:
    _, question = data.draw(askings(log))
    with closing(tracking(views_of(log), log)) as views, closing(stored(log)) as ledger:
        learned = Learned(views, ledger, question.as_known, question.as_known)
        assert [list(changes(views, learned, view, question)) for view in VIEWS.values()] == [
            [] for _ in VIEWS
        ]


@settings(max_examples=40)
@given(log=logs(), data=st.data())
def test_a_fact_that_alone_was_received_is_what_changed_everything(
    log: list[Entry], data: st.DataObject
) -> None:
    """Between two neighbouring knowledge times all that changes was done by what came with them."""
    times = sorted({entry.known_at for entry in log})
    until = data.draw(st.sampled_from(times))
    alone = {entry.fact for entry in log if entry.known_at == until}
    question = Question(as_known=until, watched_until=until)
    with closing(tracking(views_of(log), log)) as views, closing(stored(log)) as ledger:
        learned = Learned(views, ledger, until - 1, until)
        for view in VIEWS.values():
            for change in changes(views, learned, view, question):
                assert set(change.facts) <= alone


def keyed(view: View, rows: list[dict[str, Any]]) -> dict[Any, dict[str, Any]]:
    found = _by_key(view, rows)
    assert len(found) == len(rows)
    return found


def applied(
    view: View, rows: list[dict[str, Any]], found: Sequence[Change]
) -> dict[Any, dict[str, Any]]:
    """The rows after the changes."""
    after = {key: dict(row) for key, row in _by_key(view, rows).items()}
    for change in found:
        key = tuple(change.key.items())
        if change.kind == "appeared":
            assert key not in after
            after[key] = change.after
        elif change.kind == "vanished":
            assert after.pop(key) == change.before
        else:
            assert change.field is not None
            assert after[key][change.field] == change.before
            after[key][change.field] = change.after
    return after


# Which facts, by example ------------------------------------------------------------------------


def learned(log: list[Entry], since: str, until: str, *named: str) -> list[tuple[Any, ...]]:
    """What changed between two days: key, field, facts."""
    first, last = (When.parse(day).settle("UTC").latest for day in (since, until))
    question = Question(as_known=last, watched_until=last)
    with closing(tracking(views_of(log), log)) as views, closing(stored(log)) as ledger:
        meanwhile = Learned(views, ledger, first, last)
        return [
            (" ".join(map(str, change.key.values())), change.field or change.kind, change.facts)
            for view in named
            for change in changes(views, meanwhile, VIEWS[view], question)
        ]


def test_a_correction_is_what_changed_the_sum(ledger: Ledger) -> None:
    """And the movement beside it that nobody corrected is not."""
    tell(ledger, """
        movement made MOV-CONVOY-1 --from ashraf --to hurriya --count 379 --occurred 2012-02-18 --received 2012-02-18
        movement made MOV-CONVOY-2 --from ashraf --to hurriya --count 400 --occurred 2012-03-08 --received 2012-03-08
        fact corrected MOV-CONVOY-1 --of 1 --set count=397 --reason swapped --occurred 2012-03-09 --received 2012-03-09
        fact corrected MOV-CONVOY-1 --of 1 --set mode=bus --reason added --occurred 2012-03-10 --received 2012-03-10
    """)  # fmt: skip
    log = log_of(ledger)
    assert learned(log, "2012-03-08", "2012-03-09", "population", "movements") == [
        ("ashraf", "count", ["MOV-CONVOY-1/2"]),
        ("hurriya", "count", ["MOV-CONVOY-1/2"]),
        ("MOV-CONVOY-1", "count", ["MOV-CONVOY-1/2"]),
    ]
    assert learned(log, "2012-03-08", "2012-03-10", "movements") == [
        ("MOV-CONVOY-1", "count", ["MOV-CONVOY-1/2"]),
        ("MOV-CONVOY-1", "mode", ["MOV-CONVOY-1/3"]),
    ]


def test_each_field_of_an_incident_names_what_changed_it(ledger: Ledger) -> None:
    tell(ledger, """
        incident opened INC-ONE --site hurriya --kind attack --title Attack --occurred 2013-02-09 --received 2013-02-09
        incident opened INC-TWO --site hurriya --kind attack --title Attack --occurred 2013-02-09 --received 2013-02-09
        incident claimed INC-ONE --claimant press --killed 5 --occurred 2013-02-09 --received 2013-02-09
        incident claimed INC-TWO --claimant police --killed 6 --occurred 2013-02-09 --received 2013-02-09
        incident claimed INC-ONE --claimant unhcr --killed 7 --occurred 2013-02-10 --received 2013-02-10
        incident adopted INC-ONE --basis 3 --occurred 2013-02-11 --received 2013-02-11
        incident merged INC-TWO --into INC-ONE --occurred 2013-02-12 --received 2013-02-12
        incident closed INC-ONE --occurred 2013-02-13 --received 2013-02-13
        fact corrected INC-ONE --of 3 --set killed=8 --reason recount --occurred 2013-02-14 --received 2013-02-14
    """)  # fmt: skip
    log = log_of(ledger)
    assert learned(log, "2013-02-09", "2013-02-13", "incidents") == [
        ("INC-ONE", "state", ["INC-ONE/5"]),
        ("INC-ONE", "adopted", ["INC-ONE/3", "INC-ONE/4"]),
        ("INC-ONE", "claims", ["INC-ONE/3", "INC-TWO/3"]),
        ("INC-TWO", "vanished", ["INC-TWO/3"]),
    ]
    assert learned(log, "2013-02-13", "2013-02-14", "population", "incidents") == [
        ("dead", "count", ["INC-ONE/6"]),
        ("hurriya", "count", ["INC-ONE/6"]),
        ("INC-ONE", "adopted", ["INC-ONE/6"]),
    ]


def test_a_retraction_a_new_name_and_a_statement_name_themselves(ledger: Ledger) -> None:
    tell(ledger, """
        movement made MOV-A --from outside --to hurriya --count 10 --occurred 2012-02-18 --received 2012-02-18
        movement made MOV-B --from outside --to hurriya --count 20 --occurred 2012-02-19 --received 2012-02-19
        fact retracted MOV-A --of 1 --reason no --occurred 2012-02-20 --received 2012-02-20
        site renamed SIT-HURRIYA --name 'Camp Liberty' --occurred 2012-02-21 --received 2012-02-21
        figure stated FIG-A --measure present --place hurriya --count 30 --claimant unhcr --occurred 2012-02-22 --received 2012-02-22
    """)  # fmt: skip
    log = log_of(ledger)
    assert learned(log, "2012-02-19", "2012-02-20", "population", "movements") == [
        ("hurriya", "count", ["MOV-A/2"]),
        ("outside", "count", ["MOV-A/2"]),
        ("MOV-A", "vanished", ["MOV-A/2"]),
    ]
    assert learned(log, "2012-02-20", "2012-02-22", "population", "findings") == [
        ("hurriya", "name", ["SIT-HURRIYA/2"]),
        ("hurriya", "stated", ["FIG-A/1"]),
        ("hurriya", "residual", ["FIG-A/1"]),
        ("present_differs hurriya FIG-A/1", "appeared", ["FIG-A/1"]),
    ]


def test_a_watch_that_goes_on_changes_by_what_is_entered_and_not_by_the_clock(
    ledger: Ledger,
) -> None:
    tell(ledger, """
        watch started WCH-A --site hurriya --post gate --occurred 2013-02-08T22:00Z --received 2013-02-08T22:00Z
        watch reported WCH-A --nil --occurred 2013-02-09T03:30Z --received 2013-02-09T03:30Z
    """)  # fmt: skip
    log = log_of(ledger)
    assert learned(log, "2013-02-10", "2013-02-12", "coverage", "findings") == []
    found = learned(log, "2013-02-08", "2013-02-12", "coverage")
    assert found
    assert {name for _, _, facts in found for name in facts} == {"WCH-A/2"}


def test_only_what_changed_is_read_from_the_ledger(ledger: Ledger) -> None:
    made = (
        f"movement made MOV-{n} --from outside --to hurriya --count 1 "
        "--occurred 2012-02-18 --received 2012-02-18"
        for n in range(50)
    )
    tell(ledger, "\n".join(made))
    tell(ledger, "fact corrected MOV-7 --of 1 --set count=2 --reason x --occurred 2012-03-01 --received 2012-03-01")  # fmt: skip
    log = log_of(ledger)
    first, last = (When.parse(day).settle("UTC").latest for day in ("2012-02-28", "2012-03-01"))
    question = Question(as_known=last, watched_until=last)
    read: list[str] = []
    with closing(tracking(views_of(log), log)) as views, closing(stored(log)) as facts:
        facts.set_trace_callback(read.append)
        meanwhile = Learned(views, facts, first, last)
        for view in VIEWS.values():
            assert all(c.facts == ["MOV-7/2"] for c in changes(views, meanwhile, view, question))
    assert len(read) == 1
    assert "'MOV-7'" in read[0]
