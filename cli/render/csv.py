"""Rows as CSV that a spreadsheet opens without running anything in it."""

from __future__ import annotations

import csv
import io
import re
from itertools import chain
from json import dumps
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cli.render import Columns
    from cli.render.sheets import Sheet

_NUMBER = re.compile(r"-?\d+")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\0")


def render(rows: list[dict[str, Any]], columns: Columns) -> str:
    """One column a key; `stated.count` becomes `stated_count`, a figure is its text."""
    flat = [_flat(row) for row in rows]
    header = _header(flat) or [key for key, _ in columns]
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(header)
    for row in flat:
        writer.writerow([_safe(row.get(key)) for key in header])
    return out.getvalue()


def lines(sheet: Sheet, *, tagged: bool = False) -> Iterator[str]:
    """A sheet, a record at a time; `tagged` puts its hashtags below the header."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    head: list[Sequence[object]] = [sheet.header, sheet.tags] if tagged else [sheet.header]
    for record in chain(head, sheet.rows):
        writer.writerow([_safe(cell) for cell in record])
        yield out.getvalue()
        out.seek(0)
        out.truncate()


def _header(flat: list[dict[str, Any]]) -> list[str]:
    """Every column, but for those whose parts have columns of their own (`stated`)."""
    header = list(dict.fromkeys(key for row in flat for key in row))
    said = {key for row in flat for key, value in row.items() if value is not None}
    return [
        key
        for key in header
        if key in said or not any(other.startswith(f"{key}_") for other in header)
    ]


def _flat(row: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in row.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict) and "text" in value:
            found[name] = value["text"]
        elif isinstance(value, dict):
            found |= _flat(value, f"{name}_")
        elif isinstance(value, list):
            found[name] = " ".join(map(_part, value))
        else:
            found[name] = value
    return found


def _part(value: Any) -> str:
    """What stands in a list: a word, or something with parts of its own, as JSON has it."""
    return dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)


def _safe(value: Any) -> Any:
    """Text that a spreadsheet would take for a formula is set apart by an apostrophe."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) and value.startswith(_FORMULA) and not _NUMBER.fullmatch(value):
        return f"'{value}"
    return value
