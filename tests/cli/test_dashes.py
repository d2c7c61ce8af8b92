"""A field given as `-` is read from standard input: exactly, or refused."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cli.test_text import HOSTILE, harmless

if TYPE_CHECKING:
    from tests.cli.conftest import Office

SEEN = "record observation made --category water --text -"
#: 4,000 words, each of them with something that a terminal would obey.
WORDS = " ".join(f"word{number}\0\x1b[2J\u202e{HOSTILE[number % 90]}" for number in range(4_000))


def test_four_thousand_hostile_words_are_stored_exactly_and_shown_escaped(camp: Office) -> None:
    text = WORDS[:99_000]
    id = camp.ok(f"{SEEN} -f json", text.encode()).json["id"]
    assert camp.ok(f"show {id} -f json").rows[0]["text"] == text
    exported = [json.loads(line) for line in camp.ok("export facts").out.split("\n") if line]
    assert exported[-1]["text"] == text
    assert camp.query("observations")[0]["text"] == text
    for line in (f"show {id}", "log", "query observations"):
        assert harmless(camp.ok(line).out), line
    with closing(sqlite3.connect(camp.folder / "ledger.db")) as ledger:
        (state,) = ledger.execute(
            "SELECT state FROM stored_events ORDER BY position DESC"
        ).fetchone()
    assert json.loads(state)["text"] == text


@settings(max_examples=40)
@given(text=st.text(min_size=1, max_size=300).filter(str.strip))
def test_what_is_read_is_what_was_written_but_for_line_ends_at_its_end(
    camp: Office, text: str
) -> None:
    id = camp.ok(f"{SEEN} -f json", f"{text}\r\n\n".encode()).json["id"]
    assert camp.ok(f"show {id} -f json").rows[0]["text"] == text.rstrip("\r\n")


@pytest.mark.parametrize(
    ("line", "stdin", "code", "words"),
    [
        (SEEN, b"", "E2502", "text: the text is empty"),
        (SEEN, b" \n\t\n", "E2502", "text: the text is empty"),
        (SEEN, b"good \xff bad", "E5022", "not UTF-8 (byte 6)"),
        (SEEN, b"\xd8\x00", "E5022", "byte 1"),
        (SEEN, b"x" * 100_001, "E2501", "100001 characters; at most 100000"),
        (SEEN, b"x" * 500_000, "E2501", "over 100000 characters"),
        (f"{SEEN} --note -", b"x", "E5001", "not --text and --note"),
        ("correct INC-ONE/2 --set note=- --reason -", b"x", "E5001", "not --set and --reason"),
        ("record movement made --from - --to hurriya --count 5", b"nowhere", "E2104", "'nowhere'"),
        ("correct INC-ONE/2 --set killed=6 --reason -", b"\xff", "E5022", "byte 1"),
    ],
)
def test_what_cannot_be_a_text_is_refused(
    camp: Office, line: str, stdin: bytes, code: str, words: str
) -> None:
    answer = camp(line, stdin)
    assert f"[{code}]" in answer.err
    assert words in answer.err
    assert camp.position == 6


def test_every_command_that_takes_text_takes_it_from_standard_input(camp: Office) -> None:
    camp.write("photo.jpg", b"x")
    for line, field in (
        ("record incident closed INC-ONE --reason -", "reason"),
        ("correct INC-ONE/2 --set killed=6 --reason -", "reason"),
        ("correct INC-ONE/2 --set note=- --reason x", "set"),
        ("assess INC-ONE/2 --status disputed --basis -", "basis"),
        ("retract INC-ONE/2 --reason x --note -", "note"),
        ("attach INC-ONE/1 photo.jpg --note -", "note"),
        ("record site renamed SIT-HURRIYA --name TTL2 --source-citation -", "source"),
    ):
        camp.ok(line, "نوشته\n".encode())
        said = camp.ok("log -f json").rows[-1][field]
        assert "نوشته" in (said.values() if isinstance(said, dict) else [said])


def test_a_closed_standard_input_is_an_empty_text(camp: Office, vigil: list[str]) -> None:
    child = subprocess.run(  # noqa: PLW1510
        ["/bin/sh", "-c", 'exec "$@" <&-', "sh", *vigil, *SEEN.split()],
        cwd=camp.folder, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert (child.returncode, "[E2502]" in child.stderr) == (4, True), child.stderr
