"""Colours on a terminal. They add nothing: who cannot see them reads the same words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TextIO

#: The line above one of dashes alone, and the words that a line of ours begins with.
_HEADING = re.compile(r"^.*(?=\n--[- ]*$)", re.MULTILINE)
_WORDS = re.compile(r"^(?:(vigil)|(?:  )?(warning)):(?= )", re.MULTILINE)
_BOLD, _RED, _YELLOW, _PLAIN = "\033[1m", "\033[1;31m", "\033[33m", "\033[0m"


def wanted(choice: str | None, environment: Mapping[str, str], stream: TextIO) -> bool:
    """By `--color`; else where a terminal shows them and `NO_COLOR` is not set to anything."""
    if choice in ("always", "never"):
        return choice == "always"
    if environment.get("NO_COLOR") or environment.get("TERM") == "dumb":
        return False
    return stream.isatty()


def coloured(text: str) -> str:
    """A text for people with its headings bold, its errors red and its warnings yellow.

    It must be safe to show already: what strangers wrote may not bring escapes of its own.
    """
    text = _HEADING.sub(lambda found: f"{_BOLD}{found[0]}{_PLAIN}" if found[0] else "", text)
    return _WORDS.sub(lambda found: f"{_RED if found[1] else _YELLOW}{found[0]}{_PLAIN}", text)
