"""What the families of the whole record accept and refuse: `*.facts` beside this file.

The scenarios are written and told as those of `tests/ledger/rules`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.ledger.rules import test_rules as rules

if TYPE_CHECKING:
    from ledger.application import Ledger
    from tests.conftest import Clock

ALL = [
    pytest.param(scenario, id=scenario.sentence.replace(" ", "_"))
    for file in sorted(Path(__file__).parent.glob("*.facts"))
    for scenario in rules.scenarios(file)
]


@pytest.mark.parametrize("scenario", ALL)
def test_scenario(ledger: Ledger, clock: Clock, scenario: rules.Scenario) -> None:
    rules.test_scenario(ledger, clock, scenario)
