"""What comes from outside: environment, clock, randomness, streams. Only `cli` reads them."""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path


def _clock() -> int:
    return time.time_ns() // 1000


class World(NamedTuple):
    """Injected in tests; `random` makes the 32 hex digits of a fact's uuid."""

    environment: Mapping[str, str] = os.environ
    clock: Callable[[], int] = _clock
    random: Callable[[], str] | None = None
    folder: str = "."
    stdin: BinaryIO | None = None
    #: Whether somebody sits at a terminal; None finds out.
    terminal: bool | None = None

    @property
    def interactive(self) -> bool:
        """Whether there is somebody to ask: both standard input and output are a terminal."""
        if self.terminal is not None:
            return self.terminal
        streams = (sys.stdin, sys.stdout)
        return all(stream is not None and stream.isatty() for stream in streams)

    @property
    def input(self) -> BinaryIO:
        """Standard input; empty where it was closed."""
        if self.stdin is not None:
            return self.stdin
        if sys.stdin is None:
            from io import BytesIO

            return BytesIO()
        return sys.stdin.buffer

    def ask(self, prompt: str) -> str:
        """A line that somebody types; raises `EOFError` when they are done."""
        if self.stdin is None:
            with suppress(ImportError):
                import readline  # noqa: F401  (lets `input` move in the line and recall others)
            return input(prompt)
        sys.stdout.write(prompt)
        sys.stdout.flush()
        line = self.stdin.readline()
        if not line:
            raise EOFError
        return line.decode()

    def at(self, path: str = "") -> Path:
        """A path of the command line, from where it was typed."""
        from pathlib import Path

        return Path(self.folder).absolute() / path

    @property
    def state_home(self) -> Path:
        """Where views go when the ledger's folder cannot be written."""
        from pathlib import Path

        home = self.environment.get("XDG_STATE_HOME")
        return Path(home) if home else Path.home() / ".local" / "state"
