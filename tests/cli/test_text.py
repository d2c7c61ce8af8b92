"""Text of strangers is stored exactly, in any script, and shown so that it can do no harm."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Office

CONTROL = "".join(map(chr, [*range(1, 32), *range(127, 160)]))
BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c"
LINES = "\u2028\u2029\x85"
HOSTILE = f"safe {CONTROL}{BIDI}{LINES}\u200b\ufeff\x1b[31mred\x1b]0;title\x07 \x9b2J"
PERSIAN = "اردوگاه حُرّیه، ساکنان می‌گویند"
MOVE = ["record", "movement", "made", "--from", "ashraf", "--to", "hurriya", "--count", "1"]


def harmless(shown: str) -> bool:
    kept = {"\n", "\u200c", "\u200d", "\u200e", "\u200f"}
    return not any(
        unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp") for c in shown if c not in kept
    )


def test_ten_thousand_hostile_characters_are_stored_exactly_and_shown_escaped(
    camp: Office,
) -> None:
    text = (HOSTILE * (10_000 // len(HOSTILE) + 1))[:10_000]
    receipt = camp.ok([*MOVE, "--note", text, "-f", "json"]).json
    assert camp.ok(f"show {receipt['id']} -f json").rows[0]["note"] == text
    exported = [json.loads(line) for line in camp.ok("export facts").out.split("\n") if line]
    assert exported[-1]["note"] == text
    for line in (f"show {receipt['id']}", "log", "query movements", "status", "log --grep red"):
        shown = camp.ok(line).out
        assert harmless(shown), line
    assert "\\x1b[31m" in camp.ok("log").out
    assert len(camp.ok("log").out.splitlines()) == 7


def test_ten_thousand_characters_are_too_many_for_a_title(camp: Office) -> None:
    answer = camp(["record", "incident", "opened", "--site", "hurriya", "--kind", "attack",
                   "--title", HOSTILE * 200])  # fmt: skip
    assert (answer.code, "[E2501]" in answer.err, camp.position) == (4, True, 6)


@pytest.mark.parametrize(
    "words",
    [
        [HOSTILE],
        ["query", HOSTILE],
        ["query", "population", "--on", HOSTILE],
        ["query", "population", "--place", HOSTILE],
        ["query", "placements", "--country", HOSTILE],
        ["query", "population", f"--{HOSTILE}"],
        ["show", HOSTILE],
        ["log", "--fact", HOSTILE],
        ["status", "-L", HOSTILE],
        ["import", f"{HOSTILE.replace('/', '')}.csv"],
        ["record", HOSTILE],
        ["record", "movement", HOSTILE],
        [*MOVE, "--at", HOSTILE],
        [*MOVE, "--source-grade", HOSTILE],
        [*MOVE[:-1], HOSTILE],
        ["record", "incident", "opened", HOSTILE, "--site", "x", "--kind", "x", "--title", "x"],
        ["record", "incident", "claimed", HOSTILE, "--killed", "1", "--claimant", "x"],
        ["correct", HOSTILE, "--set", "a=b", "--reason", "x"],
        ["correct", "INC-ONE/2", "--set", HOSTILE, "--reason", "x"],
        ["correct", "INC-ONE/2", "--set", f"{HOSTILE}=1", "--reason", "x"],
        ["init", "sub", "--timezone", HOSTILE],
        ["status", "-f", HOSTILE],
    ],
    ids=lambda words: " ".join(words).split("safe")[0][:50],
)
def test_a_refusal_never_repeats_what_a_terminal_would_obey(camp: Office, words: list[str]) -> None:
    answer = camp([word.replace("\0", "") for word in words])
    assert answer.code != 0
    assert "E5999" not in answer.err
    assert harmless(answer.err), ascii(answer.err)
    assert harmless(answer.out)
    assert camp.position == 6


def test_a_row_of_a_file_is_shown_escaped_too(camp: Office) -> None:
    camp.write("rows.jsonl", json.dumps({"fact": "movement.made", "occurred": "2013", "from":
               "ashraf", "to": HOSTILE, "count": HOSTILE, HOSTILE: 1}) + "\n")  # fmt: skip
    answer = camp("import rows.jsonl")
    assert answer.code == 4
    assert harmless(answer.out), ascii(answer.out)
    assert harmless(answer.err)


def test_persian_is_stored_and_shown_as_it_is(camp: Office) -> None:
    camp.ok(["record", "incident", "claimed", "INC-ONE", "--claimant", PERSIAN, "--killed", "۶"])
    (claim,) = [row for row in camp.query("claims") if row["claimant"] == PERSIAN]
    assert claim["killed"]["text"] == "6"
    assert PERSIAN in camp.ok("query claims").out
    assert PERSIAN in camp.ok("log").out
    assert PERSIAN in camp.ok("query claims -f csv").out
    assert PERSIAN in camp.ok("query claims -f json").out
    assert PERSIAN in camp.ok(["log", "--grep", PERSIAN[:6]]).out


@pytest.mark.parametrize(
    "formula", ["=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\0=1", "=cmd|' /C calc'!A0"]
)
def test_a_formula_is_neutralised_in_a_table_for_spreadsheets(camp: Office, formula: str) -> None:
    camp.ok(["record", "incident", "claimed", "INC-ONE", f"--claimant={formula}", "--killed", "1"])
    rows = list(csv.DictReader(io.StringIO(camp.ok("query claims -f csv").out)))
    assert rows[-1]["claimant"] == f"'{formula}"
    assert camp.query("claims")[-1]["claimant"] == formula


def test_numbers_in_a_table_for_spreadsheets_stay_numbers(camp: Office) -> None:
    rows = list(csv.DictReader(io.StringIO(camp.ok("query population -f csv").out)))
    assert {row["place"]: row["count"] for row in rows}["outside"] == "-3280"


@pytest.mark.parametrize(
    "line", ["show {}", "query observations --place {}", "retract --batch {} --reason a"]
)
def test_a_word_that_is_not_utf_8_is_refused(camp: Office, line: str) -> None:
    answer = camp(f"{line.format(chr(0xDCFF))} -f json")
    assert (answer.code, answer.error["code"]) == (2, "E5001")
