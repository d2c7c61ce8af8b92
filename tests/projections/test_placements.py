"""Placements: who went to which country by the books, beside what was stated and offered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.conftest import tell
from tests.projections.conftest import Ask, rows_by, texts

if TYPE_CHECKING:
    from ledger.application import Ledger

GROUPS = """
movement made MOV-1 --from hurriya --to ALB --count 71 --occurred 2013-06-01
movement made MOV-2 --from hurriya --to ITA --count 7 --occurred 2013-12-01
movement made MOV-3 --from ALB --to DEU --count 3 --occurred 2014-01-10
movement made MOV-4 --from missing --to DEU --count 1 --occurred 2014-02-01
"""
STATED = """
figure stated FIG-1 --measure relocated_total --place abroad --claimant un --count 367 --occurred 2014-03-31
figure stated FIG-2 --measure relocated_total --place ALB --claimant un --count 208 --occurred 2014-03-31
"""


def test_relocated_is_who_came_into_a_country_from_anything_but_a_country(
    ledger: Ledger, ask: Ask
) -> None:
    tell(ledger, GROUPS)
    rows = ask("placements")
    assert [(row["country"], *texts(row, "relocated")) for row in rows] == [
        ("ALB", "71"), ("DEU", "1"), ("ITA", "7"), ("total", "79"),
    ]  # fmt: skip
    assert all(row["stated"] is None and row["residual"] is None for row in rows)
    assert texts(ask("placements", country="ALB")[0], "relocated") == ["71"]
    assert [row["country"] for row in ask("placements", on="2013-06-30")] == ["ALB", "total"]


def test_each_country_and_the_total_has_what_was_stated_of_it(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, GROUPS)
    tell(ledger, STATED)
    rows = rows_by("country", ask("placements"))
    assert texts(rows["ALB"], "relocated", "residual") == ["71", "137"]
    assert texts(rows["total"], "relocated", "residual") == ["79", "288"]
    assert rows["total"]["stated"] == {
        "count": {"low": 367, "high": 367, "about": False, "text": "367"},
        "claimant": "un", "occurred": "2014-03-31[UTC]", "fact": "FIG-1/1",
    }  # fmt: skip
    assert rows["DEU"]["stated"] is None


def test_the_residual_is_of_the_end_of_the_statement(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, GROUPS)
    tell(ledger, STATED)
    tell(ledger, "movement made --from hurriya --to ALB --count 100 --occurred 2014-04-01T12:00Z")
    row = rows_by("country", ask("placements"))["ALB"]
    assert texts(row, "relocated", "residual") == ["171", "137"]


def test_a_country_has_a_row_for_a_statement_an_offer_or_a_case_alone(
    ledger: Ledger, ask: Ask
) -> None:
    tell(
        ledger,
        """
        figure stated --measure relocated_total --place NOR --claimant un --count 2 --occurred 2014-03-31
        offer made OFR-A --country ALB --places 210 --occurred 2013-03-16
        offer made OFR-B --country ALB --places 100+ --occurred 2013-03-17
        offer withdrawn OFR-A --places 10 --occurred 2013-04-17
    """,
    )
    rows = rows_by("country", ask("placements"))
    assert list(rows) == ["ALB", "NOR", "total"]
    assert texts(rows["ALB"], "relocated", "offered") == ["0", "300+"]
    assert texts(rows["NOR"], "residual") == ["2"]
    assert texts(rows["total"], "offered") == ["300+"]
    assert texts(rows_by("country", ask("placements", on="2013-03-16"))["ALB"], "offered") == [
        "210"
    ]
