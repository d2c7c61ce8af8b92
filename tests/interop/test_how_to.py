"""What the page tells a court's engineer to type works, in the order of the page."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

from tests.interop.conftest import ROOT, TOOLS, vigil

PAGE = ROOT / "docs" / "how-to" / "check-a-ledger-without-vigil.md"
FENCE = re.compile(r"^```(console|sh)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_page_does_what_it_says(go: Path, scales: Path, openssl: str, tmp_path: Path) -> None:
    folder, script = tmp_path, ["set -eu"]
    home = tmp_path / "vigil-demo"
    for language, block in FENCE.findall(PAGE.read_text(encoding="utf-8")):
        if language == "sh":
            script.append(block)
            continue
        for line in re.findall(r"^\$ (.*)$", block, re.MULTILINE):
            program, *words = shlex.split(line)
            if program == "vigil":
                vigil(folder, *words)
            elif program == "cd":
                folder = home
    settings = {
        "PATH": f"{scales}:{Path(sys.executable).parent}:{os.environ['PATH']}",
        "VIGIL": str(ROOT),
        "GOPATH": str(TOOLS / "go"),
        "GOCACHE": str(TOOLS / "go-cache"),
        "GOTOOLCHAIN": "local",
    }
    done = subprocess.run(
        ["sh"],
        input="\n".join(script),
        cwd=home,
        env=settings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = done.stdout.splitlines()
    for expected in (
        "proved: the first 148 facts",
        "Signature Verified Successfully",
        "signed: 148 entries",
        "included: entry 61 of 148",
        "complete: 148 entries in 3 files",
        "consistent: 148 entries grew into 149",
    ):
        assert any(line.startswith(expected) for line in told), (expected, told)
