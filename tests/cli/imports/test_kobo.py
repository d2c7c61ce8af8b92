"""Exports of KoboToolbox: a submission is known by its uuid, a repeat by its submission."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import pytest

from cli.imports.kobo import aliases, plain_status, received, ungrouped
from ledger.errors.files import ColumnUnclear
from tests.cli.imports import books

if TYPE_CHECKING:
    from tests.cli.conftest import Answer, Office

OWN = ["_id", "_uuid", "_submission_time", "_validation_status", "_notes", "_status",
       "_submitted_by", "__version__", "_tags", "_index"]  # fmt: skip
OF_REPEATS = ["_index", "_parent_table_name", "_parent_index", "_submission__id",
              "_submission__uuid", "_submission__submission_time",
              "_submission__validation_status"]  # fmt: skip
FORM, REPEAT = "Arrivals", "need"


def submission(n: int, people: Any = 5, status: str = "", uuid: str | None = None) -> list[Any]:
    return ["2024-03-05", "Hurriya", people, 100 + n, uuid or f"uuid-{n}",
            f"2024-03-05T10:22:{n:02}", status, "", "submitted_via_web", "enumerator", "v1",
            "", n]  # fmt: skip


def need(what: str, index: int, parent: int) -> list[Any]:
    return [what, index, FORM, parent, 100 + parent, f"uuid-{parent}",
            f"2024-03-05T10:22:{parent:02}", ""]  # fmt: skip


def export(
    camp: Office,
    submissions: list[list[Any]],
    needs: list[list[Any]] | None = None,
    *,
    group: str = "arrival/",
    tags: bool = False,
) -> None:
    names = [f"{group}{name}" for name in ("day", "camp", "people")]
    tag = [["", "#loc+name", "#affected+ind"]] if tags else []
    sheets = {FORM: [[*names, *OWN], *tag, *submissions]}
    if needs is not None:
        sheets[REPEAT] = [["what", *OF_REPEATS], *needs]
    books.write(camp.folder / "export.xlsx", sheets)


MAP = """
[kobo.assess]
approved = "corroborated"
not_approved = "rejected"
on_hold = "disputed"

[[row]]
[[row.fact]]
fact = "movement.made"
occurred = "{day}"
from = "outside"
to = "{camp|lower}"
count = "{people}"
"""
NEEDS = """
kobo = true
sheet = "need"

