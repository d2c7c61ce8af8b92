"""Labels: headings and codes in words for people, in three languages, and nowhere for programs."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cli.columns import COLUMNS
from cli.labels import country, heading, label, word
from cli.reference import fields
from cli.render.sheets import columns
from cli.session import LANGUAGES
from ledger.facts.cases import STEPS as CASE_STEPS
from ledger.facts.watches import STEPS as WATCH_STEPS
from ledger.values.place import ABROAD, FATES
from ledger.vocabulary import terms, vocabularies
from projections.incidents import STATE_AFTER
from projections.views import VIEWS

if TYPE_CHECKING:
    from tests.cli.conftest import Office

HEADINGS = tomllib.loads(
    (Path(__file__).parents[2] / "cli" / "render" / "headings.toml").read_text("utf-8")
)


def leaves(table: dict[str, Any]) -> list[dict[str, str]]:
    if all(isinstance(part, str) for part in table.values()):
        return [table]
    return [leaf for part in table.values() for leaf in leaves(part)]


def test_every_label_is_in_all_three_languages() -> None:
    lists = [dict(terms(name)[code]) for name in vocabularies() for code in terms(name)]
    for leaf in [*leaves(HEADINGS), *lists]:
        assert all(isinstance(leaf[language], str) and leaf[language] for language in LANGUAGES)
    for leaf in leaves(HEADINGS):
        assert set(leaf) == set(LANGUAGES)
        assert leaf["en"].isascii()
        assert leaf["ar"] == "SHA-256" or not leaf["ar"].isascii()
        assert leaf["fa"] == "SHA-256" or not leaf["fa"].isascii()


def test_arabic_and_persian_use_their_own_letters() -> None:
    lists = [dict(terms(name)[code]) for name in vocabularies() for code in terms(name)]
    for leaf in [*leaves(HEADINGS), *lists]:
        assert not set(leaf["ar"]) & set("کیگپچژ"), leaf
        assert not set(leaf["fa"]) & set("كيةى"), leaf


@pytest.mark.parametrize("view", sorted(VIEWS))
def test_every_column_of_a_view_has_a_heading_in_every_language(view: str) -> None:
    for key, english in COLUMNS[view]:
        assert heading(view, key, "en") == english
    for language in LANGUAGES:
        headings = [column.heading(view, language) for column in columns(view)]
        assert len(set(headings)) == len(headings)
        assert all(heading(view, key, language) for key, _ in COLUMNS[view])


def test_every_field_of_a_fact_has_a_heading() -> None:
    for name in fields():
        if name not in ("version", "uuid", "recorded", "batch"):
            assert heading("", name, "fa")


def test_every_state_and_place_that_is_in_no_list_has_a_word() -> None:
    words = HEADINGS["words"]
    assert set(words["place"]) == {*FATES, ABROAD, "total"}
    assert set(words["incident_state"]) == set(STATE_AFTER.values())
    assert set(words["watch_state"]) == set(WATCH_STEPS)
    assert set(words["view"]) == set(VIEWS)
    assert set(CASE_STEPS) <= set(terms("case_state"))
    for language in LANGUAGES:
        names = [
            *(word("view", view, language) for view in VIEWS),
            word("about", "about", language),
        ]
        assert len(set(names)) == len(names)
        assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\'") for name in names)


def test_countries_have_names_in_every_language() -> None:
    assert [country("ALB", language) for language in LANGUAGES] == ["Albania", "ألبانيا", "آلبانی"]
    assert country("IRN", "fa") != "Iran"
    assert country("QQQ", "fa") == "QQQ"


def test_a_code_without_a_label_stays_as_it_is() -> None:
    assert label("list:incident_kind", "unheard_of", "ar") == "unheard_of"
    assert label("place", "hurriya", "ar") == "hurriya"
    assert label("place", "dead", "ar") == "متوفون"
    assert label("text", "attack", "ar") == "attack"


def test_a_table_has_headings_and_codes_in_words(camp: Office) -> None:
    plain = camp.ok("query incidents").out
    assert plain.split()[:3] == ["id", "occurred", "site"]
    english = camp.ok("query observations --labels en").out
    assert english == "nothing\n"
    shown = camp.ok("query incidents --labels fa").out
    assert shown.startswith("شناسه")
    assert "حمله" in shown
    assert "گزارش‌شده" in shown
    assert "INC-ONE" in shown
    assert camp.ok("--labels fa query incidents").out == shown
    assert "متوفون" in camp.all(
        "movement made --from ashraf --to dead --count 1 --at 2013-03-01 --received 2013-03-01"
    ).ok("query movements --labels ar").out  # fmt: skip


def test_the_figures_of_an_adoption_are_told_in_words(camp: Office) -> None:
    camp.all("incident adopted INC-ONE --basis 2 --at 2013-02-10 --received 2013-02-10")
    shown = camp.ok("query incidents --labels en").out
    assert " killed=5+ " in shown
    assert " القتلى=5+ " in camp.ok("query incidents --labels ar").out


def test_the_option_comes_before_the_environment(camp: Office) -> None:
    plain = camp.ok("query incidents").out
    camp.environment["VIGIL_LABELS"] = "ar"
    assert camp.ok("query incidents").out.startswith("المعرّف")
    assert camp.ok("query incidents --labels fa").out.startswith("شناسه")
    camp.environment["VIGIL_LABELS"] = ""
    assert camp.ok("query incidents").out == plain


def test_a_language_without_labels_is_a_usage_error(camp: Office) -> None:
    answer = camp("query incidents --labels de")
    assert (answer.code, answer.out) == (2, "")
    assert "'en', 'ar', 'fa'" in answer.err
    camp.environment["VIGIL_LABELS"] = "de"
    answer = camp("query incidents")
    assert (answer.code, answer.out) == (2, "")
    assert "VIGIL_LABELS is 'de', not one of en, ar, fa" in answer.err
    assert camp("query incidents -f csv").code == 0  # where there are no labels nobody minds
    del camp.environment["VIGIL_LABELS"]


@pytest.mark.parametrize("format", ["json", "jsonl", "csv", "ids"])
@pytest.mark.parametrize("view", sorted(VIEWS))
def test_no_format_for_programs_ever_has_labels(demo: Office, view: str, format: str) -> None:
    line = f"query {view} -f {format}"
    assert demo.ok(f"{line} --labels ar").out == demo.ok(line).out


@pytest.mark.parametrize("view", sorted(VIEWS))
def test_every_view_is_told_in_every_language(demo: Office, view: str) -> None:
    lines = demo.ok(f"query {view}").out.count("\n")
    for language in LANGUAGES:
        assert demo.ok(f"query {view} --labels {language}").out.count("\n") == lines
    demo.ok(f"query {view} --labels fa --explain")


def test_findings_of_a_check_are_told_in_words_as_well(demo: Office) -> None:
    assert demo("check --labels fa").out.startswith("شدت")


def test_nobody_pays_for_labels_who_does_not_ask(demo: Office) -> None:
    code = (
        "import sys; from cli.main import main; main(sys.argv[1:]); "
        "print(*sorted({'cli.labels', 'gettext', 'pycountry', 'tomllib'} & set(sys.modules)), "
        "file=sys.stderr)"
    )
    child = subprocess.run(
        [sys.executable, "-c", code, "query", "figures"],
        cwd=demo.folder, capture_output=True, text=True, check=True,
        env={**demo.environment, "PATH": ""},
    )  # fmt: skip
    assert "cli.labels" not in child.stderr
