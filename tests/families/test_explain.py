"""`query --explain` and `explain`: every number leads to its facts, every word to its meaning."""

# facts are one a line

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cli.reference import fields
from ledger.errors import catalogue
from ledger.facts.base import field_names
from ledger.registry import FACTS, fact_class
from ledger.values.figure import UNKNOWN, ZERO, Figure
from ledger.vocabulary import terms, vocabularies
from projections.views import VIEWS

if TYPE_CHECKING:
    from tests.cli.conftest import Office

QUESTIONS = ("", "--on 2013-06-30", "--as-known 2013-03-31", "--min-status corroborated")


def figure(shown: dict[str, Any]) -> Figure:
    return Figure(shown["low"], shown["high"], shown["about"])


def added(facts: list[dict[str, Any]]) -> Figure:
    """The sum of what facts add, by the texts that are shown."""
    return sum((read(str(fact["adds"])) for fact in facts), ZERO)


def read(text: str) -> Figure:
    """A figure that may be negative or open below, which no stated count is."""
    about = text.startswith("~")
    text = text.removeprefix("~")
    if text == "unknown":
        return UNKNOWN
    if text.startswith(".."):
        return Figure(None, int(text[2:]), about)
    if ".." in text:
        low, _, high = text.partition("..")
        return Figure(int(low), int(high), about)
    if text.startswith("-"):
        open_above = text.endswith("+")
        number = int(text.removesuffix("+"))
        return Figure(number, None if open_above else number, about)
    found = Figure.parse(text)
    return Figure(found.low, found.high, about)


# query --explain ----------------------------------------------------------------------------------


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("view", VIEWS)
def test_every_row_of_every_view_names_the_facts_behind_it(
    demo: Office, view: str, question: str
) -> None:
    rows = demo.query(f"{view} {question} --explain")
    assert [{k: v for k, v in row.items() if k != "explain"} for row in rows] == demo.query(
        f"{view} {question}"
    )
    facts = {row["fact"]: row for row in demo.ok("log -f json").rows}
    for row in rows:
        for behind in row["explain"].values():
            for fact in behind:
                said = facts[fact["fact"]]
                assert fact["name"] == said["name"]
                assert fact["actor"] == said["actor"]
                assert fact["source"] == said.get("source")
                assert fact["status"]
                assert {"occurred", "received", "says", "adds"} <= fact.keys()


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_facts_add_to_a_population_is_the_count(demo: Office, question: str) -> None:
    for row in demo.query(f"population {question} --explain"):
        count = figure(row["count"])
        total = added(row["explain"]["count"])
        assert (total.low, total.high, total.about) == (count.low, count.high, count.about), row
        if row["stated"] is not None:
            assert [fact["fact"] for fact in row["explain"]["stated"]] == [row["stated"]["fact"]]


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_facts_add_to_placements_is_what_is_relocated_and_offered(
    demo: Office, question: str
) -> None:
    for row in demo.query(f"placements {question} --explain"):
        explain = row["explain"]
        for number in ("relocated", "offered"):
            shown = row[number]
            assert shown is not None or explain[number] == []
            if shown is not None:
                total, counted = added(explain[number]), figure(shown)
                assert (total.low, total.high) == (counted.low, counted.high)
        assert sum(row["cases"].values()) == len(explain["cases"])


def test_what_facts_add_to_a_fund_is_each_of_its_sums(demo: Office) -> None:
    for row in demo.query("fund --explain"):
        for number in ("pledged", "received", "spent"):
            adds = [fact["adds"] for fact in row["explain"].get(number, [])]
            assert sum(adds) == row[number]
        donors = {fact["fact"] for facts in row["explain"].values() for fact in facts}
        assert donors


