"""Incidents with the figure that the office adopted."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from projections.adoption import adopted_figure, newest_adoption
from projections.listing import listing
from projections.table import Row, Table

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from ledger.history import Entry
    from projections.question import Behind, Clause, Question, Rows

_SAID = ("site", "kind", "title", "severity")
MEASURES = ("killed", "injured", "missing", "detained")
_NOT_ADOPTED = (None, None, None, *[None for _ in MEASURES])
#: What each fact makes of an incident; a step that no longer follows is a finding, not a state.
STATE_AFTER = {
    "incident.closed": "closed",
    "incident.reopened": "open",
    "incident.merged": "merged",
}


def incident_rows(facts: Sequence[Entry]) -> list[Row]:
    """One row: the incident as it stands."""
    if not facts:
        return []
    opened, occurred = facts[0], facts[0].occurred
    state, into = "open", None
    for fact in facts[1:]:
        state = STATE_AFTER.get(fact.kind.name, state)
        if state == "merged":  # which is final: what comes after it does not follow
            into = fact.said["into"]
            break
    adoption = newest_adoption(facts)
    return [
        (
            opened.id, opened.fact, opened.version, *[opened.said.get(field) for field in _SAID],
            occurred.text, occurred.earliest, occurred.latest, state, opened.status, into,
            *(_NOT_ADOPTED if adoption is None else _adopted(adoption, facts)),
        )
    ]  # fmt: skip


def _adopted(adoption: Entry, facts: Sequence[Entry]) -> tuple[object, ...]:
    figures = [adopted_figure(adoption, facts, measure) for measure in MEASURES]
    texts = [figure.text if figure else None for figure in figures]
    return (adoption.fact, adoption.get("basis"), adoption.status, *texts)


INCIDENTS = Table(
    "incidents",
    frozenset({"incident"}),
    (
        "id TEXT", "fact TEXT", "version INTEGER", "site TEXT", "kind TEXT", "title TEXT",
        "severity INTEGER", "occurred TEXT", "occurred_from INTEGER", "occurred_to INTEGER",
        "state TEXT", "status TEXT", "merged_into TEXT", "adopted_fact TEXT", "basis INTEGER",
        "adopted_status TEXT", *(f"{measure} TEXT" for measure in MEASURES),
    ),
    incident_rows,
    ("id", "merged_into"),
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
    counts = _claims(views, question)
    return [{**_with_adoption(row), "claims": counts[row["id"]]} for row in rows]


def _with_adoption(row: dict[str, Any]) -> dict[str, Any]:
    """The columns of the adoption as one value."""
    figures = {measure: row.pop(measure) for measure in MEASURES}
    basis, fact, status = (row.pop(name) for name in ("basis", "adopted_fact", "adopted_status"))
    adopted = None if fact is None else {**figures, "basis": basis, "fact": fact, "status": status}
    return {**row, "adopted": adopted}


def _claims(views: sqlite3.Connection, question: Question) -> Counter[str]:
    """How many claims there are on each incident, and on those merged into it."""
    from projections.claims import claims

    asked = [merged_into(question.incident, question)] if question.incident else []
    merged = mergers(views, question)
    found = claims(views, question, question.known(), *asked)
    return Counter(answering(claim.fact.id, merged) for claim in found)


def mergers(views: sqlite3.Connection, question: Question) -> dict[str, str]:
    """Where each merged incident was merged into."""
    known, values = question.known()
    return dict(
        views.execute(
            f"SELECT stream, merged_into FROM incidents WHERE merged_into NOT NULL AND {known}",
            values,
        ).fetchall()
    )


def answering(incident: str, merged: dict[str, str]) -> str:
    """The incident that stands for one that was merged; a merge restored may close a circle."""
    passed: set[str] = set()
    while incident in merged and incident not in passed:
        passed.add(incident)
        incident = merged[incident]
    return incident


def merged_into(incident: str, question: Question, column: str = "stream") -> Clause:
    """Rows whose column names an incident, or one merged into it, as known."""
    known, values = question.known()
    chain = (
        "WITH RECURSIVE chain (id) AS (VALUES (?) UNION SELECT incidents.id FROM incidents, chain "
        f"WHERE incidents.merged_into = chain.id AND {known}) SELECT id FROM chain"
    )
    return f"{column} IN ({chain})", [incident, *values]


def behind(views: sqlite3.Connection, question: Question, row: dict[str, Any]) -> Behind:
    """The incident, the adoption with the claim it follows, and every claim."""
    from projections.claims import claims

    facts: dict[str, list[tuple[str, object]]] = {"row": [(row["fact"], None)]}
    adopted = row["adopted"]
    if adopted is not None:
        basis = adopted["basis"]
        facts["adopted"] = [(adopted["fact"], None)]
        facts["adopted"] += [(f"{row['id']}/{basis}", None)] if basis is not None else []
    on_it = claims(views, question, question.known(), merged_into(row["id"], question))
    versions = sorted((claim.fact.version, claim.fact.id, claim.fact.fact) for claim in on_it)
    facts["claims"] = [(fact, None) for _, _, fact in versions]
    return facts
