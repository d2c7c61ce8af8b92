"""What holds of every kind of fact, because it follows from its class."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from eventsourcing.persistence import JSONTranscoder
from hypothesis import given

from ledger import notation
from ledger.facts.base import Fact, field_names
from ledger.history import Entry
from ledger.known import EVERYTHING
from ledger.persistence import FactMapper
from ledger.registry import FACTS, FAMILIES, fact_class
from tests.ledger.strategies import any_fact

if TYPE_CHECKING:
    from pydantic import BaseModel

MAPPER = FactMapper(transcoder=JSONTranscoder())
every_kind = pytest.mark.parametrize("name", FACTS)


@given(any_fact)
def test_what_was_said_reads_as_the_same_fact(fact: Fact) -> None:
    again = type(fact).read(fact.said(), EVERYTHING)
    assert again == fact
    assert again.said() == fact.said()


@given(any_fact)
def test_what_was_said_survives_json(fact: Fact) -> None:
    assert json.loads(json.dumps(fact.said())) == fact.said()


@given(any_fact)
def test_stored_bytes_decode_to_the_same_entry(fact: Fact) -> None:
    stored = MAPPER.to_stored_event(fact)
    entry = Entry.decode(stored.topic, stored.state)
    assert (entry.kind, entry.said) == (fact.kind, fact.said())
    assert (entry.id, entry.version) == (stored.originator_id, stored.originator_version)
    assert (entry.occurred, entry.received) == (fact.occurred, fact.received)
    assert MAPPER.to_domain_event(stored) == fact


@given(any_fact)
def test_a_fact_written_as_text_reads_as_the_same_fact(fact: Fact) -> None:
    line = {"fact": fact.kind.name, **fact.said()}
    fields = notation.read(notation.write(line))
    assert fields.pop("fact") == fact.kind.name
    assert type(fact).read(fields, EVERYTHING).said() == fact.said()


@given(any_fact)
def test_an_entry_exports_all_that_was_said_but_its_version_and_batch(fact: Fact) -> None:
    line = Entry(fact.kind, fact.said()).line()
    assert line.pop("fact") == fact.kind.name
    assert line == {k: v for k, v in fact.said().items() if k not in ("version", "batch")}


@every_kind
def test_its_schema_describes_every_field(name: str) -> None:
    cls = fact_class(name)
    schema = cls.model_json_schema(by_alias=True)
    assert set(schema["properties"]) == set(field_names(cls))
    assert [f for f, about in schema["properties"].items() if not about.get("description")] == []
    assert schema["additionalProperties"] is False
    json.dumps(schema)


@every_kind
def test_the_registry_agrees_with_the_class(name: str) -> None:
    kind, cls = FACTS[name], fact_class(name)
    assert kind.name == name
    assert cls.kind is kind
    assert kind.topic == f"{name}/{kind.version}"
    assert len(kind.upcasts) == kind.version - 1
    assert kind.family in FAMILIES or kind.family == "fact"
    assert kind.summary
    assert cls.__doc__
    assert cls.__doc__ != Fact.__doc__


@every_kind
def test_it_is_frozen_and_takes_no_other_fields(name: str) -> None:
    config = fact_class(name).model_config
    assert config["frozen"]
    assert config["extra"] == "forbid"


@every_kind
def test_its_example_is_a_fact_of_its_kind(name: str) -> None:
    fields = notation.read(fact_class(name).example)
    assert fields.pop("fact") == name
    fact_class(name).read(fields, EVERYTHING)


def test_every_family_begins_with_a_fact_of_its_own() -> None:
    for family, (letters, beginning, orphan) in FAMILIES.items():
        assert FACTS[beginning].family == family
        assert FACTS[beginning].begins({})
        assert orphan is None or FACTS[orphan].family == family
        assert len(letters) == 3


def test_no_two_families_share_letters() -> None:
    assert len({family.kind for family in FAMILIES.values()}) == len(FAMILIES)


def test_every_class_of_a_fact_is_registered() -> None:
    registered = {fact_class(name) for name in FACTS}
    assert {cls for cls in _subclasses(Fact) if "kind" in vars(cls)} == registered


def _subclasses(cls: type[BaseModel]) -> set[type[BaseModel]]:
    return {sub for one in cls.__subclasses__() for sub in (one, *_subclasses(one))}