def test_what_facts_add_to_an_offer_is_what_is_left_of_it(camp: Office) -> None:
    camp.all("""
        offer made OFR-A --country ALB --places 210 --at 2013-03-18
        offer made OFR-B --country ALB --places ~40 --at 2013-04-18
        offer withdrawn OFR-A --places 10 --at 2013-06-01
        offer withdrawn OFR-A --at 2013-07-01
        offer withdrawn OFR-B --places 5-10 --at 2013-07-01
    """)
    for row in camp.query("offers --explain") + camp.query("offers --on 2013-06-15 --explain"):
        assert str(added(row["explain"]["left"])) == row["left"]["text"]
    row = camp.query("offers --on 2013-06-15 --explain")[0]
    assert [(fact["fact"], fact["adds"]) for fact in row["explain"]["left"]] == [
        ("OFR-A/1", "210"),
        ("OFR-A/2", "-10"),
    ]


def test_an_offer_that_does_not_count_is_explained_too(camp: Office) -> None:
    """It is listed, so it names the facts that it was made of, and their status says the rest."""
    camp.all("""
        offer made OFR-A --country ALB --places 210 --at 2013-03-18
        fact assessed OFR-A --of 1 --status rejected --basis rumour
    """)
    (row,) = camp.query("offers --explain")
    assert [(fact["fact"], fact["status"]) for fact in row["explain"]["left"]] == [
        ("OFR-A/1", "rejected")
    ]


def test_the_steps_of_a_case_are_explained_in_order(camp: Office) -> None:
    camp.all("""
        case registered RES-A --sex f --age-band adult --site hurriya --at 2012-03-01 --received 2012-03-01
        case advanced RES-A --state rsd_interviewed --at 2012-04-10 --received 2012-04-12
        case advanced RES-A --state in_need_of_protection --at 2012-08-01 --received 2012-09-15
    """)
    (row,) = camp.query("cases --explain --as-known 2012-09-14")
    steps = [(fact["fact"], fact["adds"]) for fact in row["explain"]["state"]]
    assert steps == [("RES-A/1", "registered"), ("RES-A/2", "rsd_interviewed")]


def test_an_answer_of_an_engagement_is_explained(camp: Office) -> None:
    camp.all("""
        engagement held ENG-A --kind visit --subject clinic --at 2012-06-01 --source-grade B2
        engagement answered ENG-A --by government_iraq --summary yes --at 2012-06-02
    """)
    explain = camp.query("engagements --explain")[0]["explain"]
    assert [fact["fact"] for fact in explain["row"]] == ["ENG-A/1"]
    assert explain["row"][0]["source"] == {"grade": "B2"}
    assert [fact["fact"] for fact in explain["answers"]] == ["ENG-A/2"]


def test_a_fact_is_explained_as_it_read_when_it_was_known(camp: Office) -> None:
    camp.all("""
        movement made MOV-A --from hurriya --to ALB --count 14 --at 2013-05-16 --received 2013-05-16
        fact corrected MOV-A --of 1 --set count=15 --reason 'the list' --received 2013-06-01
        fact assessed MOV-A --of 1 --status corroborated --basis 'two lists' --received 2013-07-01
    """)
    told = {}
    for known in ("2013-05-31", "2013-06-30", "2013-07-01"):
        (row,) = camp.query(f"population --place ALB --explain --as-known {known}")
        (fact,) = row["explain"]["count"]
        told[known] = (row["count"]["text"], fact["adds"], fact["says"]["count"], fact["status"])
    assert told == {
        "2013-05-31": ("14", "14", "14", "reported"),
        "2013-06-30": ("15", "15", "15", "reported"),
        "2013-07-01": ("15", "15", "15", "corroborated"),
    }


