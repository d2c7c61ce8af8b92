"""Every time in a row of a view has the instants between which it lies beside it."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest

from ledger.values.instants import iso
from ledger.values.when import When
from projections.views import VIEWS

if TYPE_CHECKING:
    from tests.cli.conftest import Office

TIMES = ("occurred", "received", "since", "until", "due")
#: A fund's `received` is money.
NO_TIMES = {("fund", "received")}


@pytest.mark.parametrize("view", sorted(VIEWS))
def test_a_time_has_its_instants(demo: Office, view: str) -> None:
    for row, name in product(demo.query(view), TIMES):
        if name not in row or (view, name) in NO_TIMES:
            continue
        instants = row[f"{name}_from"], row[f"{name}_to"]
        if row[name] is None:
            assert instants == (None, None)
        else:
            when = When.parse(row[name])
            assert instants == (iso(when.earliest), iso(when.latest))
