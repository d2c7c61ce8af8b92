"""Facts by the million, as lines that `vigil import` takes. They are invented.

    python tests/benchmarks/scale.py --people 2600000 --seed 1 -o people.jsonl
    python tests/benchmarks/scale.py --facts 1000000 -o office.jsonl

`--people` registers as many people, one fact each, and tells what happens around them; `--facts`
tells as many facts of an office that follows movements and incidents. The same seed gives the same
bytes. Lines are written one by one, in memory that does not grow: of what was told only the latest
is kept, so that claims, steps and corrections have something to follow.

Needs Python alone, so that the programs that Vigil is compared with may use it too.
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Line = dict[str, Any]

SITES = 300
ZONE, OFFSET = "Asia/Baghdad", "+03:00"
BEGIN, END = datetime(2009, 1, 1), datetime(2016, 12, 31)  # local to ZONE
#: How many things of a family are remembered, to be followed by further facts.
LATELY = 500

#: Of a hundred facts, how many are of which kind.
OFFICE = {"movement": 42, "incident": 8, "claim": 16, "case": 6, "step": 12, "observation": 12,
          "correction": 4}  # fmt: skip
PEOPLE = {"case": 80, "movement": 10, "incident": 2, "claim": 3, "step": 2, "observation": 1,
          "correction": 2}  # fmt: skip

OFFICERS = tuple(f"HRO-{number:02}" for number in range(1, 13))
SOURCES = (
    ("gate register", "document", "B2"),
    ("camp council", "interview", "C3"),
    ("clinic", "document", "B2"),
    ("daily report", "report", "A2"),
    ("regional press", "press", "D4"),
)
SENTENCES = (
    "Counted at the gate by two officers in turn; both lists agree.",
    "The council was asked again in the evening and gave the same number.",
    "The road was closed for some hours, so the convoy came in two parts.",
    "Water came by tanker in the morning and not at all in the afternoon.",
    "The list of names stays with the camp's own committee.",
    "Seen from the eastern tower; the western side could not be seen.",
    "The clinic's book was read on the spot and nothing was copied.",
    "Told by three people, each asked alone.",
)
KINDS = ("attack", "clash", "detention", "obstruction", "blockade", "property", "other")
CATEGORIES = ("water", "power", "food", "medical", "sanitation", "access", "security", "other")
CLAIMANTS = ("council", "ministry", "press", "clinic", "unhcr")
MEASURES = ("killed", "injured", "missing", "detained")
SEXES = ("f", "m", "f", "m", "unknown")
AGES = ("child", "adult", "adult", "older", "unknown")
COUNTRIES = ("ALB", "DEU", "NOR", "ITA", "FIN")
#: The way of a case; nobody goes back here.
STEPS = (
    {"state": "rsd_interviewed"},
    {"state": "in_need_of_protection"},
    {"state": "identified"},
    {"state": "submitted", "category": "LPN", "solution": "resettlement"},
    {"state": "accepted"},
    {"state": "documents_issued"},
    {"state": "exit_cleared"},
    {"state": "booked"},
    {"state": "departed"},
)


class Counted(NamedTuple):
    """What may be corrected: the number of a fact, a field, and a count larger than any said."""

    of: int
    field: str
    beyond: int


class Thing:
    """What is remembered of a thing: enough to say something more about it."""

    def __init__(self, id: str) -> None:
        self.id, self.facts, self.steps = id, 1, 0
        self.counted: Counted | None = None


class Office:
    """One operation: its random numbers, its clock, and what happened lately."""

    def __init__(self, seed: int, step: timedelta) -> None:
        self.random, self.now, self._step = Random(seed), BEGIN, step
        self._numbers = count(1)
        self._lately: dict[str, list[Thing]] = {"INC": [], "RES": [], "MOV": []}

    def begin(self, letters: str) -> Thing:
        """A new thing; it takes the place of one that is remembered."""
        thing = Thing(f"{letters}-{next(self._numbers):08}")
        lately = self._lately.get(letters)
        if lately is not None and len(lately) < LATELY:
            lately.append(thing)
        elif lately is not None:
            lately[self.random.randrange(LATELY)] = thing
        return thing

    def follow(self, letters: str) -> Thing | None:
        """Something that happened lately, None where nothing did."""
        lately = self._lately[letters]
        return self.random.choice(lately) if lately else None

    def envelope(self, fact: str, thing: Thing) -> Line:
        """What every fact has. One in five beginnings is received some time after it happened.

        What follows is told of whole days, so that it never comes before what it speaks of.
        """
        self.now += self._step
        occurred, choose, begins = self.now, self.random, thing.facts == 1
        if begins and choose.random() < 0.2:
            occurred -= timedelta(minutes=choose.randrange(60, 14_400))
        name, kind, grade = choose.choice(SOURCES)
        line = choose.randrange(1, 40)
        page = f"volume {self.now.year}, page {choose.randrange(1, 900)}, line {line}"
        told: Line = {
            "fact": fact,
            "id": thing.id,
            "occurred": _instant(occurred) if choose.random() < 0.5 else _day(occurred),
            "received": _instant(self.now) if begins and choose.random() < 0.3 else _day(self.now),
            "actor": choose.choice(OFFICERS),
            "source": {"name": name, "kind": kind, "citation": page, "grade": grade},
            "key": f"{thing.id[4:].lstrip('0')}.{thing.facts}",
        }
        if choose.random() < 0.8:
            told["note"] = " ".join(choose.sample(SENTENCES, 3))
        return told

    def site(self) -> str:
        """Few sites are large and most are small; one fact in seven is about the first."""
        return f"s{int(SITES * self.random.random() ** 3):03}"


def _instant(time: datetime) -> str:
    return f"{time:%Y-%m-%dT%H:%M}{OFFSET}"


def _day(time: datetime) -> str:
    return f"{time:%Y-%m-%d}[{ZONE}]"


def _movement(office: Office) -> Line:
    thing, choose = office.begin("MOV"), office.random
    thing.counted = Counted(1, "count", beyond=400)
    line = office.envelope("movement.made", thing)
    number = choose.randrange(1, 400)
    source, to = office.site(), office.site()
    return line | {
        "from": source,
        "to": to if to != source else choose.choice(("left", "outside", "dead")),
        "count": f"~{number}" if choose.random() < 0.1 else str(number),
        "mode": choose.choice(("bus", "truck", "on foot")),
    }


def _incident(office: Office) -> Line:
    line = office.envelope("incident.opened", office.begin("INC"))
    kind, site = office.random.choice(KINDS), office.site()
    return line | {
        "site": site,
        "kind": kind,
        "title": f"{kind.capitalize()} at {site}, first reported by the watch",
        "severity": office.random.randrange(1, 6),
    }


def _claim(office: Office) -> Line:
    thing, choose = office.follow("INC"), office.random
    if thing is None:
        return _incident(office)
    thing.facts += 1
    measure = choose.choice(MEASURES)
    thing.counted = Counted(thing.facts, measure, beyond=60)
    line = office.envelope("incident.claimed", thing)
    figure = choose.choice(("{}", "{}", "{}+", "~{}")).format(choose.randrange(1, 60))
    return line | {measure: figure, "claimant": choose.choice(CLAIMANTS)}


def _case(office: Office) -> Line:
    line, choose = office.envelope("case.registered", office.begin("RES")), office.random
    return line | {
        "sex": choose.choice(SEXES),
        "age_band": choose.choice(AGES),
        "site": office.site(),
    }


def _step(office: Office) -> Line:
    thing = office.follow("RES")
    if thing is None or thing.steps == len(STEPS):
        return _case(office)
    thing.facts += 1
    step = STEPS[thing.steps]
    thing.steps += 1
    country = {"country": office.random.choice(COUNTRIES)} if step["state"] == "submitted" else {}
    return office.envelope("case.advanced", thing) | step | country


def _observation(office: Office) -> Line:
    line, choose = office.envelope("observation.made", office.begin("OBS")), office.random
    return line | {
        "category": choose.choice(CATEGORIES),
        "text": " ".join(choose.sample(SENTENCES, 2)),
        "site": office.site(),
        "severity": choose.randrange(1, 6),
        "seen": "direct",
    }


def _correction(office: Office) -> Line:
    thing = office.follow(office.random.choice(("MOV", "INC")))
    if thing is None or thing.counted is None:
        return _movement(office)
    thing.facts += 1
    of, field, beyond = thing.counted
    return office.envelope("fact.corrected", thing) | {
        "of": of,
        "set": {field: str(beyond + thing.facts)},
        "reason": "the list was counted again",
    }


TELL: dict[str, Callable[[Office], Line]] = {
    "movement": _movement,
    "incident": _incident,
    "claim": _claim,
    "case": _case,
    "step": _step,
    "observation": _observation,
    "correction": _correction,
}


def _sites() -> Iterator[Line]:
    """The sites, and how many lived there at first: they come before everything else."""
    shared = {"occurred": _day(BEGIN), "received": _day(BEGIN), "actor": OFFICERS[0]}
    for number in range(SITES):
        yield {"fact": "site.opened", "id": f"SIT-S{number:03}", **shared, "key": f"s{number}",
               "name": f"Site {number:03}", "timezone": ZONE}  # fmt: skip
    for number in range(SITES):
        yield {"fact": "movement.made", "id": f"MOV-S{number:03}", **shared, "key": f"m{number}",
               "from": "outside", "to": f"s{number:03}", "count": "9000", "opening": True}  # fmt: skip


class Size(NamedTuple):
    """How much is told: until there are so many facts of one kind, or of all."""

    number: int
    mix: dict[str, int]
    counted: str | None

    @classmethod
    def facts(cls, number: int) -> Size:
        """So many facts of an office, its sites among them."""
        return cls(number, OFFICE, None)

    @classmethod
    def people(cls, number: int) -> Size:
        """So many people, and what happens around them."""
        return cls(number, PEOPLE, "case.registered")

    @property
    def about(self) -> float:
        """About how many facts there will be."""
        return self.number * (sum(self.mix.values()) / self.mix["case"] if self.counted else 1)


def lines(size: Size, seed: int = 1) -> Iterator[Line]:
    """The facts, in the order in which they were received."""
    office = Office(seed, (END - BEGIN) / max(1, size.about))
    tellers = [TELL[kind] for kind, weight in size.mix.items() for _ in range(weight)]
    told = 0
    for line in _sites():
        if told == size.number:
            return
        told += size.counted is None
        yield line
    while told < size.number:
        line = office.random.choice(tellers)(office)
        told += size.counted in (None, line["fact"])
        yield line


def write(size: Size, seed: int, path: Path) -> None:
    """The facts as a file of JSON lines."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(_texts(size, seed))


def _texts(size: Size, seed: int) -> Iterator[str]:
    return (f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines(size, seed))


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    size = parser.add_mutually_exclusive_group(required=True)
    size.add_argument("--people", type=int, metavar="N", help="register N people")
    size.add_argument("--facts", type=int, metavar="N", help="tell N facts of an office")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("-o", "--output", metavar="FILE", help="default: standard output")
    given = parser.parse_args(arguments)
    chosen = Size.facts(given.facts) if given.people is None else Size.people(given.people)
    if given.output is None:
        sys.stdout.writelines(_texts(chosen, given.seed))
    else:
        write(chosen, given.seed, Path(given.output))


if __name__ == "__main__":
    main()
