"""A ledger to hurt, and the table of what was done to it, printed at the end."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.faults import rig

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger of four facts, sealed; tests copy it."""
    return rig.office(tmp_path_factory.mktemp("faults") / "office")


@pytest.fixture
def room() -> Iterator[Path]:
    """A folder in memory where there is one: no fault here but the power cut needs a real disk."""
    memory = Path("/dev/shm")
    where = memory if memory.is_dir() and os.access(memory, os.W_OK) else None
    path = Path(tempfile.mkdtemp(prefix="vigil-faults-", dir=where))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def camp(template: Path, room: Path) -> Path:
    """A ledger of four facts, sealed."""
    return shutil.copytree(template, room / "camp")


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's ledger, in one file; tests copy it."""
    folder = tmp_path_factory.mktemp("faults-demo") / "demo"
    folder.mkdir()
    rig.done(folder, "demo . -q")
    rig.settled(folder)
    return folder


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not rig.COUNTS.rows or not rig.LONG:
        return
    terminalreporter.section("faults")
    for line in rig.COUNTS.markdown():
        terminalreporter.write_line(line)
