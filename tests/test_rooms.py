"""Three rooms: cli may import both others, projections the ledger, the ledger neither."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FORBIDDEN = {"ledger": {"projections", "cli"}, "projections": {"cli"}}


def imported(file: Path) -> set[str]:
    """The first part of the name of every module that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module.partition(".")[0])
    return found


@pytest.mark.parametrize("room", FORBIDDEN)
def test_a_room_imports_only_what_lies_below_it(room: str) -> None:
    files = list((ROOT / room).rglob("*.py"))
    assert files
    wrong = {str(f.relative_to(ROOT)): imported(f) & FORBIDDEN[room] for f in files}
    assert {file: names for file, names in wrong.items() if names} == {}


@pytest.mark.parametrize("room", ["ledger", "projections", "cli"])
def test_no_room_imports_relatively_or_by_a_path_of_its_own(room: str) -> None:
    for file in (ROOT / room).rglob("*.py"):
        levels = [
            node.level
            for node in ast.walk(ast.parse(file.read_text("utf-8")))
            if isinstance(node, ast.ImportFrom)
        ]
        assert not any(levels), file


@pytest.mark.parametrize(
    "module",
    [
        "ledger", "ledger.registry", "ledger.errors", "ledger.folder", "ledger.history",
        "ledger.known", "ledger.index", "ledger.values.when", "ledger.values.figure", "projections.views",
    ],
)  # fmt: skip
def test_reading_needs_neither_pydantic_nor_eventsourcing(module: str) -> None:
    code = (
        f"import sys, {module}\n"
        "print(*sorted({'pydantic', 'pydantic_core', 'eventsourcing'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []
