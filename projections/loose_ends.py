"""What is still open: people not found, undertakings not kept, money not paid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.values.figure import UNKNOWN
from ledger.values.money import amount
from projections import commitments, fund, population
from projections.claims import claims
from projections.finding import Finding
from projections.incidents import answering, mergers
from projections.table import FACT

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from projections.claims import Claim
    from projections.question import Question


_NOT_COUNTED = ("unsubstantiated", "rejected")


def still_missing(views: sqlite3.Connection, question: Question) -> Iterator[Finding]:
    """People who went missing stay open until they are found, however long that is."""
    where, values = question.counted()
    held = population.present(views, question, "missing")
    if held.high is None or held.high > 0:
        posted = views.execute(
            f"SELECT {FACT} AS fact, occurred_from FROM postings WHERE place = 'missing' "
            f"AND inward AND {where} ORDER BY occurred_from, fact",
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
    merged = mergers(views, question)
    known, asked = question.known()
    adopted = {
        incident
        for incident, missing, status in views.execute(
            f"SELECT id, missing, adopted_status FROM incidents WHERE {known}", asked
        )
        if missing not in (None, UNKNOWN.text) and status not in _NOT_COUNTED
    }
    open_incidents: dict[str, list[Claim]] = {}
    for claim in claims(views, question, question.listed()):
        figure, incident = claim.fact.figure("missing"), answering(claim.fact.id, merged)
        if figure is None or figure.high == 0 or claim.fact.status in _NOT_COUNTED:
            continue
        if incident not in adopted:
            open_incidents.setdefault(incident, []).append(claim)
    for incident, found in open_incidents.items():
        found.sort(key=lambda claim: (claim.fact.id, claim.fact.version))
        facts = [claim.fact for claim in found]
        said = ", ".join(f"{fact.figure('missing')} by {fact.said['claimant']}" for fact in facts)
        text = f"claimed missing and not adopted: {said}"
        names = [fact.fact for fact in facts]
        yield Finding("still_missing", "warning", incident, text, names, found[0].since)


def commitments_overdue(views: sqlite3.Connection, question: Question) -> Iterator[Finding]:
    """The day has passed, and nobody recorded that it was kept or broken."""
    where, values = question.counted()
    last: dict[str, tuple[str, str, str, str, int, int]] = {}
    for id, *state in views.execute(
        "SELECT id, fact, state, text, due, due_to, occurred_from FROM commitments "
        f"WHERE {where} ORDER BY occurred_to, occurred_from, version",
        values,
    ):
        last[id] = tuple(state)
    for id, (fact, state, text, due, due_to, occurred_from) in last.items():
        if state in commitments.SETTLED or due is None:
            continue
        if due_to <= min(question.on, question.now):
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
