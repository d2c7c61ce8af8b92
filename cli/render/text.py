"""Text that was written by strangers, made safe to show."""

from __future__ import annotations

import unicodedata
from typing import Any

#: Direction marks that do no harm and that Arabic and Persian need to read well.
_HARMLESS = frozenset("\u200c\u200d\u200e\u200f")


def visible(text: str) -> str:
    """Control characters and direction overrides written as escapes; line ends stay.

    Stored text keeps them; a terminal would obey them.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escaped(c) if _hidden(c) else c for c in text)


def line(text: str) -> str:
    """`visible`, on one line."""
    return visible(text).replace("\n", "\\n")


def width(text: str) -> int:
    """Columns of a terminal that a text takes."""
    if text.isascii():
        return len(text)
    return sum(
        0
        if unicodedata.combining(c) or unicodedata.category(c) == "Cf"
        else 2
        if unicodedata.east_asian_width(c) in "WF"
        else 1
        for c in text
    )


def cell(value: Any) -> str:
    """A value of a row as a cell: figures by their text, nothing as a dash."""
    if value is None:
        return "-"
    if value is True:
        return "yes"
    if value is False:
        return "no"
    if isinstance(value, list):
        return ", ".join(map(cell, value)) or "-"
    if isinstance(value, dict):
        return _dictionary(value) or "-"
    return line(str(value))


def _dictionary(value: dict[str, Any]) -> str:
    if "text" in value:
        return cell(value["text"])
    if "claimant" in value:
        return f"{cell(value['count'])} ({cell(value['claimant'])}, {cell(value['occurred'])})"
    return " ".join(f"{name}={cell(part)}" for name, part in value.items() if part is not None)


def _hidden(c: str) -> bool:
    if c == "\n":
        return False
    return unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp", "Cs") and c not in _HARMLESS


def _escaped(c: str) -> str:
    return c.encode("unicode_escape", "surrogatepass").decode()
