"""Rows as a table for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cli.render.text import cell, width

if TYPE_CHECKING:
    from cli.render import Columns

_WIDEST = 60


def render(rows: list[dict[str, Any]], columns: Columns) -> str:
    """Columns as wide as their widest cell, numbers to the right, long texts cut."""
    if not rows:
        return "nothing\n"
    lines = [[heading for _, heading in columns]]
    lines += [[_cut(cell(row.get(key))) for key, _ in columns] for row in rows]
    widths = [max(width(line[number]) for line in lines) for number in range(len(columns))]
    right = [all(_is_number(line[number]) for line in lines[1:]) for number in range(len(columns))]
    lines.insert(1, ["-" * wide for wide in widths])
    return "".join(f"{_line(line, widths, right)}\n" for line in lines)


def _line(cells: list[str], widths: list[int], right: list[bool]) -> str:
    padded = []
    for text, wide, to_the_right in zip(cells, widths, right, strict=True):
        space = " " * (wide - width(text))
        padded.append(space + text if to_the_right else text + space)
    return "  ".join(padded).rstrip()


def _cut(text: str) -> str:
    return text if len(text) <= _WIDEST else text[: _WIDEST - 1] + "…"


def _is_number(text: str) -> bool:
    return text == "-" or text.lstrip("~<>.-").rstrip("+").replace("-", "").isdigit()
