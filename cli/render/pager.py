"""A pager for an answer that is longer than the screen."""

from __future__ import annotations

import os
import shlex
from contextlib import suppress
from shutil import which
from subprocess import PIPE, Popen
from typing import TYPE_CHECKING

from cli.render.text import width

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Quits where all fits, passes colours, and leaves what was read on the screen.
_LESS = ["less", "-FRX"]


def paged(text: str, coloured: str, terminal: int, environment: Mapping[str, str]) -> bool:
    """Show a text in the pager of the environment; False where there is none or no need of one.

    `terminal` is the file descriptor whose size decides, by the text without its colours. Whoever
    quits early has read enough.
    """
    words = _pager(environment)
    if not words or not _longer_than_screen(text, terminal):
        return False
    try:
        # The program is the choice of whoever runs this one.
        process = Popen(words, stdin=PIPE, env=dict(environment))  # noqa: S603
    except OSError:
        return False
    assert process.stdin is not None
    with suppress(BrokenPipeError, KeyboardInterrupt), process.stdin as into:
        into.write(coloured.encode("utf-8", "surrogateescape"))
    while process.poll() is None:
        with suppress(KeyboardInterrupt):  # the pager's own affair: it stops a search, say
            process.wait()
    return True


def _pager(environment: Mapping[str, str]) -> list[str]:
    """The words that start it; `VIGIL_PAGER` set to nothing wants none."""
    for name in ("VIGIL_PAGER", "PAGER"):
        if name in environment:
            with suppress(ValueError):
                return shlex.split(environment[name])
            return []
    return _LESS if which(_LESS[0], path=environment.get("PATH")) else []


def _longer_than_screen(text: str, terminal: int) -> bool:
    try:
        columns, rows = os.get_terminal_size(terminal)
    except OSError:
        return False
    if not columns or not rows:
        return False
    return sum(max(1, -(-width(line) // columns)) for line in text.splitlines()) >= rows
