"""How a map makes values from the cells of a row: functions from cells to a value or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ledger.errors.files import ValueNotInTable

Cells = Mapping[str, str]

#: Makes a value from a row's cells; None where the row says nothing.
Maker = Callable[[Cells], Any]

#: Makes a piece of a text.
Piece = Callable[[Cells], str]

#: Changes a cell's text.
Filter = Callable[[str], str]

FILTERS: dict[str, Filter] = {"upper": str.upper, "lower": str.lower, "strip": str.strip}


def look_up(table: str, entries: dict[str, str], column: str) -> Filter:
    """`"*"` is any other value, `"#"` the value itself; an empty cell without an entry is empty."""

    def find(value: str) -> str:
        found = entries.get(value, entries.get("*") if value else "")
        if found is None:
            raise ValueNotInTable(table=table, value=value[:80], field=column)
        return value if found == "#" else found

    return find


def chained(column: str, filters: list[Filter]) -> Piece:
    """A column's text, changed by filters in their order."""

    def piece(cells: Cells) -> str:
        value = cells[column]
        for change in filters:
            value = change(value)
        return value

    return piece


def filled(texts: list[str], references: list[Piece]) -> Maker:
    """A template: the texts with references between them; nothing when those are all empty."""

    def fill(cells: Cells) -> str | None:
        pieces = [reference(cells) for reference in references]
        if pieces and not any(pieces):
            return None
        return texts[0] + "".join(map(str.__add__, pieces, texts[1:]))

    return fill


def figure(number: str, bound: str | None, figures: dict[str, str]) -> Maker:
    """A figure as text: `#` in the bound's entry is the number; nothing without a number."""

    def figure(cells: Cells) -> str | None:
        if not cells[number]:
            return None
        how = cells[bound] if bound else ""
        if how not in figures:
            raise ValueNotInTable(table="figures", value=how[:80], field=bound)
        return figures[how].replace("#", cells[number])

    return figure


def nested(makers: dict[str, Maker]) -> Maker:
    """A table without the fields that say nothing; nothing when none says anything."""

    def nest(cells: Cells) -> dict[str, Any] | None:
        made = {name: make(cells) for name, make in makers.items()}
        return {name: value for name, value in made.items() if value is not None} or None

    return nest


def listed(makers: list[Maker]) -> Maker:
    """A list without the items that say nothing; nothing when none says anything."""

    def collect(cells: Cells) -> list[Any] | None:
        made = [make(cells) for make in makers]
        return [value for value in made if value is not None] or None

    return collect
