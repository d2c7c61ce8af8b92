"""What the documentation shows is what happens.

Every `console` block runs. A line that begins with `$ ` is a command, the lines after it are what
it prints; `...` on a line of its own stands for any number of lines. A fence that names a file
(```csv rounds.csv) writes it first. The blocks of a page share one folder and run in order. A
command that fails has to be followed by `$ echo $?`. `pytest --update` writes what is printed into
the pages, where they say something else.

It is always `NOW`, whatever the true date; the officer is in `vigil.toml` or on the command line.
`vigil` runs in this process, and so does `python` with a script of docs/examples. `make` runs nothing but the `vigil` lines of its target.
"""

from __future__ import annotations

import os
import re
import runpy
import shlex
import sys
from contextlib import redirect_stderr, redirect_stdout
from difflib import unified_diff
from io import BytesIO, StringIO
from itertools import count
from pathlib import Path
from typing import NamedTuple

import pytest

from cli.main import main
from cli.world import World
from ledger.values.when import When

NOW = "2026-11-24T09:00Z"
ASK = "echo $?"

ROOT = Path(__file__).parents[2]
DOCS = sorted((ROOT / "docs").rglob("*.md"))
PAGES = [*(ROOT / f"{name}.md" for name in ("README", "CONTRIBUTING", "CHANGELOG")), *DOCS]

_FENCE = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


class Command(NamedTuple):
    """A command of a page, its lines there, and what the page says it prints."""

    words: str
    lines: list[str]
    prints: list[str]


class Shell:
    """The folder of one page, and the exit code of its last command."""

    def __init__(self, folder: Path) -> None:
        self.home = self.folder = folder
        self.exit = 0
        self._numbers = count(1)
        self._clock = When.parse(NOW).earliest

    def run(self, command: str) -> str:
        """What a command prints, standard output and standard error as they come."""
        program, *arguments = shlex.split(command)
        return getattr(self, f"_{program}")(arguments)

    def _vigil(self, arguments: list[str]) -> str:
        stdin = None
        if "<" in arguments:
            *arguments, _, name = arguments
            stdin = BytesIO((self.folder / name).read_bytes())
        world = World(
            environment={"XDG_STATE_HOME": str(self.home / "state")},
            clock=lambda: self._clock,
            random=lambda: f"{next(self._numbers):032x}",
            folder=str(self.folder),
            stdin=stdin,
        )
        printed = StringIO()
        with redirect_stdout(printed), redirect_stderr(printed):
            self.exit = main(arguments, world=world)
        return printed.getvalue()

    def _make(self, targets: list[str]) -> str:
        lines = [line for target in targets for line in recipe(target)]
        vigil = [words for words in map(str.split, lines) if words[0].endswith("/vigil")]
        return "".join(self._vigil(words[1:]) for words in vigil)

    def _python(self, arguments: list[str]) -> str:
        name, *rest = arguments
        given, sys.argv = sys.argv, [name, *rest]
        printed = StringIO()
        try:
            with redirect_stdout(printed):
                runpy.run_path(str(ROOT / "docs" / "examples" / name), run_name="__main__")
        finally:
            sys.argv = given
        self.exit = 0
        return printed.getvalue()

    def _echo(self, arguments: list[str]) -> str:
        assert arguments == ["$?"]
        return f"{self.exit}\n"

    def _cd(self, arguments: list[str]) -> str:
        self.folder = (self.folder / arguments[0]).resolve()
        os.chdir(self.folder)
        self.exit = 0
        return ""

    def _cat(self, arguments: list[str]) -> str:
        self.exit = 0
        return "".join((self.folder / name).read_text(encoding="utf-8") for name in arguments)

    def _rm(self, arguments: list[str]) -> str:
        for name in arguments:
            (self.folder / name).unlink()
        self.exit = 0
        return ""


