"""Files that are readable by their owner alone, and in their place only when they are whole."""

from __future__ import annotations

import os
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


def refuse_kept(path: Path, *read: Path) -> None:
    """Raises `FileOfLedger` where an answer would replace a ledger's file, or one that is read."""
    from ledger.errors.storage import FileOfLedger
    from ledger.folder import Folder

    if Folder.keeps(path):
        raise FileOfLedger(file=path, what="a ledger's own")
    if path.exists() and any(other.exists() and path.samefile(other) for other in read):
        raise FileOfLedger(file=path, what="what is read here")


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
    """A file written beside its place, readable by its owner alone, and put there when whole.

    A link leads to its place. What is no file (a pipe, a device) is written to, not replaced.
    """

    def __init__(self, path: Path) -> None:
        self.path, self._place = path, path.resolve()
        self._temporary = self._place.parent / f".{self._place.name}.{os.getpid()}"
        self._replaces = self._place.is_file() or not self._place.exists()
        with self.named():
            self.file: BinaryIO = self._opened()

    def _opened(self) -> BinaryIO:
        if not self._replaces:
            return self._place.open("wb")
        descriptor = os.open(self._temporary, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
        return os.fdopen(descriptor, "w+b")

    def keep(self) -> None:
        """Put the file in its place."""
        self.file.close()
        if self._replaces:
            self._temporary.replace(self._place)

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
