"""What can be said, at random: a strategy for each value, and for each kind of fact one that
follows from its class alone."""

from __future__ import annotations

import types
from calendar import monthrange
from datetime import date
from functools import partial
from typing import Annotated, Any, Union, get_args, get_origin

from hypothesis import strategies as st
from pydantic import BaseModel

from ledger.errors import VigilError
from ledger.facts.base import Fact, field_name
from ledger.known import EVERYTHING
from ledger.registry import FACTS, FAMILIES, fact_class
from ledger.values.country import codes
from ledger.values.figure import Figure
from ledger.values.money import Money, currencies
from ledger.values.place import FATES
from ledger.values.point import WEEKDAYS
from ledger.values.when import When
from ledger.vocabulary import terms

ZONES = (
    "UTC",
    "Asia/Baghdad",
    "Asia/Tehran",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kathmandu",
)
SITES = ("ashraf", "hurriya")

# Values -----------------------------------------------------------------------------------------

#: Any text that can be kept: every script, quotes, line ends, leading dashes; never blank.
texts = st.one_of(
    st.sampled_from(["--", "-5", "it's", 'a "b"', "a=b", "\u200fمخيم", "line\nline", "  x "]),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30),
).filter(lambda text: text.strip())

names = texts
pseudonyms = st.from_regex(r"[A-Z]{3}-[0-9]{2}", fullmatch=True)
grades = st.builds("{}{}".format, st.sampled_from("ABCDEF"), st.integers(1, 6))
places = st.sampled_from([*SITES, "ALB", "DEU", *FATES])

_count = st.integers(0, 10**12 - 1)
figures = st.one_of(
    _count.map(str),
    _count.map("{}+".format),
    _count.map("~{}".format),
    _count.map("~{}+".format),
    st.tuples(_count, _count).map(lambda pair: "{}-{}".format(*sorted(pair))),
    st.tuples(_count, _count).map(lambda pair: "~{}-{}".format(*sorted(pair))),
    _count.map(lambda n: f"<{n + 1}"),
    _count.map(">{}".format),
    st.just("unknown"),
)

moneys = st.builds(
    "{}{} {}".format,
    st.integers(1, 10**9),
    st.just("") | st.integers(1, 99).map(".{:02}".format),
    st.sampled_from(sorted(currencies())),
)

_years = st.integers(1000, 9998)
_days = st.builds(
    lambda year, month, day: str(date(year, month, min(day, monthrange(year, month)[1]))),
    _years,
    st.integers(1, 12),
    st.integers(1, 31),
)
_offsets = st.one_of(
    st.just("Z"),
    st.builds(
        lambda sign, hours, minutes: f"{sign}{hours:02}:{minutes:02}",
        st.sampled_from("+-"), st.integers(0, 13), st.integers(0, 59),
    ),
)  # fmt: skip
_clocks = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))
_seconds = st.one_of(
    st.just(""),
    st.integers(0, 59).map(":{:02}".format),
    st.from_regex(r":[0-5][0-9]\.[0-9]{1,6}", fullmatch=True, alphabet="0123456789:."),
)
_instants = st.builds(
    "{}{}{}{}{}".format, _days, st.sampled_from("T "), _clocks, _seconds, _offsets
)
_local_instants = st.builds("{}T{}{}".format, _days, _clocks, _seconds)
_calendar = st.one_of(
    _days,
    st.builds("{:04}-{:02}".format, _years, st.integers(1, 12)),
    st.builds("{:04}-Q{}".format, _years, st.integers(1, 4)),
    _years.map("{:04}".format),
    st.builds("{} {}".format, st.sampled_from(WEEKDAYS), _days),
)


@st.composite
def _intervals(draw: st.DrawFn) -> str:
    point = st.one_of(_calendar.filter(lambda text: text[0].isdigit()), _instants)
    match draw(st.sampled_from(["both", "from", "until"])):
        case "from":
            return draw(point) + ".."
        case "until":
            return ".." + draw(point)
    return "..".join(sorted([draw(point), draw(point)], key=lambda text: text[:4]))


#: Times as people write them; a local time may be one that a zone skips or repeats.
when_texts = st.one_of(_calendar, _instants, _local_instants, _intervals())


def _settles(pair: tuple[str, str]) -> When | None:
    text, zone = pair
    try:
        return When.parse(text).settle(zone)
    except VigilError:
        return None


whens = st.tuples(when_texts, st.sampled_from(ZONES)).map(_settles).filter(lambda when: when)

# Facts ------------------------------------------------------------------------------------------


