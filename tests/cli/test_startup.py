"""Help, usage errors and queries start fast because they import no heavy package."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Office

HEAVY = ("pydantic", "pydantic_core", "eventsourcing", "pycountry")

_ASK = f"""
import sys
from cli.main import main
code = main(sys.argv[1:])
found = sorted({{name.partition(".")[0] for name in sys.modules}} & set({HEAVY!r}))
print("IMPORTED", code, *found, file=sys.stderr)
"""

LIGHT = [
    "--help",
    "-h",
    "--version",
    "",
    "stauts",
    "status --frob",
    "query populaton",
    "query --help",
    "record --help",
    "record",
    "record movement --help",
    "record movment made",
    "correct --help",
    "import --help",
    "query population",
    "query population -f json --on 2012-02-18 --as-known 2013-01-01",
    "query claims --incident INC-HURRIYA-2013-02-09",
    "query movements --from 2012 --to 2012 -f csv",
    "query placements",
    "query incidents -f ids",
    "query figures -f jsonl",
    "query findings",
    "query watches",
    "query coverage --site hurriya",
    "query services --standard sphere-2018",
    "query timeline --site hurriya",
    "diff --help",
    "diff 2012 2013",
    "doctor",
    "check",
    "status",
    "status -f json",
    "log --since 5 --grep hurriya -f json",
    "log",
    "show MOV-PR-034",
    "export facts",
    "export views --help",
    "export views --view fund -o -",
    "export hxl --view claims",
    "query incidents --labels fa",
    "template --help",
    "template",
]


@pytest.mark.parametrize("line", LIGHT)
def test_it_needs_no_heavy_import(demo: Office, line: str) -> None:
    demo.ok("query population")
    child = subprocess.run(  # noqa: PLW1510
        [sys.executable, "-c", _ASK, *line.split()],
        cwd=demo.folder, env={**os.environ, **demo.environment}, capture_output=True, text=True,
        timeout=60,
    )  # fmt: skip
    said = child.stderr.splitlines()[-1]
    assert said.startswith("IMPORTED "), child.stderr
    assert [name for name in said.split()[2:] if name != "pycountry"] == []


def test_the_version_is_that_of_the_distribution(office: Office) -> None:
    from importlib.metadata import version

    assert office.ok("--version").out == f"vigil {version('vigil-ledger')}\n"
