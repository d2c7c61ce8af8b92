"""The refused rows of an import, written as they come, in their file when all have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.files import PrivateFile

if TYPE_CHECKING:
    from pathlib import Path


class Rejects:
    """A file of refused rows; where there are none, it is not made and an old one stays."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: PrivateFile | None = None
        self._head = ""

    def begin(self, head: str) -> None:
        """What stands above the rows."""
        self._head = head

    def add(self, raw: str) -> None:
        """A row as it stood."""
        if self._file is None:
            self._file = PrivateFile(self._path)
            self._write(self._head)
        self._write(raw if raw.endswith("\n") else f"{raw}\n")

    def _write(self, text: str) -> None:
        assert self._file is not None
        with self._file.named():
            self._file.file.write(text.encode(errors="surrogateescape"))

    def keep(self) -> None:
        if self._file is not None:
            with self._file.named():
                self._file.keep()

    def __enter__(self) -> Rejects:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()
