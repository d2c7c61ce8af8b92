"""What one import recorded is taken back together, and what hangs on it is named."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.cli.conftest import Office

MOVE = {"fact": "movement.made", "occurred": "2013-05-01", "from": "ashraf", "to": "hurriya"}


def bring(camp: Office, *facts: dict[str, Any]) -> str:
    """Import facts; returns their batch."""
    camp.write("facts.jsonl", "".join(json.dumps(fact) + "\n" for fact in facts))
    batch: str = camp.ok("import facts.jsonl -f json").json["batch"]
    return batch


def people(camp: Office) -> str:
    return next(r["count"]["text"] for r in camp.query("population") if r["place"] == "hurriya")


def test_an_import_names_its_batch_and_one_that_records_nothing_has_none(camp: Office) -> None:
    batch = bring(camp, {**MOVE, "count": "5"})
    assert batch.startswith("IMP-2026-11-24T")
    again = camp.ok("import facts.jsonl")
    assert "batch" not in again.out
    assert camp.ok("import facts.jsonl -n -f json").json["batch"] is None


def test_two_imports_of_one_moment_are_two_batches(camp: Office) -> None:
    camp.write("facts.jsonl", json.dumps({**MOVE, "count": "5"}))
    camp.write("more.jsonl", json.dumps({**MOVE, "count": "6"}))
    moment = camp.now
    one = camp.ok("import facts.jsonl -f json").json["batch"]
    camp.now = moment
    two = camp.ok("import more.jsonl -f json").json["batch"]
    assert two.startswith(one)
    assert camp.ok(f"retract --batch {one} --reason x -f json").json["retracted"] == 1


def test_a_batch_is_taken_back_whole_and_only_once(camp: Office) -> None:
    before = people(camp)
    batch = bring(camp, *({**MOVE, "count": str(n)} for n in range(1, 6)))
    other = bring(camp, {**MOVE, "count": "40"})
    assert other != batch
    answer = camp.ok(f"retract --batch {batch} --reason 'the wrong file' -f json").json
    assert (answer["schema"], answer["retracted"], answer["before"]) == ("vigil.retract/1", 5, 0)
    assert people(camp) == str(int(before) + 40)
    again = camp.ok(f"retract --batch {batch} --reason 'the wrong file'")
    assert again.out == f"0 facts of {batch} retracted, 5 had been before\n"


def test_the_file_of_a_batch_that_was_taken_back_is_warned_of(camp: Office) -> None:
    batch = bring(camp, {**MOVE, "count": "5"})
    camp.ok(f"retract --batch {batch} --reason 'the wrong file'")
    again = camp.ok("import facts.jsonl")
    assert "1 already recorded" in again.out
    assert "/2 retracted it, so it counts for nothing" in again.out


def test_the_log_can_be_read_by_batch(camp: Office) -> None:
    bring(camp, {**MOVE, "count": "5"})
    batch = bring(camp, {**MOVE, "count": "6"})
    rows = camp.ok(f"log --batch {batch} -f json").rows
    assert [row["count"] for row in rows] == ["6"]


def test_a_dry_run_takes_nothing_back(camp: Office) -> None:
    batch = bring(camp, {**MOVE, "count": "5"})
    position = camp.position
    answer = camp.ok(f"retract --batch {batch} --reason x -n")
    assert "1 facts" in answer.out
    assert "nothing is written" in answer.out
    assert camp.position == position


def test_facts_that_were_taken_back_before_are_passed_over(camp: Office) -> None:
    batch = bring(camp, {**MOVE, "count": "5", "id": "MOV-A"}, {**MOVE, "count": "6"})
    camp.ok("retract MOV-A --reason x")
    answer = camp.ok(f"retract --batch {batch} --reason x -f json").json
    assert (answer["retracted"], answer["before"]) == (1, 1)


def test_facts_about_facts_of_a_batch_are_taken_back_with_them(camp: Office) -> None:
    before = people(camp)
    batch = bring(
        camp,
        {"fact": "fact.corrected", "id": "MOV-H1-24", "of": 1, "set": {"count": "300"},
         "reason": "x", "occurred": "2013-05-01"},
        {**MOVE, "id": "MOV-A", "count": "5"},
        {"fact": "fact.corrected", "id": "MOV-A", "of": 1, "set": {"count": "7"},
         "reason": "x", "occurred": "2013-05-02"},
    )  # fmt: skip
    assert people(camp) == "307"
    assert camp.ok(f"retract --batch {batch} --reason x -f json").json["retracted"] == 3
    assert people(camp) == before


def test_what_hangs_on_a_batch_and_came_otherwise_is_named(camp: Office) -> None:
    opened = {"fact": "site.opened", "id": "SIT-NEW", "name": "New", "timezone": "UTC",
              "occurred": "2013-01-01"}  # fmt: skip
    incident = {"fact": "incident.opened", "id": "INC-NEW", "site": "hurriya", "kind": "attack",
                "title": "x", "occurred": "2013-05-01"}  # fmt: skip
    batch = bring(camp, opened, incident)
    camp.ok("record incident claimed INC-NEW --claimant press --killed 5")
    camp.ok("record movement made MOV-B --from outside --to new --count 5")
    answer = camp.ok(f"retract --batch {batch} --reason x -f json").json
    assert answer["no_longer_count"] == ["INC-NEW/2"]
    assert answer["name_what_is_gone"] == ["MOV-B/1"]


def test_where_one_fact_cannot_be_taken_back_none_is(camp: Office) -> None:
    """Restoring a beginning is refused while its thing has been begun again."""
    camp.ok("retract INC-ONE/1 --reason x")
    number = len(camp.ok("show INC-ONE -f json").rows)
    camp.ok(f"retract INC-ONE/{number} --reason x")
    batch = bring(
        camp,
        {
            "fact": "fact.retracted",
            "id": "INC-ONE",
            "of": 1,
            "reason": "x",
            "occurred": "2013-05-01",
        },
        {**MOVE, "count": "5"},
    )
    camp.ok("record incident opened INC-ONE --site hurriya --kind attack --title again")
    position = camp.position
    answer = camp(f"retract --batch {batch} --reason x")
    assert (answer.code, "[E3206]" in answer.err) == (4, True)
    assert camp.position == position


def test_an_unknown_batch_lists_the_newest(camp: Office) -> None:
    answer = camp("retract --batch IMP-1 --reason x")
    assert (answer.code, "[E5008]" in answer.err) == (2, True)
    assert "no import has recorded anything yet" in answer.err
    batches = [bring(camp, {**MOVE, "count": str(n)}) for n in range(1, 8)]
    answer = camp("retract --batch IMP-1 --reason x")
    assert all(batch in answer.err for batch in batches[-5:])
    assert batches[0] not in answer.err


def test_either_a_fact_or_a_batch_is_named(camp: Office) -> None:
    for line in (
        "retract --reason x",
        "retract INC-ONE/1 --batch IMP-1 --reason x",
        "retract --batch IMP-1 --reason x --key k",
        "retract --batch IMP-1 --reason x --expect INC-ONE/1",
    ):
        answer = camp(line)
        assert (answer.code, "[E5001]" in answer.err) == (2, True), line


def test_facts_that_were_taken_back_can_be_imported_under_another_key(camp: Office) -> None:
    """The same keys still mean the facts that were taken back."""
    batch = bring(camp, {**MOVE, "id": "MOV-A", "key": "a", "count": "5"})
    camp.ok(f"retract --batch {batch} --reason 'the wrong map'")
    camp.write("facts.jsonl", json.dumps({**MOVE, "id": "MOV-A", "key": "a", "count": "6"}))
    assert camp("import facts.jsonl -f json").json["problems"][0]["code"] == "E3901"
    assert bring(camp, {**MOVE, "id": "MOV-A", "key": "again-a", "count": "6"})
