"""A movement of named residents and the step of each case: stored together or not at all."""

# facts are one a line

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ledger.errors import Refused, VigilError
from ledger.errors.rules import MoreResidentsThanPeople, ResidentTwice, UnknownThing
from ledger.notation import read
from tests.conftest import log_of, tell
from tests.families.test_findings import residents

if TYPE_CHECKING:
    from ledger.application import Ledger
    from tests.cli.conftest import Office
    from tests.families.conftest import Ask


def state(ask: Ask, **asked: str) -> dict[str, str]:
    return {row["id"]: row["state"] for row in ask("cases", **asked)}


def manifest(to: str, *names: str, count: str = "", start: str = "hurriya") -> str:
    named = " ".join(f"--residents RES-{name}" for name in names)
    return (
        f"movement made MOV-A --from {start} --to {to} --count {count or len(names)} {named} "
        "--occurred 2013-05-16 --received 2026-11-24T09:00Z"
    )


def test_a_departure_records_a_step_for_each_resident_at_its_times_by_its_officer(
    ledger: Ledger, ask: Ask
) -> None:
    tell(ledger, residents("A", "B"))
    (receipt,) = tell(ledger, manifest("DEU", "A", "B"), actor="HRO-03")
    steps = [one.entry for one in receipt.entailed]
    assert [step.fact for step in steps] == ["RES-A/6", "RES-B/6"]
    for step in steps:
        assert (step.get("state"), step.get("country")) == ("departed", "DEU")
        assert (step.get("movement"), step.get("actor")) == ("MOV-A", "HRO-03")
        assert (step.occurred, step.received) == (receipt.entry.occurred, receipt.entry.received)
        assert step.get("key") == "MOV-A/1"
    assert state(ask) == {"RES-A": "departed", "RES-B": "departed"}


@pytest.mark.parametrize(
    ("start", "to", "step"),
    [
        ("hurriya", "DEU", "departed"),
        ("hurriya", "dead", "deceased"),
        ("hurriya", "missing", "missing"),
        ("hurriya", "left", "left"),
        ("hurriya", "detained", None),
        ("hurriya", "ashraf", None),
        ("hurriya", "outside", None),
    ],
)
def test_where_a_movement_goes_says_which_step_it_is(
    ledger: Ledger, ask: Ask, start: str, to: str, step: str | None
) -> None:
    tell(ledger, residents("A"))
    (receipt,) = tell(ledger, manifest(to, "A", start=start))
    assert [one.entry.get("state") for one in receipt.entailed] == ([step] if step else [])
    assert state(ask) == {"RES-A": step or "booked"}


def test_a_return_from_the_missing_is_a_find(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, residents("A"))
    tell(ledger, manifest("missing", "A"))
    tell(ledger, manifest("hurriya", "A", start="missing").replace("MOV-A", "MOV-B"))
    assert state(ask) == {"RES-A": "booked"}


@pytest.mark.parametrize(
    ("prepare", "line", "refusal"),
    [
        ("", manifest("DEU", "A", "B", "NONE"), UnknownThing),
        ("", manifest("DEU", "A", "B", "A"), ResidentTwice),
        ("", manifest("DEU", "A", "B", count="1"), MoreResidentsThanPeople),
        ("", manifest("ALB", "A", "B"), Refused),
        ("case registered RES-C --sex f --age-band child --site hurriya",
         manifest("DEU", "A", "B", "C"), Refused),
        ("case advanced RES-B --state deceased", manifest("DEU", "A", "B"), Refused),
        ("case advanced RES-B --state departed", manifest("DEU", "A", "B"), Refused),
        ("case advanced RES-B --state left", manifest("DEU", "A", "B"), Refused),
        ("case advanced RES-B --state exit_cleared --occurred 2013-06-01",
         manifest("DEU", "A", "B"), Refused),
    ],
    ids=["unknown", "twice", "too_many", "another_country", "not_accepted", "dead", "departed",
         "left", "not_booked"],
)  # fmt: skip
def test_where_one_resident_is_refused_nothing_is_written(
    ledger: Ledger, ask: Ask, prepare: str, line: str, refusal: type[VigilError]
) -> None:
    """Neither the movement nor the step of those who stand before the one that is refused."""
    tell(ledger, residents("A", "B"))
    tell(ledger, prepare)
    before, stood = [entry.fact for entry in log_of(ledger)], state(ask)
    with pytest.raises(refusal):
        ledger.record(read(line), actor="HRO-07")
    assert [entry.fact for entry in log_of(ledger)] == before
    assert state(ask) == stood
    assert ask("movements") == []


def test_a_refused_manifest_among_other_facts_leaves_none_of_them(ledger: Ledger) -> None:
    tell(ledger, residents("A"))
    before = len(log_of(ledger))
    with pytest.raises(VigilError):
        ledger.record(
            read("observation made --category movement --text 'A bus leaves.'"),
            read(manifest("ALB", "A")),
            actor="HRO-07",
        )
    assert len(log_of(ledger)) == before


def test_a_dry_run_writes_neither(ledger: Ledger) -> None:
    tell(ledger, residents("A"))
    before = len(log_of(ledger))
    with ledger.transaction(dry_run=True) as transaction:
        receipt = transaction.record(read(manifest("DEU", "A")), actor="HRO-07")
        assert len(receipt.entailed) == 1
    assert len(log_of(ledger)) == before


def test_a_manifest_under_a_key_is_recorded_once(ledger: Ledger) -> None:
    tell(ledger, residents("A"))
    line = f"{manifest('DEU', 'A')} --key flight-1"
    tell(ledger, line)
    before = len(log_of(ledger))
    (receipt,) = tell(ledger, line)
    assert receipt.already
    assert len(log_of(ledger)) == before


