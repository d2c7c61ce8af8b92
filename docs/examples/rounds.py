"""Rounds of an invented displacement survey, written as CSV. Nothing in it ever happened.

    python rounds.py [--seed 14] [--rounds 2] > rounds.csv

The shape is that of site assessments as IOM's Displacement Tracking Matrix publishes them: a row a
site, a round and a sex, and between rounds a row a flow. One seed gives one file, byte for byte.
The camps, the people and the numbers are drawn by a random generator; the column `data` says so.
"""

from __future__ import annotations

import argparse
import csv
import sys
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

COLUMNS = (
    "round", "date", "reported", "site_id", "site", "flow", "other", "sex", "individuals",
    "households", "method", "data",
)  # fmt: skip
#: The sites of the survey; the last one opens after the first round.
SITES = {"NORTH": "North camp", "RIVER": "River bank", "SCHOOL": "Old school", "ARENA": "Arena"}
FIRST_ROUND = date(2025, 3, 3)
BETWEEN_ROUNDS = timedelta(weeks=8)


def rounds(seed: int, count: int) -> Iterator[dict[str, Any]]:
    """The rows of `count` rounds, and the flows between them, in order."""
    random = Random(seed)  # noqa: S311  # a made-up survey is to be repeatable, not secret
    people = {site: random.randint(150, 900) for site in list(SITES)[:-1]}
    for number in range(1, count + 1):
        day = FIRST_ROUND + (number - 1) * BETWEEN_ROUNDS
        if number > 1:
            yield from flows(random, people, f"R{number}", day)
        for site, there in people.items():
            yield from stock(random, there, f"R{number}", day, site)
            day += timedelta(days=1)


def stock(random: Random, people: int, name: str, day: date, site: str) -> Iterator[dict[str, Any]]:
    """How many people a round finds at a site: all of them, then women and girls, men and boys."""
    method = random.choice(["headcount", "headcount", "key_informant"])
    counted = people if method == "headcount" else round(people, -1)
    female = round(counted * random.uniform(0.48, 0.55))
    for sex, individuals in (("all", counted), ("f", female), ("m", counted - female)):
        households = round(individuals / 5.2) if sex == "all" else ""
        yield row(name, day, site, "stock", "", sex, individuals, households, method)


def flows(random: Random, people: dict[str, int], name: str, day: date) -> Iterator[dict[str, Any]]:
    """Who came and went in the weeks before a round, as far as anybody noticed."""
    came, moved, left, unseen = (random.randint(5, 60) for _ in range(4))
    weeks = (day - timedelta(days=days) for days in (40, 26, 12))
    yield row(name, next(weeks), "NORTH", "in", "outside", "all", came, "", "flow_monitoring")
    yield row(name, next(weeks), "ARENA", "in", "RIVER", "all", moved, "", "flow_monitoring")
    yield row(name, next(weeks), "SCHOOL", "out", "left", "all", left, "", "flow_monitoring")
    for site, change in (
        ("NORTH", came), ("RIVER", -moved), ("ARENA", moved), ("SCHOOL", -left - unseen),
    ):  # fmt: skip
        people[site] = max(0, people.get(site, 0) + change)


def row(
    name: str, day: date, site: str, flow: str, other: str, sex: str, individuals: int,
    households: int | str, method: str,
) -> dict[str, Any]:  # fmt: skip
    """One line of the file; the office gets a report three days after the survey."""
    reported = day + timedelta(days=3)
    values = (
        name, day.isoformat(), reported.isoformat(), site, SITES[site], flow, other, sex,
        individuals, households, method, "made up",
    )  # fmt: skip
    return dict(zip(COLUMNS, values, strict=True))


def main() -> None:
    """Write the rounds of a seed to standard output."""
    options = argparse.ArgumentParser(description="A displacement survey that never happened.")
    options.add_argument("--seed", type=int, default=14)
    options.add_argument("--rounds", type=int, default=2)
    given = options.parse_args()
    writer = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rounds(given.seed, given.rounds))


if __name__ == "__main__":
    main()
