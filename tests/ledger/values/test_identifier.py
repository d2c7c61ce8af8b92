"""Ids: a check character finds every single mistake, and an id of one's own is left alone."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import VigilError
from ledger.values.identifier import check, counter_of, from_key, give_out

stations = st.from_regex(r"[A-Z0-9]{1,8}", fullmatch=True)
counters = st.integers(1, 10**12)
CHARACTERS = string.digits + string.ascii_uppercase


def read(text: str, station: str = "H1") -> str:
    return check(text, kind="INC", family="incident", station=station)


def test_the_example_of_the_contract() -> None:
    assert give_out("INC", "H1", 42) == "INC-H1-42T"


@given(stations, counters)
def test_an_id_given_out_is_an_id(station: str, counter: int) -> None:
    text = give_out("INC", station, counter)
    assert counter_of(text, "INC", station) == counter
    assert len(text) <= 40
    assert read(text, station) == text


@given(stations, st.integers(1, 99_999), st.data())
def test_every_single_mistyped_character_is_found(
    station: str, counter: int, data: st.DataObject
) -> None:
    text = give_out("INC", station, counter)
    first = len(f"INC-{station}-")
    place = data.draw(st.integers(first, len(text) - 1))
    wrong = data.draw(st.sampled_from([c for c in CHARACTERS if c != text[place]]))
    mistyped = text[:place] + wrong + text[place + 1 :]
    with pytest.raises(VigilError) as caught:
        read(mistyped, station)
    assert caught.value.code == "E2402"


def test_nearly_every_swap_of_neighbours_is_found() -> None:
    """The code finds all but those of a few pairs of characters, in a few places."""
    missed = swaps = 0
    for counter in range(10, 2000):
        text = give_out("INC", "H1", counter)
        for place in range(len("INC-H1-"), len(text) - 1):
            swapped = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
            swaps += swapped != text
            missed += swapped != text and counter_of(swapped, "INC", "H1") is not None
    assert missed < swaps / 100


def test_all_mistakes_of_one_id_are_found() -> None:
    text = "INC-H1-42T"
    for place in range(len("INC-H1-"), len(text)):
        for wrong in CHARACTERS:
            if wrong != text[place]:
                with pytest.raises(VigilError):
                    read(text[:place] + wrong + text[place + 1 :])


@pytest.mark.parametrize("text", ["INC-A", "INC-HURRIYA-2013-02-09", "INC-H2-42X", "INC-H1A-1"])
def test_an_id_of_ones_own_is_accepted(text: str) -> None:
    assert read(text) == text
    assert counter_of(text, "INC", "H1") is None


@pytest.mark.parametrize(
    "text", ["INC-H1", "INC-H1-", "INC-H1-T", "INC-H1-042T", "INC-H1-42T-1", "INC-H1-X42T"]
)
def test_an_id_with_our_station_is_ours_or_wrong(text: str) -> None:
    with pytest.raises(VigilError) as caught:
        read(text)
    assert caught.value.code in {"E2401", "E2402"}


@pytest.mark.parametrize(
    "text",
    ["", "INC", "INC-", "inc-a", "INC-a", "MOV-A", "INC-A--B", "INC-A-", "INC_A", "INC-Ä", "INC-١",
     "INC-A\n", "INC-" + "A" * 37],
)  # fmt: skip
def test_what_is_not_an_id_is_refused(text: str) -> None:
    with pytest.raises(VigilError) as caught:
        read(text)
    assert caught.value.code == "E2401"
    assert "INC-" in caught.value.cure


@given(st.text(max_size=45))
def test_a_key_makes_an_id_of_ones_own_or_none(key: str) -> None:
    made = from_key("MOV", key, "H1")
    assert made in (None, f"MOV-{key}")
    if made is not None:
        assert check(made, kind="MOV", family="movement", station="H1") == made
        assert counter_of(made, "MOV", "H1") is None
