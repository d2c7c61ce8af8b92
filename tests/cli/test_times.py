"""The times that people type: each echoed with its offset and in UTC, or refused with a cure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Office

OPEN = ["record", "incident", "opened", "--site", "hurriya", "--kind", "attack", "--title", "x"]
NOW = "2013-02-09T05:30:00+03:00"


@pytest.mark.parametrize(
    ("typed", "occurred", "begins"),
    [
        ("05:20", "2013-02-09T05:20+03:00", "2013-02-09T02:20:00Z"),
        ("05:40", "2013-02-08T05:40+03:00", "2013-02-08T02:40:00Z"),
        ("yesterday 22:10", "2013-02-08T22:10+03:00", "2013-02-08T19:10:00Z"),
        ("-20m", "2013-02-09T05:10:00.000000+03:00", "2013-02-09T02:10:00Z"),
        ("now", "2013-02-09T05:30:00.000000+03:00", "2013-02-09T02:30:00Z"),
        ("today", "2013-02-09[Asia/Baghdad]", "2013-02-08T21:00:00Z"),
        ("٠٥:٢٠", "2013-02-09T05:20+03:00", "2013-02-09T02:20:00Z"),
        ("۲۰۱۳-۰۲-۰۱", "2013-02-01[Asia/Baghdad]", "2013-01-31T21:00:00Z"),
    ],
)
@pytest.mark.parametrize("joint", ["apart", "joined"])
def test_a_time_is_echoed_as_it_was_understood(
    camp: Office, typed: str, occurred: str, begins: str, joint: str
) -> None:
    at = ["--at", typed] if joint == "apart" else [f"--at={typed}"]
    lines = camp.ok([*OPEN, *at, "--now", NOW]).out.splitlines()
    assert lines[1].startswith(f"  occurred  {occurred}  ({begins} to ")


@pytest.mark.parametrize(
    ("typed", "code", "cure"),
    [
        ("13.30", "E2105", "write 13:30"),
        ("25:10", "E2105", "00:00 to 23:59"),
        ("3013", "E3102", "what is planned is not a fact yet"),
        ("1/9/2013", "E2102", "2013-09-01"),
    ],
)
def test_a_time_that_cannot_be_is_refused_with_what_can(
    camp: Office, typed: str, code: str, cure: str
) -> None:
    answer = camp([*OPEN, "--at", typed])
    assert (answer.code, camp.position) == (4, 6)
    assert f"[{code}]" in answer.err
    assert cure in answer.err


def test_a_correction_reads_times_as_a_new_fact_does(camp: Office) -> None:
    for typed in ("-20m", "05:20", "yesterday 22:10"):
        camp.ok(["correct", "INC-ONE/2", "--set", f"occurred={typed}", "--reason", "x",
                 "--now", NOW])  # fmt: skip
    (claim,) = camp.ok("show INC-ONE -f json").rows[1:2]
    assert claim["now"]["occurred"] == "2013-02-08T22:10+03:00"
    assert "[E3101]" in camp("correct INC-ONE/2 --set occurred=now --reason x").err
    imported = '{"fact": "fact.corrected", "id": "INC-ONE", "of": 2, "occurred": "2013-03-01", '
    camp.write("rows.jsonl", imported + '"set": {"occurred": "-20m"}, "reason": "x"}\n')
    assert "[E2108]" in camp("import rows.jsonl").out
