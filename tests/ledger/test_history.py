"""`effective`: the facts of a stream as they stood at a knowledge time."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ledger.history import RANKS, Entry, changed, effective, knowledge_times, retracted, standing
from ledger.notation import read
from ledger.registry import FACTS, kind_of
from ledger.values.when import When


def history(text: str) -> list[Entry]:
    """The entries of a stream written as text, received one a day from 2013-02-01 unless said."""
    found = []
    for number, line in enumerate(filter(str.strip, text.splitlines()), start=1):
        fields = read(line)
        day = fields.setdefault("received", f"2013-02-{number:02}[UTC]")
        said = {"id": "INC-A", "version": number, "occurred": day, **fields}
        if "of" in said:
            said["of"] = int(said["of"])
        found.append(Entry(kind_of(said.pop("fact")), said))
    return found


def after(day: str) -> int:
    return When.parse(day).settle("UTC").latest


def read_as(facts: list[Entry], field: str) -> list[Any]:
    return [fact.get(field) for fact in facts]


OPENED = "incident opened --site hurriya --kind attack --title x"
CLAIMED = f"{OPENED}\nincident claimed --claimant press --killed 5"


def test_without_amendments_all_facts_stand_in_order() -> None:
    facts = history(f"{CLAIMED}\nincident closed")
    assert effective(facts) == facts
    assert effective(facts, after("2013-02-02")) == facts[:2]


def test_a_fact_is_known_from_the_end_of_its_receipt_on() -> None:
    facts = history(CLAIMED)
    assert effective(facts, after("2013-02-02") - 1) == facts[:1]
    assert effective(facts, after("2013-02-02")) == facts


def test_nothing_is_known_before_the_beginning() -> None:
    assert effective(history(CLAIMED), after("2013-01-31")) == []
    assert effective([]) == []


def test_a_thing_whose_beginning_is_received_later_has_no_facts_yet() -> None:
    facts = history(f"{OPENED} --received 2013-03-01[UTC]\nincident claimed --killed 5")
    assert effective(facts, after("2013-02-10")) == []
    assert [e.version for e in standing(facts, after("2013-02-10"))] == [2]
    assert len(effective(facts, after("2013-03-01"))) == 2


def test_a_correction_applies_from_its_receipt_on() -> None:
    facts = history(f"{CLAIMED}\nfact corrected --of 2 --set killed=6")
    assert read_as(effective(facts, after("2013-02-02")), "killed") == [None, "5"]
    assert read_as(effective(facts), "killed") == [None, "6"]
    assert facts[1].get("killed") == "5"


def test_corrections_apply_in_the_order_of_receipt() -> None:
    facts = history(f"""{CLAIMED}
        fact corrected --of 2 --set killed=8 --received 2013-02-20[UTC]
        fact corrected --of 2 --set killed=7 --received 2013-02-10[UTC]""")
    assert read_as(effective(facts), "killed") == [None, "8"]
    assert read_as(effective(facts, after("2013-02-10")), "killed") == [None, "7"]


def test_corrections_of_one_receipt_apply_in_the_order_of_versions() -> None:
    facts = history(f"""{CLAIMED}
        fact corrected --of 2 --set killed=7 --received 2013-02-20[UTC]
        fact corrected --of 2 --set killed=8 --received 2013-02-20[UTC]""")
    assert read_as(effective(facts), "killed") == [None, "8"]


def test_the_order_goes_by_the_latest_instant_of_receipt() -> None:
    """February ends after its tenth day, however early in it the office may have known."""
    facts = history(f"""{CLAIMED}
        fact corrected --of 2 --set killed=8 --received 2013-02[UTC]
        fact corrected --of 2 --set killed=7 --received 2013-02-10[UTC]""")
    assert read_as(effective(facts), "killed") == [None, "8"]


def test_corrections_of_different_fields_add_up() -> None:
    facts = history(f"""{CLAIMED}
        fact corrected --of 2 --set killed=7
        fact corrected --of 2 --set injured=3""")
    assert (effective(facts)[1].get("killed"), effective(facts)[1].get("injured")) == ("7", "3")


def test_an_empty_value_clears_a_field() -> None:
    facts = history(f"{CLAIMED} --injured 3\nfact corrected --of 2 --set injured=")
    assert "injured" not in effective(facts)[1].said


def test_a_part_of_the_source_is_changed_alone() -> None:
    facts = history(f"""{CLAIMED} --source-name S --source-grade B2
        fact corrected --of 2 --set source-grade=C3""")
    assert effective(facts)[1].get("source") == {"name": "S", "grade": "C3"}


def test_the_last_part_of_the_source_takes_it_along() -> None:
    facts = history(f"{CLAIMED} --source-grade B2\nfact corrected --of 2 --set source-grade=")
    assert "source" not in effective(facts)[1].said


def test_a_part_of_a_source_that_was_not_given_makes_one() -> None:
    facts = history(f"{CLAIMED}\nfact corrected --of 2 --set source-grade=B2")
    assert effective(facts)[1].get("source") == {"grade": "B2"}


def test_a_correction_keeps_the_assessment() -> None:
    facts = history(f"""{CLAIMED}
        fact assessed --of 2 --status corroborated --basis x
        fact corrected --of 2 --set killed=7""")
    assert effective(facts)[1].status == "corroborated"
    assert effective(facts)[1].get("killed") == "7"


def test_the_newest_assessment_counts() -> None:
    facts = history(f"""{CLAIMED}
        fact assessed --of 2 --status verified --received 2013-02-20[UTC]
        fact assessed --of 2 --status disputed --received 2013-02-10[UTC]""")
    days = ("2013-02-05", "2013-02-10", "2013-02-20")
    statuses = [effective(facts, after(day))[1].status for day in days]
    assert statuses == ["reported", "disputed", "verified"]


def test_a_retracted_assessment_gives_way_to_the_one_before() -> None:
    facts = history(f"""{CLAIMED}
        fact assessed --of 2 --status disputed
        fact assessed --of 2 --status rejected
        fact retracted --of 4""")
    assert effective(facts)[1].status == "disputed"
    assert effective(facts)[1].rank == RANKS["disputed"]


def test_an_assessment_is_of_one_fact_alone() -> None:
    facts = history(f"{CLAIMED}\nfact assessed --of 1 --status verified")
    assert [fact.status for fact in effective(facts)] == ["verified", "reported"]


def test_a_retracted_fact_is_gone_from_the_receipt_on() -> None:
    facts = history(f"{CLAIMED}\nfact retracted --of 2")
    assert [e.version for e in effective(facts)] == [1]
    assert [e.version for e in effective(facts, after("2013-02-02"))] == [1, 2]


def test_a_chain_of_retractions_settles_from_its_end() -> None:
    chain = f"{CLAIMED}\n" + "\n".join(f"fact retracted --of {n}" for n in range(2, 8))
    facts = history(chain)
    stands = [2 in [e.version for e in effective(facts[:n])] for n in range(2, 9)]
    assert stands == [True, False, True, False, True, False, True]


def test_a_retracted_correction_gives_the_words_back() -> None:
    facts = history(f"{CLAIMED}\nfact corrected --of 2 --set killed=6\nfact retracted --of 3")
    assert read_as(effective(facts), "killed") == [None, "5"]


def test_a_correction_of_what_is_retracted_waits_for_its_restoration() -> None:
    facts = history(f"""{CLAIMED}
        fact corrected --of 2 --set killed=6
        fact retracted --of 2
        fact retracted --of 4""")
    assert read_as(effective(facts[:4]), "killed") == [None]
    assert read_as(effective(facts), "killed") == [None, "6"]


def test_a_thing_whose_beginning_is_retracted_has_no_facts() -> None:
    assert effective(history(f"{CLAIMED}\nfact retracted --of 1")) == []


def test_a_thing_begun_again_has_its_other_facts_after_its_new_beginning() -> None:
    facts = history(f"{CLAIMED}\nfact retracted --of 1\n{OPENED} --severity 3")
    assert [e.version for e in effective(facts)] == [4, 2]


def test_where_two_beginnings_stand_the_later_version_counts() -> None:
    """The retraction of the first is received after the second was."""
    facts = history(f"""{CLAIMED}
        fact retracted --of 1 --received 2013-02-20[UTC]
        {OPENED} --severity 3 --received 2013-02-10[UTC]""")
    assert [e.version for e in effective(facts, after("2013-02-05"))] == [1, 2]
    assert [e.version for e in effective(facts, after("2013-02-10"))] == [4, 2]
    assert [e.version for e in effective(facts)] == [4, 2]


def test_what_was_said_is_never_changed_in_place() -> None:
    facts = history(f"{CLAIMED} --source-name S\nfact corrected --of 2 --set source-name=T")
    before = repr([e.said for e in facts])
    effective(facts)
    assert repr([e.said for e in facts]) == before


# Against a slow model ---------------------------------------------------------------------------

PATHS = ("title", "note", "source-name", "source-grade")


@st.composite
def histories(draw: st.DrawFn) -> list[Entry]:
    """Streams as the ledger lets them in: amendments later than their targets in both orders."""
    entries: list[Entry] = []
    for version in range(1, draw(st.integers(1, 14)) + 1):
        families = [e for e in entries if not e.kind.about_another]
        names = ["incident.opened", "incident.claimed"] if version > 1 else ["incident.opened"]
        names += ["fact.retracted"] * 3 if entries else []
        names += ["fact.corrected", "fact.assessed"] * 2 if families else []
        name = draw(st.sampled_from(names))
        said: dict[str, Any] = {"id": "INC-A", "version": version, "title": "0"}
        day = draw(st.integers(1, 6))
        if name.startswith("fact."):
            target = draw(st.sampled_from(entries if name == "fact.retracted" else families))
            said |= {"of": target.version}
            day = max(day, int(target.said["received"][8:10]))
        if name == "fact.corrected":
            said["set"] = draw(st.dictionaries(
                st.sampled_from(PATHS), st.none() | st.sampled_from("12"), min_size=1
            ))  # fmt: skip
        if name == "fact.assessed":
            said["status"] = draw(st.sampled_from(list(RANKS)))
        said["received"] = said["occurred"] = f"2013-02-{day:02}[UTC]"
        entries.append(Entry(FACTS[name], said))
    return entries


def naive(history: list[Entry], at: int | None) -> list[tuple[int, dict[str, str], str]]:
    """What stands, by the words of the contract: version, fields by path, status."""
    known = [e for e in history if at is None or e.known_at <= at]

    def stands(entry: Entry) -> bool:
        return not any(
            e.name == "fact.retracted" and e.said["of"] == entry.version and stands(e)
            for e in known
        )

    found = []
    for fact in known:
        if fact.kind.about_another or not stands(fact):
            continue
        about = [e for e in known if e.said.get("of") == fact.version and stands(e)]
        about.sort(key=lambda e: (e.known_at, e.version))
        fields, status = {"title": fact.said["title"]}, "reported"
        for one in about:
            if one.name == "fact.corrected":
                fields |= one.said["set"]
            elif one.name == "fact.assessed":
                status = one.said["status"]
        said = {path: value for path, value in fields.items() if value is not None}
        found.append((fact.version, said, status))
    beginnings = [v for v, _, _ in found if history[v - 1].name == "incident.opened"]
    if not beginnings:
        return []
    rest = [row for row in found if row[0] not in beginnings]
    return [next(row for row in found if row[0] == beginnings[-1]), *rest]


def flat(fact: Entry) -> dict[str, str]:
    said = {path: fact.said[path] for path in ("title", "note") if path in fact.said}
    return said | {f"source-{part}": value for part, value in fact.said.get("source", {}).items()}


times = st.one_of(
    st.none(), st.integers(0, 7).map(lambda d: after("2013-02-01") + (d - 1) * 86400 * 10**6)
)


@given(histories(), times)
def test_effective_is_what_the_contract_says(history: list[Entry], at: int | None) -> None:
    rows = [(fact.version, flat(fact), fact.status) for fact in effective(history, at)]
    assert rows == naive(history, at)


@given(histories(), times)
def test_what_is_received_later_makes_no_difference_before(
    history: list[Entry], at: int | None
) -> None:
    heard = [e for e in history if at is None or e.known_at <= at]
    assert [(e.version, e.said, e.status) for e in effective(heard)] == [
        (e.version, e.said, e.status) for e in effective(history, at)
    ]


@given(histories())
def test_between_knowledge_times_nothing_changes(history: list[Entry]) -> None:
    moments = knowledge_times(history)
    assert moments == sorted(set(moments))
    for start, end in zip(moments, [*moments[1:], None], strict=True):
        last = None if end is None else end - 1
        assert [(e.version, e.said) for e in effective(history, start)] == [
            (e.version, e.said) for e in effective(history, last)
        ]
    assert effective(history, moments[0] - 1) == []


@given(histories())
def test_retracted_is_exact(history: list[Entry]) -> None:
    gone = retracted(history)
    for entry in history:
        by = [e for e in history if e.name == "fact.retracted" and e.said["of"] == entry.version]
        assert (entry.version in gone) == any(e.version not in gone for e in by)


@given(
    st.dictionaries(st.sampled_from(PATHS[:2]), st.text()),
    st.dictionaries(st.sampled_from(PATHS), st.none() | st.text(min_size=1)),
)
def test_changing_twice_is_changing_once(
    said: dict[str, Any], changes: dict[str, str | None]
) -> None:
    once = changed(said, changes)
    assert changed(once, changes) == once
    assert changed(said, {}) == said
