"""Sites: where people live or pass through, under names that change."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field, field_validator

from ledger.errors import IdentifierMalformed, SiteIsClosed, SiteNotClosed, SlugReserved
from ledger.facts.base import CountryCode, Fact, Known, ZoneName
from ledger.history import Entry
from ledger.registry import FACTS
from ledger.values.country import codes
from ledger.values.place import ABROAD, FATES, SLUG
from ledger.values.text import Name, Text
from ledger.values.when import When

_PREFIX = "SIT-"


def slug_of(id: str) -> str:
    """The slug of a site's id: `hurriya` of `SIT-HURRIYA`."""
    return id.removeprefix(_PREFIX).lower()


def closed(history: Sequence[Entry]) -> bool:
    """Whether the last word about the site was that it closed."""
    state = False
    for fact in history:
        state = fact.name == "site.closed" or (state and fact.name != "site.reopened")
    return state


class Opened(Fact):
    """A site comes into being. Its id is `SIT-` and the slug, which is its place for ever."""

    kind = FACTS["site.opened"]

    id: str = Field(description="SIT- and the slug in capitals: SIT-HURRIYA")
    name: Name = Field(description="what it is called")
    timezone: ZoneName = Field(description="its IANA zone: Asia/Baghdad")
    aliases: tuple[Name, ...] | None = Field(None, description="other names it goes by")
    country: CountryCode | None = Field(None, description="ISO 3166 alpha-3")
    admin_code: Name | None = Field(None, description="P-code of the administrative unit")
    site_kind: Name | None = Field(None, alias="kind", description="camp, transit, airport, ...")

    @field_validator("id")
    @classmethod
    def _slug_is_free(cls, id: str) -> str:
        slug = slug_of(id)
        if not id.startswith(_PREFIX) or not SLUG.fullmatch(slug):
            raise IdentifierMalformed(text=id[:60], family="site", kind="SIT")
        if slug in FATES:
            raise SlugReserved(slug=slug, what="a fate")
        if slug == ABROAD or slug.upper() in codes():
            raise SlugReserved(slug=slug, what="a country or all of them")
        return id


class _AtOpenSite(Fact):
    @staticmethod
    def check(fact: Entry, history: Sequence[Entry], known: Known) -> None:
        if closed(history):
            raise SiteIsClosed(id=fact.id)


class Renamed(_AtOpenSite):
    """The site gets a name; the names it had go on leading to it."""

    kind = FACTS["site.renamed"]

    name: Name = Field(description="the new name")
    aliases: tuple[Name, ...] | None = Field(None, description="further names it goes by")


class CapacitySet(_AtOpenSite):
    """How many people the site is meant for, as somebody decided."""

    kind = FACTS["site.capacity_set"]

    capacity: int = Field(description="people", ge=0)


class DeadlineSet(_AtOpenSite):
    """The day by which the site is to close, and who set it."""

    kind = FACTS["site.deadline_set"]

    deadline: When = Field(description="the day it is to close")
    by: Name | None = Field(None, description="who set it: government_iraq")


class Closed(_AtOpenSite):
    """The site closes; what happens there afterwards is still recorded, as a finding."""

    kind = FACTS["site.closed"]


class Reopened(Fact):
    """A closed site opens again."""

    kind = FACTS["site.reopened"]

    reason: Text = Field(description="why")

    @staticmethod
    def check(fact: Entry, history: Sequence[Entry], known: Known) -> None:
        if not closed(history):
            raise SiteNotClosed(id=fact.id)
