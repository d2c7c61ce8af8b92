"""Transcripts are commands and exactly what they print; `pytest --update` writes them anew.

    $ vigil status          a command; `cat`, `head`, `rm` and `cp` are known as well
    @ 2016-09-02T08:00Z     sets the clock, which goes on a minute a command
    ! vigil: no such ...    a line of standard error
    exit 4                  the exit code, where it is not 0
    # why this is here

Everything else is standard output (after a backslash where it is blank or looks like one of these),
`[folder]` the folder, and `[digest n]` the n-th different
digest of the transcript, so that equal digests are seen to be equal. Files stand in `files/`.
"""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Office

HERE = Path(__file__).parent / "transcripts"
_DIGEST = re.compile(r"\b[0-9a-f]{64}\b")


@pytest.mark.parametrize("path", sorted(HERE.glob("*.txt")), ids=lambda path: path.stem)
def test_commands_print_what_the_transcript_says(path: Path, office: Office, update: bool) -> None:
    shutil.copytree(HERE / "files", office.folder, dirs_exist_ok=True)
    expected = path.read_text("utf-8")
    found = _play(expected, office)
    if update:
        path.write_text(found, "utf-8")
        expected = found
    assert found == expected


def _play(script: str, office: Office) -> str:
    digests: dict[str, str] = {}
    lines: list[str] = []
    for line in script.splitlines():
        if line.startswith("@ "):
            office.at(line[2:])
        elif line.startswith("$ "):
            lines += [line, *(_masked(said, office, digests) for said in _run(line[2:], office))]
            continue
        elif not line.startswith("#") and line:
            continue
        if line or (lines and lines[-1] != ""):
            lines.append(line)
    return "".join(f"{line}\n" for line in lines)


def _run(command: str, office: Office) -> list[str]:
    words = shlex.split(command)
    if words[0] in ("cat", "head"):
        lines = (office.folder / words[1]).read_text("utf-8").splitlines()
        return lines if words[0] == "cat" else lines[:10]
    if words[0] == "rm":
        (office.folder / words[1]).unlink()
        return []
    if words[0] == "cp":
        shutil.copy(office.folder / words[1], office.folder / words[2])
        return []
    assert words[0] == "vigil", command
    answer = office(words)
    lines = [*answer.out.splitlines(), *(f"! {line}" for line in answer.err.splitlines())]
    return [*lines, *([f"exit {answer.code}"] if answer.code else [])]


def _masked(line: str, office: Office, digests: dict[str, str]) -> str:
    def name(match: re.Match[str]) -> str:
        return digests.setdefault(match[0], f"[digest {len(digests) + 1}]")

    line = _DIGEST.sub(name, line.replace(str(office.folder), "[folder]"))
    # Output is kept from looking like a line of the script.
    return f"\\{line}" if not line or line.startswith(("$ ", "@ ", "# ")) else line
