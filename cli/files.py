"""Files that are readable by their owner alone, and in their place only when they are whole."""

from __future__ import annotations

import os
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


def write_private(path: Path, lines: Iterable[str]) -> None:
    """Write a text whole, readable by its owner alone."""
    with private_file(path) as file:
        file.writelines(line.encode(errors="surrogateescape") for line in lines)


@contextmanager
def private_file(path: Path) -> Iterator[BinaryIO]:
    """A file, readable by its owner alone, that takes its place when it is whole."""
    with closing(PrivateFile(path)) as private, private.named():
        yield private.file
        private.keep()


class PrivateFile:
    """A file written beside its place, readable by its owner alone, and put there when whole."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._temporary = path.with_name(f".{path.name}.{os.getpid()}")
        with self.named():
            descriptor = os.open(self._temporary, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
            self.file: BinaryIO = os.fdopen(descriptor, "w+b")

    def keep(self) -> None:
        """Put the file in its place."""
        self.file.close()
        self._temporary.replace(self.path)

    def close(self) -> None:
        """Leave nothing behind that was not kept."""
        with suppress(OSError):
            self.file.close()
        with suppress(OSError):
            self._temporary.unlink(missing_ok=True)

    @contextmanager
    def named(self) -> Iterator[None]:
        """A fault names the file that was wanted."""
        try:
            yield
        except OSError as error:
            error.filename = str(self.path)
            raise
