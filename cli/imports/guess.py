"""Guesses about a file that nobody described: its encoding, separator, what its columns hold."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

#: So much of a file in no Unicode encoding is looked at.
_SAMPLE = 1 << 20
_ARABIC_WORDS = re.compile("[\u0620-\u064a]{2,}")
_BOMS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_DELIMITERS = ",;\t|"
#: A column with at most so many values, each said more than once, holds terms of a list.
_TERMS = 8
_EXAMPLES = 3

#: What the texts of a column look like, the first that all of them do.
_KINDS = {
    "whole number": re.compile(r"-?\d{1,15}"),
    "number": re.compile(r"-?\d+\.\d+|-?\d+(\.\d+)?[eE][+-]?\d+|-?\d+"),
    "day": re.compile(r"\d{4}-\d{2}-\d{2}"),
    "day and time": re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}.*)?"),
    "time": re.compile(r"\d{1,2}:\d{2}(:\d{2})?"),
    "day or month first?": re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}"),
    "true or false": re.compile(r"true|false", re.IGNORECASE),
}


class Column(NamedTuple):
    """What a column holds: `filled` of its cells, `values` where it holds few different ones."""

    name: str
    kind: str
    filled: int
    unique: bool
    examples: list[str]
    values: list[str]
    tag: str | None = None


def encoding_of(stream: BinaryIO) -> str:
    """The encoding of a text: by its first bytes, UTF-8, or what its letters would be."""
    start = stream.read(4)
    for mark, name in _BOMS.items():
        if start.startswith(mark):
            return name
    stream.seek(0)
    if _is_utf8(stream):
        return "utf-8"
    stream.seek(0)
    sample = stream.read(_SAMPLE)
    foreign = sum(byte > 0x7F for byte in sample)
    arabic = _ARABIC_WORDS.findall(sample.decode("windows-1256", "replace"))
    if sum(map(len, arabic)) * 2 > foreign:
        return "windows-1256"
    try:
        sample.decode("windows-1252")
    except UnicodeDecodeError:
        return "latin-1"
    return "windows-1252"


def _is_utf8(stream: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while piece := stream.read(_SAMPLE):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def delimiter_of(header: str) -> str:
    """What separates the cells of a line: the most frequent of the usual ones, outside quotes."""
    bare = re.sub(r'"[^"]*"', "", header)
    return max(_DELIMITERS, key=bare.count)


def column_of(name: str, texts: Iterable[str], tag: str | None) -> Column:
    """What a column holds, by its texts."""
    filled = [text for text in texts if text.strip()]
    different = list(dict.fromkeys(filled))
    kind = "empty"
    if filled:
        kind = next((kind for kind, form in _KINDS.items()
                     if all(form.fullmatch(text.strip()) for text in filled)), "text")  # fmt: skip
    few = len(different) <= _TERMS and len(filled) > len(different)
    return Column(
        name, kind, len(filled), bool(filled) and len(different) == len(filled),
        different[:_EXAMPLES], different if few and kind == "text" else [], tag,
    )  # fmt: skip
