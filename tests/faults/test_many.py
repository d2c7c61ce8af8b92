"""A clock that is set back, and many processes at once."""

from __future__ import annotations

import itertools
import time
from typing import TYPE_CHECKING

from ledger.application import Ledger
from ledger.folder import Folder
from ledger.notation import read
from ledger.values.when import When
from tests.faults.rig import COUNTS, LONG, MOVE, Victim, chance, done, facts, keys, sound, vigil

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Say = Callable[[str], None]

#: Facts that each of eight writers records.
EACH = 60 if LONG else 8
CLOCKS = 300 if LONG else 40


def test_a_clock_that_is_set_back_takes_no_fact_back(camp: Path) -> None:
    """`recorded` never goes back, so as-of-recording questions have one answer."""
    chances = chance("clock")
    start = When.parse("2026-11-24T10:00Z").earliest
    now = [start]
    ledger = Ledger(Folder.load(camp), clock=lambda: now[0])
    for number in range(CLOCKS):
        now[0] += chances.choice((-1, 1)) * chances.randrange(10**6, 10**12)
        line = "movement made --from ashraf --to hurriya --count 1 --occurred 2013-02-01"
        ledger.record(
            {**read(f"{line} --received 2013-02-01"), "key": f"K-{number}"}, actor="HRO-07"
        )
        COUNTS.add("the clock is set back or forth", "`record`", "`recorded` did not go back")
    ledger.close()
    recorded = [When.parse(said["recorded"]).earliest for said in facts(camp)]
    assert recorded == sorted(recorded)
    assert [said["key"] for said in facts(camp)[4:]] == [f"K-{n}" for n in range(CLOCKS)]
    sound(camp)


def test_eight_write_while_one_rebuilds_and_four_query(camp: Path) -> None:  # noqa: C901
    def write(say: Say, name: str) -> None:
        for number in range(EACH):
            answer = vigil(camp, f"{MOVE} --key {name}-{number}", VIGIL_LOCK_SECONDS="300")
            say(f"{answer.code} {name}-{number} {answer.err}".replace("\n", " ")[:3000])

    def rebuild(say: Say) -> None:
        for _ in itertools.count():
            answer = vigil(camp, "replay", VIGIL_LOCK_SECONDS="300")
            say(f"{answer.code} replay {answer.err}".replace("\n", " ")[:3000])

    def ask(say: Say) -> None:
        for question in itertools.cycle(("query population", "log", "status", "verify", "check")):
            answer = vigil(camp, question, VIGIL_LOCK_SECONDS="300")
            code = 0 if (answer.code, question) == (7, "check") else answer.code
            said = answer.err or (answer.out if code else "")
            say(f"{code} {question} {said}".replace("\n", " ")[:3000])

    writers = [Victim(lambda say, name=f"W{n}": write(say, name)) for n in range(8)]
    others = [Victim(rebuild), *(Victim(ask) for _ in range(4))]
    for one in (*others, *writers):
        one.go()
    for one in writers:
        assert one.end() == 0, one.said[-1:]
    time.sleep(0.2)
    for one in others:
        one.kill()
        assert one.end() == -9, one.said[-1:]
    lines = [line for one in (*writers, *others) for line in one.said]
    assert [line for line in lines if not line.startswith("0 ")] == []
    assert [line for line in lines if "locked" in line or "Traceback" in line] == []
    assert [line for line in lines if "warning" in line] == []
    wanted = {f"W{n}-{number}": 1 for n in range(8) for number in range(EACH)}
    assert keys(camp) == wanted
    sound(camp)
    done(camp, "query population")
    fault = "eight write, one rebuilds, four ask"
    for line in lines:
        word = line.split()[1]
        COUNTS.add(fault, "`record`" if word[0] == "W" else f"`{word}`", "in order")
