"""What the ledger accepts and refuses, told as scenarios: `*.facts` beside this file.

A scenario is its sentence after `#`, the facts given, the fact in question, and what becomes of it:
`-> recorded`, `-> recorded, warning: words`, `-> already`, or `-> CODE words`, where the words are
in the refusal's sentence or cure. A line that begins with `{` is a fact as JSON; `@` sets the
clock, and what follows `!` is given and refused.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from ledger.errors import Refused, Several, VigilError, catalogue
from ledger.errors.rules import ActorMissing
from ledger.notation import read
from tests.conftest import Clock, log_of

if TYPE_CHECKING:
    from ledger.application import Ledger


class Scenario(NamedTuple):
    """Given, when, then."""

    sentence: str
    given: tuple[str, ...]
    when: str
    then: str

    @property
    def code(self) -> str:
        return self.then.split()[0]


def scenarios(file: Path) -> list[Scenario]:
    """The scenarios of a file, in order."""
    found: list[Scenario] = []
    sentence, given = "", []
    for line in filter(None, map(str.strip, file.read_text("utf-8").splitlines())):
        if line.startswith("# "):
            sentence, given = line[2:], []
        elif line.startswith("-> "):
            found.append(Scenario(sentence, tuple(given[:-1]), given[-1], line[3:]))
        else:
            given.append(line)
    return found


ALL = [
    pytest.param(scenario, id=scenario.sentence.replace(" ", "_"))
    for file in sorted(Path(__file__).parent.glob("*.facts"))
    for scenario in scenarios(file)
]

#: What no fact can provoke, and where it is raised instead.
ELSEWHERE = {
    "E2000": "the sum of several problems; see test_each_bad_field_is_a_problem_of_its_own",
    "E3205": "needs knowledge times; see test_amendments.py",
    "E3903": "an option of the call; see test_somebody_records_it",
    "E3902": "an option of the call; see test_expecting.py",
    "E3832": "a limit of vigil attach; see tests/cli/test_attach.py",
}


def fields(line: str) -> dict[str, Any]:
    """A fact written as text or as JSON."""
    found: dict[str, Any] = json.loads(line) if line.startswith("{") else read(line)
    return found


@pytest.mark.parametrize("scenario", ALL)
def test_scenario(ledger: Ledger, clock: Clock, scenario: Scenario) -> None:
    for line in scenario.given:
        if line.startswith("@"):
            clock.set(line[1:].strip())
        elif line.startswith("!"):
            with pytest.raises(VigilError):
                ledger.record(fields(line[1:]), actor="HRO-07")
        else:
            ledger.record(fields(line), actor="HRO-07")
    before = log_of(ledger)
    try:
        (receipt,) = ledger.record(fields(scenario.when), actor="HRO-07")
    except VigilError as error:
        told = f"{error.code} {error.sentence} | {error.cure}"
        code, _, words = scenario.then.partition(" ")
        assert code == error.code, told
        assert words in told
        assert "{" not in error.cure
        assert [e.fact for e in log_of(ledger)] == [e.fact for e in before]
        return
    outcome, _, words = scenario.then.partition(", warning: ")
    assert outcome == ("already" if receipt.already else "recorded"), receipt
    if words:
        assert words in " | ".join(receipt.warnings)
    else:
        assert receipt.warnings == ()


def test_every_refusal_of_a_value_or_a_rule_has_its_scenario() -> None:
    codes = {code for code in catalogue() if code[1] in "23"}
    provoked = {param.values[0].code.rstrip(",") for param in ALL} - {"recorded", "already"}
    assert provoked | set(ELSEWHERE) == codes
    assert provoked & set(ELSEWHERE) == set()


def test_every_refusal_of_a_value_or_a_rule_but_three_exits_with_4() -> None:
    others = {
        code: error.exit
        for code, error in catalogue().items()
        if code[1] in "23" and not issubclass(error, Refused)
    }
    assert others == {"E3901": 5, "E3902": 5, "E3903": 2}
    assert Refused.exit == 4


def test_each_bad_field_is_a_problem_of_its_own(ledger: Ledger) -> None:
    with pytest.raises(Several) as caught:
        ledger.record(read("movement made --from nowhere --to hurriya --count dozens --mode ' '"))
    told = [(problem.field, problem.code) for problem in caught.value.problems]
    assert told == [("from", "E2104"), ("count", "E2201"), ("mode", "E2502")]
    assert caught.value.code == "E2000"
    assert caught.value.exit == 4


def test_somebody_records_it(ledger: Ledger) -> None:
    with pytest.raises(ActorMissing):
        ledger.record(read("movement made --from ashraf --to hurriya --count 5"))


def test_the_actor_of_a_line_wins_over_the_option(ledger: Ledger) -> None:
    line = read("movement made --from ashraf --to hurriya --count 5 --actor HRO-01")
    assert ledger.record(line, actor="HRO-02")[0].entry.get("actor") == "HRO-01"