def test_a_fact_is_explained_as_the_ledger_held_it_at_a_position(camp: Office) -> None:
    """What was recorded after a position is not in the answer, nor in its explanation."""
    camp.all("movement made MOV-A --from hurriya --to ALB --count 14 --at 2013-05-16 "
             "--received 2013-05-16")  # fmt: skip
    position = camp.position
    camp.all("""
        fact corrected MOV-A --of 1 --set count=15 --reason 'the list' --received 2013-06-01
        fact assessed MOV-A --of 1 --status corroborated --basis 'two lists' --received 2013-07-01
    """)
    (row,) = camp.query(f"population --place ALB --explain --as-recorded {position}")
    (fact,) = row["explain"]["count"]
    assert row["count"]["text"] == "14"
    assert (fact["adds"], fact["says"]["count"], fact["status"]) == ("14", "14", "reported")


@pytest.mark.parametrize("view", VIEWS)
def test_an_explanation_is_shown_under_its_row_as_a_table_too(demo: Office, view: str) -> None:
    out = demo.ok(f"query {view} --explain").out
    plain = demo.ok(f"query {view}").out
    if plain != "nothing\n":
        assert len(out.splitlines()) > len(plain.splitlines())
        assert [line for line in out.splitlines() if not line.startswith("    ")] == (
            plain.splitlines()
        )


def test_placements_of_march_2014_are_explained(demo: Office) -> None:
    out = demo.ok("query placements --on 2014-03-31 --explain").out
    for words in ("relocated:", "offered:", "stated:", "MOV-PR-", "FIG-PR-", "OFR-PR-"):
        assert words in out


# explain ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FACTS)
def test_every_fact_is_explained(demo: Office, name: str) -> None:
    document = demo.ok(f"explain {name} -f json").json
    assert document["schema"] == "vigil.explain/1"
    assert (document["about"], document["name"]) == ("fact", name)
    shown = {field["field"] for field in document["fields"]}
    given = set(field_names(fact_class(name))) - {"version", "uuid", "recorded", "batch"}
    assert shown == given
    assert all(field["means"] for field in document["fields"])
    assert document["text"]
    out = demo.ok(f"explain {name}").out
    assert f"vigil record {fact_class(name).example}" in out
    assert all(field in out for field in shown)


@pytest.mark.parametrize("code", catalogue())
def test_every_code_is_explained(demo: Office, code: str) -> None:
    document = demo.ok(f"explain {code} -f json").json
    assert (document["about"], document["code"]) == ("code", code)
    assert document["cause"]
    assert document["cure"]
    assert document["exit"] == catalogue()[code].exit
    assert demo.ok(f"explain {code.lower()}").out.startswith(f"{code} {catalogue()[code].__name__}")


@pytest.mark.parametrize("name", vocabularies())
def test_every_list_is_explained(demo: Office, name: str) -> None:
    document = demo.ok(f"explain {name} -f json").json
    assert (document["about"], document["name"]) == ("list", name)
    assert list(document["terms"]) == list(terms(name))
    assert document["edition"]
    for labels in document["terms"].values():
        assert all(labels.get(language) for language in ("en", "ar", "fa")), name
    out = demo.ok(f"explain {name}").out
    assert all(f"  {term}" in out for term in terms(name))


@pytest.mark.parametrize("name", fields())
def test_every_field_is_explained(demo: Office, name: str) -> None:
    """A field that shares its name with a list of terms is explained with them."""
    document = demo.ok(f"explain {name} -f json").json
    assert document["about"] == ("list" if name in vocabularies() else "field")
    assert document["meanings"] == fields()[name]
    out = demo.ok(f"explain {name}").out
    for means, facts in fields()[name].items():
        assert means in out
        assert all(fact in out for fact in facts)


@pytest.mark.parametrize("name", FACTS)
def test_the_example_of_every_fact_can_be_said(demo: Office, name: str) -> None:
    from ledger.notation import read as said

    assert said(fact_class(name).example)["fact"] == name


def test_a_word_that_means_nothing_is_answered_with_the_nearest(demo: Office) -> None:
    refused = demo("explain incident.claim -f json")
    assert refused.code == 2
    assert (refused.error["code"], "incident.claimed" in refused.error["hint"]) == ("E5006", True)
