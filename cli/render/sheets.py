"""Rows of a view as a sheet: one header for all rows, and cells that hold a number, a day or text.

A figure fills three columns, because 26 or more is not 26: `killed` is the least it can be,
`killed_high` the most, `killed_bound` says which of the two was said (`exact`, `at_least`,
`between`, ...). What is unknown is empty, and zero is 0. `cli/render/columns.toml` says which
columns a view has.
"""

from __future__ import annotations

import re
from datetime import UTC, date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from cli.labels import columns_of, heading, label, word
from cli.render.text import visible
from ledger.values.instants import EPOCH, zone_of

if TYPE_CHECKING:
    from collections.abc import Iterable

Cell = str | int | float | bool | date | None

_AMOUNT = re.compile(r"(~)?(\d+(?:\.\d+)?)(?:-(\d+(?:\.\d+)?))?")


class Sheet(NamedTuple):
    """A table to hand out: its view, its name for people, its header, a hashtag a column, rows."""

    view: str
    name: str
    header: list[str]
    tags: list[str]
    rows: Iterable[list[Cell]]


class Column(NamedTuple):
    """A column: the key of its value, what that holds, which part of it this is, its hashtag."""

    key: str
    holds: str
    part: str = ""
    tag: str = ""

    @property
    def name(self) -> str:
        """What programs call it: `stated_count_bound`."""
        return "_".join(filter(None, (self.key.replace(".", "_"), self.part)))

    def heading(self, view: str, language: str | None) -> str:
        """What people call it; its name where no language is asked for."""
        if language is None:
            return self.name
        whole = heading(view, self.key, language)
        return f"{whole}: {word('part', self.part, language)}" if self.part else whole


def columns(view: str, *, days: bool = False) -> list[Column]:
    """The columns of a view; with `days` each time has its first and last day beside it."""
    found = []
    for key, (holds, *tag) in columns_of(view).items():
        whole = Column(key, holds, tag=tag[0] if tag else "")
        about = whole.tag.lstrip("#").replace("+ind", "").replace("+num", "")
        if holds in ("figure", "amount"):
            found += [
                whole._replace(tag=f"{whole.tag}+min"),
                whole._replace(part="high", tag=f"{whole.tag}+max"),
                whole._replace(part="bound", tag=f"#meta+bound+{about}"),
            ]
        elif holds == "when" and days:
            found += [
                whole._replace(tag=f"#meta+said+{about}"),
                whole._replace(part="from", tag=f"{whole.tag}+start"),
                whole._replace(part="until", tag=f"{whole.tag}+end"),
            ]
        else:
            found.append(whole)
    return found


def sheet(
    view: str,
    rows: Iterable[dict[str, Any]],
    zone: str,
    language: str | None = None,
    *,
    exchanged: bool = False,
) -> Sheet:
    """The rows of a view with headings and labels; what is `exchanged` keeps the codes of lists."""
    found = columns(view, days=exchanged)
    labels = None if exchanged else language
    return Sheet(
        view,
        word("view", view, language) if language else view,
        [column.heading(view, language) for column in found],
        [column.tag for column in found],
        (cells(found, row, zone, labels) for row in rows),
    )


def cells(
    columns: Iterable[Column], row: dict[str, Any], zone: str, language: str | None = None
) -> list[Cell]:
    """A row's cells. Days are those of `zone`; a time that is just such a day is a date."""
    return [_cell(column, _value(row, column.key), zone, language) for column in columns]


def _value(row: dict[str, Any], key: str) -> Any:
    value: Any = row
    for part in key.split("."):
        if value is None:
            return None
        value = value.get(part)
    return value


def _cell(column: Column, value: Any, zone: str, language: str | None) -> Cell:
    if value is None:
        return None
    if column.holds in ("figure", "amount"):
        return _part_of_figure(column, value, language)
    if column.holds in ("when", "day"):
        return _part_of_time(column.part, value, zone)
    if isinstance(value, bool | int | float):
        return value
    if language is not None:
        value = label(column.holds, value, language)
    return visible(_text(value))


def _text(value: Any) -> str:
    """Several values in one cell, a line each; the parts of one side by side."""
    if isinstance(value, list):
        return "\n".join(map(_text, value))
    if isinstance(value, dict):
        return "; ".join(f"{name}: {part}" for name, part in value.items() if part is not None)
    return str(value)


def _part_of_figure(column: Column, value: Any, language: str | None) -> Cell:
    low, high, about = _bounds(value)
    if column.part == "high":
        return high
    if column.part != "bound":
        return low
    bound = _bound(low, high, about=about)
    return word("bound", bound, language) if language else bound


def _bounds(value: Any) -> tuple[int | float | None, int | float | None, bool]:
    if isinstance(value, dict):
        return value["low"], value["high"], value["about"]
    match = _AMOUNT.fullmatch(value)
    if not match:
        return None, None, False
    about, low, high = match.groups()
    return _number(low), _number(high or low), bool(about)


def _number(text: str) -> int | float:
    return float(text) if "." in text else int(text)


def _bound(low: float | None, high: float | None, *, about: bool) -> str:
    """The word for a figure's bounds; a count below 1970 is at most 1969, though at least 0."""
    if low is None and high is None:
        return "unknown"
    if high is None:
        word = "at_least"
    elif low is None or (low == 0 and high > 0):
        word = "at_most"
    elif low == high:
        return "about" if about else "exact"
    else:
        word = "between"
    return f"about_{word}" if about else word


def _part_of_time(part: str, text: str, zone: str) -> Cell:
    from ledger.values.when import When

    when = When.parse(text)
    if not when.settled:  # a day of `coverage`, which is one of the zone asked about
        return date.fromisoformat(text)
    if part == "from":
        return _day(when.earliest, zone)
    if part == "until":
        return _day(when.latest - 1, zone)
    if when.start and when.precision == "day" and when.zone == zone and when.weekday is None:
        return when.start.start.date()
    return visible(text.removesuffix(f"[{zone}]"))


def _day(instant: int, zone: str) -> date | None:
    """The day of an instant; None for one that no calendar can name."""
    try:
        moment = EPOCH + timedelta(microseconds=instant)
        return moment.replace(tzinfo=UTC).astimezone(zone_of(zone)).date()
    except OverflowError:
        return None
