"""Keys of a file are counted as a dictionary would count them, however many there are."""

from __future__ import annotations

from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.imports import seen
from cli.imports.seen import Seen

KEYS = st.lists(st.sampled_from("abcdefgh") | st.text(max_size=3) | st.just("x" * 300))


@given(keys=KEYS, bits=st.sampled_from([8, 64, 2**24]), waiting=st.integers(1, 5))
def test_a_key_was_met_as_often_as_it_stands_there(
    keys: list[str], bits: int, waiting: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(seen, "_BITS", bits)
        patch.setattr(seen, "_WAITING", waiting)
        with closing(Seen()) as met:
            found = [met.meet(key, row) for row, key in enumerate(keys)]
    assert found == [(keys[: row + 1].count(key), keys.index(key)) for row, key in enumerate(keys)]
