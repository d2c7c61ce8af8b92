"""What comes from outside: environment, clock, randomness, streams. Only `cli` reads them."""

from __future__ import annotations

import os
import sys
import time
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

    @property
    def input(self) -> BinaryIO:
        """Standard input; empty where it was closed."""
        if self.stdin is not None:
            return self.stdin
        if sys.stdin is None:
            from io import BytesIO

            return BytesIO()
        return sys.stdin.buffer

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