def test_a_departure_is_known_when_the_movement_is_known(ledger: Ledger, ask: Ask) -> None:
    tell(ledger, residents("A").replace("2012-01-01", "2012-01-01 --received 2012-01-01"))
    tell(ledger, manifest("DEU", "A").replace("2026-11-24T09:00Z", "2013-05-20"))
    assert state(ask, as_known="2013-05-19") == {"RES-A": "booked"}
    assert state(ask, as_known="2013-05-20") == {"RES-A": "departed"}
    assert state(ask, on="2013-05-15") == {"RES-A": "booked"}


CAMP = """
    case registered RES-A --sex f --age-band adult --site hurriya --at 2012-03-01 --received 2012-03-01
    case registered RES-B --sex m --age-band older --site hurriya --at 2012-03-01 --received 2012-03-01
    case advanced RES-A --state accepted --solution consular_readmission --country DEU --at 2013-01-01 --received 2013-01-01
    case advanced RES-A --state documents_issued --at 2013-02-01 --received 2013-02-01
    case advanced RES-A --state exit_cleared --at 2013-03-01 --received 2013-03-01
    case advanced RES-A --state booked --at 2013-04-01 --received 2013-04-01
    movement made --from hurriya --to DEU --count 1 --residents RES-A --at 2013-05-16 --received 2013-05-16
    movement made MOV-LOST --from hurriya --to missing --count 1 --residents RES-B --at 2013-06-01 --received 2013-06-02
    movement made --from missing --to hurriya --count 1 --residents RES-B --at 2013-06-09 --received 2013-06-20
    offer made --country DEU --places 100 --at 2013-01-01 --received 2013-01-01
    offer withdrawn OFR-H1-16 --places 10 --at 2013-07-01 --received 2013-07-01
    fund pledged FND-A --fund trust --donor USA --money '1000.50 USD' --at 2013-10-24 --received 2013-10-24
    fund received FND-A --money '400 USD' --at 2014-01-01 --received 2014-01-01
    fund received --fund albania --donor USA --money '20 USD' --reason 'no pledge' --at 2014-01-01 --received 2014-01-01
    commitment made COM-A --text 'Monitoring day and night' --by un --due 2012-12-31 --at 2011-12-25 --received 2011-12-25
    commitment fulfilled COM-A --evidence report --at 2012-12-01 --received 2012-12-01
    engagement held ENG-A --kind visit --subject clinic --states-present ~40 --at 2012-06-01 --received 2012-06-01
    engagement answered ENG-A --by government_iraq --summary yes --at 2012-06-02 --received 2012-06-02
    observation made OBS-A --category water --site hurriya --text 'The tanker did not come.' --at 2012-06-01 --received 2012-06-01
    actor added ACT-HRO-07 --role officer --at 2012-01-01 --received 2012-01-01
    actor added ACT-REV-1 --role reviewer --at 2012-01-01 --received 2012-01-01
    fact assessed OFR-H1-16 --of 1 --status verified --standard reasonable_grounds --basis letter --reviewer REV-1 --received 2013-08-01
    fact corrected MOV-LOST --of 1 --set note=gate --reason 'the log' --received 2013-08-01
    fact retracted RES-B --of 3 --reason 'it was another' --received 2014-01-01
"""


def test_what_is_exported_and_imported_gives_the_same_digests(camp: Office) -> None:
    """All families, with departures and finds: the entailed steps are exported as lines of their
    own, and are already there when they are read after the movement that entails them."""
    camp.all(CAMP)
    camp.ok("export facts -o facts.jsonl")
    camp.ok("init copy --timezone Asia/Baghdad --actor HRO-07")
    outcome = camp.ok("import facts.jsonl -L copy -f json").json
    lines = (camp.folder / "facts.jsonl").read_text("utf-8").splitlines()
    assert outcome["rejected"] == 0
    assert outcome["recorded"] + outcome["already"] == len(lines) == camp.position
    assert outcome["already"] == 3
    copied = camp.ok("status -L copy -f json").json["position"]
    assert copied == camp.position
    assert (
        camp.ok("replay -L copy -f json").json["digests"]
        == camp.ok("replay -f json").json["digests"]
    )
    again = camp.ok("import facts.jsonl -L copy -f json").json
    assert (again["recorded"], again["already"]) == (0, len(lines))
    camp.ok("export facts -L copy -o again.jsonl")
    assert _plain(camp, "again.jsonl") == _plain(camp, "facts.jsonl")


def _plain(office: Office, name: str) -> list[dict[str, object]]:
    from json import loads

    lines = (office.folder / name).read_text("utf-8").splitlines()
    left_aside = ("recorded", "uuid", "key")  # an import gives every line a key
    said = (loads(line) for line in lines)
    return [{k: v for k, v in line.items() if k not in left_aside} for line in said]


def test_the_receipt_of_a_departure_names_the_steps(camp: Office) -> None:
    camp.all("\n".join(CAMP.splitlines()[:7]))
    line = (
        "record movement made MOV-F --from hurriya --to DEU --count 1 --residents RES-A "
        "--at 2013-05-16 --received 2013-05-16"
    )
    receipt = camp.ok(f"{line} -f json").json
    assert receipt["entailed"] == ["RES-A/6"]
    refused = camp(f"{line.replace('MOV-F', 'MOV-G')} -f json")
    assert refused.code == 4
    assert refused.error["code"] == "E3405"
    assert refused.error["field"] == "residents"
    assert len(camp.query("movements --country DEU")) == 1
