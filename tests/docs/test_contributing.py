"""The worked example of CONTRIBUTING.md is true: its edits fit the code, and the new fact works."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EDIT = re.compile(r"^```diff (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
VIGIL = [sys.executable, "-c", "from cli.main import run; run()"]

SESSION = """
init . --actor HRO-07
record site opened SIT-HURRIYA --name "Camp Hurriya" --timezone Asia/Baghdad --received 2012-01-01
record incident opened INC-ONE --site hurriya --kind attack --title Attack --received 2013-02-09
record incident claimed INC-ONE --claimant ministry --killed 5 --received 2013-02-09
record incident claimed INC-ONE --claimant unhcr --killed 6 --received 2013-02-09
record incident claim_withdrawn INC-ONE --claim 2 --received 2013-02-12
"""


def apply(edit: str, file: Path) -> None:
    """Replace the lines of an edit that are there (` ` and `-`) by those that are to be."""
    lines = [(line[:1] or " ", line[1:]) for line in edit.splitlines()]
    before = "".join(f"{text}\n" for mark, text in lines if mark != "+")
    after = "".join(f"{text}\n" for mark, text in lines if mark != "-")
    code = file.read_text(encoding="utf-8")
    assert code.count(before) == 1, f"{file.name} does not have, once:\n{before}"
    file.write_text(code.replace(before, after), encoding="utf-8")


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the code with the edits of the page."""
    for room in ("ledger", "projections", "cli"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / room, tmp_path / room, ignore=ignored)
    for file, edit in EDIT.findall((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")):
        apply(edit, tmp_path / file)
    return tmp_path


def test_a_kind_of_fact_is_added_in_three_places(house: Path) -> None:
    def vigil(line: str) -> subprocess.CompletedProcess[str]:
        words, here = [*VIGIL, *shlex.split(line)], {"PYTHONPATH": str(house)}
        return subprocess.run(
            words, cwd=house, env=here, capture_output=True, text=True, check=False
        )

    for line in SESSION.strip().splitlines():
        done = vigil(line)
        assert done.returncode == 0, done.stderr
    now = vigil("query claims -f ids")
    before = vigil("query claims --as-known 2013-02-11 -f ids")
    assert now.stdout.split() == ["INC-ONE/3"]
    assert before.stdout.split() == ["INC-ONE/2", "INC-ONE/3"]
    again = vigil("record incident claim_withdrawn INC-ONE --claim 7")
    assert again.returncode == 4
    assert "INC-ONE/7 is not a claim that stands [E3599]" in again.stderr
