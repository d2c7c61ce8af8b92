"""The one place for time travel.

A table's `rows` is written as if there were neither corrections nor time travel: the effective
facts of one stream in, the rows this stream contributes out. `known_rows` asks it at each knowledge
time of the stream and gives every row the interval `[known_from, known_to)` in which it was what
the office knew. A query is then plain SQL: `known_from <= K < known_to` and `occurred_to <= T`.

Catch-up, rebuild and replay to a position all call `known_rows`, so they give the same bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.history import Entry, effective, knowledge_times
from ledger.values.when import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from projections.table import Row, Table

#: The end of what is still known.
FOREVER = NEVER + 1


def known_rows(table: Table, history: Sequence[Entry]) -> Iterator[Row]:
    """The rows of one stream, each with its stream and the interval in which it was known."""
    stream = history[0].id
    if len(history) == 1:
        known_from = history[0].known_at
        for row in table.rows(effective(history)):
            yield (stream, known_from, FOREVER, *row)
        return
    since: dict[Row, int] = {}
    for at in knowledge_times(history):
        now = set(table.rows(effective(history, at)))
        for row in [row for row in since if row not in now]:
            yield (stream, since.pop(row), at, *row)
        for row in now:
            since.setdefault(row, at)
    for row, known_from in since.items():
        yield (stream, known_from, FOREVER, *row)
