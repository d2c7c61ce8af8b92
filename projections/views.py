"""The views file: which tables it has, whether it is up to date, and how it is opened to read.

`views.db` lies beside the ledger, or in the state directory where the ledger's folder cannot be
written. It may be deleted at any moment. Reading views that are up to date needs sqlite3 alone;
`projections.building` is imported only when they are behind.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from ledger import limits
from ledger.folder import read_only
from ledger.values.when import When

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ledger.folder import Folder
    from projections.question import Behind, Question, Rows

#: Goes up when the file itself is laid out otherwise; views of another number are rebuilt. What
#: its tables are made by is in `projections.definitions`.
VERSION = 7

#: What the library calls the application that the views follow.
UPSTREAM = "Vigil"


class View(NamedTuple):
    """A question people ask: where it is answered, from which tables, with which options.

    Where a row `sums` up several facts, its module has a function `behind` that names them. `key`
    are the columns by which a row is the same one at another time; a list goes by its first.
    """

    path: str
    tables: tuple[str, ...]
    options: frozenset[str]
    sums: bool = False
    key: tuple[str, ...] = ("id",)

    @property
    def query(self) -> Callable[[sqlite3.Connection, Question], Rows]:
        """The function that answers; its module is imported only for this view."""
        module, _, name = self.path.partition(":")
        found: Callable[[sqlite3.Connection, Question], Rows] = getattr(
            import_module(f"projections.{module}"), name
        )
        return found

    @property
    def behind(self) -> Callable[[sqlite3.Connection, Question, dict[str, Any]], Behind]:
        """The function that names the facts behind a row; by default the fact of the row."""
        if not self.sums:
            return _the_fact_itself
        module, _, name = self.path.partition(":")
        found: Callable[[sqlite3.Connection, Question, dict[str, Any]], Behind] = getattr(
            import_module(f"projections.{module}"), name.replace("query", "behind")
        )
        return found


def _the_fact_itself(views: sqlite3.Connection, question: Question, row: dict[str, Any]) -> Behind:
    return {"row": [(row["fact"], None)]}


_PLACED = frozenset({"place", "site", "country"})
_PERIOD = frozenset({"from", "to"})
_INCIDENT = frozenset({"site", "place", "incident"})

VIEWS: dict[str, View] = {
    "population": View(
        "population:query", ("postings", "figures", "sites"), _PLACED, sums=True, key=("place",)
    ),
    "movements": View("movements:query", ("movements",), _PLACED | _PERIOD),
    "incidents": View("incidents:query", ("incidents", "claims"), _INCIDENT | _PERIOD, sums=True),
    "claims": View("claims:query", ("claims", "incidents"), _INCIDENT | _PERIOD, key=("fact",)),
    "placements": View(
        "placements:query",
        ("postings", "figures", "offers", "cases", "steps"),
        frozenset({"country"}),
        sums=True,
        key=("country",),
    ),
    "figures": View("figures:query", ("figures",), _PLACED | _PERIOD),
    "observations": View("observations:query", ("observations",), _INCIDENT | _PERIOD),
    "cases": View("cases:query", ("cases", "steps"), _PLACED, sums=True),
    "offers": View("offers:query", ("offers",), frozenset({"country"}) | _PERIOD, sums=True),
    "commitments": View("commitments:query", ("commitments",), _PERIOD),
    "fund": View(
        "fund:query", ("fund",), frozenset(), sums=True, key=("fund", "donor", "currency")
    ),
    "engagements": View("engagements:query", ("engagements",), _PERIOD, sums=True),
    "services": View(
        "services:query",
        ("services", "postings"),
        frozenset({"site", "place", "standard"}) | _PERIOD,
        sums=True,
    ),
    "watches": View("watches:query", ("watches",), frozenset({"site", "place"}) | _PERIOD),
    "coverage": View(
        "coverage:query",
        ("watches", "timeline"),
        frozenset({"site", "place"}) | _PERIOD,
        sums=True,
        key=("site", "post", "day"),
    ),
    "timeline": View(
        "timeline:query",
        ("timeline", "incidents"),
        _PLACED | _INCIDENT | _PERIOD,
        key=("fact",),
    ),
    "findings": View(
        "findings:query",
        (),
        _PLACED | {"incident"},
        sums=True,
        key=("rule", "about", "facts"),
    ),
}


def locate(folder: Folder, state_home: Path) -> Path:
    """Where the views of a ledger lie: beside it, or in the state directory."""
    if os.access(folder.path, os.W_OK):
        return folder.views
    from hashlib import sha256

    name = sha256(str(folder.path.resolve()).encode()).hexdigest()[:16]
    return state_home / "vigil" / name / "views.db"


def position_of(ledger: sqlite3.Connection) -> int:
    """The position of the newest fact, 0 in an empty ledger."""
    return int(ledger.execute("SELECT MAX(position) FROM stored_events").fetchone()[0] or 0)


def last_recorded_by(ledger: sqlite3.Connection, instant: int) -> int:
    """The position of the last fact recorded before an instant (microseconds), 0 for none.

    `recorded` never goes back, so it is found by halving.
    """
    from json import loads

    low, high = 0, position_of(ledger)
    while low < high:
        middle = (low + high + 1) // 2
        state = ledger.execute(
            "SELECT state FROM stored_events WHERE position = ?", (middle,)
        ).fetchone()[0]
        if When.parse(loads(state)["recorded"]).earliest < instant:
            low = middle
        else:
            high = middle - 1
    return low


def tracked(path: Path) -> int | None:
    """The position up to which the views at `path` are made; None where they must be rebuilt."""
    if not path.exists():
        return None
    try:
        views = read_only(path)
        try:
            if views.execute("PRAGMA user_version").fetchone()[0] != VERSION or defined_otherwise(
                views, path
            ):
                return None
            return reached(views)
        finally:
            views.close()
    except sqlite3.DatabaseError:
        return None


def reached(views: sqlite3.Connection) -> int:
    """The position up to which these views are made."""
    row = views.execute(
        "SELECT notification_id FROM tracking WHERE application_name = ?", (UPSTREAM,)
    ).fetchone()
    return int(row[0]) if row else 0


def opened(path: Path) -> tuple[sqlite3.Connection, int]:
    """The views at `path`, and the position up to which they are made.

    All that is asked of the connection is answered as of now, though others record meanwhile.
    """
    views = read_only(path)
    views.execute("BEGIN")
    return views, reached(views)


def defined_otherwise(views: sqlite3.Connection, path: Path) -> list[str]:
    """The views that follow by other rules from the facts now than when the file was made."""
    from projections import definitions

    if definitions.same_sources(views):
        return []
    changed = definitions.changed(views)
    if not changed and os.access(path, os.W_OK):
        with suppress(sqlite3.OperationalError), closing(sqlite3.connect(path)) as writable:
            definitions.keep(writable)
            writable.commit()
    return changed


def remember_findings(path: Path, position: int, counts: dict[str, int]) -> None:
    """Keep the counts of findings by severity for `status`; left out where nothing can be kept."""
    from json import dumps

    if not os.access(path, os.W_OK):
        return
    views = sqlite3.connect(path, timeout=limits.LOCK_SECONDS, isolation_level=None)
    try:
        # One transaction, made explicit: a rebuild puts a file without this table in the place.
        views.execute("BEGIN IMMEDIATE")
        views.execute("CREATE TABLE IF NOT EXISTS checked (position INTEGER, counts TEXT)")
        views.execute("DELETE FROM checked")
        views.execute("INSERT INTO checked VALUES (?, ?)", (position, dumps(counts)))
        views.execute("COMMIT")
    finally:
        views.close()


def remembered_findings(path: Path) -> dict[str, int] | None:
    """The counts of findings by severity, as last computed; None where they never were."""
    from json import loads

    views = read_only(path)
    try:
        row = views.execute("SELECT counts FROM checked").fetchone()
    except sqlite3.OperationalError:
        return None
    finally:
        views.close()
    found: dict[str, int] | None = loads(row[0]) if row else None
    return found


def up_to_date(
    folder: Folder, state_home: Path, tell: Callable[[str], None] | None = None
) -> tuple[sqlite3.Connection, int]:
    """The views of everything recorded so far, caught up first if they are behind."""
    ledger = folder.connect()
    try:
        position = position_of(ledger)
    finally:
        ledger.close()
    path = locate(folder, state_home)
    if tracked(path) != position:
        from projections.building import catch_up

        catch_up(folder, path, tell=tell)
    return opened(path)
