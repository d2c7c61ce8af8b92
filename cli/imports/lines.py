"""The physical lines of a file, none longer than `limits.LINE`, in UTF-8 or an encoding named."""

from __future__ import annotations

import codecs
import io
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from ledger.errors.files import FileTooLarge, NotInEncoding, NotUtf8
from ledger.limits import LINE

if TYPE_CHECKING:
    from collections.abc import Iterator

BOM = b"\xef\xbb\xbf"

#: A character takes at most four bytes of UTF-8: that many bytes (and a BOM) are over the limit.
_LINE_BYTES = 4 * LINE + 4


class Line(NamedTuple):
    """A physical line with its end; `problem` is `FileTooLarge` (no text) or about its bytes."""

    number: int
    text: str
    problem: FileTooLarge | NotUtf8 | NotInEncoding | None = None


def lines(stream: BinaryIO, encoding: str | None = None) -> Iterator[Line]:
    """Lines, which end with a line feed alone; a BOM at the start is dropped.

    A BOM of UTF-8 counts for more than `encoding`, so that what Vigil wrote can be mended and read
    by the map of the file it came from. Raises `NotInEncoding` where the rest cannot be read.
    """
    if encoding is None or codecs.lookup(encoding).name.startswith("utf-8") or _has_bom(stream):
        return _utf8(stream)
    return _encoded(stream, encoding)


def is_text_encoding(name: str) -> bool:
    """Whether Python knows an encoding of text by this name."""
    try:
        "a".encode(name)
    except (LookupError, ValueError):
        return False
    return True


def misread(text: str) -> bool:
    """Whether bytes stand in a text that its encoding does not know."""
    return any("\udc80" <= character <= "\udcff" for character in text)


def _has_bom(stream: BinaryIO) -> bool:
    start = stream.read(len(BOM))
    stream.seek(0)
    return start == BOM


def _utf8(stream: BinaryIO) -> Iterator[Line]:
    offset = number = 0
    while chunk := stream.readline(_LINE_BYTES):
        number += 1
        start = offset
        offset += len(chunk)
        too_long = len(chunk) == _LINE_BYTES and not chunk.endswith(b"\n")
        while too_long and (more := stream.readline(_LINE_BYTES)):
            offset += len(more)
            if more.endswith(b"\n"):
                break
        if start == 0 and chunk.startswith(BOM):
            chunk, start = chunk[len(BOM) :], len(BOM)
        if too_long:
            yield Line(number, "", FileTooLarge(limit=LINE, row=number))
        else:
            yield _decoded(number, start, chunk)


def _decoded(number: int, start: int, chunk: bytes) -> Line:
    """The line's text; `start` is where it begins in the file, in bytes from 0."""
    problem = None
    try:
        text = chunk.decode()
    except UnicodeDecodeError as error:
        text = chunk.decode(errors="surrogateescape")
        problem = NotUtf8(byte=start + error.start, row=number)
    if len(text) > LINE:
        return Line(number, "", FileTooLarge(limit=LINE, row=number))
    return Line(number, text, problem)


def _encoded(stream: BinaryIO, encoding: str) -> Iterator[Line]:
    text = io.TextIOWrapper(stream, encoding, errors="surrogateescape", newline="\n")
    number = 0
    try:
        while found := text.readline(LINE + 1):
            number += 1
            problem: FileTooLarge | NotInEncoding | None = None
            if len(found) > LINE:
                while not found.endswith("\n") and (found := text.readline(LINE + 1)):
                    pass
                found, problem = "", FileTooLarge(limit=LINE, row=number)
            elif misread(found):
                why = "some bytes mean nothing in it"
                problem = NotInEncoding(encoding=encoding, why=why, row=number)
            yield Line(number, found, problem)
    except UnicodeError as error:
        why = str(error)
        raise NotInEncoding(encoding=encoding, why=why, row=number + 1) from None
    finally:
        with suppress(ValueError):  # the file was closed before all of it was read
            text.detach()
