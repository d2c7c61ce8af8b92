"""What views are made by: a hash of each table's definition, kept in the views file.

A table follows from its own module, from those of this room that it imports, and from what all
share: the kernel, the history, the values and the rules of facts. When the hash of one of these
texts is another one than the file was made by, its views are made again. Whether the texts changed
is seen from sizes and times of files, so that a query does not read them.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from projections.views import VIEWS

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

_PROJECTIONS = os.path.dirname(__file__)  # noqa: PTH120  # by text, for every query asks
_LEDGER = f"{os.path.dirname(_PROJECTIONS)}/ledger"  # noqa: PTH120

#: What every table follows from: these sources, and all of these folders.
_SHARED = (
    f"{_PROJECTIONS}/kernel.py", f"{_PROJECTIONS}/table.py", f"{_LEDGER}/history.py",
    f"{_LEDGER}/registry.py", f"{_LEDGER}/amendments.py", f"{_LEDGER}/known.py",
)  # fmt: skip
_SHARED_FOLDERS = (f"{_LEDGER}/values", f"{_LEDGER}/facts")

TABLE = "CREATE TABLE IF NOT EXISTS definitions (name TEXT PRIMARY KEY, hash TEXT NOT NULL)"
#: The name under which the sizes and times of all sources are kept.
_STAMP = "sources"

#: What a module of this room imports from it when it is loaded itself.
_IMPORTED = r"(?m)^from projections(?:\.(\w+) import | import ([\w, ]+))"


@cache
def stamp() -> str:
    """Sizes and times of all sources."""
    files = [os.stat(path) for path in _SHARED]  # noqa: PTH116
    for folder in (_PROJECTIONS, *_SHARED_FOLDERS):
        with os.scandir(folder) as entries:
            sources = sorted((e.name, e) for e in entries if e.name.endswith(".py"))
        files += [entry.stat() for _, entry in sources]
    return " ".join([f"{file.st_size:x}-{file.st_mtime_ns:x}" for file in files])


@cache
def of_tables() -> dict[str, str]:
    """A hash of the definition of each table."""
    from sys import modules

    from projections.tables import LISTS, TABLES

    shared = _hash(Path(path).read_text(encoding="utf-8") for path in _shared())
    found = {}
    for table in TABLES:
        own = _texts(Path(str(modules[table.rows.__module__].__file__)).stem)
        found[table.name] = _hash((shared, *own, *table.statements, *table.index_statements))
    for listed in LISTS:
        found[listed.name] = _hash((found["facts"], listed.statement))
    return found


def _texts(*modules: str) -> list[str]:
    """The texts of modules of this room and of all that they import from it."""
    import re

    found: dict[str, str] = {}
    wanted = [*modules]
    while wanted:
        name = wanted.pop()
        if name not in found:
            found[name] = Path(_PROJECTIONS, f"{name}.py").read_text(encoding="utf-8")
            for one, several in re.findall(_IMPORTED, found[name]):
                wanted += [one] if one else several.split(", ")
    return [found[name] for name in sorted(found)]


def keep(views: sqlite3.Cursor | sqlite3.Connection) -> None:
    """Write what the tables of this file were made by."""
    views.execute(TABLE)
    views.executemany(
        "INSERT OR REPLACE INTO definitions VALUES (?, ?)",
        [*of_tables().items(), (_STAMP, stamp())],
    )


def same_sources(views: sqlite3.Connection) -> bool:
    """Whether no source was written since the views were made; quick, and a no is uncertain."""
    row = views.execute("SELECT hash FROM definitions WHERE name = ?", (_STAMP,)).fetchone()
    return row is not None and row[0] == stamp()


def changed(views: sqlite3.Connection) -> list[str]:
    """The views of whose tables one is defined otherwise now than when the file was made.

    A table that no view shows by itself is there for the findings.
    """
    kept = dict(views.execute("SELECT name, hash FROM definitions"))
    other = {name for name, now in of_tables().items() if kept.get(name) != now}
    unseen = other.difference(*(view.tables for view in VIEWS.values()))
    return [name for name, view in VIEWS.items() if other & set(view.tables or unseen)]


def _hash(texts: Iterable[str]) -> str:
    from hashlib import sha256

    return sha256("\0".join(texts).encode()).hexdigest()


def _shared() -> Iterator[str]:
    yield from _SHARED
    for folder in _SHARED_FOLDERS:
        yield from sorted(map(str, Path(folder).glob("*.py")))
