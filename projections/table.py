"""What the views file is made of: tables, and lists that are read out of the table of facts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ledger.history import Entry

Row = tuple[Any, ...]


class Table(NamedTuple):
    """`rows` is written as if there were neither corrections nor time travel.

    It is given the effective facts of one stream of one of `families`, perhaps none, and gives the
    rows which that stream contributes; the kernel adds the stream and when each row was known.

    `a_row_a_fact` says that each fact gives one row, in order, which follows from it and those
    before it alone. Then nothing is worked out again when a fact is added.
    """

    name: str
    families: frozenset[str]
    columns: tuple[str, ...]
    rows: Callable[[Sequence[Entry]], Iterable[Row]]
    indexes: tuple[str, ...] = ()
    a_row_a_fact: bool = False

    @property
    def statements(self) -> list[str]:
        """The table as SQL."""
        columns = ", ".join(
            ("stream TEXT", "known_from INTEGER", "known_to INTEGER", *self.columns)
        )
        return [f"CREATE TABLE {self.name} ({columns})"]

    @property
    def index_statements(self) -> list[str]:
        """Its indexes as SQL; a rebuild makes them last."""
        return [
            f"CREATE INDEX {self.name}_{number} ON {self.name} ({columns})"
            for number, columns in enumerate(("stream", *self.indexes))
        ]

    @property
    def insert(self) -> str:
        """The statement that adds a row."""
        return f"INSERT INTO {self.name} VALUES ({', '.join('?' * (len(self.columns) + 3))})"


#: The name of the fact of a row, as SQL.
FACT = "stream || '/' || version"


def said(path: str) -> str:
    """What a fact says in a field, or in a part of one (`source.grade`), as SQL."""
    return f"json_extract(said, '$.{path}')"


class Listed(NamedTuple):
    """Facts of some names as a list, a row each: a view in the sense of SQL, which stores nothing.

    Without names it lists every fact.

    `columns` are those of the list alone, each with its SQL. Every list has the thing, the fact,
    its times and its status.
    """

    name: str
    facts: tuple[str, ...]
    columns: dict[str, str]

    @property
    def statement(self) -> str:
        """The list as SQL."""
        columns = {
            "id": "stream",
            "fact": FACT,
            "occurred": said("occurred"),
            "received": said("received"),
            **self.columns,
        }
        shared = "stream, known_from, known_to, version, occurred_from, occurred_to, status, rank"
        named = ", ".join(f"{sql} AS {name}" for name, sql in columns.items())
        names = ", ".join(f"'{name}'" for name in self.facts)
        where = f" WHERE name IN ({names})" if names else ""
        return f"CREATE VIEW {self.name} AS SELECT {shared}, {named} FROM facts{where}"
