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


@cache
def terms(vocabulary: str) -> dict[str, dict[str, Any]]:
    """The terms of a list by code, in the order of the file."""
    import tomllib

    with (_FOLDER / f"{vocabulary}.toml").open("rb") as file:
        found: dict[str, dict[str, Any]] = tomllib.load(file)["terms"]
    return found


def vocabularies() -> list[str]:
    """The names of all lists."""
    return sorted(path.stem for path in _FOLDER.glob("*.toml"))
