"""A figure is an interval of whole numbers, as it was stated."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import VigilError
from ledger.limits import COUNT
from ledger.values.figure import UNKNOWN, ZERO, Figure
from tests.ledger.strategies import figures

stated = figures.map(Figure.parse)
small = st.integers(-20, 20)


@st.composite
def intervals(draw: st.DrawFn) -> Figure:
    """Balances: small enough to list their members, open or not, negative or not."""
    low, high = sorted([draw(small), draw(small)])
    low_open, high_open = draw(st.booleans()), draw(st.booleans())
    return Figure(None if low_open else low, None if high_open else high, draw(st.booleans()))


def allows(figure: Figure, number: int) -> bool:
    return (figure.low is None or figure.low <= number) and (
        figure.high is None or number <= figure.high
    )


RANGE = range(-60, 61)


@pytest.mark.parametrize(
    ("text", "low", "high", "about", "canonical"),
    [
        ("397", 397, 397, False, "397"), ("0", 0, 0, False, "0"), ("007", 7, 7, False, "7"),
        ("26+", 26, None, False, "26+"), (">25", 26, None, False, ">25"),
        (">900", 901, None, False, ">900"), ("<1970", 0, 1969, False, "<1970"),
        ("~400", 400, 400, True, "~400"), ("~26+", 26, None, True, "~26+"),
        ("5-6", 5, 6, False, "5-6"), ("5–6", 5, 6, False, "5-6"), ("~5-6", 5, 6, True, "~5-6"),
        ("~<5", 0, 4, True, "~<5"), ("6-6", 6, 6, False, "6-6"), ("<1", 0, 0, False, "<1"),
        ("unknown", None, None, False, "unknown"), ("Unknown", None, None, False, "unknown"),
        (" 5 ", 5, 5, False, "5"), ("٣٩٧", 397, 397, False, "397"), ("۵-۶", 5, 6, False, "5-6"),
        (str(COUNT), COUNT, COUNT, False, str(COUNT)),
    ],
)  # fmt: skip
def test_a_stated_count_is_an_interval(
    text: str, low: int | None, high: int | None, about: bool, canonical: str
) -> None:
    figure = Figure.parse(text)
    assert (figure.low, figure.high, figure.about, figure.text) == (low, high, about, canonical)
    assert figure.as_json() == {"low": low, "high": high, "about": about, "text": canonical}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("dozens", "E2201"), ("5-", "E2201"), ("+5", "E2201"), ("5.0", "E2201"), ("5,000", "E2201"),
        ("1e3", "E2201"), ("5 000", "E2201"), ("", "E2201"), ("5-6-7", "E2201"), ("26++", "E2201"),
        ("<", "E2201"), ("~", "E2201"), ("5+-6", "E2201"), ("²", "E2201"), ("none", "E2201"),
        ("-5", "E2202"), ("~-5", "E2202"), ("−5", "E2202"), ("<0", "E2202"),
        ("9-5", "E2203"), (str(COUNT + 1), "E2204"), ("9" * 5000, "E2204"),
        (f"1-{COUNT + 1}", "E2204"),
    ],
)  # fmt: skip
def test_what_is_not_a_figure_is_refused_by_its_code(text: str, code: str) -> None:
    with pytest.raises(VigilError) as caught:
        Figure.parse(text)
    assert caught.value.code == code
    assert "{" not in caught.value.cure


def test_a_backwards_figure_shows_the_right_way() -> None:
    with pytest.raises(VigilError) as caught:
        Figure.parse("9-5")
    assert caught.value.cure.endswith("5-9")


@given(st.text(max_size=20))
def test_any_text_is_a_figure_or_refused(text: str) -> None:
    try:
        figure = Figure.parse(text)
    except VigilError as error:
        assert error.code in {"E2201", "E2202", "E2203", "E2204"}
    else:
        assert figure.unknown or (figure.low is not None and figure.low >= 0)


@given(stated)
def test_a_figure_reads_as_itself(figure: Figure) -> None:
    again = Figure.parse(figure.text)
    assert again == figure
    assert (again.low, again.high, again.about) == (figure.low, figure.high, figure.about)


@given(stated)
def test_only_both_ends_open_is_unknown(figure: Figure) -> None:
    assert figure.unknown == (figure.text == "unknown")


def test_zero_is_not_unknown() -> None:
    assert not ZERO.unknown
    assert UNKNOWN.unknown
    assert Figure.parse("0") == ZERO


@given(intervals(), intervals(), small, small)
def test_a_sum_allows_the_sums(one: Figure, other: Figure, a: int, b: int) -> None:
    if allows(one, a) and allows(other, b):
        assert allows(one + other, a + b)
        assert allows(one - other, a - b)


@given(intervals(), intervals(), intervals())
def test_sums_are_commutative_and_associative(a: Figure, b: Figure, c: Figure) -> None:
    assert a + b == b + a
    assert (a + b) + c == a + (b + c)


@given(intervals())
def test_zero_adds_nothing_and_minus_turns_twice(figure: Figure) -> None:
    assert figure + ZERO == figure
    turned = -figure
    assert -turned == figure
    assert allows(figure - figure, 0)


@given(intervals(), intervals())
def test_about_is_catching(one: Figure, other: Figure) -> None:
    assert (one + other).about == (one.about or other.about)
    assert (one - other).about == (one.about or other.about)


@given(intervals(), intervals())
def test_figures_meet_where_they_share_a_number(one: Figure, other: Figure) -> None:
    assert one.meets(other) == any(allows(one, n) and allows(other, n) for n in RANGE)
    assert one.meets(other) == other.meets(one)
    assert one.meets(one)


@given(intervals(), intervals())
def test_a_gap_is_there_where_figures_do_not_meet(one: Figure, other: Figure) -> None:
    distances = [abs(a - b) for a in RANGE for b in RANGE if allows(one, a) and allows(other, b)]
    assert one.gap(other) == other.gap(one) == min(distances)
    assert (one.gap(other) == 0) == one.meets(other)


@given(intervals(), intervals(), intervals())
def test_covering_is_an_order(one: Figure, two: Figure, three: Figure) -> None:
    assert one.covers(two) == all(allows(one, n) for n in RANGE if allows(two, n))
    assert one.covers(one)
    assert UNKNOWN.covers(one)
    if one.covers(two) and two.covers(three):
        assert one.covers(three)


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [(None, 9, "..9"), (-5, -3, "-5..-3"), (-5, 5, "-5..5"), (-5, None, "-5+"), (-5, -5, "-5")],
)
def test_a_balance_may_be_negative_or_open_below(
    low: int | None, high: int | None, text: str
) -> None:
    assert Figure(low, high).text == text
    assert Figure(low, high, about=True).text == f"~{text}"


@given(intervals(), intervals())
def test_balances_are_equal_when_they_allow_the_same(one: Figure, other: Figure) -> None:
    same = (one.low, one.high) == (other.low, other.high)
    if not (one.unknown or other.unknown):
        assert (one == other) == (same and one.about == other.about)
    assert len({one, other}) == (1 if one == other else 2)
