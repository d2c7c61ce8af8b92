"""The one place for time travel.

A table's `rows` is written as if there were neither corrections nor time travel: the effective
facts of one stream in, the rows this stream contributes out. `readings` are those facts at each
knowledge time of the stream, and `known_rows` gives every row the interval `[known_from, known_to)`
in which it was what the office knew. A query is then plain SQL: `known_from <= K < known_to` and
`occurred_to <= T`.

Catch-up, rebuild and replay to a position all call these two, so they give the same bytes.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from ledger.history import Entry, effective
from ledger.values.instants import FOREVER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from projections.table import Row, Table

#: The effective facts of a stream, and the instant from which they were what the office knew.
Reading = tuple[int, "Sequence[Entry]"]


def readings(history: Sequence[Entry]) -> list[Reading]:
    """What the office knew of a stream: its effective facts, from each knowledge time on."""
    if len(history) == 1:  # most streams
        (fact,) = history
        return [(fact.received.latest, history if fact.begins else [])]
    known_at = [entry.known_at for entry in history]
    times = sorted(known_at)
    if times == known_at:  # each was learned after those before it
        found = [(at, history[: bisect_right(times, at)]) for at in dict.fromkeys(times)]
    else:
        found = [
            (at, [e for e, known in zip(history, known_at, strict=True) if known <= at])
            for at in dict.fromkeys(times)
        ]
    if history[0].begins and not any(e.kind.about_another or e.begins for e in history[1:]):
        # Nothing was taken back or begun again, so what is known stands once its beginning is.
        return [(at, facts if facts[0] is history[0] else []) for at, facts in found]
    return [(at, effective(facts)) for at, facts in found]


def known_rows(table: Table, streams: Iterable[tuple[str, Sequence[Reading]]]) -> list[Row]:
    """The rows of streams, each with its stream and the interval in which it was known."""
    found: list[Row] = []
    rows = table.rows
    for stream, known in streams:
        if len(known) == 1:  # most streams
            known_from, facts = known[0]
            for row in rows(facts):
                found.append((stream, known_from, FOREVER, *row))  # noqa: PERF401  # it makes no list
        else:
            found += _intervals(table, stream, known)
    return found


def _intervals(table: Table, stream: str, known: Sequence[Reading]) -> Iterator[Row]:
    """The rows of a stream of which one thing was known after another."""
    if table.a_row_a_fact and (added := _since(known)):
        for row, at in zip(table.rows(known[-1][1]), added, strict=True):
            yield (stream, at, FOREVER, *row)
        return
    rows: dict[Row, int] = {}  # known by now, and since when
    for at, facts in known:
        now = dict.fromkeys(table.rows(facts), at)
        for row, since in rows.items():
            if row in now:
                now[row] = since
            else:
                yield (stream, since, at, *row)
        rows = now
    yield from [(stream, since, FOREVER, *row) for row, since in rows.items()]


def _since(known: Sequence[Reading]) -> list[int] | None:
    """Since when each fact was known, where facts were only added; None where one read otherwise
    or was gone later.
    """
    since: list[int] = []
    before: Sequence[Entry] = []
    for at, facts in known:
        if facts[: len(before)] != before:  # an entry equals itself alone
            return None
        since += [at] * (len(facts) - len(before))
        before = facts
    return since
