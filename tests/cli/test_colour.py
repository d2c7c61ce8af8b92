"""Colours are for terminals: no file and no program gets any, and nobody's text brings its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import on_terminal

if TYPE_CHECKING:
    from tests.cli.conftest import Office

BOLD, RED, YELLOW, PLAIN = "\033[1m", "\033[1;31m", "\033[33m", "\033[0m"
TOLD = "query population --no-pager"
PAINTED = "\033[31mred"


def test_a_terminal_shows_headings_and_errors_in_colour(camp: Office) -> None:
    _, shown = on_terminal(camp, TOLD)
    heading = shown.splitlines()[0]
    assert (heading[:4], heading[-4:]) == (BOLD, PLAIN)
    _, refused = on_terminal(camp, "query nothing")
    assert refused.startswith(f"{RED}vigil:{PLAIN} ")


def test_a_terminal_shows_warnings_in_colour(camp: Office) -> None:
    move = "record movement made --actor HRO-07 --from hurriya --to ALB --count 1"
    camp.ok(f"{move} --occurred 2013-02-12")
    _, shown = on_terminal(camp, f"{move} --occurred 2013-02-12")
    assert f"{YELLOW}  warning:{PLAIN} " in shown


@pytest.mark.parametrize(
    ("line", "environment"),
    [(TOLD, {"NO_COLOR": "1"}), (TOLD, {"TERM": "dumb"}), (f"{TOLD} --color never", {})],
)
def test_a_terminal_whose_reader_wants_none_shows_none(
    camp: Office, line: str, environment: dict[str, str]
) -> None:
    code, shown = on_terminal(camp, line, **environment)
    assert code == 0
    assert "\033" not in shown
    assert "\033" not in on_terminal(camp, f"{line} --from 25:10", **environment)[1]


def test_an_option_comes_before_the_environment(camp: Office) -> None:
    assert BOLD in on_terminal(camp, f"{TOLD} --color always", NO_COLOR="1")[1]


def test_no_pipe_and_no_file_gets_colours_unless_they_are_asked_for(camp: Office) -> None:
    assert "\033" not in camp.ok(TOLD).out
    assert BOLD in camp.ok(f"{TOLD} --color always").out
    assert RED in camp("query nothing --color=always").err
    camp.ok(f"{TOLD} --color always -o sites.txt")
    assert "\033" not in (camp.folder / "sites.txt").read_text()


@pytest.mark.parametrize("format", ["json", "jsonl", "csv", "ids"])
def test_no_format_of_programs_has_colours(camp: Office, format: str) -> None:
    plain = camp.ok(f"query population -f {format}").out
    assert camp.ok(f"query population -f {format} --color always").out == plain
    assert "\033" not in plain


@pytest.fixture
def painted(camp: Office) -> Office:
    """A ledger with a text that paints itself red."""
    camp.ok(["record", "observation", "made", "--category", "water", "--site", "hurriya",
             "--text", PAINTED])  # fmt: skip
    return camp


def test_text_of_strangers_brings_no_colour(painted: Office) -> None:
    assert PAINTED not in on_terminal(painted, "query observations --no-pager")[1]
    assert PAINTED not in on_terminal(painted, "query observations -f csv")[1]


def test_a_program_gets_the_text_that_was_recorded(painted: Office) -> None:
    assert PAINTED in painted.ok("query observations -f csv").out
    painted.ok("query observations -f csv -o kept.csv")
    assert PAINTED in (painted.folder / "kept.csv").read_text()
