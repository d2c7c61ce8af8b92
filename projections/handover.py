"""What the next officer has to know: what is open when a watch is handed over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.values.instants import DAY
from projections import facts, loose_ends
from projections.claims import claims

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

    from projections.question import Question

#: The newest so many of each kind are named; the others are counted.
NAMED = 20


def open_items(views: sqlite3.Connection, question: Question, site: str) -> list[str]:
    """One line an item: open incidents, what waits to be assessed, what is overdue, the missing."""
    return [
        *_shortened("open", _open_incidents(views, question, site)),
        *_shortened("not assessed", _unassessed(views, question, site)),
        *(f"overdue: {f.text}" for f in loose_ends.commitments_overdue(views, question)),
        *(f"missing: {f.text}" for f in loose_ends.still_missing(views, question)),
    ]


def _shortened(word: str, found: Sequence[str]) -> Iterator[str]:
    yield from (f"{word}: {one}" for one in found[:NAMED])
    if len(found) > NAMED:
        yield f"{word}: and {len(found) - NAMED} more"


def _open_incidents(views: sqlite3.Connection, question: Question, site: str) -> list[str]:
    where, values = question.listed()
    found = views.execute(
        f"SELECT id, kind, title, occurred FROM incidents WHERE site = ? AND state = 'open' "
        f"AND {where} ORDER BY occurred_from DESC, id",
        [site, *values],
    )
    return [f"{id} {kind}, {occurred}: {title}" for id, kind, title, occurred in found]


def _unassessed(views: sqlite3.Connection, question: Question, site: str) -> list[str]:
    """Incidents, claims and observations of the site that nobody has assessed for over a day.

    What is known of an incident changes, so it is as old as the first that was known of it.
    """
    where, values = question.listed()
    unmerged = ("site = ? AND merged_into IS NULL", [site])
    # By when it occurred, its name, what it is, and since when it is known.
    found: list[tuple[int, str, str, int]] = views.execute(
        "SELECT occurred_from, fact, 'incident: ' || title, (SELECT MIN(known_from) FROM incidents "
        "AS first WHERE first.id = incidents.id) FROM incidents "
        f"WHERE site = ? AND state = 'open' AND status = 'reported' AND {where}",
        [site, *values],
    ).fetchall()
    found += [
        (
            claim.since,
            claim.fact.fact,
            f"claim by {claim.fact.said['claimant']}",
            claim.fact.known_at,
        )
        for claim in claims(views, question, question.listed(), unmerged)
        if claim.fact.status == "reported"
    ]
    seen = facts.named("observation.made"), ("status = 'reported' AND site = ?", [site])
    found += [
        (fact.occurred.earliest, fact.fact, f"{fact.said['category']}: {fact.said['text']}",
         fact.known_at)
        for fact in facts.found(views, question.listed(), *seen)
    ]  # fmt: skip
    return [
        f"{fact} {what}"[:200]
        for _, fact, what, known in sorted(found, key=lambda one: (-one[0], one[1]))
        if known < question.now - DAY
    ]
