"""Text that was written by strangers, made safe to show."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_JOINER, _AS_EMOJI, _SKIN = "\u200d", "\ufe0f", frozenset(map(chr, range(0x1F3FB, 0x1F400)))
_SAME_LETTER = str.maketrans({"\u064a": "\u06cc", "\u0649": "\u06cc", "\u0643": "\u06a9"})
#: Direction marks that do no harm and that Arabic and Persian need to read well.
_HARMLESS = frozenset("\u200c\u200d\u200e\u200f")


class Label(str):
    """A word of ours in the place of a code. Written from the right, it ends in a mark that keeps
    a terminal from joining it with the next one and telling both in the other order.
    """

    __slots__ = ()

    def __new__(cls, text: str) -> Label:
        return super().__new__(cls, f"{text}\u200e" if right_to_left(text) else text)


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


def sought(text: str) -> str:
    """A text as it is searched: without case, marks, joiners and the ways to write a letter.

    An Arabic and a Persian keyboard have other codes for the same kaf and yeh.
    """
    if text.isascii():
        return text.casefold()
    letters = (c for c in unicodedata.normalize("NFKD", text) if not _unwritten(c))
    return "".join(letters).translate(_SAME_LETTER).casefold()


def width(text: str) -> int:
    """Columns of a terminal that a text takes."""
    return len(text) if text.isascii() else sum(_advances(text))


def cut(text: str, widest: int) -> str:
    """A text of at most so many columns; what is left out is shown by an ellipsis."""
    if width(text) <= widest:
        return text
    taken = 0
    for end, columns in enumerate(_advances(text)):
        taken += columns
        if taken >= widest:
            return f"{text[:end]}…"
    return text


def right_to_left(text: str) -> bool:
    """Whether any of a text is written from the right, so that a terminal may move what it says."""
    return not text.isascii() and any(
        unicodedata.bidirectional(c) in ("R", "AL", "AN") for c in text
    )


def _advances(text: str) -> Iterator[int]:
    """Columns that each character adds: an emoji joined to one before it shares its place."""
    last, joined = 0, False
    for c in text:
        if c == _JOINER:
            joined = last == 2
            yield 0
        elif c == _AS_EMOJI and last == 1:
            last = 2
            yield 1
        elif last == 2 and (joined or c in _SKIN):
            joined = False
            yield 0
        else:
            columns = _columns(c)
            last = columns or last
            yield columns


def _columns(c: str) -> int:
    if unicodedata.category(c) in ("Mn", "Me", "Cf") or "\u1160" <= c <= "\u11ff":
        return 0  # marks, direction marks, and the later letters of a Hangul syllable
    return 2 if unicodedata.east_asian_width(c) in "WF" else 1


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


def _unwritten(c: str) -> bool:
    return unicodedata.category(c) in ("Mn", "Cf") or c == "\u0640"  # the last stretches a line


def _escaped(c: str) -> str:
    return c.encode("unicode_escape", "surrogatepass").decode()
