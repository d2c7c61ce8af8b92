"""A shell that asks what may come next is told, quickly, and never hears of an error."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cli.main import COMMANDS
from projections.views import VIEWS

if TYPE_CHECKING:
    from tests.cli.conftest import Office

HERE = Path(__file__).parent / "completion"
SHELLS = ("bash", "zsh", "fish")
HEAVY = {"pydantic", "pydantic_core", "eventsourcing"}

_ASK = f"""
import sys
from cli.main import main
code = main([])
print("IMPORTED", code, *sorted({HEAVY!r} & set(sys.modules)), file=sys.stderr)
"""


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_is_the_one_that_is_kept(office: Office, shell: str, update: bool) -> None:
    script, kept = office.ok(f"completion {shell}").out, HERE / f"vigil.{shell}"
    if update:
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(script, encoding="utf-8")
    assert script == kept.read_text(encoding="utf-8")


@pytest.mark.parametrize("shell", SHELLS)
def test_the_shell_can_read_its_script(shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    subprocess.run([shell, "-n", str(HERE / f"vigil.{shell}")], check=True, timeout=60)


def asked(office: Office, *words: str, shell: str = "bash") -> tuple[list[str], str]:
    """What is suggested for the last of these words, and what was said on standard error."""
    environment = {
        **os.environ,
        **office.environment,
        "_VIGIL_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": "\n".join(["vigil", *words]),
        "COMP_CWORD": str(len(words)) if shell != "fish" else words[-1],
    }
    child = subprocess.run(  # noqa: PLW1510
        [sys.executable, "-c", _ASK], cwd=office.folder, env=environment, capture_output=True,
        text=True, timeout=60,
    )  # fmt: skip
    lines = child.stdout.splitlines()
    if shell == "zsh":
        return lines[1::3], child.stderr
    return [line.partition(",")[2].partition("\t")[0] for line in lines if line], child.stderr


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    ("line", "suggested"),
    [
        ("sh", ["show"]),
        ("record inc", ["incident"]),
        ("record incident cl", ["claimed", "closed"]),
        ("record incident opened --ki", ["--kind"]),
        ("record incident opened --kind cl", ["clash"]),
        ("record incident opened --site h", ["hurriya"]),
        ("record movement made --from de", ["dead", "detained"]),
        ("record incident merged INC-ONE --into INC-O", ["INC-ONE"]),
        ("record incident claimed I", ["INC-ONE"]),
        ("show INC", ["INC-ONE"]),
        ("show mov-h", ["mov-h1-16", "mov-h1-24"]),
        ("correct INC-ONE/", ["INC-ONE/1", "INC-ONE/2"]),
        ("query pop", ["population"]),
        ("diff 2013 2014 --view cl", ["claims"]),
        ("export views --view cl", ["claims"]),
        ("export hxl --view cl", ["claims"]),
        ("query population --country AL", ["ALA", "ALB"]),
        ("query services --standard sph", ["sphere-2018"]),
        ("status -f json", ["json", "jsonl"]),
        ("explain E210", [f"E210{n}" for n in range(1, 9)]),
        ("log --fact incident.c", ["incident.claimed", "incident.closed"]),
        ("assess INC-ONE --status re", ["reported", "rejected"]),
        ("completion z", ["zsh"]),
    ],
)
def test_what_may_come_next_is_suggested(
    camp: Office, shell: str, line: str, suggested: list[str]
) -> None:
    assert asked(camp, *line.split(), shell=shell)[0] == suggested


LIGHT = ("", "record ", "record incident ", "show I", "correct INC-ONE/", "query ", "log --fact ",
         "query population --site h", "explain ", "import ", "-", "show -")  # fmt: skip


@pytest.mark.parametrize("line", LIGHT)
def test_suggesting_needs_no_heavy_import(camp: Office, line: str) -> None:
    said = asked(camp, *line.split(" "))[1]
    assert said == "IMPORTED 0\n"


def test_without_a_ledger_what_is_static_is_suggested_and_nothing_said(office: Office) -> None:
    assert asked(office, "") == (list(COMMANDS), "IMPORTED 0\n")
    assert asked(office, "query", "") == (list(VIEWS), "IMPORTED 0\n")
    assert asked(office, "record", "incident", "opened", "--kind", "cl")[0] == ["clash"]
    for words in (["show", ""], ["correct", "I"], ["query", "population", "--site", ""],
                  ["record", "incident", "claimed", ""]):  # fmt: skip
        suggested, said = asked(office, *words)
        assert (suggested, said.startswith("IMPORTED 0")) == ([], True)


@pytest.mark.parametrize(
    "words", [["nonsense", ""], ["show", "حر"], ["record", "x", "y", ""], ["show", "%"]]
)  # fmt: skip
def test_a_line_that_means_nothing_is_not_complained_of(camp: Office, words: list[str]) -> None:
    suggested, said = asked(camp, *words)
    assert (suggested, said.startswith("IMPORTED"), len(said.splitlines())) == ([], True, 1)


def test_no_more_than_fifty_ids_are_suggested(camp: Office) -> None:
    row = '{"fact": "incident.opened", "site": "hurriya", "kind": "attack", "title": "%s"'
    camp.write("rows.jsonl", "".join(f'{row % n}, "occurred": "2013"}}\n' for n in range(70)))
    camp.ok("import rows.jsonl")
    assert len(asked(camp, "show", "INC-")[0]) == 50


def test_bash_completes_through_the_script_itself(camp: Office, vigil: list[str]) -> None:
    if shutil.which("bash") is None:
        pytest.skip("bash is not installed")
    bin = camp.folder / "bin"
    bin.mkdir()
    program = bin / "vigil"
    program.write_text(f"#!/bin/sh\nexec '{vigil[0]}' -c '{vigil[2]}' \"$@\"\n")
    program.chmod(0o700)
    script = """
        source <(vigil completion bash)
        COMP_WORDS=(vigil record incident opened --kind "dis"); COMP_CWORD=5
        _vigil_completion vigil
        echo "${COMPREPLY[@]}"
        COMP_WORDS=(vigil show ""); COMP_CWORD=2; COMPREPLY=()
        _vigil_completion vigil
        echo "${COMPREPLY[@]}"
        complete -p vigil
    """
    done = subprocess.run(  # noqa: PLW1510
        ["bash", "--norc", "-c", script], cwd=camp.folder, capture_output=True, text=True,
        timeout=120, env={**os.environ, **camp.environment, "PATH": f"{bin}:{os.environ['PATH']}"},
    )  # fmt: skip
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "disappearance",
        "INC-ONE MOV-H1-16 MOV-H1-24 SIT-ASHRAF SIT-HURRIYA",
        "complete -o nosort -F _vigil_completion vigil",
    ]
