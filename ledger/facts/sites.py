"""Sites: where people live or pass through, under names that change."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator, Field, field_validator

from ledger.errors.rules import AliasTaken, SiteIsClosed, SiteNotClosed, SlugReserved
from ledger.errors.values import IdentifierMalformed
from ledger.facts.base import CountryCode, Fact, Known, ZoneName
from ledger.history import Entry
from ledger.registry import FACTS
from ledger.values.country import codes
from ledger.values.place import ABROAD, FATES, SLUG, folded, slug_of
from ledger.values.text import Name, Text
from ledger.values.when import When


def closed(history: Sequence[Entry]) -> bool:
    """Whether the last word about the site was that it closed."""
    state = False
    for fact in history:
        state = fact.name == "site.closed" or (state and fact.name != "site.reopened")
    return state


def _free(name: str) -> str:
    """A name that leads to no fate and no country."""
    plain = folded(name)
    if plain in FATES:
        raise SlugReserved(slug=name, what="a fate")
    if plain == ABROAD or plain.upper() in codes():
        raise SlugReserved(slug=name, what="a country or all of them")
    return name


#: What a site is called.
SiteTitle = Annotated[Name, AfterValidator(_free)]


class Opened(Fact):
    """A site comes into being. Its id is `SIT-` and the slug, which is its place for ever."""

    kind = FACTS["site.opened"]
    example = (
        "site opened SIT-HURRIYA --name 'Camp Hurriya' --timezone Asia/Baghdad "
        "--aliases 'Camp Liberty' --country IRQ"
    )
    refusals = (AliasTaken, SlugReserved)

    id: str = Field(description="SIT- and the slug in capitals: SIT-HURRIYA")
    name: SiteTitle = Field(description="what it is called")
    timezone: ZoneName = Field(description="its IANA zone: Asia/Baghdad")
    aliases: tuple[SiteTitle, ...] | None = Field(None, description="other names it goes by")
    country: CountryCode | None = Field(None, description="ISO 3166 alpha-3")
    admin_code: Name | None = Field(None, description="P-code of the administrative unit")
    site_kind: Name | None = Field(None, alias="kind", description="camp, transit, airport, ...")

    @field_validator("id")
    @classmethod
    def _slug_is_free(cls, id: str) -> str:
        slug = slug_of(id)
        if not id.startswith("SIT-") or not re.fullmatch(SLUG, slug):
            raise IdentifierMalformed(text=id[:60], family="site", kind="SIT")
        _free(slug)
        return id


class _AtOpenSite(Fact):
    refusals = (SiteIsClosed,)

    @staticmethod
    def check(fact: Entry, history: Sequence[Entry], known: Known) -> None:
        if closed(history):
            raise SiteIsClosed(id=fact.id)


class Renamed(_AtOpenSite):
    """The site gets a name; the names it had go on leading to it."""

    kind = FACTS["site.renamed"]
    example = "site renamed SIT-HURRIYA --name 'Camp Liberty' --at 2012-06-01"

    name: SiteTitle = Field(description="the new name")
    aliases: tuple[SiteTitle, ...] | None = Field(None, description="further names it goes by")


class CapacitySet(_AtOpenSite):
    """How many people the site is meant for, as somebody decided."""

    kind = FACTS["site.capacity_set"]
    example = "site capacity_set SIT-HURRIYA --capacity 5500"

    capacity: int = Field(description="people", ge=0)


class DeadlineSet(_AtOpenSite):
    """The day by which the site is to close, and who set it."""

    kind = FACTS["site.deadline_set"]
    example = "site deadline_set SIT-ASHRAF --deadline 2012-04-30 --by government_iraq"

    deadline: When = Field(description="the day it is to close")
    by: Name | None = Field(None, description="who set it: government_iraq")


class Closed(_AtOpenSite):
    """The site closes; what happens there afterwards is still recorded, as a finding."""

    kind = FACTS["site.closed"]
    example = "site closed SIT-ASHRAF --at 2013-09-12"


class Reopened(Fact):
    """A closed site opens again."""

    kind = FACTS["site.reopened"]
    example = "site reopened SIT-ASHRAF --reason 'a caretaker group returned'"
    refusals = (SiteNotClosed,)

    reason: Text = Field(description="why")

    @staticmethod
    def check(fact: Entry, history: Sequence[Entry], known: Known) -> None:
        if not closed(history):
            raise SiteNotClosed(id=fact.id)
