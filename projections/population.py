"""Population: the sum of postings. People are never created or lost by the books.

Every movement posts twice, into one place and out of another, and so does an adopted casualty
figure; the sum over all places is therefore zero. What others state stands beside the sum, never
in it, and where the two differ the residual is shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ledger.values.figure import ZERO, Figure
from ledger.values.place import ABROAD
from projections import spans, sums
from projections.adoption import adopted, adopted_figure
from projections.table import FACT, Row, Table

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from ledger.history import Entry
    from projections.figures import Statement
    from projections.question import Behind, Clause, Question, Rows

#: Adopted figures move people from the incident's site to the fate of the measure.
FATE_OF = {"killed": "dead", "missing": "missing", "detained": "detained"}


def postings(facts: Sequence[Entry]) -> list[Row]:
    """A movement's two sides; the two sides of each measure of the newest adoption."""
    if not facts:
        return []
    first = facts[0]
    if first.kind.family == "movement":
        said = first.said
        return _both_sides(first, first, said["from"], said["to"], Figure.parse(said["count"]))
    adoption = adopted(facts)
    if adoption is None:
        return []
    found: list[Row] = []
    for measure, fate in FATE_OF.items():
        figure = adopted_figure(adoption, facts, measure)
        if figure is not None and not figure.unknown:
            found += _both_sides(adoption, first, first.said["site"], fate, figure)
    return found


def _both_sides(fact: Entry, when: Entry, source: str, to: str, count: Figure) -> list[Row]:
    occurred, version, rank = when.occurred, fact.version, fact.rank
    since, until = occurred.earliest, occurred.latest
    low, high, about = count.low, count.high, count.about
    out = (None if high is None else -high, None if low is None else -low)  # as -count, unwritten
    return [
        (version, to, source, 1, since, until, low, high, about, rank),
        (version, source, to, 0, since, until, *out, about, rank),
    ]


POSTINGS = Table(
    "postings",
    frozenset({"movement", "incident"}),
    (
        "version INTEGER", "place TEXT", "other TEXT", "inward INTEGER", "occurred_from INTEGER",
        "occurred_to INTEGER", "low INTEGER", "high INTEGER", "about INTEGER", "rank INTEGER",
    ),
    postings,
    ("place, occurred_to, known_from, known_to, rank, low, high, about",),
)  # fmt: skip

_TOTAL = sums.TOTAL.format(1)
_COUNTRY = "'[A-Z][A-Z][A-Z]'"


def present(views: sqlite3.Connection, question: Question, place: str) -> Figure:
    """How many people the books hold in a place."""
    return _figure(totals(views, question, place).get(place))


def arrived(views: sqlite3.Connection, question: Question, place: str, since: int) -> Figure:
    """How many people came into a place, from anywhere; `since` is in microseconds."""
    return _sum(views, question, "place = ? AND inward AND occurred_from >= ?", [place, since])


def relocated(views: sqlite3.Connection, question: Question, place: str, since: int) -> Figure:
    """How many people came into a country, or `abroad` into any, from anything but a country."""
    into, values = into_country(place)
    return _sum(views, question, f"{into} AND inward AND occurred_from >= ?", [*values, since])


def into_country(place: str) -> Clause:
    """Postings of a country, or of `abroad` for any, against anything but a country."""
    if place == ABROAD:
        return f"place GLOB {_COUNTRY} AND NOT other GLOB {_COUNTRY}", []
    return f"place = ? AND NOT other GLOB {_COUNTRY}", [place]


def totals(views: sqlite3.Connection, question: Question, place: str | None = None) -> sums.Totals:
    """What counts in one place, or in each place that a posting names."""
    with sums.snapshot(views):
        kept = sums.of(views, question, place)
        return scanned(views, question, place) if kept is None else kept


def scanned(views: sqlite3.Connection, question: Question, place: str | None = None) -> sums.Totals:
    """The same from the postings alone."""
    where, values = question.counted()
    if place is not None:
        where, values = f"place = ? AND {where}", [place, *values]
    statement = f"SELECT place, {_TOTAL} FROM postings WHERE {where} GROUP BY place"
    return sums.by_place(views.execute(statement, values))


def _sum(views: sqlite3.Connection, question: Question, extra: str, values: list[Any]) -> Figure:
    where, asked = question.counted()
    row = views.execute(
        f"SELECT {_TOTAL} FROM postings WHERE {extra} AND {where}", [*values, *asked]
    ).fetchone()
    return _figure(row)


