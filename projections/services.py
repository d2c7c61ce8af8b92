"""Services: what was measured, what that is for each person, and whether a standard is met.

Nothing of this is stored but the measurement. What a whole camp got is divided by the people whom
the books hold there at the end of `occurred`; where that is unknown, so is the result.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ledger.values.instants import ALWAYS, NEVER
from ledger.vocabulary import terms
from projections import facts, population
from projections.finding import Finding
from projections.listing import row
from projections.table import Listed, said

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from ledger.history import Entry
    from ledger.values.figure import Figure
    from projections.question import Behind, Question, Rows

_FIELDS = ("site", "indicator", "value", "unit", "method")


LIST = Listed("services", ("service.measured",), {field: said(field) for field in _FIELDS})


class Amount(NamedTuple):
    """What was measured, in the first unit of its indicator: between bounds, None where open."""

    low: Fraction | None
    high: Fraction | None
    about: bool = False

    @property
    def text(self) -> str:
        if self.low is None or self.high is None:
            return "unknown"
        about = "~" if self.about else ""
        low, high = (_decimal(bound) for bound in (self.low, self.high))
        return f"{about}{low}" if low == high else f"{about}{low}-{high}"


@cache
def standards() -> dict[str, dict[str, Any]]:
    """The standards by name; one that goes `by` another has its thresholds."""
    import tomllib

    file = Path(__file__).with_name("standards.toml")
    found: dict[str, dict[str, Any]] = tomllib.loads(file.read_text(encoding="utf-8"))
    return {
        name: {**one, "thresholds": found[one.get("by", name)]["thresholds"]}
        for name, one in found.items()
    }


def query(views: sqlite3.Connection, question: Question) -> Rows:
    """A row a measurement: what it is for each person, and whether each standard is met.

    A whole camp's measure is divided by its population of that day. `--standard` judges by one.
    """
    wanted = [question.listed(), facts.named("service.measured")]
    if site := question.site or question.place:
        wanted.append(("site = ?", [site]))
    return [_judged(views, question, fact) for fact in facts.found(views, *wanted)]


def _judged(views: sqlite3.Connection, question: Question, fact: Entry) -> dict[str, Any]:
    said = {field: fact.get(field) for field in _FIELDS}
    people = _people(views, question, said["site"], said["unit"], fact.occurred.latest)
    amount = _amount(said["value"], said["unit"], people)
    unit = terms("service_indicator")[said["indicator"]]["units"][0]
    verdicts = [
        _verdict(name, standard, said["indicator"], amount)
        for name, standard in standards().items()
        if question.standard in (None, name) and said["indicator"] in standard["thresholds"]
    ]
    results = {verdict["result"] for verdict in verdicts}
    result = next((one for one in ("fail", "unknown", "pass") if one in results), None)
    return {
        **row(fact, **said),
        "amount": amount.text,
        "amount_unit": unit,
        "population": None if people is None else people.as_json(),
        "basis": None if people is None else _basis(fact, amount, unit, people),
        "result": result,
        "standards": [f"{verdict['standard']} {verdict['result']}" for verdict in verdicts],
        "verdicts": verdicts,
    }


def _basis(fact: Entry, amount: Amount, unit: str, people: Figure) -> str:
    """How a camp's measure became a person's."""
    site, value, measured_in = (fact.said[field] for field in ("site", "value", "unit"))
    if amount.low is None:
        return f"the population of {site} at {fact.occurred} is {people}: unknown"
    return f"{value} {measured_in} / {people} people at {fact.occurred} = {amount.text} {unit}"


def _then(question: Question, occurred_to: int) -> Question:
    """The question of the population when it was measured, whatever period is listed."""
    return question._replace(on=occurred_to, since=ALWAYS, until=NEVER)


def _people(
    views: sqlite3.Connection, question: Question, site: str, unit: str, occurred_to: int
) -> Figure | None:
    """Among how many people it is divided; None where it was measured of each."""
    if "times" not in terms("service_unit")[unit]:
        return None
    return population.present(views, _then(question, occurred_to), site)


def _amount(value: str, unit: str, people: Figure | None) -> Amount:
    measured = Fraction(value)
    if people is None:
        return Amount(measured, measured)
    if people.low is None or people.low <= 0:
        return Amount(None, None)
    whole = measured * int(terms("service_unit")[unit]["times"])
    least = Fraction(0) if people.high is None else whole / people.high
    return Amount(least, whole / people.low, people.about)


def _verdict(name: str, standard: dict[str, Any], indicator: str, amount: Amount) -> dict[str, Any]:
    threshold = standard["thresholds"][indicator]
    ((how, bound),) = threshold.items()
    return {
        "standard": name,
        "edition": standard["edition"],
        "clause": standard.get("clause"),
        how: bound,
        "result": _result(how, Fraction(bound), amount),
    }


def _result(how: str, bound: Fraction, amount: Amount) -> str:
    """Met or not at both ends of what was measured; where the ends differ nobody knows."""
    if amount.low is None or amount.high is None:
        return "unknown"
    ends = (amount.low, amount.high)
    met = {end >= bound if how == "at_least" else end <= bound for end in ends}
    if len(met) > 1:
        return "unknown"
    return "pass" if met.pop() else "fail"


def _decimal(value: Fraction) -> str:
    """To two places, cut and not rounded: what fails by a little does not read as the limit."""
    places = f"{Decimal(value * 100 // 1) / 100:.2f}"
    return places.rstrip("0").rstrip(".")


def behind(views: sqlite3.Connection, question: Question, row: dict[str, Any]) -> Behind:
    """The measurement, and the postings of the population by which it was divided."""
    found: dict[str, list[tuple[str, object]]] = {"row": [(row["fact"], None)]}
    if row["population"] is not None:
        id = row["fact"].partition("/")[0]
        measured = next(facts.found(views, question.known(), ("stream = ?", [id])))
        then = _then(question, measured.occurred.latest)
        found["population"] = list(population.posted(views, then, "place = ?", [row["site"]]))
    return found


def implausible(views: sqlite3.Connection, question: Question) -> Iterator[Finding]:
    """A measurement beyond what can be: a unit mistaken, or a digit too many."""
    for fact in facts.found(views, question.counted(), facts.named("service.measured")):
        site, indicator, value, unit = (fact.said[field] for field in _FIELDS[:4])
        occurred = fact.occurred
        amount = _amount(value, unit, _people(views, question, site, unit, occurred.latest))
        known = terms("service_indicator")[indicator]
        if amount.low is not None and amount.low > Fraction(known["plausible"]):
            text = (
                f"{fact.fact} measures {amount.text} {known['units'][0]} of {indicator} at {site}; "
                f"more than {known['plausible']} cannot be"
            )
            yield Finding(
                "service_implausible", "warning", site, text, [fact.fact], occurred.earliest
            )
