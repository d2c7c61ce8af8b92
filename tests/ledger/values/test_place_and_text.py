"""Countries, places, names and texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from ledger import limits
from ledger.errors import VigilError
from ledger.known import EVERYTHING
from ledger.registry import fact_class
from ledger.values.country import codes, countries_like, country_code
from ledger.values.money import Money
from ledger.values.place import FATES, folded, is_country, is_site
from ledger.values.text import Name
from tests.ledger.strategies import moneys

if TYPE_CHECKING:
    from ledger.facts.base import Fact


@pytest.mark.parametrize(("text", "code"), [("ALB", "ALB"), ("alb", "ALB"), (" Deu ", "DEU")])
def test_a_country_is_its_alpha_3_code(text: str, code: str) -> None:
    assert country_code(text) == code


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("UK", ["GBR"]), ("England", ["GBR"]), ("US", ["USA"]), ("DE", ["DEU"]),
        ("Albania", ["ALB"]), ("Korea", ["KOR", "PRK"]), ("Iran", ["IRN"]), ("XX", []), ("", []),
        ("Atlantis", []),
    ],
)  # fmt: skip
def test_what_people_write_for_a_country_names_the_code(text: str, meant: list[str]) -> None:
    found = countries_like(text)
    assert sorted(found)[: len(meant)] == meant or set(meant) <= set(found)
    assert bool(found) == bool(meant)


@pytest.mark.parametrize(
    ("text", "cure"), [("UK", "did you mean GBR?"), ("Korea", "did you mean KOR or PRK?"),
                       ("Atlantis", "use a code such as ALB, DEU or IRQ")]
)  # fmt: skip
def test_a_wrong_country_says_which_may_be_meant(text: str, cure: str) -> None:
    with pytest.raises(VigilError) as caught:
        country_code(text)
    assert (caught.value.code, caught.value.cure) == ("E2301", cure)


def test_the_destinations_are_countries() -> None:
    assert {"ALB", "DEU", "ITA", "FIN", "NOR", "ESP", "SWE", "GBR", "USA"} <= set(codes())


def test_a_place_is_a_site_a_country_or_a_fate() -> None:
    assert is_country("ALB")
    assert not is_country("alb")
    assert is_site("hurriya")
    assert not any(is_site(place) for place in (*FATES, "ALB", "abroad"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Camp Hurriya", "  camp   HURRIYA "), ("Straße", "STRASSE"), ("Ａshraf", "ashraf"),
        ("e\u0301", "\u00e9"), ("a\u00a0b", "a b"), ("a\tb", "a b"),
    ],
)  # fmt: skip
def test_names_are_the_same_without_case_form_and_blanks(one: str, other: str) -> None:
    assert folded(one) == folded(other)


def test_different_names_stay_different() -> None:
    assert folded("ashraf") != folded("ashraf 2")
    assert folded("مخيم") != folded("مخيمات")


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)


def closed(**fields: str) -> Fact:
    return fact_class("incident.closed").read({"id": "INC-A", **fields}, EVERYTHING)


@pytest.mark.parametrize(
    ("field", "limit"), [("key", limits.NAME), ("note", limits.TEXT), ("actor", limits.ID)]
)
def test_a_text_has_its_limit_in_characters(field: str, limit: int) -> None:
    assert getattr(closed(**{field: "م" * limit}), field) == "م" * limit
    with pytest.raises(VigilError) as caught:
        closed(**{field: "م" * (limit + 1)})
    assert caught.value.code == "E2501"
    assert str(limit) in caught.value.sentence


@pytest.mark.parametrize("blank", ["", " ", "\n\t", "\u00a0", "\u2003"])
def test_a_blank_text_is_refused(blank: str) -> None:
    with pytest.raises(VigilError) as caught:
        closed(note=blank)
    assert caught.value.code == "E2502"


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip))
def test_a_text_is_kept_exactly(text: str) -> None:
    assert closed(note=text).said()["note"] == text


def test_what_says_nothing_is_what_python_strips() -> None:
    """Pydantic asks for something that is no blank, in its own words for blanks."""
    name = TypeAdapter(Name)
    differ = []
    for text in map(chr, range(0x110000)):
        try:
            kept = name.validate_python(text) == text
        except ValidationError:
            kept = False
        if kept != (bool(text.strip()) and not "\ud800" <= text <= "\udfff"):
            differ.append(text)
    assert differ == []


@pytest.mark.parametrize(
    ("text", "code"),
    [(" " * 100_001, "E2502"), ("x" * 100_001, "E2501"), ("\ud800" * 100_001, "E2501"),
     ("\x1c", "E2502"), ("\ud800", "E2503"), (5, "E2604")],
)  # fmt: skip
def test_what_is_wrong_with_a_text_is_said_by_its_first_fault(text: object, code: str) -> None:
    with pytest.raises(VigilError) as caught:
        closed(note=text)
    assert caught.value.code == code


def test_half_a_character_is_refused() -> None:
    with pytest.raises(VigilError) as caught:
        closed(note="a\ud83d")
    assert caught.value.code == "E2503"


@given(moneys)
def test_money_reads_as_itself(text: str) -> None:
    money = Money.parse(text)
    again = Money.parse(money.text)
    assert again == money
    assert (again.cents, again.currency) == (money.cents, money.currency)


@pytest.mark.parametrize(
    ("text", "canonical", "cents"),
    [("1000000 USD", "1000000 USD", 100_000_000), ("12.5 eur", "12.50 EUR", 1250),
     ("12.00 EUR", "12 EUR", 1200), ("0.01 USD", "0.01 USD", 1)],
)  # fmt: skip
def test_money_is_an_amount_in_hundredths(text: str, canonical: str, cents: int) -> None:
    assert (Money.parse(text).text, Money.parse(text).cents) == (canonical, cents)


@pytest.mark.parametrize(
    "text", ["5", "USD", "5 XQZ", "-5 USD", "0 USD", "5.123 USD", "1,000 USD", "5e3 USD", "", "$5"]
)
def test_what_is_not_money_is_refused(text: str) -> None:
    with pytest.raises(VigilError) as caught:
        Money.parse(text)
    assert caught.value.code == "E2511"
