"""Lists of terms, as data: one TOML file a list, with its edition and labels in three languages.

A file holds `edition`, perhaps `source`, and a table `terms` whose keys are the codes that facts
store and whose values hold `en`, `ar`, `fa` and, where the HURIDOCS micro-thesauri have the
category, `huridocs`. Codes never change; a term that is given up stays with `since` and `until`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent


def terms(vocabulary: str) -> dict[str, dict[str, Any]]:
    """The terms of a list by code, in the order of the file."""
    found: dict[str, dict[str, Any]] = _list(vocabulary)["terms"]
    return found


def edition(vocabulary: str) -> str:
    """The edition of a list."""
    return str(_list(vocabulary)["edition"])


def vocabularies() -> list[str]:
    """The names of all lists."""
    return sorted(path.stem for path in _FOLDER.glob("*.toml"))


@cache
def _list(vocabulary: str) -> dict[str, Any]:
    import tomllib

    with (_FOLDER / f"{vocabulary}.toml").open("rb") as file:
        return tomllib.load(file)
