"""What a query asks: true on which day, as known on which other, counting what, where.

The two time filters of every view are here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ledger.limits import GAP_MINUTES
from ledger.values.instants import ALWAYS, NEVER

Rows = list[dict[str, Any]]
Clause = tuple[str, list[Any]]
#: The facts behind each number of a row, each with what it adds to it where it adds something.
Behind = Mapping[str, Sequence[tuple[str, object]]]


def together(*clauses: Clause) -> Clause:
    """What all clauses take."""
    where = " AND ".join(clause for clause, _ in clauses)
    return where, [value for _, values in clauses for value in values]


class Question(NamedTuple):
    """Instants in microseconds; `on` and `as_known` are ends of a span, `NEVER` filters nothing.

    `rank` is the least rank of a status that counts in sums. `since` and `until` bound lists.
    `now` is the present, for what is overdue where no day is asked about. `watched_until` is the
    present as far as it was known: until when a watch that nobody ended has lasted. `zone` is the
    ledger's, whose days are counted, and `gap_minutes` the longest silence it allows. `standard` is
    the one by which measurements are judged; None for all.
    """

    on: int = NEVER
    as_known: int = NEVER
    rank: int = 1
    place: str | None = None
    site: str | None = None
    country: str | None = None
    incident: str | None = None
    since: int = ALWAYS
    until: int = NEVER
    now: int = NEVER
    watched_until: int = NEVER
    gap_minutes: int = GAP_MINUTES
    zone: str = "UTC"
    standard: str | None = None

    def at(self, on: int) -> Question:
        """The same question about another day."""
        return self._replace(on=on)

    def known(self, table: str = "") -> Clause:
        """Rows that were known: `received` ended by then, and nothing known had replaced them.

        `table` is the prefix of the columns where a statement reads several tables (`"cases."`).
        """
        clause = f"{table}known_from <= ? AND ? < {table}known_to"
        return clause, [self.as_known, self.as_known]

    def listed(self, table: str = "") -> Clause:
        """Known rows that had surely happened by `on` and within the period; of every status."""
        clause, values = self.known(table)
        clause += f" AND {table}occurred_to <= ?"
        values.append(min(self.on, self.until))
        if self.since != ALWAYS:
            clause += f" AND {table}occurred_from >= ?"
            values.append(self.since)
        return clause, values

    def counted(self) -> Clause:
        """Listed rows whose status counts."""
        clause, values = self.listed()
        return f"{clause} AND rank >= ?", [*values, self.rank]

    def possible(self) -> Clause:
        """Known, counted rows that may have happened by `on`: begun by then, ended after it."""
        clause, values = self.known()
        return (
            f"{clause} AND rank >= ? AND occurred_from < ? AND occurred_to > ?",
            [*values, self.rank, self.on, self.on],
        )
