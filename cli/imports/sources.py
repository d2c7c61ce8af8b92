"""The files of an import, open."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from ledger.errors.files import FileKindUnknown
from ledger.errors.storage import FileUnreadable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from cli.world import World

#: What a file is, by how its name ends.
KINDS = {".jsonl": ".jsonl", ".csv": ".csv", ".tsv": ".csv", ".txt": ".csv", ".xlsx": ".xlsx"}


class Source(NamedTuple):
    """A file, open, its name for messages, and what it is: `.csv`, `.jsonl` or `.xlsx`."""

    name: str
    kind: str
    stream: BinaryIO
    path: Path


@contextmanager
def opened(names: Iterable[str], world: World) -> Iterator[list[Source]]:
    """The files of a command line, open; `-` is standard input, JSON lines."""
    sources: list[Source] = []
    try:
        for name in names:
            path = world.at(name)
            if name == "-":
                sources.append(Source("-", ".jsonl", world.input, path))
                continue
            kind = KINDS.get(path.suffix.lower())
            if kind is None:
                raise FileKindUnknown(file=name)
            try:
                stream = path.open("rb")  # closed below, with the others
                sources.append(Source(name, kind, stream, path))
            except OSError as error:
                raise FileUnreadable(file=name, why=error.strerror) from None
        yield sources
    finally:
        for source in sources:
            if source.name != "-":
                source.stream.close()
