"""What changed in an answer between two knowledge times, and the facts that changed it.

A view is asked at both times and its rows are matched by the key that `VIEWS` declares. Which facts
did it is told by two things that are there already: the facts `behind` a row, and the intervals in
which each row of a table was known. An interval begins or ends only when a fact of its stream is
received, so no change is without one. The present is that of the second time on both sides: what
differs was learned, and is not only later.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from ledger.history import Entry

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

    from projections.question import Behind, Question, Rows
    from projections.views import View


class Change(NamedTuple):
    """A field of a row that reads differently; without a `field` the row itself came or went."""

    key: dict[str, Any]
    field: str | None
    before: Any
    after: Any
    facts: list[str]

    @property
    def kind(self) -> str:
        if self.field is not None:
            return "changed"
        return "appeared" if self.before is None else "vanished"


class Move(NamedTuple):
    """The rows of a stream in one table became others at an instant.

    `columns` are those that differ; `replaced` says that rows were not only added or taken away.
    """

    stream: str
    at: int
    columns: frozenset[str]
    replaced: bool


class Learned:
    """What was received between two knowledge times, of what the views hold."""

    def __init__(
        self, views: sqlite3.Connection, ledger: sqlite3.Connection, since: int, until: int
    ) -> None:
        self._views, self._ledger, self.since, self.until = views, ledger, since, until
        (self._position,) = views.execute("SELECT MAX(notification_id) FROM tracking").fetchone()
        self._histories: dict[str, list[Entry]] = {}
        self._moves: dict[str, dict[str, set[Move]]] = {}

    def of(self, id: str) -> list[Entry]:
        """The facts of a thing that were received meanwhile."""
        return [entry for entry in self._history(id) if self.since < entry.known_at <= self.until]

    def about(self, fact: str) -> set[str]:
        """A fact and all that corrects, retracts or assesses it, as far as received meanwhile."""
        id, _, version = fact.partition("/")
        spoken_of = {int(version)}
        for entry in self._history(id):
            if entry.kind.about_another and entry.said["of"] in spoken_of:
                spoken_of.add(entry.version)
        return {entry.fact for entry in self.of(id) if entry.version in spoken_of}

    def at(self, moves: Iterable[Move]) -> set[str]:
        """The facts by which rows moved."""
        instants = {(move.stream, move.at) for move in moves}
        streams = {stream for stream, _ in instants}
        return {
            entry.fact
            for stream in streams
            for entry in self.of(stream)
            if (stream, entry.known_at) in instants
        }

    def in_order(self, facts: Iterable[str]) -> list[str]:
        """Facts in the order in which they were received."""
        entries = (self._entry(fact) for fact in facts)
        return [e.fact for e in sorted(entries, key=lambda e: (e.known_at, e.id, e.version))]

    def moves(self, table: str) -> dict[str, set[Move]]:
        """The moves of a table by its streams and by every text that a moved row holds."""
        if table not in self._moves:
            self._moves[table] = _by_text(self._views, table, self.since, self.until)
        return self._moves[table]

    def _entry(self, fact: str) -> Entry:
        id, _, version = fact.partition("/")
        return self._history(id)[int(version) - 1]

    def _history(self, id: str) -> list[Entry]:
        if id not in self._histories:
            found = self._ledger.execute(
                "SELECT topic, state FROM stored_events WHERE originator_id = ? AND position <= ? "
                "ORDER BY originator_version",
                (id, self._position),
            )
            self._histories[id] = [Entry.decode(topic, state) for topic, state in found]
        return self._histories[id]


def _by_text(views: sqlite3.Connection, table: str, since: int, until: int) -> dict[str, set[Move]]:
    cursor = views.execute(
        f"SELECT * FROM {table} WHERE (known_from > ? AND known_from <= ?) "
        "OR (known_to > ? AND known_to <= ?)",
        [since, until, since, until],
    )
    columns = [column[0] for column in cursor.description][3:]
    moved: dict[tuple[str, int], tuple[list[Any], list[Any]]] = {}
    for stream, known_from, known_to, *row in cursor:
        for side, at in enumerate((known_to, known_from)):
            if since < at <= until:
                moved.setdefault((stream, at), ([], []))[side].append(row)
    found: dict[str, set[Move]] = {}
    for (stream, at), (ended, begun) in moved.items():
        replaced = bool(ended and begun)
        differ = [
            name
            for number, name in enumerate(columns)
            if not replaced or _counted(ended, number) != _counted(begun, number)
        ]
        move = Move(stream, at, frozenset(differ), replaced)
        texts = {text for row in (*ended, *begun) for text in row if isinstance(text, str)}
        for text in {stream, *texts}:
            found.setdefault(text, set()).add(move)
    return found


def _counted(rows: Sequence[Sequence[Any]], number: int) -> Counter[Any]:
    return Counter(row[number] for row in rows)


def changes(
    views: sqlite3.Connection, learned: Learned, view: View, question: Question
) -> Iterator[Change]:
    """What the view answers differently; the question is that of the second time."""
    earlier = question._replace(as_known=learned.since)
    before, after = (_by_key(view, view.query(views, asked)) for asked in (earlier, question))
    for key in dict.fromkeys((*after, *before)):
        old, new = before.get(key), after.get(key)
        if old == new:
            continue
        behind = [
            view.behind(views, asked, row)
            for asked, row in ((earlier, old), (question, new))
            if row is not None
        ]
        if old is None or new is None:
            facts = _facts(learned, view, key, behind, None)
            yield Change(dict(key), None, old, new, facts)
            continue
        for field in new:
            if old[field] != new[field]:
                facts = _facts(learned, view, key, behind, field)
                yield Change(dict(key), field, old[field], new[field], facts)


_Key = tuple[tuple[str, Any], ...]


def _by_key(view: View, rows: Rows) -> dict[_Key, dict[str, Any]]:
    """Rows by their keys, those after the first of a key with a number."""
    found: dict[_Key, dict[str, Any]] = {}
    seen = Counter[_Key]()
    for row in rows:
        key = tuple((name, _first(row[name])) for name in view.key)
        seen[key] += 1
        found[(*key, ("number", seen[key])) if seen[key] > 1 else key] = row
    return found


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) else value


def _facts(
    learned: Learned, view: View, key: _Key, behind: Sequence[Behind], field: str | None
) -> list[str]:
    return learned.in_order(next(filter(None, _causes(learned, view, key, behind, field)), ()))


def _causes(
    learned: Learned, view: View, key: _Key, behind: Sequence[Behind], field: str | None
) -> Iterator[set[str]]:
    """The facts that changed a field or a row, each answer wider than the one before it.

    The first that names a fact is taken: what stands behind a number tells more than what moved
    where the row is named, and that more than whatever moved at all.
    """
    tables = view.tables or _every_table()
    numbers = {number for side in behind for number in side}
    if field in numbers:
        numbers = {field}
    elif view.tables:
        for near in _named(learned, tables, key):
            named = {move for move in near if field in move.columns}
            yield learned.at(move for move in named if move.replaced)
            yield learned.at(named)
    sides = [
        {(fact, str(adds)) for number in numbers for fact, adds in side.get(number, ())}
        for side in behind
    ]
    # One side alone is that of a row which came or went: everything behind it did.
    differing = sides[0] ^ sides[1] if len(sides) == 2 else sides[0]
    touched = {fact for fact, _ in differing}
    moved = {
        fact: found
        for fact in {fact for side in sides for fact, _ in side}
        if (found := _moves(learned, tables, fact.partition("/")[0]))
    }
    yield {
        name
        for fact in touched & set(moved)
        for name in learned.about(fact) or learned.at(moved[fact])
    }
    yield {name for fact in moved for name in learned.about(fact)}
    yield learned.at(move for found in moved.values() for move in found)
    yield from map(learned.at, _named(learned, tables, key))
    yield learned.at(
        move for table in tables for found in learned.moves(table).values() for move in found
    )


def _named(learned: Learned, tables: Iterable[str], key: _Key) -> Iterator[set[Move]]:
    """The moves of the things that a key names, then of all rows that hold a text of it."""
    texts = [str(text) for _, text in key]
    things = {text.partition("/")[0] for text in texts}
    found = {move for text in texts for move in _moves(learned, tables, text)}
    yield {move for move in found if move.stream in things}
    yield found


def _moves(learned: Learned, tables: Iterable[str], text: str) -> set[Move]:
    """The moves of rows that hold a text, or of a stream."""
    return {move for table in tables for move in learned.moves(table).get(text, ())}


def _every_table() -> tuple[str, ...]:
    from projections.tables import TABLES

    return tuple(table.name for table in TABLES)
