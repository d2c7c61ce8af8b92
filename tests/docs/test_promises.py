"""The privacy promises of the README: no socket, and files that only their owner reads."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

WITHOUT_SOCKETS = """
import sys

def watch(event, arguments):
    if event.startswith(("socket.", "urllib.", "http.", "smtplib.", "ftplib.")):
        raise SystemExit(f"opened a socket: {event} {arguments}")

sys.addaudithook(watch)
from cli.main import run
run()
"""

COMMANDS = """
demo .
record movement made --from hurriya --to left --count 1
correct MOV-PR-034 --set count=338 --reason found
query population -o population.txt
query movements --as-recorded 5
export facts -o facts.jsonl
init other
import facts.jsonl -L other
replay --into views-then.db --to 20
backup copy.db
"""


@pytest.fixture(scope="module")
def camp(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger in which most commands have run, under the loosest umask, without a socket."""
    folder = tmp_path_factory.mktemp("camp")
    for line in COMMANDS.strip().splitlines():
        words = [sys.executable, "-c", WITHOUT_SOCKETS, *line.split()]
        done = subprocess.run(
            words,
            cwd=folder,
            env={"PYTHONPATH": str(ROOT)},
            umask=0,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
    return folder


def test_no_command_opens_a_socket(camp: Path) -> None:
    assert (camp / "copy.db").is_file()


def test_every_file_is_readable_by_its_owner_alone(camp: Path) -> None:
    files = [path for path in camp.rglob("*") if path.is_file()]
    modes = {file.name: oct(file.stat().st_mode & 0o777) for file in files}
    assert {"vigil.toml", "ledger.db", "views.db", "facts.jsonl", "copy.db"} <= set(modes)
    assert set(modes.values()) == {"0o600"}, modes
