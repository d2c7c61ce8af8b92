"""Rows as a table for people."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from cli.render.text import Label, cell, cut, right_to_left, width

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.render import Columns

_WIDEST = 60
#: Stands in the column of a text that is written from the right and follows below its row.
_BELOW = "…"


def render(rows: list[dict[str, Any]], columns: Columns, zone: str = "UTC") -> str:
    """Columns as wide as their widest cell, numbers to the right, long texts cut but the last.

    A text written from the right stands below its row: beside others a terminal would move it, and
    them. Labels are short, marked, and stay. `zone` is the one in which days are read here; it goes
    without saying.
    """
    if not rows:
        return "nothing\n"
    table = [[heading for _, heading in columns]]
    below: list[list[str]] = []
    for row in rows:
        cells = [_unzoned(cell(row.get(key)), zone) for key, _ in columns]
        moved = {
            text
            for text, (key, _) in zip(cells, columns, strict=True)
            if right_to_left(text) and not isinstance(row.get(key), Label)
        }
        below.append(
            [
                f"\n    {heading}: {text}"
                for (_, heading), text in zip(columns, cells, strict=True)
                if text in moved
            ]
        )
        cells = [_BELOW if text in moved else text for text in cells]
        table.append([*(cut(text, _WIDEST) for text in cells[:-1]), cells[-1]])
    widths = [max(width(cells[number]) for cells in table) for number in range(len(columns))]
    right = [
        all(_is_number(cells[number]) for cells in table[1:]) for number in range(len(columns))
    ]
    table.insert(1, ["-" * min(wide, _WIDEST) for wide in widths])
    shown = [_row(cells, widths, right) for cells in table]
    for number, row in enumerate(rows, 2):
        shown[number] += "".join((*below[number - 2], *_explained(row.get("explain", {}), zone)))
    return "".join(f"{one}\n" for one in shown)


def _explained(explain: dict[str, list[dict[str, Any]]], zone: str) -> Iterator[str]:
    """The facts behind a row's numbers, indented under it."""
    for number, facts in explain.items():
        yield f"\n    {number}:" if facts else ""
        for fact in facts:
            source = fact["source"] or {}
            words = (
                fact["fact"], fact["name"], fact["adds"] or fact["says"], fact["occurred"],
                fact["status"], source.get("grade"), source.get("name") or source.get("citation"),
            )  # fmt: skip
            told = "  ".join(_unzoned(cell(word), zone) for word in words if word)
            yield f"\n      {cut(told, 2 * _WIDEST)}"


def _unzoned(text: str, zone: str) -> str:
    return re.sub(rf"(?<=[0-9.])\[{re.escape(zone)}\]", "", text)


def _row(cells: list[str], widths: list[int], right: list[bool]) -> str:
    padded = []
    for text, wide, to_the_right in zip(cells, widths, right, strict=True):
        space = " " * (wide - width(text))
        padded.append(space + text if to_the_right else text + space)
    return "  ".join(padded).rstrip()


def _is_number(text: str) -> bool:
    return text == "-" or text.lstrip("~<>.-").rstrip("+").replace("-", "").isdigit()
