"""Commands start fast because each imports no package that it does not need.

What a command may import beside click is written down here; all else that is not Python's own or
ours is too much. Help, usage errors and queries of views that are up to date may import nothing.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from cli.main import COMMANDS
from projections.views import VIEWS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Office

NOTHING: frozenset[str] = frozenset()
CLASSES = frozenset({"pydantic", "pydantic_core", "annotated_types", "typing_extensions",
                     "typing_inspection"})  # fmt: skip
STORE = frozenset({"eventsourcing", "typing_extensions"})
COUNTRIES = frozenset({"pycountry"})
SHEETS = frozenset({"xlsxwriter", "python_calamine"})
SEAL = frozenset({"cryptography"})
#: A fact is validated by its class, stored by the library, and the views are brought up to date.
RECORDING = CLASSES | STORE | COUNTRIES | {"stdnum"}

_ASK = """
import sys
from cli.main import main
code = main(sys.argv[1:])
ours = {"cli", "ledger", "projections", "click"}
found = {name.partition(".")[0] for name in sys.modules} - set(sys.stdlib_module_names) - ours
print("IMPORTED", code, *sorted(name for name in found if name[0] != "_"), file=sys.stderr)
"""

#: Of every command a line, or several, and what it may import.
RUNS: dict[str, list[tuple[str, frozenset[str]]]] = {
    "init": [("init other", STORE)],
    "demo": [("demo other", RECORDING | SEAL)],
    "status": [("status", NOTHING), ("status -f json", NOTHING)],
    "record": [
        ("record movement --help", NOTHING),
        ("record movment made", NOTHING),
        ("record movement made --help", CLASSES),
        ("record movement made --from hurriya --to left --count 1", RECORDING),
    ],
    "correct": [("correct MOV-PR-034 --set count=338 --reason found", RECORDING)],
    "retract": [("retract MOV-PR-034 --reason found", RECORDING)],
    "assess": [("assess MOV-PR-034 --status corroborated --basis seen", RECORDING)],
    "attach": [("attach MOV-PR-034/1 vigil.toml", RECORDING)],
    "import": [("import empty.jsonl", RECORDING)],
    "inspect": [("inspect rows.csv", CLASSES | COUNTRIES)],
    "template": [
        ("template", NOTHING),
        ("template movement.made -o F.xlsx", CLASSES | COUNTRIES | {"xlsxwriter"}),
    ],
    "query": [
        ("query populaton", NOTHING),
        ("query population -f json --on 2012-02-18 --as-known 2013-01-01", NOTHING),
        ("query claims --incident INC-HURRIYA-2013-02-09", NOTHING),
        ("query movements --from 2012 --to 2012 -f csv", NOTHING),
        ("query incidents -f ids", NOTHING),
        ("query figures -f jsonl", NOTHING),
        ("query coverage --site hurriya", NOTHING),
        ("query services --standard sphere-2018", NOTHING),
        ("query population --place ALB", COUNTRIES),
        ("query timeline --site hurriya", NOTHING),
        ("query incidents --labels fa", NOTHING),
        ("query placements --country ALB", COUNTRIES),
        *((f"query {view}", NOTHING) for view in VIEWS),
    ],
    "show": [("show MOV-PR-034", NOTHING)],
    "diff": [("diff 2012 2013", NOTHING)],
    "doctor": [("doctor", SHEETS)],
    "completion": [("completion bash", NOTHING)],
    "log": [("log", NOTHING), ("log --since 5 --grep hurriya -f json", NOTHING)],
    "replay": [("replay", RECORDING), ("replay --to 20", RECORDING)],
    "verify": [("verify", SEAL), ("verify --deep", SEAL | RECORDING)],
    "checkpoint": [("checkpoint", SEAL)],
    "prove": [("prove MOV-PR-034/1", SEAL)],
    "witness": [("witness new station", SEAL)],
    "check": [("check", NOTHING)],
    "export": [
        ("export facts", NOTHING),
        ("export tiles", NOTHING),
        ("export views --help", NOTHING),
        ("export views --view fund -o -", NOTHING),
        ("export views -o F.xlsx", COUNTRIES | {"xlsxwriter"}),
        ("export hxl --view claims", NOTHING),
    ],
    "backup": [("backup desk.db", STORE)],
    "explain": [
        ("explain movement.made", CLASSES),
        ("explain count", CLASSES),
        ("explain E2104", CLASSES),
    ],
}

#: Lines that belong to no command, and those that end before their command begins.
BEFORE = ["", "--help", "-h", "--version", "stauts", "record"]

#: Usage errors, as is every line with --frob.
REFUSED = ("", "stauts", "record", "record movment made", "query populaton", "template")

LINES = [
    *((line, NOTHING) for line in BEFORE),
    *((f"{command} --help", NOTHING) for command in COMMANDS),
    *((f"{command} --frob", NOTHING) for command in COMMANDS),
    *(run for command in COMMANDS for run in RUNS.get(command, [])),
]


@pytest.fixture
def desk(demo: Office, tmp_path: Path) -> Path:
    """A copy of the demo's ledger, its views up to date."""
    demo.ok("query population")
    folder = shutil.copytree(demo.folder, tmp_path / "desk")
    (folder / "empty.jsonl").touch()
    (folder / "rows.csv").write_text("day,people,to\n2012-02-18,397,hurriya\n")
    return folder


def imported(desk: Path, line: str) -> set[str]:
    """The packages that a command imports, in a process of its own."""
    away = ("VIGIL_LEDGER", "VIGIL_ACTOR", "PYTHONSTARTUP")
    environment = {name: value for name, value in os.environ.items() if name not in away}
    child = subprocess.run(
        [sys.executable, "-c", _ASK, *shlex.split(line)],
        cwd=desk,
        env={**environment, "HOME": str(desk)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    said = (child.stderr.splitlines() or [""])[-1].split()
    assert said[:1] == ["IMPORTED"], child.stderr
    code, *found = said[1:]
    expected = (
        "2" if line in REFUSED or line.endswith("--frob") else "7" if line == "check" else "0"
    )
    assert code == expected, child.stderr
    return set(found)


@pytest.mark.parametrize("command", COMMANDS)
def test_what_a_command_may_import_is_written_down(command: str) -> None:
    assert RUNS.get(command), f"add a line to RUNS: what {command} is called with, what it needs"


@pytest.mark.parametrize(("line", "allowed"), dict(LINES).items(), ids=dict(LINES))
def test_a_command_imports_what_it_needs_and_no_more(
    desk: Path, line: str, allowed: frozenset[str]
) -> None:
    assert imported(desk, line) <= allowed


def test_a_query_imports_what_it_needs_where_views_are_behind(desk: Path) -> None:
    """And so the others above are asked of views that are up to date."""
    (desk / "views.db").unlink()
    assert STORE <= imported(desk, "query population") <= RECORDING
    assert imported(desk, "query population") == set()


@pytest.mark.parametrize("line", ["--version", "query fund"])
def test_the_script_looks_for_no_translation(desk: Path, line: str) -> None:
    """There is none of what click says, and looking for one brings the module `locale`."""
    script = "from cli.main import run; run()"
    child = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", script, *line.split()],
        cwd=desk, capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    imported = {row.rpartition("|")[2].strip() for row in child.stderr.splitlines()}
    assert "click" in imported
    assert "locale" not in imported


def test_the_version_is_that_of_the_distribution(office: Office) -> None:
    from importlib.metadata import version

    assert office.ok("--version").out == f"vigil {version('vigil-ledger')}\n"
