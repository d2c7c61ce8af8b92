"""A pager shows what is longer than the screen, to people on a terminal and to nobody else."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import on_terminal

if TYPE_CHECKING:
    from tests.cli.conftest import Office

ROWS = 12
#: A pager that tells itself apart from the plain answer.
MARKING = f'{sys.executable} -c \'import sys; [print("| " + line, end="") for line in sys.stdin]\''
QUITTING = f"{sys.executable} -c 'import sys; print(\"| \" + sys.stdin.readline())'"


@pytest.fixture
def long(camp: Office) -> Office:
    """A ledger whose log is longer than the screen."""
    for number in range(ROWS):
        camp.ok(["record", "observation", "made", "--category", "water", "--site", "hurriya",
                 "--text", f"\x1b[31m {number}"])  # fmt: skip
    return camp


@pytest.mark.parametrize("name", ["VIGIL_PAGER", "PAGER"])
def test_a_long_answer_goes_through_the_pager_escaped(long: Office, name: str) -> None:
    code, shown = on_terminal(long, "log", **{name: MARKING})
    lines = shown.splitlines()
    assert (code, len(lines)) == (0, long.position)
    assert all(line.startswith("| ") for line in lines)
    assert "\x1b" not in shown
    assert "\\x1b[31m 3" in shown


@pytest.mark.parametrize(
    "line", ["query population", "log -f json", "log -f csv", "log --no-pager", "--no-pager log"]
)
def test_a_short_answer_one_for_programs_and_one_without_pager_are_printed(
    long: Office, line: str
) -> None:
    code, shown = on_terminal(long, line, VIGIL_PAGER=MARKING)
    assert code == 0
    assert "| " not in shown


def test_an_answer_that_just_fits_is_printed(long: Office) -> None:
    whole = long.position
    assert "| " not in on_terminal(long, "log", rows=whole + 1, PAGER=MARKING)[1]
    assert "| " in on_terminal(long, "log", rows=whole, PAGER=MARKING)[1]


@pytest.mark.parametrize("pager", ["", "nowhere-to-be-found", "'", "   "])
def test_without_a_pager_that_runs_it_is_printed(long: Office, pager: str) -> None:
    code, shown = on_terminal(long, "log", VIGIL_PAGER=pager, PAGER=MARKING)
    assert (code, len(shown.splitlines())) == (0, long.position)
    assert "| " not in shown


def test_whoever_quits_early_has_read_enough(long: Office) -> None:
    long.ok(["record", "observation", "made", "--category", "water", "--site", "hurriya",
             "--text", "dry " * 20_000])  # fmt: skip
    code, shown = on_terminal(long, "log", VIGIL_PAGER=QUITTING)
    assert code == 0
    assert shown.startswith("|      1  site opened")
    assert "Traceback" not in shown
    assert on_terminal(long, "log", VIGIL_PAGER="true") == (0, "")


def test_a_file_and_a_pipe_are_not_paged(long: Office) -> None:
    long.environment["VIGIL_PAGER"] = MARKING
    assert "| " not in long.ok("log").out
    code, shown = on_terminal(long, "log -o log.txt", VIGIL_PAGER=MARKING)
    assert (code, shown) == (0, "")


@pytest.mark.parametrize("line", ["log -f json", "log -f jsonl", "log -f csv", "export facts"])
def test_what_programs_read_is_escaped_where_a_terminal_would_obey_it(
    long: Office, line: str
) -> None:
    long.ok(
        ["record", "observation", "made", "--category", "water", "--text", "\u202ea\x9b\x1b آب"]
    )
    code, shown = on_terminal(long, line)
    assert code == 0
    assert not {"\u202e", "\x9b", "\x1b", "\r"} & set(shown)
    assert "\\u202ea" in shown
    assert "آب" in shown