[[row]]
[[row.fact]]
fact = "observation.made"
occurred = "{parent.day}"
category = "other"
text = "{what} at {parent.arrival/camp}"
lang = "en"
seen = "direct"
"""


def take(camp: Office, options: str = "", map: str = MAP, file: str = "export.xlsx") -> Answer:
    camp.write("map.toml", map)
    return camp(f"import {file} --map map.toml -f json {options}")


def last(camp: Office, count: int) -> list[dict[str, Any]]:
    return camp.ok("log -f json").rows[-count:]


@pytest.mark.parametrize("group", ["", "arrival/", "a/b/"])
@pytest.mark.parametrize("tags", [False, True])
def test_submissions_become_facts_once(camp: Office, group: str, tags: bool) -> None:
    export(camp, [submission(1), submission(2)], group=group, tags=tags)
    assert take(camp).json["recorded"] == 2
    assert take(camp).json["already"] == 2
    first, second = last(camp, 2)
    assert (first["key"], second["key"]) == ("uuid-1", "uuid-2")
    assert first["received"] == "2024-03-05T10:22:01Z"


def test_more_submissions_in_another_order_are_recognised(camp: Office) -> None:
    export(camp, [submission(1), submission(2)])
    take(camp)
    export(camp, [submission(3), submission(2), submission(1)], group="")
    assert (take(camp).json["recorded"], take(camp).json["already"]) == (1, 3)


def test_a_csv_of_the_same_form_is_the_same(camp: Office) -> None:
    export(camp, [submission(1)])
    take(camp)
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=";", quoting=csv.QUOTE_ALL)
    writer.writerow(["day", "camp", "people", *OWN])
    writer.writerows([["#date", "", "#affected", *([""] * len(OWN))], submission(1), submission(2)])
    camp.write("export.csv", written.getvalue())
    answer = take(camp, map=f'delimiter = ";"\n{MAP}', file="export.csv").json
    assert (answer["recorded"], answer["already"]) == (1, 1)


def test_a_validation_status_is_an_assessment_with_its_basis(camp: Office) -> None:
    statuses = ["Approved", "validation_status_not_approved", "On Hold", ""]
    export(camp, [submission(n, status=status) for n, status in enumerate(statuses, 1)])
    assert take(camp).json["facts"] == 7
    given = [row for row in last(camp, 7) if row["name"] == "fact.assessed"]
    assert [row["status"] for row in given] == ["corroborated", "rejected", "disputed"]
    assert given[0]["basis"] == "validation status in KoboToolbox: Approved"
    assert take(camp).json["facts"] == 0


def test_a_validation_status_that_changes_is_told_anew_each_time(camp: Office) -> None:
    made = []
    for status in ("On Hold", "Approved", "Approved", "On Hold", "Approved"):
        export(camp, [submission(1, status=status)])
        made.append(take(camp).json["facts"])
    assert made == [2, 1, 0, 1, 1]
    assert camp.ok(f"show {last(camp, 1)[0]['id']} -f json").rows[0]["status"] == "corroborated"


def test_an_older_and_a_newer_export_at_once_are_told_as_one_after_the_other(camp: Office) -> None:
    camp.write("map.toml", MAP)
    for name, status in (("older", "On Hold"), ("newer", "Approved")):
        export(camp, [submission(1, status=status)])
        (camp.folder / "export.xlsx").rename(camp.folder / f"{name}.xlsx")
    answer = camp.ok("import older.xlsx newer.xlsx --map map.toml -f json").json
    assert (answer["recorded"], answer["facts"]) == (2, 3)
    assert [row.get("status") for row in last(camp, 2)] == ["disputed", "corroborated"]


def test_what_an_officer_found_since_is_not_assessed_again(camp: Office) -> None:
    export(camp, [submission(1, status="Approved")])
    take(camp)
    fact = last(camp, 2)[0]["fact"]
    camp.ok(f"assess {fact} --status rejected --basis 'a hoax'")
    assert take(camp).json["facts"] == 0
    assert camp.ok(f"show {fact} -f json").rows[0]["status"] == "rejected"


def test_a_submission_that_is_twice_in_a_file_names_both_rows(camp: Office) -> None:
    export(camp, [submission(1), submission(2), submission(3, uuid="uuid-1")])
    answer = take(camp)
    (problem,) = answer.json["problems"]
    assert (answer.code, problem["row"], problem["code"]) == (4, 4, "E4026")
    assert "row 2 and in row 4" in problem["message"]


def test_rows_of_a_repeat_have_the_cells_of_their_submission(camp: Office) -> None:
    needs = [need("water", 1, 1), need("medicine", 2, 1), need("water", 3, 2)]
    export(camp, [submission(1), submission(2)], needs, tags=True)
    assert take(camp, map=NEEDS).json["recorded"] == 3
    rows = last(camp, 3)
    assert [row["text"].split()[0] for row in rows] == ["water", "medicine", "water"]
    assert rows[0]["text"] == "water at Hurriya"
    assert rows[2]["received"] == "2024-03-05T10:22:02Z"
    assert take(camp, map=NEEDS).json["already"] == 3


def test_a_repeat_is_recognised_when_other_submissions_come_and_go(camp: Office) -> None:
    export(camp, [submission(1), submission(2)], [need("water", 1, 1), need("food", 2, 2)])
    take(camp, map=NEEDS)
    later = need("food", 1, 1)
    later[5] = "uuid-2"
    export(camp, [submission(1, uuid="uuid-2")], [later])
    assert take(camp, map=NEEDS).json["recorded"] == 0, "its times differ, so it is refused"


def test_a_repeat_of_a_repeat_has_the_cells_of_both(camp: Office) -> None:
    export(camp, [submission(1)], [need("water", 1, 1)])
    deep = need("5", 1, 1)
    deep[2] = REPEAT
    books.write(
        camp.folder / "export.xlsx",
        {
            FORM: [["day", "camp", "people", *OWN], submission(1)],
            REPEAT: [["what", *OF_REPEATS], need("water", 1, 1)],
            "litres": [["what", *OF_REPEATS], deep],
        },
    )
    map = (
        NEEDS.replace('"need"', '"litres"')
        .replace(
            "{what} at {parent.arrival/camp}", "{what} of {parent.what} at {parent.parent.camp}"
        )
        .replace("{parent.day}", "{parent.parent.day}")
    )
    assert take(camp, map=map).json["problems"] == []
    assert last(camp, 1)[0]["text"] == "5 of water at Hurriya"


def test_a_row_of_a_repeat_without_its_submission_can_be_mended(camp: Office) -> None:
    export(camp, [submission(1)], [need("water", 1, 1), need("food", 2, 9)])
    answer = take(camp, "--keep-going --rejects bad.csv", map=NEEDS)
    (problem,) = answer.json["problems"]
    assert (problem["row"], problem["code"], problem["field"]) == (3, "E4027", "_parent_index")
    table = list(csv.DictReader((camp.folder / "bad.csv").open()))
    table[0] |= {"parent.arrival/day": "2024-03-05", "parent.arrival/camp": "Hurriya"}
    with (camp.folder / "bad.csv").open("w") as file:
        writer = csv.DictWriter(file, list(table[0]))
        writer.writeheader()
        writer.writerows(table)
    assert take(camp, map=NEEDS, file="bad.csv").json["recorded"] == 1
    assert last(camp, 1)[0]["key"] == "uuid-9/need/1"


def test_an_edited_submission_is_a_conflict_where_the_export_says_what_it_was(
    camp: Office,
) -> None:
    def export_of(uuid: str, root: str, people: int) -> None:
        cells = submission(1, people=people, uuid=uuid)
        header = ["day", "camp", "people", *OWN, "meta/rootUuid"]
        books.write(camp.folder / "export.xlsx", {FORM: [header, [*cells, root]]})

    export_of("a-1", "", 5)
    assert take(camp).json["recorded"] == 1
    export_of("a-1", "uuid:a-1", 5)
    assert take(camp).json["already"] == 1
    export_of("a-2", "uuid:a-1", 6)
    (problem,) = take(camp).json["problems"]
    assert (problem["code"], "differs in count" in problem["message"]) == ("E3901", True)


def test_a_table_without_uuids_is_no_export(camp: Office) -> None:
    books.write(camp.folder / "export.xlsx", {FORM: [["day", "camp", "people"], ["x", "y", 1]]})
    answer = take(camp)
    assert (answer.code, answer.error["code"], answer.error["field"]) == (4, "E4005", "_uuid")


def test_a_column_that_is_in_two_groups_is_to_be_named_with_its_group() -> None:
    header = ["arrival/day", "departure/day", "people"]
    assert aliases(["people", "x/people"], header) == {"x/people": "people"}
    with pytest.raises(ColumnUnclear, match="arrival/day or departure/day"):
        aliases(["day"], header)


@pytest.mark.parametrize(
    ("said", "instant"),
    [
        ("2024-03-05T10:22:31", "2024-03-05T10:22:31Z"),
        ("2024-03-05 10:22:31.123", "2024-03-05T10:22:31Z"),
        ("2024-03-05T10:22:31+03:00", "2024-03-05T10:22:31+03:00"),
        ("2024-03-05T10:22:31Z", "2024-03-05T10:22:31Z"),
        ("2024-03-05", "2024-03-05"),
        ("", None),
    ],
)
def test_a_time_of_the_server_is_in_utc(said: str, instant: str | None) -> None:
    assert received({"_submission_time": said}) == instant


def test_a_status_is_known_by_its_label_and_by_its_code() -> None:
    for said in ("Not Approved", "validation_status_not_approved", " not approved "):
        assert plain_status(said) == "not_approved"
    assert ungrouped("parent.parent.a/b/c") == "parent.parent.c"


@pytest.mark.parametrize(
    "kobo",
    [
        'kobo = "yes"',
        "[kobo]\nkey = 1",
        '[kobo.assess]\napproved = "verified"',
        '[kobo.assess]\napproved = "fine"',
        "[kobo.assess]\napproved = 1",
    ],
)
def test_what_a_map_cannot_say_of_an_export_is_refused(camp: Office, kobo: str) -> None:
    export(camp, [submission(1)])
    assert take(camp, map=f"{kobo}\n{MAP[MAP.index('[[row]]') :]}").error["code"] == "E4009"