def recipe(target: str) -> list[str]:
    """The lines of a target of the Makefile."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    found = re.search(rf"^{re.escape(target)}:.*\n((?:\t.*\n)*)", makefile, re.MULTILINE)
    assert found, f"the Makefile has no target {target}"
    return [line.strip() for line in found[1].splitlines()]


def commands(block: str) -> list[Command]:
    """The commands of a console block; a line that ends with a backslash goes on in the next."""
    found: list[Command] = []
    lines = iter(block.splitlines())
    for line in lines:
        if not line.startswith("$ "):
            found[-1].prints.append(line)
            continue
        words, whole = line.removeprefix("$ "), [line]
        while words.endswith("\\"):
            whole.append(next(lines))
            words = words[:-1] + whole[-1].strip()
        found.append(Command(words, whole, []))
    return found


def agrees(expected: list[str], printed: str) -> bool:
    """Whether a page says what was printed; spaces at the ends of lines do not count."""
    pattern = "".join(
        "(?:.*\n)*?" if line == "..." else f"{re.escape(line.rstrip())}\n" for line in expected
    )
    lines = "".join(f"{line.rstrip()}\n" for line in printed.splitlines())
    return re.fullmatch(pattern, lines) is not None


def retold(block: str, shell: Shell) -> str:
    """A console block with what its commands really print, where it says something else."""
    lines: list[str] = []
    found = commands(block)
    for command, following in zip(found, [*found[1:], None], strict=True):
        printed = shell.run(command.words)
        unseen = command.words.startswith("make ") and not printed
        right = unseen or agrees(command.prints, printed)
        lines += command.lines
        lines += command.prints if right else [line.rstrip() for line in printed.splitlines()]
        spoken_of = following is not None and following.words == ASK
        assert shell.exit == 0 or spoken_of or command.words == ASK, (
            f"$ {command.words}\nexits {shell.exit}, and no `{ASK}` follows:\n{printed}"
        )
    return "".join(f"{line}\n" for line in lines)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_console_block_prints_what_the_page_shows(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, update: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    shell = Shell(tmp_path)

    def tell(fence: re.Match[str]) -> str:
        language, file, block = fence.groups()
        if file and language != "diff":
            (shell.folder / file).write_text(block, encoding="utf-8")
        whole = fence[0]
        return whole if language != "console" else whole.replace(block, retold(block, shell))

    says = page.read_text(encoding="utf-8")
    prints = _FENCE.sub(tell, says)
    if update:
        page.write_text(prints, encoding="utf-8")
    elif says != prints:
        difference = unified_diff(says.splitlines(), prints.splitlines(), "it says", "it prints")
        pytest.fail("\n".join(difference), pytrace=False)


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub and Zensical make them."""
    headings = _HEADING.findall(_FENCE.sub("", page.read_text(encoding="utf-8")))
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings)
    return set(plain)


def links(page: Path) -> list[str]:
    """Where the links of a page lead, but for those that lead out of the project."""
    found = _LINK.findall(_FENCE.sub("", page.read_text(encoding="utf-8")))
    return [link for link in found if not link.startswith(("http://", "https://", "mailto:"))]


def leads_to(page: Path, link: str) -> Path:
    """The file to which a link of a page leads."""
    name = link.partition("#")[0]
    return (page.parent / name).resolve() if name else page


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    for link in links(page):
        target, anchor = leads_to(page, link), link.partition("#")[2]
        assert target.exists(), f"{link} leads nowhere"
        assert target.is_relative_to(ROOT), f"{link} leads out of the project"
        assert not anchor or anchor in anchors(target), f"{link}: no such heading"


def test_every_page_of_the_docs_is_reached_from_the_index() -> None:
    reached, waiting = set[Path](), [ROOT / "docs" / "index.md"]
    while waiting:
        page = waiting.pop()
        if page.suffix == ".md" and page not in reached:
            reached.add(page)
            waiting += [leads_to(page, link) for link in links(page)]
    assert set(DOCS) <= reached


def test_a_block_that_says_something_else_is_noticed(tmp_path: Path) -> None:
    assert agrees(["one", "...", "four"], "one\ntwo  \nthree\nfour\n")
    assert agrees(["one", "..."], "one\n")
    assert not agrees(["one", "..."], "two\n")
    assert not agrees([], "one\n")
    with pytest.raises(AssertionError, match="exits 10"):
        retold("$ vigil status\n...\n", Shell(tmp_path))
    told = retold("$ vigil status\nall is well\n$ echo $?\n10\n", Shell(tmp_path))
    assert told.splitlines()[1].startswith("vigil: there is no ledger")