def fields_of(name: str) -> st.SearchStrategy[dict[str, Any]]:
    """Fields of a kind of fact that are valid by themselves, complete as the store has them."""
    cls = fact_class(name)
    required, optional = {}, {}
    for attribute, info in cls.model_fields.items():
        field = field_name(cls, attribute)
        strategy = _ids(name) if field == "id" else _of(field, info.rebuild_annotation())
        (required if info.is_required() or field in _STORED else optional)[field] = strategy
    return st.fixed_dictionaries(required, optional=optional).filter(lambda said: _valid(cls, said))


def facts(name: str) -> st.SearchStrategy[Fact]:
    """Stored facts of one kind."""
    return fields_of(name).map(lambda said: fact_class(name).read(said, EVERYTHING))


any_fact = st.sampled_from(sorted(FACTS)).flatmap(facts)

#: What the ledger always fills in.
_STORED = ("id", "version", "uuid", "occurred", "received", "recorded", "actor")

_BY_NAME = {
    "uuid": st.uuids(version=4).map(lambda uuid: uuid.hex),
    "version": st.integers(1, 10**6),
    "recorded": st.integers(0, 2**50).map(lambda micros: When.instant(micros).text),
    "occurred": whens.map(str),
    "received": st.sampled_from(["9998[UTC]", "2013-02-09..[Asia/Baghdad]"]),
    "currency": st.sampled_from(["USD", "EUR"]),
    "set": st.dictionaries(
        st.sampled_from(["title", "note", "claimant", "source-name"]), st.none() | texts, min_size=1
    ),
}
_BY_VALIDATOR = {
    "_name": names,
    "_text": texts,
    "_pseudonym": pseudonyms,
    "_grade": grades,
    "_place": places,
    "_site": st.sampled_from(SITES),
    "_country": st.sampled_from(sorted(codes())),
    "_no_total": names.filter(lambda name: name.strip().casefold() != "total"),
    "_free": names.filter(lambda name: len(name.strip()) > 8),
    "_place_or_abroad": places | st.just("abroad"),
    "_measure": st.sampled_from(list(terms("measure"))),
    "zone_known": st.sampled_from(ZONES),
    "_quantity": st.from_regex(r"[0-9]{1,6}(\.[0-9]{1,3})?", fullmatch=True),
    "_sha256": st.from_regex(r"[0-9a-f]{64}", fullmatch=True),
    "_fact": st.from_regex(r"INC-[A-Z]{3}/[1-9]", fullmatch=True),
}


def _of(field: str, annotation: Any) -> st.SearchStrategy[Any]:
    if field in _BY_NAME:
        return _BY_NAME[field]
    base, metadata = _flat(annotation)
    checks = [item.func for item in metadata if hasattr(item, "func")]
    if checks and base is not int:
        return _by_check(checks[-1])
    if get_origin(base) is tuple:
        return st.lists(_of("", get_args(base)[0]), min_size=1, max_size=3)
    if base is int:
        low = next((item.ge for item in metadata if hasattr(item, "ge")), 0)
        high = next((item.le for item in metadata if hasattr(item, "le")), 10**6)
        return st.integers(low, high)
    if isinstance(base, type) and issubclass(base, BaseModel):
        required, optional = {}, {}
        for part, info in base.model_fields.items():
            parts = required if info.is_required() else optional
            parts[part] = _of("", info.rebuild_annotation())
        return st.fixed_dictionaries(required, optional=optional).filter(bool)
    simple = {Figure: figures, Money: moneys, When: whens.map(str), bool: st.booleans(), str: names}
    return simple[base]


def _by_check(check: Any) -> st.SearchStrategy[Any]:
    if isinstance(check, partial) and check.func.__name__ == "_thing":
        return st.from_regex(rf"{check.args[0]}-[A-Z]{{3}}-[0-9]{{1,4}}", fullmatch=True)
    if isinstance(check, partial):
        return st.sampled_from(list(terms(check.args[0])))
    return _BY_VALIDATOR[check.__name__]


def _flat(annotation: Any) -> tuple[Any, list[Any]]:
    """The type under `| None` and `Annotated`, and what they say about it, innermost first."""
    if get_origin(annotation) in (Union, types.UnionType):
        (inner,) = (arg for arg in get_args(annotation) if arg is not type(None))
        return _flat(inner)
    if get_origin(annotation) is Annotated:
        base, metadata = _flat(get_args(annotation)[0])
        return base, [*metadata, *annotation.__metadata__]
    return annotation, []


def _ids(name: str) -> st.SearchStrategy[str]:
    kind = FACTS[name]
    letters = FAMILIES[kind.family].kind if kind.family in FAMILIES else "INC"
    return st.from_regex(rf"{letters}-[A-Z]{{4,9}}(-[0-9]{{1,4}})?", fullmatch=True)


def _valid(cls: type[Fact], said: dict[str, Any]) -> bool:
    try:
        cls.read(said, EVERYTHING)
    except VigilError:
        return False
    return True
