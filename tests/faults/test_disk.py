"""A disk that fills up, 4 KiB earlier each time: said, nothing half-written, mended by room."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.faults.rig import COUNTS, LONG, MOVE, Answer, Victim, done, keys, sound, vigil

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STEP = 4096
#: In the short form every so-many-eth step.
STRIDE = 1 if LONG else 6
ROWS = 60
LINES = {
    "record": [*MOVE.split(), "--key", "K-0", "-f", "json"],
    "import": ["import", "rows.jsonl", "-f", "json"],
    "checkpoint": ["checkpoint", "-f", "json"],
    "replay": ["replay", "-f", "json"],
}


@pytest.fixture
def medium(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own, 3 MB in memory."""
    path = tmp_path / "medium"
    path.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "vigil-faults", path],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    if mounted.returncode:
        pytest.skip(f"NOT TESTED, full disks: mounting is not permitted here: {mounted.stderr}")
    try:
        yield path
    finally:
        subprocess.run(["umount", "--lazy", path], check=True)


def _leave(medium: Path, room: int) -> Path:
    """A file that takes all the room there is but for some bytes."""
    filler = medium / "filler"
    free = os.statvfs(medium).f_bavail * os.statvfs(medium).f_frsize
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(1, free - room))
    return filler


@pytest.mark.parametrize("command", LINES)
def test_a_disk_that_fills_up_keeps_nothing_half_written(
    command: str, template: Path, medium: Path
) -> None:
    line = LINES[command]
    expected = {"record": 1, "import": ROWS}.get(command, 0)
    succeeded = 0
    for step in range(0, 400, STRIDE):
        folder = shutil.copytree(template, medium / "camp")
        if command == "checkpoint":
            for number in range(3):
                done(folder, f"{MOVE} --key C-{number}")
        (folder / "rows.jsonl").write_text("".join(
            json.dumps({"fact": "movement.made", "occurred": "2013-02-01", "from": "ashraf",
                        "to": "hurriya", "count": 1, "note": "x" * 500, "key": f"K-{row}"}) + "\n"
            for row in range(ROWS)
        ))  # fmt: skip
        before = keys(folder)
        filler = _leave(medium, step * STEP)
        victim = Victim(lambda say, folder=folder: say(json.dumps(vigil(folder, line))))
        victim.go()
        assert victim.end() == 0, victim.said
        answer = Answer(*json.loads(victim.said[0]))
        filler.unlink()
        stored = (keys(folder) - before).total()
        if answer.code:
            assert (answer.code, "E1006" in answer.err) == (1, True), (step, answer.err)
            assert stored == 0, (step, answer.err)
            outcome = "E1006, nothing kept"
        else:
            assert stored == expected
            late = "warning" in answer.err
            outcome = "stored, views or seal behind and said so" if late else "done"
        sound(folder)
        again = done(folder, line).json
        if expected:
            assert again["already"] == (stored if command == "import" else bool(stored))
        assert (keys(folder) - before).total() == expected
        sound(folder)
        shutil.rmtree(folder)
        COUNTS.add("the disk fills up, in steps of 4 KiB", f"`{command}`", outcome)
        succeeded += outcome == "done"
        if succeeded == 3:
            return
    pytest.fail("the disk was never large enough")
