"""Facts by the million are the same for the same seed, and the ledger takes every one."""

from __future__ import annotations

import io
import json
import tracemalloc
from collections import Counter
from contextlib import closing
from itertools import islice, pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.imports.importer import import_sources
from cli.imports.sources import Source
from ledger.application import Ledger
from ledger.folder import Folder
from ledger.values.when import When
from tests.benchmarks import scale
from tests.benchmarks.scale import SITES, Size, lines

if TYPE_CHECKING:
    from pathlib import Path

SIZES = [Size.facts, Size.people]


@given(seed=st.integers(0, 2**32), size=st.sampled_from(SIZES))
@settings(max_examples=5)
def test_the_same_seed_tells_the_same(seed: int, size: type[Size]) -> None:
    number = 2 * SITES + 200
    assert list(lines(size(number), seed)) == list(lines(size(number), seed))


def test_another_seed_tells_something_else() -> None:
    assert list(lines(Size.people(100), 1)) != list(lines(Size.people(100), 2))


@pytest.mark.parametrize("size", SIZES)
def test_the_ledger_takes_every_line(tmp_path: Path, size: type[Size]) -> None:
    told = list(lines(size(3_000), 5))
    folder = Folder.create(tmp_path / "ledger", station="H1", timezone="UTC")
    text = "".join(f"{json.dumps(line)}\n" for line in told).encode()
    with closing(Ledger(folder)) as ledger:
        source = Source("facts.jsonl", ".jsonl", io.BytesIO(text), tmp_path)
        outcome = import_sources(ledger, [source])
    assert (outcome.facts, outcome.warnings) == (len(told), [])
    with closing(folder.connect()) as stored:
        sizes = [row[0] for row in stored.execute("SELECT LENGTH(state) FROM stored_events")]
    assert 450 <= sum(sizes) / len(sizes) <= 700


def test_people_are_registered_once_each() -> None:
    told = Counter(line["fact"] for line in lines(Size.people(5_000)))
    assert told["case.registered"] == 5_000
    assert told["site.opened"] == SITES
    assert min(told[name] for name in ("movement.made", "incident.claimed", "fact.corrected")) > 50


@pytest.mark.parametrize("number", [1, SITES, 2 * SITES + 1, 3_000])
def test_as_many_facts_are_told_as_are_asked_for(number: int) -> None:
    assert sum(1 for _ in lines(Size.facts(number))) == number


def test_lines_come_as_they_were_received_and_some_later_than_they_happened() -> None:
    told = list(lines(Size.people(3_000)))
    times = [When.parse(line["received"]) for line in told]
    assert all(one.earliest < next.latest for one, next in pairwise(times))
    later = [
        line for line in told
        if When.parse(line["occurred"]).latest <= When.parse(line["received"]).earliest
    ]  # fmt: skip
    assert 0.05 < len(later) / len(told) < 0.5
    begun = [line["id"] for line in told if line["fact"] == "case.registered"]
    assert begun == sorted(begun)
    assert max(len(line["key"]) for line in told) <= 12


def test_memory_does_not_grow_with_what_is_told() -> None:
    told = lines(Size.people(1_000_000))
    for _ in islice(told, 10_000):
        pass
    tracemalloc.start()
    for _ in islice(told, 10_000):
        pass
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 1_000_000


def test_the_script_writes_what_it_tells(tmp_path: Path) -> None:
    scale.main(["--people", "20", "--seed", "3", "-o", str(tmp_path / "people.jsonl")])
    written = (tmp_path / "people.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in written] == list(lines(Size.people(20), 3))
