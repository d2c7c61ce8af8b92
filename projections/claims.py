"""Claims: what each party says that an incident cost, side by side and never merged."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from projections import facts
from projections.incidents import MEASURES, merged_into
from projections.listing import span
from projections.question import together
from projections.table import Listed, said

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

    from ledger.history import Entry
    from projections.question import Clause, Question, Rows

LIST = Listed(
    "claims",
    ("incident.claimed",),
    {"claimant": said("claimant"), **{measure: said(measure) for measure in MEASURES}},
)


class Claim(NamedTuple):
    """A claim, and its incident: where that was merged into, and when it occurred."""

    fact: Entry
    merged_into: str | None
    since: int
    until: int

    @property
    def order(self) -> tuple[Any, ...]:
        """By incident, and then in the order in which they were received."""
        return (self.since, self.until, self.fact.id, self.fact.known_at, self.fact.version)


def claims(views: sqlite3.Connection, question: Question, *incidents: Clause) -> Iterator[Claim]:
    """The claims that stand, of the incidents that all clauses take, one incident at a time."""
    where, values = together(*incidents)
    of = {
        id: (into, since, until)
        for id, into, since, until in views.execute(
            f"SELECT stream, merged_into, occurred_from, occurred_to FROM incidents WHERE {where}",
            values,
        )
    }
    for thing in facts.things(views, question.known(), facts.of(of)):
        yield from [Claim(claim, *of[claim.id]) for claim in _made(thing)]


def _made(facts: Sequence[Entry]) -> list[Entry]:
    """The claims among what is known of an incident."""
    return [fact for fact in facts if fact.name == "incident.claimed"]


def query(views: sqlite3.Connection, question: Question) -> Rows:
    """Competing claims, of every status, in the order in which they were received."""
    incidents = [question.listed()]
    if question.incident:
        incidents.append(merged_into(question.incident, question))
    if site := question.site or question.place:
        incidents.append(("site = ?", [site]))
    found = [
        (claim.order, _row(claim.fact, claim.merged_into))
        for claim in claims(views, question, *incidents)
    ]
    return [row for _, row in sorted(found, key=itemgetter(0))]


def _row(fact: Entry, into: str | None) -> dict[str, Any]:
    figures = {measure: fact.figure(measure) for measure in MEASURES}
    return {
        "incident": fact.id,
        "fact": fact.fact,
        "claimant": fact.said["claimant"],
        **{measure: figure and figure.as_json() for measure, figure in figures.items()},
        "received": fact.received.text,
        "status": fact.status,
        "occurred": fact.said["occurred"],
        "merged_into": into,
        **span("received", fact.received),
        **span("occurred", fact.occurred),
    }