def _figure(total: Sequence[int] | None) -> Figure:
    if total is None or not total[0]:
        return ZERO
    rows, marks, low, high = total
    open_below, open_above, about = rows >> 32, marks & (sums.HALF - 1), marks >> 32
    return Figure(None if open_below else low, None if open_above else high, bool(about))


def query(views: sqlite3.Connection, question: Question) -> Rows:
    """A row a place: what the books hold, what was stated last, and the difference."""
    with sums.snapshot(views):
        return _rows(views, question)


def _rows(views: sqlite3.Connection, question: Question) -> Rows:
    from projections import figures, sites

    wanted = question.place or question.site or question.country
    computed = totals(views, question, wanted)
    names = sites.names(views, question, wanted)
    stated = figures.newest(views, question, "present", wanted)
    possible = _possible(views, question, wanted)
    books = _books(views, question, computed, stated)
    places = [wanted] if wanted else sorted({*computed, *names, *stated, *possible})
    rows = []
    for place in places:
        statement = stated.get(place)
        rows.append(
            {
                "place": place,
                "name": names.get(place, place),
                "count": _figure(computed.get(place)).as_json(),
                "stated": statement.as_json() if statement else None,
                "residual": (statement.figure - books[place]).as_json() if statement else None,
                "possible": possible.get(place, []),
            }
        )
    return rows


def _books(
    views: sqlite3.Connection,
    question: Question,
    computed: sums.Totals,
    stated: dict[str, Statement],
) -> dict[str, Figure]:
    """What the books held at the newest statement of each place: a total, less what came since."""
    if not stated:
        return {}
    latest = max(statement.occurred_to for statement in stated.values())
    if question.as_known < question.on:
        # Hardly anything was known of what came later, but all of it would be read.
        question = question.at(latest)
        place = next(iter(stated)) if len(stated) == 1 else None
        computed = totals(views, question, place)
    where, values = question.counted()
    statement = (
        f"SELECT key, {_TOTAL} FROM json_each(?) CROSS JOIN postings "
        f"ON place = key AND occurred_to > value WHERE {where} GROUP BY key"
    )
    # A slug or a code needs no escape; the package json would take longer to import than all this.
    instants = ", ".join(f'"{place}": {one.occurred_to}' for place, one in stated.items())
    since = sums.by_place(views.execute(statement, [f"{{{instants}}}", *values]))
    return {place: _figure(sums.less(computed.get(place), since.get(place))) for place in stated}


def _possible(
    views: sqlite3.Connection, question: Question, place: str | None
) -> dict[str, list[str]]:
    """Postings that may or may not have happened by T, by place: listed, never counted."""
    where, values = question.possible()
    near = spans.around(views, question, place)
    if near is not None:
        where, values = f"{near[0]} AND {where}", [*near[1], *values]
    if place is None:  # a row for both sides
        where = f"{where} AND inward"
    else:
        # The sign keeps SQLite from reading all of a place where few rows are near.
        where, values = f"{where} AND {'+' if near else ''}place = ?", [*values, place]
    found: dict[str, dict[str, None]] = {}
    statement = (
        f"SELECT place, other, {FACT} AS fact FROM postings WHERE {where} "
        "ORDER BY occurred_from, fact"
    )
    for here, other, fact in views.execute(statement, values):
        for side in (here, other) if place is None else (here,):
            found.setdefault(side, {})[fact] = None
    return {here: [*facts] for here, facts in found.items()}


def posted(
    views: sqlite3.Connection, question: Question, extra: str, values: list[Any]
) -> list[tuple[str, Figure]]:
    """The postings of a sum, each with what it adds."""
    where, asked = question.counted()
    found = views.execute(
        f"SELECT {FACT} AS fact, low, high, about FROM postings WHERE {extra} AND {where} "
        "ORDER BY occurred_from, fact, other",
        [*values, *asked],
    )
    return [(fact, Figure(low, high, bool(about))) for fact, low, high, about in found]


def behind(views: sqlite3.Connection, question: Question, row: dict[str, Any]) -> Behind:
    """The postings of the count, the statement beside it, and what may have happened by then."""
    facts: dict[str, Sequence[tuple[str, object]]] = {
        "count": posted(views, question, "place = ?", [row["place"]])
    }
    if row["stated"] is not None:
        facts["stated"] = [(row["stated"]["fact"], None)]
    if row["possible"]:
        facts["possible"] = [(fact, None) for fact in row["possible"]]
    return facts
