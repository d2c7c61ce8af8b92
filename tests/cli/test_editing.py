"""A fact filled in as a form: kept exactly, mended where it is refused, never lost, never public."""

from __future__ import annotations

import os
import stat
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.blanks import in_order
from cli.forms import read_form, with_remarks, write_form
from cli.world import World
from ledger.errors.commands import FormMalformed
from ledger.registry import FACTS, fact_class

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Office

OPEN = "record incident opened --edit --site hurriya --kind attack"

#: An editor: each time it is opened it keeps what it was shown and runs the next of its scripts.
EDITOR = """
import os, pathlib, sys
path, home = pathlib.Path(sys.argv[1]), pathlib.Path(os.environ["EDITS"])
number = len(list(home.glob("seen*")))
s = path.read_bytes().decode()
(home / f"seen{number}").write_text(s)
(home / "mode").write_text(f"{path.stat().st_mode & 0o777:o} {path.parent.stat().st_mode & 0o777:o}")
script = home / f"do{number}"
scope = {"s": s}
exec(script.read_text() if script.exists() else "", scope)
s = scope["s"]
path.write_bytes(s if isinstance(s, bytes) else s.encode())
sys.exit(scope.get("ends", 0))
"""


class Desk:
    """An officer with an editor, whose edits are known beforehand."""

    def __init__(self, camp: Office) -> None:
        self.camp, self.home = camp, camp.folder / "edits"
        self.home.mkdir()
        self.temporary = camp.folder / "temporary"
        self.temporary.mkdir()
        (self.home / "editor.py").write_text(EDITOR)
        camp.environment |= {
            "EDITOR": f"'{sys.executable}' '{self.home / 'editor.py'}'",
            "EDITS": str(self.home),
            "TMPDIR": str(self.temporary),
        }

    def does(self, *scripts: str) -> Desk:
        for number, script in enumerate(scripts):
            (self.home / f"do{number}").write_text(script)
        return self

    def seen(self, number: int = 0) -> str:
        return (self.home / f"seen{number}").read_text()

    @property
    def kept(self) -> list[Path]:
        return [path for path in self.temporary.rglob("*") if path.is_file()]


@pytest.fixture
def desk(camp: Office) -> Desk:
    return Desk(camp)


@pytest.fixture
def at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(World, "interactive", True)


def test_what_is_filled_in_is_recorded_and_the_form_is_gone(camp: Office, desk: Desk) -> None:
    desk.does(
        's = s.replace("title:", "title: Rockets").replace("# note:", "note: a\\n  b\\n\\n  c")'
    )
    camp.ok(OPEN)
    (row,) = camp.ok("show INC-H1 -f json").rows
    assert (row["site"], row["title"], row["note"]) == ("hurriya", "Rockets", "a\nb\n\nc")
    assert (desk.home / "mode").read_text() == "600 700"
    assert list(desk.temporary.iterdir()) == []


def test_a_form_has_every_field_with_its_help_and_what_is_needed(camp: Office, desk: Desk) -> None:
    camp.ok(OPEN)
    form = desk.seen()
    assert "site: hurriya\n" in form
    assert "\ntitle:\n" in form
    for blank in in_order(fact_class("incident.opened")):
        assert f"{blank.option}:" in form
        assert f"# {blank.help}" in form
    assert "(required; one of attack, clash" in form


@pytest.mark.parametrize("script", ["", 's = ""', 's = "# only\\n"', 's = s.replace("# ", "#  ")'])
def test_a_form_left_alone_or_emptied_records_nothing(
    camp: Office, desk: Desk, script: str
) -> None:
    desk.does(script)
    answer = camp(OPEN)
    assert (answer.code, camp.position) == (0, 6)
    assert "nothing was recorded" in answer.err
    assert desk.kept == []


@pytest.mark.usefixtures("at_a_terminal")
def test_a_refused_form_is_opened_again_with_what_is_wrong(camp: Office, desk: Desk) -> None:
    desk.does(
        's = s.replace("title:", "title: x").replace("hurriya", "libberty")',
        's = s.replace("libberty", "camp liberty") + "colour: red\\n"',
        's = s.replace("colour: red\\n", "what is this\\n")',
        's = s.replace("what is this\\n", "")',
    )
    camp.ok(OPEN)
    first, second, third = (desk.seen(n).splitlines()[0] for n in (1, 2, 3))
    assert first.startswith("#! site: 'libberty' is not a place")
    assert first.endswith("[E2104]")
    assert "E2602" in second
    assert "E5023" in third
    assert desk.seen(3).count("\n#! ") == 1
    assert (camp.position, desk.kept) == (7, [])


@pytest.mark.usefixtures("at_a_terminal")
def test_who_gives_up_finds_the_words_kept_and_private(camp: Office, desk: Desk) -> None:
    desk.does('s = s.replace("title:", "title: long words").replace("hurriya", "nowhere")')
    answer = camp(OPEN)
    assert (answer.code, "[E2104]" in answer.err, camp.position) == (4, True, 6)
    (kept,) = desk.kept
    assert f"kept in {kept}" in answer.err
    assert "long words" in kept.read_text()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ('s = s.replace("title:", "title: x").replace("hurriya", "nowhere")', "E2104"),
        ('s = "what is this\\n"', "E5023"),
        ('s = s.replace("title:", "title: x\\ntitle: y")', "E4002"),
        ('s = "  indented\\n"', "E5023"),
        ('s = b"title: \\xff\\n"', "E5022"),
        ('s = s.replace("title:", "title: x"); ends = 1', "E5024"),
    ],
)
def test_where_nobody_can_mend_it_the_form_is_kept(
    camp: Office, desk: Desk, script: str, code: str
) -> None:
    answer = camp(desk.does(script) and OPEN)
    assert f"[{code}]" in answer.err
    assert camp.position == 6
    assert len(desk.kept) == 1


