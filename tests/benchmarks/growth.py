"""What grows with the number of people: load ledgers of several sizes, and measure each.

    python -m tests.benchmarks.growth --people 100000 300000 1000000 2600000 \
        --into docs/explanation

writes `scale-growth.csv` and `scale-growth.svg`, and the table of `scale.md`, where there is one.
Of each size everything is done once, in a process of its own; the large ones take their time.
"""

from __future__ import annotations

import argparse
import csv
import shutil
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks import plot, run, scale, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.benchmarks.measure import Place, Taken

Row = dict[str, float]

#: What is measured, and how it is called.
WORKS = {
    "import": "vigil.load",
    "rebuild": "vigil.rebuild",
    "rebuild_2_jobs": "vigil.rebuild_two",
    "replay_to_half": "vigil.replay_half",
    "population_place": "vigil.population_one",
    "population_all": "vigil.population_all",
}
PLOTTED = {
    "import": "import",
    "rebuild": "rebuild, 1 process",
    "rebuild_2_jobs": "rebuild, 2 processes",
    "replay_to_half": "replay to the middle",
}


def measured(folder: Path, people: int) -> Row:
    """The figures of one size: seconds, peaks in megabytes, sizes of files in megabytes."""
    run.tell(f"{people:,} people: import")
    place, loaded = run.place(folder, scale.Size.people(people))
    taken = {"import": loaded}
    for name, work in WORKS.items():
        if name not in taken:
            run.tell(f"{people:,} people: {name}")
            taken[name] = run.works(place, [work])[work]()
    row = {"people": people, "facts": loaded.number, **_figures(taken), **_sizes(place)}
    shutil.rmtree(place.folder)
    return row


def _figures(taken: dict[str, Taken]) -> Row:
    return {
        column: value
        for name, one in taken.items()
        for column, value in (
            (f"{name}_seconds", round(one.seconds, 5)),
            (f"{name}_peak_mb", round(one.peak / 1e6)),
        )
    }


def _sizes(place: Place) -> Row:
    files = {"lines": place.facts, "ledger": place.database, "views": place.views}
    return {f"{name}_file_mb": round(path.stat().st_size / 1e6, 1) for name, path in files.items()}


def as_csv(rows: list[Row]) -> str:
    """One line a size."""
    out = StringIO(newline="")
    writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def as_svg(rows: list[Row]) -> str:
    """Seconds by facts. A line that climbs like the grid's diagonal grows as the facts do."""
    lines = {
        label: [(row["facts"], row[f"{name}_seconds"]) for row in rows]
        for name, label in PLOTTED.items()
    }
    return plot.svg(lines, "facts", "seconds")


def markdown(rows: list[Row], command: str) -> Iterator[str]:
    """The page's table: figures down, sizes across."""
    yield from (*table.heading(command), "")
    people = "".join(f" {row['people']:,.0f} people |" for row in rows)
    yield f"| |{people}"
    yield f"|---|{'---:|' * len(rows)}"
    for column in rows[0]:
        if column != "people":
            cells = "".join(f" {_cell(column, row[column])} |" for row in rows)
            yield f"| {_label(column)} |{cells}"
    yield from ("", "![Seconds by facts, on logarithmic axes](scale-growth.svg)")


def _label(column: str) -> str:
    words = column.replace("_", " ").replace(" mb", " (MB)")
    questions = column.startswith("population") and column.endswith("seconds")
    return words.replace("seconds", "p99 (ms)" if questions else "(s)")


def _cell(column: str, value: float) -> str:
    if column.startswith("population") and column.endswith("seconds"):
        return f"{value * 1000:,.2f}"
    return f"{value:,.1f}" if column.endswith("seconds") else f"{value:,.0f}"


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    sizes = [100_000, 300_000, 1_000_000, 2_600_000]
    parser.add_argument("--people", type=int, nargs="+", metavar="N", default=sizes)
    parser.add_argument("--into", type=Path, metavar="DIR", required=True)
    given = parser.parse_args(arguments)
    rows = []
    with run.room() as folder:
        for people in given.people:
            rows.append(measured(folder, people))
            # Written after each size: a large one may be interrupted.
            (given.into / "scale-growth.csv").write_text(as_csv(rows), encoding="utf-8")
            (given.into / "scale-growth.svg").write_text(as_svg(rows), encoding="utf-8")
    page = given.into / "scale.md"
    if page.exists():
        words = f"make growth PEOPLE='{' '.join(map(str, given.people))}'"
        lines = "".join(f"{line}\n" for line in markdown(rows, words))
        page.write_text(table.replaced(page.read_text(encoding="utf-8"), lines), encoding="utf-8")


if __name__ == "__main__":
    main()
