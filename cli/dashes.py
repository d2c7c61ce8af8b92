"""A field given as `-` is read from standard input."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ledger import limits
from ledger.errors.commands import InputNotUtf8
from ledger.errors.values import TextEmpty, TextTooLong

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import BinaryIO

Options = list[tuple[str, str | None]]


def read_dashes(options: Iterable[tuple[str, str | None]], stream: BinaryIO) -> Options:
    """Options with the one that is `-` (or `set` to `field=-`) filled from a stream.

    A usage error where two are; raises `InputNotUtf8`, `TextEmpty` and `TextTooLong`.
    """
    given = list(options)
    waiting = [number for number, (_, value) in enumerate(given) if _dash(*given[number])]
    if len(waiting) > 1:
        names = " and ".join(f"--{given[number][0]}" for number in waiting)
        raise click.UsageError(f"Only one field can be read from standard input, not {names}.")
    for number in waiting:
        name, value = given[number]
        given[number] = name, (value or "").removesuffix("-") + _read(stream, name)
    return given


def _dash(name: str, value: str | None) -> bool:
    return value == "-" or (name == "set" and (value or "").partition("=")[2] == "-")


def _read(stream: BinaryIO, field: str) -> str:
    """All of a stream as text, without the line ends at its end."""
    # No character takes more than four bytes, and nobody waits for /dev/zero to end.
    data = stream.read(4 * limits.TEXT + 1)
    if len(data) > 4 * limits.TEXT:
        raise TextTooLong(length=f"over {limits.TEXT}", limit=limits.TEXT, field=field)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise InputNotUtf8(byte=error.start + 1, field=field) from None
    text = text.rstrip("\r\n")
    if not text.strip():
        raise TextEmpty(field=field)
    return text
