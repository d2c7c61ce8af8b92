"""`vigil diff`: what was learned between two times, as people and programs read it."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.conftest import Office

CONVOY = """
    movement made MOV-CONVOY-1 --from ashraf --to hurriya --count 379 --at 2012-03-01 --received 2012-03-01
"""
CORRECTION = ("correct MOV-CONVOY-1 --set count=397 --reason swapped "
              "--at 2012-03-05 --received 2012-03-05")  # fmt: skip


def test_a_correction_is_named_beside_each_number_that_it_changed(camp: Office) -> None:
    camp.all(CONVOY).ok(CORRECTION)
    document = camp.ok("diff 2012-03-04 2012-03-05 -f json").json
    assert list(document) == ["schema", "asked", "ledger", "rows", "warnings"]
    assert document["schema"] == "vigil.diff/1"
    assert document["asked"]["k1"] == "2012-03-04[Asia/Baghdad]"
    assert document["asked"]["k2"] == "2012-03-05[Asia/Baghdad]"
    assert "population" in document["asked"]["views"]
    told = [(row["view"], row["row"], row["field"], row["before"]["text"], row["after"]["text"],
             row["facts"]) for row in document["rows"]]  # fmt: skip
    assert told == [
        ("population", "ashraf", "count", "2504", "2486", ["MOV-CONVOY-1/2"]),
        ("population", "hurriya", "count", "776", "794", ["MOV-CONVOY-1/2"]),
        ("movements", "MOV-CONVOY-1", "count", "379", "397", ["MOV-CONVOY-1/2"]),
    ]


def test_a_row_that_came_is_whole_for_programs_and_short_for_people(camp: Office) -> None:
    camp.all(CONVOY)
    (row,) = camp.ok("diff 2012-02-28 2012-03-01 --view movements -f json").rows
    assert (row["change"], row["before"], row["field"]) == ("appeared", None, None)
    assert row["after"] in camp.query("movements")
    (told,) = camp.ok("diff 2012-02-28 2012-03-01 --view movements").out.splitlines()[2:]
    assert told.split() == ["MOV-CONVOY-1", "movements", "appeared", "-", "2012-03-01", "ashraf",
                            "hurriya", "379", "reported", "MOV-CONVOY-1/1"]  # fmt: skip
    camp.ok("retract MOV-CONVOY-1/1 --reason no --at 2012-03-06 --received 2012-03-06")
    (row,) = camp.ok("diff 2012-03-05 2012-03-06 --view movements -f json").rows
    assert (row["change"], row["after"], row["facts"]) == ("vanished", None, ["MOV-CONVOY-1/2"])


def test_a_day_that_was_corrected_is_told_once_to_people(camp: Office) -> None:
    camp.all(CONVOY)
    camp.ok(
        "correct MOV-CONVOY-1 --set occurred=2012-02-29 --reason x --at 2012-03-05 --received 2012-03-05"
    )
    at = "diff 2012-03-04 2012-03-05 --view movements"
    rows = camp.ok(f"{at} -f json").rows
    assert [row["field"] for row in rows] == ["occurred", "occurred_from", "occurred_to"]
    (told,) = camp.ok(at).out.splitlines()[2:]
    assert told.split()[2:] == ["occurred", "2012-03-01", "2012-02-29", "MOV-CONVOY-1/2"]


def test_a_long_text_is_told_to_people_from_where_it_differs(camp: Office) -> None:
    camp.all(CONVOY)
    camp.ok("record figure stated FIG-ONE --measure present --place hurriya --count 700 "
            "--claimant unhcr --at 2012-03-02 --received 2012-03-02")  # fmt: skip
    camp.ok(CORRECTION)
    at = "diff 2012-03-04 2012-03-05 --view findings"
    (row,) = camp.ok(f"{at} -f json").rows
    assert row["before"].startswith("present 700 stated by unhcr")
    (told,) = camp.ok(at).out.splitlines()[2:]
    assert "…776 by the books: residual -76" in told
    assert "…794 by the books: residual -94" in told
    assert told.endswith("MOV-CONVOY-1/2")


def test_a_table_names_few_facts_and_everything_else_all(camp: Office) -> None:
    for number in range(5):
        camp.all(CONVOY.replace("CONVOY-1", f"BUS-{number}"))
    at = "diff 2012-02-28 2012-03-01 --view population --place hurriya"
    facts = [f"MOV-BUS-{number}/1" for number in range(5)]
    (row,) = camp.ok(f"{at} -f json").rows
    assert row["facts"] == facts
    assert camp.ok(at).out.rstrip().endswith(", ".join([*facts[:3], "and 2 more"]))
    assert " ".join(facts) in camp.ok(f"{at} -f csv").out


def test_it_narrows_down_like_a_query(camp: Office) -> None:
    camp.all(CONVOY)
    at = "diff 2012-02-28 2012-03-01 -f json"
    assert {row["row"] for row in camp.ok(f"{at} --place hurriya --view population").rows} == {
        "hurriya"
    }
    (_, hurriya) = camp.ok(f"{at} --on 2012-03-01T12:00 --view population").rows
    assert (hurriya["field"], hurriya["facts"]) == ("possible", ["MOV-CONVOY-1/1"])
    assert camp.ok(f"{at} --on 2012-02-20").rows == []
    assert camp.ok(f"{at} --min-status verified --view population").rows == []
    asked = camp.ok(f"{at} --incident INC-ONE").json["asked"]
    assert asked["views"] == ["incidents", "claims", "observations", "findings"]


def test_each_format_tells_the_same_changes(camp: Office) -> None:
    camp.all(CONVOY)
    at = "diff 2012-02-28 2012-03-01"
    rows = camp.ok(f"{at} -f json").rows
    table = list(csv.DictReader(io.StringIO(camp.ok(f"{at} -f csv").out)))
    assert [row["row"] for row in table] == [row["row"] for row in rows]
    assert set(table[0]) == {"row", "view", "change", "field", "before", "after", "facts"}
    assert camp.ok(f"{at} -f ids").out.split() == [row["row"] for row in rows]
    assert len(camp.ok(at).out.splitlines()) == len(rows) + 2
    assert camp.ok("diff 2012-03-01 2012-03-01").out == "nothing\n"


def test_the_timeline_is_what_stands_in_order_of_occurrence(camp: Office) -> None:
    camp.all(CONVOY).ok(CORRECTION)
    camp.ok("retract INC-ONE/2 --reason no --at 2013-02-10 --received 2013-02-10")
    rows = camp.query("timeline")
    assert [row["occurred_from"] for row in rows] == sorted(row["occurred_from"] for row in rows)
    told = {row["fact"]: row for row in rows}
    assert told["MOV-CONVOY-1/1"]["text"] == "from ashraf, to hurriya, count 397"
    assert "INC-ONE/2" not in told
    assert "INC-ONE/2" in {r["fact"] for r in camp.query("timeline --as-known 2013-02-09")}
    assert told["MOV-CONVOY-1/1"]["site"] == "hurriya"
    assert [row["fact"] for row in camp.query("timeline --place ashraf --from 2012-03")] == [
        "MOV-CONVOY-1/1"
    ]
    assert {row["id"] for row in camp.query("timeline --incident INC-ONE")} == {"INC-ONE"}
    assert {row["id"] for row in camp.query("timeline --to 2009 --on 2010")} == {
        "SIT-ASHRAF", camp.query("movements --to 2009")[0]["id"]
    }  # fmt: skip


def test_the_cure_of_two_times_in_the_wrong_order_can_be_typed(camp: Office) -> None:
    answer = camp("diff -- now -3d")
    assert "vigil diff -- -3d now" in answer.err
    camp.ok(answer.err.partition("first: ")[2])
