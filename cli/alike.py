"""Warnings that a fact just recorded may be one that somebody else recorded before."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cli.session import Session
    from ledger.history import Entry
    from projections.likenesses import Near

#: How many things a receipt names.
NAMED = 3


def alike(session: Session, entry: Entry) -> list[str]:
    """One warning for each thing that may be the same, with the command that settles it.

    The fact is stored by then, so views that cannot be read cost the warning and nothing else.
    """
    from projections.likenesses import near, sort_of

    if not entry.begins or sort_of(entry) is None:
        return []
    try:
        views, _ = session.views()
        with closing(views):
            found = near(views, entry)
    except Exception:
        if session.debug:
            raise
        return []
    more = len(found) - NAMED
    return [
        *(_warning(entry, other) for other in found[:NAMED]),
        *([f"and {more} more of the same hour or day"] if more > 0 else []),
    ]


def _warning(entry: Entry, other: Near) -> str:
    settled = (
        f"vigil record incident merged {entry.id} --into {other.id}"
        if entry.kind.family == "incident"
        else f"vigil retract {entry.fact} --reason 'the same as {other.fact}'"
    )
    return f"perhaps the same as {other.id} ({other.occurred}); if it is: {settled}"
