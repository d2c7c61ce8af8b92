"""Incidents with the figure the office adopted, and the competing claims beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from projections.listing import listing
from projections.population import adopted_figure
from projections.table import Row, Table

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

    from ledger.history import Entry
    from projections.question import Behind, Clause, Question, Rows

MEASURES = ("killed", "injured", "missing", "detained")
#: What each fact makes of an incident; a step that no longer follows is a finding, not a state.
STATE_AFTER = {
    "incident.opened": "open",
    "incident.closed": "closed",
    "incident.reopened": "open",
    "incident.merged": "merged",
}


def _merged_into(facts: Sequence[Entry]) -> str | None:
    """Where its first merge led: a merge is final, so one more does not follow."""
    return next((fact.said["into"] for fact in facts if fact.name == "incident.merged"), None)


def incident_rows(facts: Sequence[Entry]) -> Iterator[Row]:
    """One row: the incident as it stands."""
    if not facts:
        return
    opened, said = facts[0], facts[0].said
    state = "open"
    for fact in facts:
        state = STATE_AFTER.get(fact.name, state)
    adoptions = [fact for fact in facts if fact.name == "incident.adopted"]
    adoption = max(adoptions, key=lambda fact: (fact.known_at, fact.version), default=None)
    figures: list[str | None] = [None] * len(MEASURES)
    if adoption is not None:
        found = [adopted_figure(adoption, facts, measure) for measure in MEASURES]
        figures = [figure.text if figure else None for figure in found]
    into = _merged_into(facts)
    yield (
        opened.id, opened.fact, said["site"], said["kind"], said["title"], said.get("severity"),
        opened.occurred.text, opened.occurred.earliest, opened.occurred.latest,
        "merged" if into else state, opened.status, into,
        adoption.fact if adoption else None, adoption.get("basis") if adoption else None,
        adoption.status if adoption else None, *figures,
    )  # fmt: skip


def claim_rows(facts: Sequence[Entry]) -> Iterator[Row]:
    """A row a claim, placed in time by its incident."""
    if not facts:
        return
    opened, into = facts[0], _merged_into(facts)
    for fact in facts:
        if fact.name != "incident.claimed":
            continue
        yield (
            fact.id, fact.fact, fact.version, fact.said["claimant"],
            *(fact.get(measure) for measure in MEASURES), fact.received.text,
            fact.received.earliest, fact.received.latest, fact.status, fact.occurred.text,
            opened.occurred.earliest, opened.occurred.latest, opened.said["site"], into,
        )  # fmt: skip


INCIDENTS = Table(
    "incidents",
    frozenset({"incident"}),
    (
        "id TEXT", "fact TEXT", "site TEXT", "kind TEXT", "title TEXT", "severity INTEGER",
        "occurred TEXT", "occurred_from INTEGER", "occurred_to INTEGER", "state TEXT",
        "status TEXT", "merged_into TEXT", "adopted_fact TEXT", "basis INTEGER",
        "adopted_status TEXT", *(f"{measure} TEXT" for measure in MEASURES),
    ),
    incident_rows,
    ("id", "merged_into"),
)  # fmt: skip

CLAIMS = Table(
    "claims",
    frozenset({"incident"}),
    (
        "incident TEXT", "fact TEXT", "version INTEGER", "claimant TEXT",
        *(f"{measure} TEXT" for measure in MEASURES), "received TEXT", "received_from INTEGER",
        "received_to INTEGER", "status TEXT", "occurred TEXT", "occurred_from INTEGER",
        "occurred_to INTEGER", "site TEXT", "merged_into TEXT",
    ),
    claim_rows,
    ("incident", "merged_into"),
)  # fmt: skip


def query(views: sqlite3.Connection, question: Question) -> Rows:
    """Every incident that stands for itself; those merged into another are left out."""
    where, values = question.listed()
    for column, wanted in (("site", question.site or question.place), ("id", question.incident)):
        if wanted:
            where += f" AND {column} = ?"
            values.append(wanted)
    rows = listing(
        views,
        "SELECT id, occurred, site, kind, title, state, severity, status, adopted_fact, basis, "
        f"adopted_status, {', '.join(MEASURES)}, fact, occurred_from, occurred_to "
        f"FROM incidents WHERE {where} AND merged_into IS NULL "
        "ORDER BY occurred_from, occurred_to, id",
        values,
        figures=MEASURES,
    )
    return [_with_adoption(views, question, row) for row in rows]


def _with_adoption(
    views: sqlite3.Connection, question: Question, row: dict[str, Any]
) -> dict[str, Any]:
    """The columns of the adoption as one value, and the number of claims."""
    figures = {measure: row.pop(measure) for measure in MEASURES}
    basis, fact, status = (row.pop(name) for name in ("basis", "adopted_fact", "adopted_status"))
    where, values = claims_of(row["id"], question)
    claims = views.execute(f"SELECT COUNT(*) FROM claims WHERE {where}", values).fetchone()[0]
    adopted = None if fact is None else {**figures, "basis": basis, "fact": fact, "status": status}
    return {**row, "adopted": adopted, "claims": claims}


def query_claims(views: sqlite3.Connection, question: Question) -> Rows:
    """Competing claims side by side, never merged, in the order in which they were received."""
    if question.incident:
        where, values = claims_of(question.incident, question)
        listed, more = question.listed()
        where, values = f"{where} AND {listed}", [*values, *more]
    else:
        where, values = question.listed()
    site = question.site or question.place
    if site:
        where += " AND site = ?"
        values.append(site)
    return listing(
        views,
        f"SELECT incident, fact, claimant, {', '.join(MEASURES)}, received, status, occurred, "
        f"merged_into, received_from, received_to FROM claims WHERE {where} "
        "ORDER BY occurred_from, occurred_to, incident, received_to, version",
        values,
        figures=MEASURES,
    )


def claims_of(incident: str, question: Question, column: str = "incident") -> Clause:
    """Rows of an incident and of those merged into it, as known, where a column names it."""
    known, values = question.known()
    chain = (
        "WITH RECURSIVE chain (id) AS (VALUES (?) UNION SELECT incidents.id FROM incidents, chain "
        f"WHERE incidents.merged_into = chain.id AND {known}) SELECT id FROM chain"
    )
    return f"{column} IN ({chain}) AND {known}", [incident, *values, *values]


def behind(views: sqlite3.Connection, question: Question, row: dict[str, Any]) -> Behind:
    """The incident, the adoption with the claim it follows, and every claim."""
    facts: dict[str, list[tuple[str, object]]] = {"row": [(row["fact"], None)]}
    adopted = row["adopted"]
    if adopted is not None:
        basis = adopted["basis"]
        facts["adopted"] = [(adopted["fact"], None)]
        facts["adopted"] += [(f"{row['id']}/{basis}", None)] if basis is not None else []
    where, values = claims_of(row["id"], question)
    claims = views.execute(f"SELECT fact FROM claims WHERE {where} ORDER BY version", values)
    facts["claims"] = [(fact, None) for (fact,) in claims]
    return facts
