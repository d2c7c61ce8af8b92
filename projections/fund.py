"""Funds: pledged, received, spent and outstanding, never added across currencies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ledger.values.instants import ALWAYS
from ledger.values.money import Money
from projections.table import Row, Table

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

    from ledger.history import Entry
    from projections.question import Behind, Question, Rows

TOTAL = "total"
_SUMS = ("pledged", "received", "spent", "outstanding")


def rows(facts: Sequence[Entry]) -> Iterator[Row]:
    """A row a fact: its amount, in hundredths of its currency's unit."""
    for fact in facts:
        said = facts[0].said
        money = Money.parse(fact.get("money") or said["money"])
        yield (
            fact.id, fact.fact, fact.kind.verb, said["fund"], said["donor"], money.currency,
            money.cents if fact.get("money") else 0, fact.occurred.text,
            fact.occurred.earliest, fact.occurred.latest, fact.status, fact.rank,
        )  # fmt: skip


TABLE = Table(
    "fund",
    frozenset({"fund"}),
    (
        "id TEXT", "fact TEXT", "verb TEXT", "fund TEXT", "donor TEXT", "currency TEXT",
        "cents INTEGER", "occurred TEXT", "occurred_from INTEGER", "occurred_to INTEGER",
        "status TEXT", "rank INTEGER",
    ),
    rows,
)  # fmt: skip


class Pledge:
    """What became of one pledge, in hundredths."""

    def __init__(self, fund: str, donor: str, currency: str) -> None:
        self.fund, self.donor, self.currency = fund, donor, currency
        self.pledged = self.received = self.spent = 0
        self.cancelled = False
        self.facts: list[str] = []
        self.since = ALWAYS

    @property
    def outstanding(self) -> int:
        """What was promised and has not come, unless it was cancelled; never below zero."""
        return 0 if self.cancelled else max(0, self.pledged - self.received)


def pledges(views: sqlite3.Connection, question: Question) -> dict[tuple[str, str], Pledge]:
    """Every pledge, and all money that came without one, by id and currency.

    A pledge has one currency; where it was corrected, money may stand beside it in the one before.
    """
    where, values = question.counted()
    found: dict[tuple[str, str], Pledge] = {}
    for id, fact, verb, fund, donor, currency, cents, occurred_from in views.execute(
        "SELECT id, fact, verb, fund, donor, currency, cents, occurred_from "
        f"FROM fund WHERE {where} "
        "ORDER BY occurred_from, id, fact",
        values,
    ):
        pledge = found.setdefault((id, currency), Pledge(fund, donor, currency))
        pledge.facts.append(fact)
        pledge.since = pledge.since if len(pledge.facts) > 1 else occurred_from
        if verb == "cancelled":
            pledge.cancelled = True
        else:
            setattr(pledge, verb, getattr(pledge, verb) + cents)
    return found


def query(views: sqlite3.Connection, question: Question) -> Rows:
    """A row a donor, and a `total` row a fund and currency."""
    sums: dict[tuple[str, str, str], list[int]] = {}
    for pledge in pledges(views, question).values():
        for donor in (pledge.donor, TOTAL):
            row = sums.setdefault((pledge.fund, pledge.currency, donor), [0] * len(_SUMS))
            for number, name in enumerate(_SUMS):
                row[number] += getattr(pledge, name)
    ordered = sorted(sums, key=lambda key: (key[0], key[1], key[2] == TOTAL, key[2]))
    return [
        {"fund": fund, "donor": donor, "currency": currency, **_amounts(sums[key])}
        for key in ordered
        for fund, currency, donor in [key]
    ]


def _amounts(cents: list[int]) -> dict[str, Any]:
    return {name: units(value) for name, value in zip(_SUMS, cents, strict=True)}


def units(cents: int) -> int | float:
    """Hundredths as a JSON number: whole where it is whole."""
    whole, part = divmod(cents, 100)
    return cents / 100 if part else whole


def behind(views: sqlite3.Connection, question: Question, row: dict[str, Any]) -> Behind:
    """Every fact of a donor's money, or of a fund's in a currency."""
    where, values = question.counted()
    donor = "" if row["donor"] == TOTAL else "AND donor = ?"
    asked = [row["fund"], row["currency"], *([row["donor"]] if donor else []), *values]
    facts: dict[str, list[tuple[str, object]]] = {}
    for fact, verb, cents in views.execute(
        f"SELECT fact, verb, cents FROM fund WHERE fund = ? AND currency = ? {donor} AND {where} "
        "ORDER BY occurred_from, fact",
        asked,
    ):
        facts.setdefault(verb, []).append((fact, units(cents)))
    return facts
