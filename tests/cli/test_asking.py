"""`vigil record` alone asks; nothing is written until its summary was confirmed."""

from __future__ import annotations

import os
import pty
import select
import shlex
import signal
import time
from typing import TYPE_CHECKING

import pytest

from cli.asking import askable
from cli.world import World
from ledger.registry import FACTS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Answer, Office


@pytest.fixture
def asked(camp: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office at whose terminal somebody sits."""
    monkeypatch.setattr(World, "interactive", True)
    return camp


def told(office: Office, line: str, *answers: str) -> Answer:
    return office(line, "".join(f"{answer}\n" for answer in answers).encode())


def test_it_asks_for_the_fact_and_its_fields_and_records_what_is_confirmed(asked: Office) -> None:
    answer = told(asked, "record", "incident opened", "hurriya", "attack", "Rockets hit", "",
                  "-20m", ".", "y")  # fmt: skip
    assert answer.code == 0
    (row,) = asked.ok("show INC-H1 -f json").rows
    assert (row["site"], row["kind"], row["title"]) == ("hurriya", "attack", "Rockets hit")
    assert row["occurred"] == "2026-11-24T10:49:00.000000+03:00"
    assert "recorded: INC-H1-16/1" in answer.out
    assert "(2026-11-24T07:49:00Z to " in answer.err


@pytest.mark.parametrize("word", ["", "n", "no", "<\nn", "yes please"])
def test_what_is_not_confirmed_is_not_recorded(asked: Office, word: str) -> None:
    before = asked.ok("export facts").out
    answer = told(asked, "record", "incident opened", "hurriya", "attack", "it's over", ".",
                  *word.split("\n"), ".", "n")  # fmt: skip
    assert (answer.code, asked.position) == (0, 6)
    assert "nothing was recorded" in answer.err
    assert "vigil record incident opened --site hurriya --kind attack --title 'it'" in answer.err
    assert asked.ok("export facts").out == before


def test_the_command_that_it_prints_records_the_same(asked: Office) -> None:
    answers = ("movement made", "ashraf", "hurriya", "5", "", "05:30", "", "bus", "", "", "y", ".")
    declined = told(asked, "-L . --actor HRO-09 record", *answers, "n")
    (line,) = (one for one in declined.err.splitlines() if one.startswith("  vigil record"))
    asked.ok(shlex.split(line))
    told(asked, "record --actor HRO-09 -L .", *answers, "y")
    one, other = asked.ok("log -f json").rows[-2:]
    for field in ("from", "to", "count", "occurred", "mode", "opening", "actor"):
        assert one[field] == other[field]


def test_a_value_is_checked_at_once_and_asked_for_again(asked: Office) -> None:
    answer = told(asked, "record incident opened", "libberty", "hurriya", "bombing", "attack", "x",
                  "inc_1", "", "25:10", "2030", "2013-02-08", "2013-02-07", "9", "3", ".",
                  "2013-02-06", ".", "y")  # fmt: skip
    for code in ("E2104", "E2601", "E2401", "E2105", "E3102", "E3101", "E2604"):
        assert f"[{code}]" in answer.err
    (row,) = asked.ok("show INC-H1 -f json").rows
    assert (row["severity"], row["occurred"]) == (3, "2013-02-06[Asia/Baghdad]")


def test_one_goes_back_explains_empties_and_ends(asked: Office) -> None:
    answer = told(asked, "record", "op", "nothing like it", "incident", "?", "<", "", ".",
                  "ashraf", "<", "hurriya", "attack", "y", "?", "INC-X", "2013", "<", "-", "", ".",
                  "<", "old", "y")  # fmt: skip
    assert answer.code == 0, answer.err
    assert "site is needed" in answer.err
    assert (
        "\n      in fact.corrected, fact.retracted" in answer.err
    )  # of the id, where `?` was asked
    (row,) = asked.ok("show INC-X -f json").rows
    assert (row["site"], row["note"], row["occurred"][:4]) == ("hurriya", "old", "2026")


def test_a_rule_that_needs_the_whole_fact_leads_back_to_the_field(asked: Office) -> None:
    answer = told(asked, "record incident claimed", "INC-NONE", "inc", "press", ".", "5", ".", "y")
    assert "[E3001]" in answer.err
    assert "killed: a claim needs at least one of" in answer.err
    assert asked.ok("show inc -f json").rows[-1]["killed"] == "5"


def test_a_list_is_asked_for_until_it_is_enough(asked: Office) -> None:
    told(asked, "record site", "opened", "", "SIT-NEW", "New", "UTC", "", "", "One", "Two", "camp ashraf",
         "", ".", "y")  # fmt: skip
    (row,) = asked.ok("show SIT-NEW -f json").rows
    assert row["aliases"] == ["One", "Two"]


def test_an_id_that_nobody_gives_out_is_asked_for_first(asked: Office) -> None:
    answer = told(asked, "record actor added", "", "ACT-HRO-07", "officer", ".", "y")
    assert "id is needed" in answer.err
    assert asked.ok("show ACT-HRO-07 -f json").rows[-1]["role"] == "officer"


def test_what_may_be_the_same_is_said_before_it_is_recorded(asked: Office) -> None:
    asked.ok("record incident opened --site hurriya --kind attack --title x --at 05:30")
    answer = told(asked, "record incident opened", "hurriya", "attack", "x", "", "05:40", ".", "n")
    assert "warning: perhaps the same as INC-H1-16" in answer.err


def test_the_end_of_the_input_leaves_as_an_interruption_does(asked: Office) -> None:
    for answers in ([], ["incident opened"], ["incident opened", "hurriya", "attack", "x", "."]):
        answer = told(asked, "record", *answers)
        assert (answer.code, asked.position) == (130, 6)
        assert "interrupted" in answer.err


def test_what_is_not_text_is_asked_for_again(asked: Office) -> None:
    answer = asked("record incident opened", b"hurr\xff\nhurriya\nattack\nx\x1b[2J\n.\nn\n")
    assert "that was not UTF-8" in answer.err
    assert "\x1b" not in answer.err
    assert "x\\x1b[2J" in answer.err


def test_a_watch_that_is_not_named_is_ones_own_and_what_needs_nothing_is_not_asked(
    asked: Office,
) -> None:
    asked.ok("record watch started --site hurriya --post gate")
    told(asked, "record watch", "reported", "", "", "", "The tanker came", ".", "y")
    assert asked.ok("show WCH -f json").rows[-1]["text"] == "The tanker came"
    asked.ok("record watch ended")


@pytest.mark.parametrize(
    "line", ["record --no-input", "--no-input record", "record site --no-input", "record fact"]
)
def test_who_does_not_want_to_be_asked_gets_help(asked: Office, line: str) -> None:
    answer = asked(line)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("Usage: vigil record")


@pytest.mark.parametrize("line", ["record", "record incident"])
def test_without_a_terminal_nothing_is_asked(camp: Office, line: str) -> None:
    answer = camp(line, b"incident opened\n")
    assert (answer.code, "Usage: vigil record" in answer.err) == (2, True)
    assert camp("record incident opened").code == 4


def test_without_an_officer_nothing_is_asked(asked: Office) -> None:
    asked.ok("init other")
    assert "[E3903]" in asked("record -L other").err


def test_every_fact_can_be_asked_for_but_those_with_a_command_of_their_own(asked: Office) -> None:
    names = askable()
    assert set(FACTS) - set(names) == {"fact.corrected", "fact.retracted", "fact.assessed",
                                       "evidence.attached"}  # fmt: skip
    for name in names:
        answer = told(asked, f"record {name.replace('.', ' ')}", "?", "<", ".", "?")
        assert answer.code in (0, 130, 4), answer.err
        assert "Traceback" not in answer.err
    assert asked.position == 6


# A real terminal ---------------------------------------------------------------------------------


def at_a_terminal(
    vigil: list[str], folder: Path, environment: dict[str, str], answers: list[tuple[bytes, bytes]]
) -> tuple[str, int]:
    """Type each answer once its prompt is there; what was on the screen, and the exit code."""
    child, screen = pty.fork()
    if child == 0:
        os.chdir(folder)
        os.execve(vigil[0], [*vigil, "record"], {**os.environ, **environment, "TERM": "dumb"})
    seen, at, end = b"", 0, time.monotonic() + 60
    try:
        while time.monotonic() < end:
            if select.select([screen], [], [], 0.2)[0]:
                try:
                    data = os.read(screen, 65_536)
                except OSError:
                    break
                if not data:
                    break
                seen += data
            if answers and answers[0][0] in seen[at:]:
                at = len(seen)
                time.sleep(0.3)  # nobody types in the instant in which a prompt is drawn
                os.write(screen, answers.pop(0)[1])
    finally:
        if time.monotonic() >= end:
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        os.close(screen)
    return seen.decode(), os.waitstatus_to_exitcode(status)


FIRST = [
    (b"which fact? ", b"incident opened\n"),
    (b"site: ", b"hurriya\n"),
    (b"kind: ", b"attack\n"),
    (b"title: ", "حمله به اردوگاه\n".encode()),
    (b"id: ", b".\n"),
]


def test_at_a_real_terminal_it_asks_and_records(camp: Office, vigil: list[str]) -> None:
    answers = [*FIRST, (b"[y/N] ", b"y\n")]
    screen, code = at_a_terminal(vigil, camp.folder, camp.environment, answers)
    assert code == 0, screen
    assert "recorded: INC-H1-16/1" in screen
    assert camp.ok("show INC-H1 -f json").rows[0]["title"] == "حمله به اردوگاه"


@pytest.mark.parametrize("after", [0, 2, 5])
def test_at_a_real_terminal_an_interruption_writes_nothing(
    camp: Office, vigil: list[str], after: int
) -> None:
    last = (b"which fact? ", b"site: ", b"kind: ", b"title: ", b"id: ", b"[y/N] ")[after]
    answers = [*FIRST[:after], (last, b"\x03")]
    screen, code = at_a_terminal(vigil, camp.folder, camp.environment, answers)
    assert code == 130, screen
    assert "interrupted" in screen
    assert camp.position == 6
