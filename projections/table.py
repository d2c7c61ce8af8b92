"""One table of the views file: its columns, where its rows come from, how they are found."""

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
    """

    name: str
    families: frozenset[str]
    columns: tuple[str, ...]
    rows: Callable[[Sequence[Entry]], Iterable[Row]]
    indexes: tuple[str, ...] = ()

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
