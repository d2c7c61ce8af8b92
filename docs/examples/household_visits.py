"""An export as KoboToolbox makes it, with a repeat and hashtags. Nothing in it ever happened.

    python household_visits.py visits.xlsx [--later]

The form has a group `visit` and a repeat `needs`; the columns are those of an export with XML names
as headers. With `--later` it is the export of the next day: one visit more, and one approved since.
It needs the package XlsxWriter.
"""

from __future__ import annotations

import argparse
from typing import Any

import xlsxwriter

OWN = ("_id", "_uuid", "_submission_time", "_validation_status", "_notes", "_status",
       "_submitted_by", "__version__", "_tags", "_index")  # fmt: skip
OF_REPEATS = ("_index", "_parent_table_name", "_parent_index", "_submission__id",
              "_submission__uuid", "_submission__submission_time",
              "_submission__validation_status")  # fmt: skip
FORM, REPEAT = "Household visits", "needs"
HEADER = ("visit/day", "visit/site", "visit/people", *OWN)
TAGS = ("#date", "#loc+name", "#affected+ind")
#: The day, the site, how many people, the time of the server, and the validation status.
VISITS = (
    ("2025-04-07", "north", 31, "2025-04-07T13:02:11", "Approved"),
    ("2025-04-07", "north", 18, "2025-04-07T15:40:59", "On Hold"),
    ("2025-04-08", "river", 44, "2025-04-08T09:12:30", ""),
)
LATER = ("2025-04-09", "river", 12, "2025-04-09T08:00:05", "")
#: The visit, from 1, and what was needed there.
NEEDS = ((1, "water", "the tank leaks"), (1, "medical", "insulin"), (3, "shelter", "two tents"))


def visits(*, later: bool) -> list[list[Any]]:
    """The rows of the form's sheet under its header."""
    made = [list(visit) for visit in (*VISITS, *((LATER,) if later else ()))]
    if later:
        made[1][4] = "Approved"
    return [
        [*visit[:3], 5000 + n, uuid(n), *visit[3:5], "", "submitted_via_web", "enumerator", "v1",
         "", n]
        for n, visit in enumerate(made, 1)
    ]  # fmt: skip


def needs(of: list[list[Any]]) -> list[list[Any]]:
    """The rows of the repeat's sheet; each names the visit it belongs to."""
    return [
        [kind, text, index, FORM, visit, of[visit - 1][3], uuid(visit), of[visit - 1][5], ""]
        for index, (visit, kind, text) in enumerate(NEEDS, 1)
    ]


def uuid(number: int) -> str:
    """The name that the server gave a submission."""
    return f"00000000-0000-4000-8000-{number:012}"


def write(path: str, *, later: bool) -> None:
    """Write the workbook."""
    found = visits(later=later)
    with xlsxwriter.Workbook(path) as book:
        for name, rows in (
            (FORM, [HEADER, TAGS, *found]),
            (REPEAT, [("needs/kind", "needs/what", *OF_REPEATS), *needs(found)]),
        ):
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)


def main() -> None:
    """Write the export."""
    options = argparse.ArgumentParser(description="Visits that nobody made.")
    options.add_argument("file")
    options.add_argument("--later", action="store_true")
    given = options.parse_args()
    write(given.file, later=given.later)


if __name__ == "__main__":
    main()
