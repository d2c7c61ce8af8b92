"""Every fact ever stored loads for ever: the bytes of one fact of each topic version, kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from eventsourcing.persistence import JSONTranscoder

from ledger.history import Entry
from ledger.known import EVERYTHING
from ledger.notation import read
from ledger.persistence import FactMapper
from ledger.registry import FACTS, fact_class

GOLDEN = Path(__file__).parents[1] / "golden"
MAPPER = FactMapper(transcoder=JSONTranscoder())

ENVELOPE = (
    " --version 1 --uuid 0123456789abcdef0123456789abcdef"
    " --occurred 2012-02-18[Asia/Baghdad] --received 2012-02-19T07:05+03:00"
    " --recorded 2026-11-24T10:00:00.000000Z --actor HRO-07 --key row-1 --batch b1"
    " --note 'مخيم الحرية'"
    " --source-name SRC-04 --source-kind witness --source-citation 'interview 12' --source-grade B2"
)
FACTS_AS_TEXT = """
fact corrected INC-A --of 1 --set title='a blast' --set source-grade=C3 --set severity= --reason misheard
fact retracted INC-A --of 1 --reason 'entered twice'
fact assessed INC-A --of 1 --status verified --standard reasonable_grounds --basis 'two witnesses' --reviewer HRO-02
site opened SIT-HURRIYA --name 'Camp Hurriya' --timezone Asia/Baghdad --aliases 'Camp Liberty' --aliases TTL --country IRQ --admin-code IQG08 --kind transit
site renamed SIT-HURRIYA --name 'Camp Liberty' --aliases TTL
site capacity_set SIT-HURRIYA --capacity 5500
site deadline_set SIT-HURRIYA --deadline 2012-04-30[Asia/Baghdad] --by government_iraq
site closed SIT-HURRIYA
site reopened SIT-HURRIYA --reason 'people came back'
incident opened INC-A --site hurriya --kind attack --title 'rockets hit the camp' --severity 5
incident claimed INC-A --claimant unhcr --killed 5+ --injured ~40 --missing unknown --detained 0
incident adopted INC-A --killed 6 --injured 40-50 --missing <3 --detained >1 --basis 2 --reason 'lists compared'
incident merged INC-A --into INC-B
incident closed INC-A --reason 'report sent'
incident reopened INC-A --reason 'new witness'
movement made MOV-A --from ashraf --to hurriya --count 397 --mode bus --convoy '1' --residents RES-A --residents RES-B --opening
figure stated FIG-A --measure pledged_total --count 1600000 --claimant un_dpa --place hurriya --movement MOV-A --currency USD
observation made OBS-A --category water --text '۱۵ لیتر برای هر نفر' --site hurriya --severity 2 --lang fa --seen direct --incident INC-A
case registered RES-A --sex f --age-band adult --site hurriya
case advanced RES-A --state submitted --country ALB --category LPN --secondary MED --solution resettlement --movement MOV-A
offer made OFR-A --country ALB --places 210
offer withdrawn OFR-A --places 10
commitment made COM-A --text 'no forced return' --by government_iraq --to residents --clause mou-4 --due 2012-04-30[Asia/Baghdad]
commitment extended COM-A --due 2012-07-20[Asia/Baghdad]
commitment evidenced COM-A --for-or-against for --evidence 'convoy 5 left'
commitment breached COM-A --evidence 'four rockets'
commitment fulfilled COM-A --evidence 'the last convoy left'
fund pledged FND-A --fund trust --donor USA --money '1000000 USD'
fund received FND-A --fund trust --donor USA --money '12.50 USD' --reason 'nobody pledged it'
fund spent FND-A --money '12.50 USD' --purpose flights
fund cancelled FND-A --reason 'the donor wrote'
engagement held ENG-A --kind meeting --subject 'places for residents' --with states --states-present ~40
engagement answered ENG-A --by ALB --summary 'two hundred places'
watch started WCH-A --site hurriya --post gate --officer HRO-07
watch reported WCH-A --text 'دوباره خاموش شد' --nil --until 2012-02-18T23:00+03:00
watch handed_over WCH-A --to HRO-08 --open-items 'INC-A attack: rockets hit the camp' --open-items 'the generator'
watch accepted WCH-A
watch ended WCH-A
service measured SVC-A --site hurriya --indicator water_supply --value 14.5 --unit l_per_person_day --method 'tankers counted at the gate'
actor added ACT-HRO-07 --role officer --public-key ed25519:abc
actor deactivated ACT-HRO-07 --reason 'left the mission'
evidence attached EVD-A --to INC-A/2 --file-name list.pdf --file-bytes 3 --file-media-type application/pdf --file-sha256 98ea6e4f216f2fb4b69fff9b3a44842c38686ca685f3f55dc48c5d3fb1107be4
"""

SAMPLES = {fields.pop("fact"): fields for line in FACTS_AS_TEXT.strip().splitlines()
           for fields in [read(line + ENVELOPE)]}  # fmt: skip


def file_of(topic: str) -> Path:
    return GOLDEN / f"{topic.replace('/', '-')}.json"


@pytest.mark.parametrize("name", FACTS)
def test_a_fact_is_stored_as_these_bytes(name: str, update: bool) -> None:
    assert name in SAMPLES, f"add a line for {name} to FACTS_AS_TEXT in {__file__}"
    stored = MAPPER.to_stored_event(fact_class(name).read(SAMPLES[name], EVERYTHING))
    file = file_of(stored.topic)
    if update:
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(stored.state + b"\n")
    assert file.is_file(), f"{file} is missing; pytest --update writes it: then keep it for ever"
    assert stored.state + b"\n" == file.read_bytes(), (
        f"{stored.topic} is stored differently now: give {name} a new version and an upcaster"
    )


@pytest.mark.parametrize("name", FACTS)
def test_its_sample_says_something_in_every_field(name: str) -> None:
    cls = fact_class(name)
    fact = cls.read(SAMPLES[name], EVERYTHING)
    assert [field for field in cls.model_fields if getattr(fact, field) is None] == []


@pytest.mark.parametrize("file", sorted(GOLDEN.glob("*.json")), ids=lambda file: file.stem)
def test_what_was_ever_stored_still_loads(file: Path) -> None:
    name, _, version = file.stem.rpartition("-")
    entry = Entry.decode(f"{name}/{version}", file.read_bytes())
    fact = fact_class(entry.name).read(entry.said, EVERYTHING)
    assert fact.said() == entry.said


def test_every_version_up_to_todays_has_its_golden_file() -> None:
    topics = {f"{k.name}/{v}" for k in FACTS.values() for v in range(1, k.version + 1)}
    assert [topic for topic in sorted(topics) if not file_of(topic).is_file()] == []