@pytest.mark.parametrize("editor", ["false", "/nowhere/ed", "ed '", "''"])
def test_an_editor_that_fails_is_named(camp: Office, desk: Desk, editor: str) -> None:
    camp.environment["VISUAL"] = editor
    answer = camp(OPEN)
    assert (answer.code, "[E5024]" in answer.err, camp.position) == (2, True, 6)
    assert desk.kept == []


@pytest.mark.parametrize(
    ("editor", "why"),
    [
        ("rm", "it left no form to read: No such file"),
        ('sh -c \'rm -r "$(dirname "$0")"\'', "it left no form to read: No such file"),
        ('sh -c \'rm "$0"; mkdir "$0"\'', "it left no form to read: Is a directory"),
        ("/nowhere/ed", "'/nowhere/ed' failed: No such file or directory [E5024]"),
    ],
)
def test_an_editor_that_leaves_no_form_is_named_and_leaves_nothing(
    camp: Office, desk: Desk, editor: str, why: str
) -> None:
    camp.environment["VISUAL"] = editor
    camp.environment["PATH"] = os.environ["PATH"]
    answer = camp(OPEN)
    assert (answer.code, "[E5024]" in answer.err, camp.position) == (2, True, 6)
    assert why in answer.err
    assert desk.kept == []
    assert list(desk.home.glob("vigil-*")) == []


def test_who_cannot_record_is_not_given_a_form(office: Office) -> None:
    office.environment["VISUAL"] = "/nowhere/ed"
    assert "[E1001]" in office(f"{OPEN}").err
    office.ok("init .")
    assert "[E3903]" in office(f"{OPEN}").err


@pytest.mark.parametrize("line", [f"{OPEN} --no-input", f"{OPEN} --title -",
                                  "correct INC-ONE/2 --edit --set killed=6 --reason x",
                                  "correct INC-ONE/2 --reason x"])  # fmt: skip
def test_what_does_not_go_together_is_a_usage_error(camp: Office, desk: Desk, line: str) -> None:
    answer = camp(line, b"x")
    assert (answer.code, "[E5001]" in answer.err, camp.position) == (2, True, 6)
    assert not list(desk.home.glob("seen*"))


def test_a_correction_shows_what_the_fact_says_now(camp: Office, desk: Desk) -> None:
    camp.ok("correct INC-ONE/2 --set killed=6 --set source-grade=B2 --reason x")
    desk.does(
        's = s.replace("killed: 6", "killed: 7").replace("source-grade: B2", "source-grade:")'
    )
    camp.ok("correct inc/2 --edit --reason y")
    assert "claimant: press" in desk.seen()
    row = camp.ok("show INC-ONE -f json").rows[-1]
    assert row["set"] == {"source-grade": None, "killed": "7"}


def test_a_correction_of_a_list_or_of_nothing(camp: Office, desk: Desk) -> None:
    desk.does('s = s.replace("aliases: TTL\\n", "")')
    camp.ok("correct SIT-HUR --edit --reason x")
    assert camp.ok("show SIT-HUR -f json").rows[-1]["set"] == {"aliases": ["Camp Liberty"]}
    answer = camp("correct INC-ONE/9 --edit --reason x")
    assert "[E3201]" in answer.err


@settings(max_examples=60)
@given(text=st.text(max_size=60).filter(str.strip))
def test_a_text_that_nobody_touched_stays_what_it_was(camp: Office, text: str) -> None:
    """Whatever blanks, marks and line ends it has: a form that loses them changes nothing."""
    home = camp.folder / "edits"
    if not home.exists():
        Desk(camp).does('s = s.replace("category: other", "category: water")')
    (home / "seen0").unlink(missing_ok=True)
    id = camp.ok(["record", "observation", "made", "--category", "other", "--text", "-", "-f",
                  "json"], text.encode()).json["id"]  # fmt: skip
    camp.ok(f"correct {id} --edit --reason x")
    assert camp.ok(f"show {id} -f json").rows[-1]["set"] == {"category": "water"}


_LINES = st.text(st.characters(exclude_characters="\r\n", exclude_categories=("Cs",))).map(
    str.strip
)


@given(st.dictionaries(st.sampled_from(["site", "title", "note", "source-grade"]),
                       st.lists(_LINES.filter(bool), min_size=1, max_size=3)))  # fmt: skip
def test_a_form_reads_as_it_was_written(filled: dict[str, list[str]]) -> None:
    blanks = in_order(fact_class("incident.opened"))
    form = write_form("x", blanks, filled)
    assert read_form(form) == filled
    assert read_form(with_remarks(form, ["a\nb"])) == filled


@given(st.text(max_size=200))
def test_any_text_is_a_form_or_refused(text: str) -> None:
    try:
        read_form(text)
    except FormMalformed as error:
        assert 1 <= error.details["line"] <= text.count("\n") + 1


@pytest.mark.parametrize("name", FACTS)
def test_every_fact_has_a_form(name: str) -> None:
    form = write_form(name, in_order(fact_class(name)), {})
    assert read_form(form) == {}


def test_visual_comes_before_editor(camp: Office, desk: Desk) -> None:
    camp.environment["VISUAL"] = camp.environment["EDITOR"]
    camp.environment["EDITOR"] = "false"
    camp.ok(OPEN)
    assert "site: hurriya" in desk.seen()
