"""What is still open: people not found, undertakings not kept, money not paid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.values.figure import UNKNOWN, Figure
from ledger.values.money import amount
from projections import commitments, fund, population
from projections.finding import Finding

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from projections.question import Question


_NOT_COUNTED = ("unsubstantiated", "rejected")


def still_missing(views: sqlite3.Connection, question: Question) -> Iterator[Finding]:
    """People who went missing stay open until they are found, however long that is."""
    where, values = question.counted()
    held = population.present(views, question, "missing")
    if held.high is None or held.high > 0:
        posted = views.execute(
            "SELECT fact, occurred_from FROM postings WHERE place = 'missing' AND inward "
            f"AND {where} ORDER BY occurred_from, fact",
            values,
        ).fetchall()
        text = f"{held} people are missing and have not been found"
        if posted:
            facts = [fact for fact, _ in posted]
            yield Finding("still_missing", "warning", "missing", text, facts, posted[0][1])
    yield from _claimed_missing(views, question)


def _claimed_missing(views: sqlite3.Connection, question: Question) -> Iterator[Finding]:
    """Claims of missing people on which the office has not adopted a figure.

    A claim of a merged incident is open under the one that answers for it.
    """
    where, values = question.listed()
    known, asked = question.known()
    merged: dict[str, str] = {}
    adopted: set[str] = set()
    for incident, into, missing, status in views.execute(
        f"SELECT id, merged_into, missing, adopted_status FROM incidents WHERE {known}", asked
    ):
        if into is not None:
            merged[incident] = into
        if missing not in (None, UNKNOWN.text) and status not in _NOT_COUNTED:
            adopted.add(incident)
    claims = views.execute(
        f"SELECT incident, fact, claimant, missing, occurred_from FROM claims WHERE {where} "
        f"AND missing IS NOT NULL AND status NOT IN {_NOT_COUNTED} ORDER BY incident, version",
        values,
    )
    open_incidents: dict[str, list[tuple[str, str, str, int]]] = {}
    for incident, *claim in claims:
        answers = _answering(incident, merged)
        if answers not in adopted and Figure.parse(claim[2]).high != 0:
            open_incidents.setdefault(answers, []).append(tuple(claim))
    for incident, found in open_incidents.items():
        said = ", ".join(f"{missing} by {claimant}" for _, claimant, missing, _ in found)
        text = f"claimed missing and not adopted: {said}"
        facts = [fact for fact, *_ in found]
        yield Finding("still_missing", "warning", incident, text, facts, found[0][3])


def _answering(incident: str, merged: dict[str, str]) -> str:
    """The incident that stands for one that was merged; a merge restored may close a circle."""
    passed: set[str] = set()
    while incident in merged and incident not in passed:
        passed.add(incident)
        incident = merged[incident]
    return incident


def commitments_overdue(views: sqlite3.Connection, question: Question) -> Iterator[Finding]:
    """The day has passed, and nobody recorded that it was kept or broken."""
    where, values = question.counted()
    last: dict[str, tuple[str, str, str, str, int, int]] = {}
    for id, *state in views.execute(
        "SELECT id, fact, state, text, due, due_by, occurred_from FROM commitments "
        f"WHERE {where} ORDER BY occurred_to, occurred_from, version",
        values,
    ):
        last[id] = tuple(state)
    for id, (fact, state, text, due, due_by, occurred_from) in last.items():
        if state in commitments.SETTLED or due is None:
            continue
        if due_by <= min(question.on, question.now):
            said = f"{id} was due {due} and is {state}: {text}"
            yield Finding("commitment_overdue", "warning", id, said, [fact], occurred_from)


def pledges_outstanding(views: sqlite3.Connection, question: Question) -> Iterator[Finding]:
    """Money was promised and has not come."""
    for (id, _), pledge in fund.pledges(views, question).items():
        if pledge.outstanding > 0:
            text = (
                f"{pledge.donor} pledged {amount(pledge.pledged)} {pledge.currency} to "
                f"{pledge.fund}; {amount(pledge.outstanding)} are outstanding"
            )
            yield Finding("pledge_outstanding", "info", id, text, pledge.facts, pledge.since)
