"""Columns of a table stay where they are, whatever is written in them and from which side."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.render.table import render
from cli.render.text import _advances, cut, right_to_left, sought, width

if TYPE_CHECKING:
    from tests.cli.conftest import Office

PERSIAN = "اردوگاه حُرّیه، ساکنان می‌گویند"
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
WORDS = st.sampled_from(
    ["hurriya", "397", "-12", PERSIAN, "חדר 4", "۱۲", "日本語", "ｆｕｌｌ", "e\u0301t\u00e9", FAMILY,
     "👍🏽", "❤️", "🇮🇶", "a\u200fb", "\x1b[31m", "\u202eevil", "x" * 70, "語" * 50, "한국어", "각",
     "สวัสดี", "", " ", "  two  ", "z\u0335\u0321\u0327a"]
) | st.text(max_size=8)  # fmt: skip
COLUMNS = [("a", "first"), ("b", "语"), ("c", "third"), ("d", "last")]


@given(st.lists(st.fixed_dictionaries({key: WORDS | st.none() for key, _ in COLUMNS}), min_size=1))
def test_each_column_of_a_table_starts_at_the_same_width(rows: list[dict[str, str]]) -> None:
    shown = render(rows, COLUMNS).split("\n")[:-1]
    lines = [line for line in shown if not _below(line)]
    assert len(lines) == len(rows) + 2
    rule = lines[1]
    starts = [at for at in range(1, len(rule)) if rule[at - 2 : at + 1] == "  -"]
    assert len(starts) == len(COLUMNS) - 1
    for line in lines:
        assert not right_to_left(line)
        ends = [*enumerate(accumulate(_advances(line)), 1)]
        reached = {w: n for n, w in reversed(ends)} | {0: 0}  # a mark may begin a column
        for start in starts:
            if start < width(line):
                assert line[: reached[start]].endswith("  ")


def _below(line: str) -> bool:
    return any(line.startswith(f"    {heading}: ") for _, heading in COLUMNS)


@given(st.lists(WORDS, max_size=4).map("".join), st.integers(1, 30))
def test_a_text_is_cut_to_the_width_it_may_take(text: str, widest: int) -> None:
    short = cut(text, widest)
    assert width(short) <= widest
    assert short == text if width(text) <= widest else short.endswith("…")


@pytest.mark.parametrize(
    ("text", "columns"),
    [("", 0), ("camp", 4), ("日本", 4), ("e\u0301", 1), ("حُرّیه", 4), (FAMILY, 2), ("👍🏽", 2), ("❤️", 2),
     ("🇮🇶", 2), ("می‌گویند", 7), ("สวัสดี", 4), ("\u1112\u1161\u11ab", 2)],
)  # fmt: skip
def test_a_text_takes_as_many_columns_as_a_terminal_gives_it(text: str, columns: int) -> None:
    assert width(text) == columns


def test_what_is_written_from_the_right_stands_below_its_row(camp: Office) -> None:
    claim = ["record", "incident", "claimed", "INC-ONE", "--claimant", PERSIAN, "--killed", "6"]
    camp.ok([*claim, "--at", "2013-02-10", "--received", "2013-02-10"])
    heading, _, _, row, below = camp.ok("query claims").out.splitlines()
    assert row.split() == ["INC-ONE/3", "…", "6", "-", "-", "-", "2013-02-10", "reported"]
    assert heading.index("status") == row.index("reported")
    assert below == f"    claimant: {PERSIAN}"
    camp.ok("assess INC-ONE/3 --status disputed --basis x --at 2013-02-11 --received 2013-02-11")
    for line in ("log", "show INC-ONE"):
        shown = camp.ok(line).out.splitlines()
        at = shown.index(f"        --claimant '{PERSIAN}'")
        assert "incident claimed INC-ONE/3" in shown[at - 1]
        assert "--killed 6" in shown[at - 1]
        assert not any(right_to_left(other) for other in shown if other != shown[at])
    assert shown[at - 1].endswith("[disputed]")
    assert camp.ok("query claims -f json").rows[-1]["claimant"] == PERSIAN
    assert PERSIAN in camp.ok("query claims -f csv").out.splitlines()[-1]


@pytest.mark.parametrize(
    "words",
    [
        "ساکنان",
        "ساكنان",
        "مي گویند".replace(" ", ""),
        "می‌گویند",
        "حریه",
        "اردو",
        "STRASSE",
        "éTÉ",
        "ete",
    ],
)
def test_the_log_finds_words_in_any_case_and_from_any_keyboard(camp: Office, words: str) -> None:
    text = f"{PERSIAN} straße \x1b[31m été"
    camp.ok(["record", "observation", "made", "--category", "water", "--text", text, "--site",
             "hurriya"])  # fmt: skip
    found = camp.ok(["log", "--grep", words]).out
    assert "observation made" in found
    assert "\x1b" not in found
    assert [row["text"] for row in camp.ok(["log", "--grep", words, "-f", "json"]).rows] == [text]
    assert camp.ok(["log", "--grep", f"{words}x"]).out == "nothing\n"


@given(WORDS)
def test_a_text_finds_itself(text: str) -> None:
    assert sought(text) in sought(f"before {text} after")
