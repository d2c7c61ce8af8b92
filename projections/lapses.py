"""Lapses of the watch: silence, two officers on one post, nobody relieved, nil where it was not."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from ledger.values.instants import HOUR, MINUTE
from projections import coverage
from projections.coverage import minute_of
from projections.finding import Finding
from projections.watches import bounded

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

    from projections.coverage import Shift
    from projections.question import Question

#: An officer who has a watch for longer was not relieved, or forgot to end it.
LONGEST_HOURS = 16


def gaps(views: sqlite3.Connection, question: Question) -> Iterator[Finding]:
    """A post on which nothing was entered for longer than was agreed."""
    now = coverage.present(question)
    for (site, post), kept in coverage.by_post(coverage.shifts(views, question)).items():
        for gap in coverage.silences(kept, now):
            if gap.minutes > question.gap_minutes:
                since, until = (minute_of(at, question.zone) for at in (gap.since, gap.until))
                text = (
                    f"nothing was entered at {post} of {site} for {gap.minutes} minutes, from "
                    f"{since} to {until}; the limit is {question.gap_minutes}"
                )
                yield Finding("watch_gap", "warning", site, text, list(gap.facts), gap.since)


def overlaps(views: sqlite3.Connection, question: Question) -> Iterator[Finding]:
    """Two watches of one post at one time."""
    now = coverage.present(question)
    for (site, post), kept in coverage.by_post(coverage.shifts(views, question)).items():
        seen = set[tuple[str, str]]()
        for one, other in _at_once(kept, now):
            pair = (one.watch, other.watch)
            if one.watch == other.watch or pair in seen:
                continue
            seen.add(pair)
            text = (
                f"{one.watch} ({one.officer}) and {other.watch} ({other.officer}) both kept "
                f"{post} of {site} at {minute_of(other.since, question.zone)}"
            )
            facts = [one.fact, other.fact]
            yield Finding("watch_overlap", "warning", site, text, facts, other.since)


def _at_once(kept: Sequence[Shift], now: int) -> Iterator[tuple[Shift, Shift]]:
    """The shifts, given by their start, that began before another had ended."""
    for number, one in enumerate(kept, 1):
        for other in islice(kept, number, None):
            if other.since >= one.end(now):
                break
            yield one, other


def long_watches(views: sqlite3.Connection, question: Question) -> Iterator[Finding]:
    """An officer who had a watch for over sixteen hours."""
    now = coverage.present(question)
    for shift in coverage.shifts(views, question):
        lasted = shift.end(now) - shift.since
        if lasted > LONGEST_HOURS * HOUR:
            text = (
                f"{shift.officer} had {shift.watch} for {lasted // HOUR} hours without relief, "
                f"over {LONGEST_HOURS}"
            )
            yield Finding("watch_long", "warning", shift.site, text, [shift.fact], shift.since)


def nil_contradicted(views: sqlite3.Connection, question: Question) -> Iterator[Finding]:
    """A nil report of a time in which an incident at the site is known to have happened.

    Without `until` it is of the hour before it.
    """
    where, values = question.counted()
    known, asked = question.listed()
    reports = views.execute(
        "SELECT fact, site, occurred, at, until_at, occurred_from, occurred_to FROM watches "
        f"WHERE nil AND {where} ORDER BY occurred_from, fact",
        values,
    ).fetchall()
    for fact, site, occurred, at, until_at, earliest, latest in reports:
        if at is None and until_at is None:
            continue
        when = bounded(at, earliest, latest)
        since, until = (when - HOUR, when + MINUTE) if until_at is None else (when, until_at)
        for id, incident, happened in views.execute(
            "SELECT id, fact, occurred FROM incidents WHERE site = ? AND merged_into IS NULL "
            "AND occurred_from >= ? AND occurred_from < ? AND occurred_to - occurred_from <= ? "
            f"AND {known} ORDER BY occurred_from, id",
            [site, since, until, HOUR, *asked],
        ):
            text = f"{fact} reports nothing at {occurred}, but {id} happened at {happened}"
            yield Finding("nil_contradicted", "warning", site, text, [fact, incident], earliest)
