"""Sums are kept so that fewer rows are read; what is answered is what reading all rows gives."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.folder import read_only
from ledger.values.instants import ALWAYS, DAY, FOREVER, HOUR, NEVER
from projections import building, figures, marks, population, sites, spans, sums
from projections.question import Question
from projections.tables import TABLES, digests
from tests.projections.histories import MEMORY, answers, logs, written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ledger.history import Entry

PLACES = ("ashraf", "hurriya", "outside", "ALB", "dead")
Facts = dict[str, list[tuple[Any, ...]]]


@pytest.fixture(autouse=True, scope="module")
def small() -> Iterator[None]:
    """So small that a few rows have sums, and a mark lies after every other entry."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(marks, "LEAST", 1)
        patch.setattr(marks, "STEP", 2)
        yield


def plainly(work: Callable[[], Any]) -> Any:
    """What something gives where no sums are kept."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sums, "kept", lambda views: False)
        patch.setattr(spans, "kept", lambda views: False)
        return work()


# Postings as they come --------------------------------------------------------------------------

#: Days on both sides of the limits of every class, and hours that are on neither.
LAG = st.sampled_from([days * DAY + nudge for days in sums.LAGS for nudge in (-HOUR, 0, 1)])
AGES = st.integers(0, 40).map(lambda day: day * DAY - 1) | st.integers(0, 40 * DAY)
LENGTHS = st.sampled_from(
    [0, HOUR, DAY - 1, DAY, DAY + 1, 31 * DAY, 90 * DAY, 365 * DAY, 900 * DAY]
)
BOUNDS = st.integers(-3, 9) | st.none()


@st.composite
def postings(draw: st.DrawFn, stream: str) -> list[tuple[Any, ...]]:
    """The rows of one movement, each known for a time, then replaced."""
    rows = []
    latest = draw(AGES | st.just(NEVER))
    known = (0 if latest == NEVER else latest) + draw(LAG | st.just(0))
    for reading in range(draw(st.integers(1, 3))):
        if draw(st.integers(0, 4)) == 0:
            latest = draw(AGES)
        earliest = draw(st.just(ALWAYS) | st.just(latest)) if latest == NEVER else latest
        earliest -= 0 if earliest == ALWAYS else draw(LENGTHS)
        ended = draw(st.just(FOREVER) | LAG.map(lambda lag, known=known: known + abs(lag) + 1))  # type: ignore[misc]
        when = (earliest, latest)
        for inward in (1, 0):
            place, other = draw(st.permutations(PLACES))[:2]
            rows.append((stream, known, ended, reading + 1, place, other, inward, *when,
                         draw(BOUNDS), draw(BOUNDS), draw(st.integers(0, 1)),
                         draw(st.integers(0, 3))))  # fmt: skip
        if ended == FOREVER:
            break
        known = ended
    return rows


@st.composite
def tellings(draw: st.DrawFn) -> list[Facts]:
    """The postings at first, and what is put in the place of which later."""
    names = [f"MOV-{number}" for number in range(9)]
    told = [
        {name: draw(postings(name)) for name in draw(st.sets(st.sampled_from(names), min_size=1))}
    ]
    for _ in range(draw(st.integers(0, 3))):
        grown = draw(st.sets(st.sampled_from(names), min_size=1, max_size=3))
        told.append({name: draw(postings(name) | st.just([])) for name in grown})
    return told


def questions(facts: Facts) -> st.SearchStrategy[Question]:
    """About instants at which something may change, and just before."""
    instants = {
        NEVER,
        0,
        *(row[place] for rows in facts.values() for row in rows for place in (1, 2, 7, 8)),
    }
    near = [one + nudge for one in sorted(instants) for nudge in (-1, 0) if ALWAYS < one <= NEVER]
    moment = st.sampled_from(near)
    place = st.none() | st.sampled_from(PLACES)
    ranks = st.sampled_from([1, 1, 1, 0, 2, 3])
    return st.tuples(moment, moment | st.just(NEVER), ranks, place, st.just(NEVER) | moment).map(
        lambda asked: Question(*asked[:4], until=asked[4])
    )


def empty() -> sqlite3.Connection:
    views = sqlite3.connect(":memory:", isolation_level=None)
    for table in (population.POSTINGS, figures.TABLE, sites.NAMES):
        for statement in (*table.statements, *table.index_statements):
            views.execute(statement)
    return views


@settings(max_examples=250, deadline=None)
@given(told=tellings(), data=st.data())
def test_with_sums_the_answer_is_that_of_all_postings_whatever_was_replaced(
    told: list[Facts], data: st.DataObject
) -> None:
    with closing(empty()) as views:
        cursor = views.cursor()
        now: Facts = {}
        for facts in told:
            with marks.following(cursor, list(facts)):
                cursor.executemany("DELETE FROM postings WHERE stream = ?", [(id,) for id in facts])
                for rows in facts.values():
                    cursor.executemany(population.POSTINGS.insert, rows)
            now |= facts
            for _ in range(4):
                question = data.draw(questions(now))
                expected = population.scanned(views, question, question.place)
                found = sums.of(views, question, question.place)
                assert found == (expected if question.rank == 1 else None)
                expected = plainly(lambda: population.query(views, question))  # noqa: B023
                assert population.query(views, question) == expected


@pytest.mark.parametrize("number", sums.CLASSES[:-1])
@pytest.mark.parametrize("over", [0, 1])
@pytest.mark.parametrize("nudge", [-1, 0, 1])
def test_what_lags_just_as_long_as_its_class_allows_counts_to_the_microsecond(
    number: int, over: int, nudge: int
) -> None:
    """All lag by the limit itself, the longest of its class, or by the shortest of the next one.

    Marks lie among them, so that what is read anew is only what is held to be unsure.
    """
    limit, happened = sums.LAGS[number] * DAY + over, 1000 * DAY
    with closing(empty()) as views:
        for count, step in enumerate((-2, -1, 0, 1, 2, 3, 4, 5)):
            at = happened + step
            row = (f"MOV-{count}", at + limit, FOREVER, 1, "ashraf", "dead", 1,
                   at, at, 1, 1, 0, 1)  # fmt: skip
            views.execute(population.POSTINGS.insert, row)
        marks.make(views.cursor())
        question = Question(as_known=happened + limit + nudge)
        found = sums.of(views, question)
        assert found == population.scanned(views, question, None)
        assert found == {"ashraf": (3 + nudge, 0, 3 + nudge, 3 + nudge)}


# Real ledgers -----------------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(log=logs(), batch=st.integers(1, 9), data=st.data())
def test_caught_up_and_rebuilt_views_answer_alike_and_as_if_there_were_no_sums(
    log: list[Entry], batch: int, data: st.DataObject
) -> None:
    moments = st.sampled_from(
        sorted(
            {NEVER, *(when for entry in log for when in (entry.occurred.latest, entry.known_at))}
        )
    )
    asked = [Question(on=data.draw(moments), as_known=data.draw(moments)) for _ in range(3)]
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(building, "BATCH", batch)
        whole = written(Path(folder) / "whole", log)
        first = data.draw(st.integers(1, len(log)))
        live, new = whole.path / "live.db", whole.path / "new.db"
        building.build(whole, live, upto=first)
        building.catch_up(whole, live)
        building.build(whole, new)
        with closing(read_only(live)) as one, closing(read_only(new)) as other:
            assert digests(one) == digests(other)
            for question in asked:
                expected = plainly(lambda: answers(other, question))  # noqa: B023
                assert answers(one, question) == expected
                assert answers(other, question) == expected


def test_an_answer_is_of_one_moment_though_the_views_catch_up_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "views.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode=WAL")
        tables = (population.POSTINGS, figures.TABLE, sites.NAMES)
        for statement in [
            one for table in tables for one in table.statements + table.index_statements
        ]:
            writer.execute(statement)

        def catch_up(number: int) -> None:
            writer.execute("BEGIN")
            with marks.following(writer.cursor(), [f"MOV-{number}"]):
                row = (
                    f"MOV-{number}",
                    0,
                    FOREVER,
                    1,
                    "ashraf",
                    "dead",
                    1,
                    0,
                    0,
                )
                writer.execute(population.POSTINGS.insert, (*row, 1, 1, 0, 1))
            writer.execute("COMMIT")

        for number in range(5):
            catch_up(number)
        nearest = sums._nearest

        def slowly(*asked: Any) -> list[int]:
            found = nearest(*asked)
            catch_up(5)
            return found

        with closing(read_only(path)) as reader:
            monkeypatch.setattr(sums, "_nearest", slowly)
            assert population.query(reader, Question())[0]["count"]["text"] == "5"
            monkeypatch.setattr(sums, "_nearest", nearest)
            assert population.query(reader, Question())[0]["count"]["text"] == "6"
            assert not reader.in_transaction


def test_a_small_ledger_keeps_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marks, "LEAST", 50_000)
    with closing(empty()) as views:
        row = ("MOV-1", 0, FOREVER, 1, "ashraf", "dead", 1, 0, 0, 1, 1, 0, 1)
        with marks.following(views.cursor(), ["MOV-1"]):
            views.execute(population.POSTINGS.insert, row)
        marks.make(views.cursor())
        assert sums.of(views, Question()) is None
        assert (
            views.execute("SELECT name FROM sqlite_master WHERE name LIKE 'sum%'").fetchall() == []
        )


def test_sums_are_in_no_digest() -> None:
    assert not any(table.name.startswith("sum") for table in TABLES)


@pytest.mark.parametrize(
    "vectors",
    [[[1, -1], [-1]], [[-(2**62), 2**62], [2**62, -(2**62)], [0, -1, 5]], [[]], [[-7]] * 40],
)
def test_arrays_are_added_number_by_number_whatever_their_signs(vectors: list[list[int]]) -> None:
    from array import array
    from itertools import zip_longest

    expected = [sum(numbers) for numbers in zip_longest(*vectors, fillvalue=0)]
    assert list(sums._added([array("q", vector).tobytes() for vector in vectors])) == expected
