"""Whether a file is an .xlsx workbook that may be opened: what else it may be, how far it unpacks.

The directory of a zip says how large its members are and may lie, so each one is unpacked once,
piece by piece and thrown away, before anything reads it for its content.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from typing import TYPE_CHECKING, BinaryIO

from ledger.errors.files import NotAWorkbook, WorkbookTooLarge
from ledger.errors.storage import FileUnreadable
from ledger.limits import WORKBOOK_MEGABYTES

if TYPE_CHECKING:
    from pathlib import Path

_SAVE_AS = "open it in a spreadsheet program and save it as .xlsx"
_PIECE = 1 << 20
_ENCRYPTED_FLAG = 0x1
#: The length of a member's own header without its name, and where the lengths of the rest stand.
_HEADER, _LENGTHS = 30, "<26xHH"

#: What the first bytes of a file say it is, and what to do about it.
_BEGINNINGS = {
    b"%PDF": ("a PDF", "ask for the table itself, as .xlsx or CSV"),
    b"{\\rtf": ("a text document", _SAVE_AS),
    b"<?xml": ("a file of XML, as older spreadsheet programs save it", _SAVE_AS),
    b"\xff\xfe": ("a text in UTF-16", 'rename it to .csv and say encoding = "utf-16" in the map'),
    b"\xfe\xff": ("a text in UTF-16", 'rename it to .csv and say encoding = "utf-16" in the map'),
}
_HTML = (b"<!doctype", b"<html", b"<head", b"<body", b"<table", b"<meta", b"<div")


def check_workbook(path: Path, name: str) -> None:
    """Raises `NotAWorkbook`, `WorkbookTooLarge` or `FileUnreadable` naming the file."""
    try:
        with path.open("rb") as stream:
            if stream.read(4) != b"PK\x03\x04":
                what, cure = _something_else(stream)
                raise NotAWorkbook(file=name, what=what, cure=cure)
            _check_members(stream, name)
    except OSError as error:
        raise FileUnreadable(file=name, why=error.strerror or error) from None


def _check_members(stream: BinaryIO, name: str) -> None:
    try:
        members = zipfile.ZipFile(stream).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        what, cure = "a workbook that was cut short or damaged", "get the file once more"
        raise NotAWorkbook(file=name, what=what, cure=cure) from None
    names = {member.filename for member in members}
    if "xl/workbook.xml" not in names or len(names) != len(members):
        what = next((what for mark, what in _ZIPS.items() if mark in names), "another kind of zip")
        raise NotAWorkbook(file=name, what=what, cure=_SAVE_AS)
    most = int(WORKBOOK_MEGABYTES * 1_000_000)
    total = 0
    for member in members:
        total += _unpacked(stream, member, most - total)
        if total > most or member.file_size > most:
            what = f"more than {WORKBOOK_MEGABYTES:.0f} MB when it is unpacked"
            raise WorkbookTooLarge(file=name, what=what)


_ZIPS = {
    "content.xml": "an OpenDocument sheet (.ods)",
    "xl/workbook.bin": "a binary workbook (.xlsb)",
    "word/document.xml": "a text document (.docx)",
}


def _unpacked(stream: BinaryIO, member: zipfile.ZipInfo, most: int) -> int:
    """How many bytes a member unpacks to; more than `most` are not counted further."""
    stream.seek(member.header_offset)
    header = stream.read(_HEADER)
    if len(header) < _HEADER or member.flag_bits & _ENCRYPTED_FLAG:
        return 0  # reading it for its content says what is wrong
    stream.seek(sum(struct.unpack_from(_LENGTHS, header)), 1)
    if member.compress_type != zipfile.ZIP_DEFLATED:
        return member.compress_size
    unpacker, left, total = zlib.decompressobj(-15), member.compress_size, 0
    pending = b""
    try:
        while not unpacker.eof and total <= most and (pending or left > 0):
            if not pending:
                pending = stream.read(min(_PIECE, left))
                left -= len(pending)
                if not pending:
                    break
            total += len(unpacker.decompress(pending, _PIECE))
            pending = unpacker.unconsumed_tail
    except zlib.error:
        return total
    return total


def _something_else(stream: BinaryIO) -> tuple[str, str]:
    """What a file that is no zip seems to be, and the cure."""
    stream.seek(0)
    head = stream.read(4096)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not head:
        return "empty", "get the file once more"
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _old_or_locked(stream)
    if start.startswith(_HTML):
        return "a web page (HTML)", _SAVE_AS
    for beginning, answer in _BEGINNINGS.items():
        if start.startswith(beginning.lower()):
            return answer
    if b"\0" not in head and any(mark in head for mark in (b",", b";", b"\t")):
        return "a CSV", "rename it to .csv"
    return "something else", _SAVE_AS


def _old_or_locked(stream: BinaryIO) -> tuple[str, str]:
    """An old workbook and one with a password have one kind of container."""
    mark = "EncryptedPackage".encode("utf-16-le")
    tail = b""
    stream.seek(0)
    while piece := stream.read(_PIECE):
        if mark in tail + piece:
            return "locked by a password", "open it with its password and save it without one"
        tail = piece[-len(mark) :]
    return "an old workbook (.xls)", _SAVE_AS
