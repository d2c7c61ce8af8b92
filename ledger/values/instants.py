"""Instants: microseconds since 1970-01-01T00:00Z, and the zones in which people read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from ledger.errors.values import ZoneUnknown

if TYPE_CHECKING:
    from datetime import tzinfo

MICROSECOND = 1
SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

#: The open ends of a span. Every instant a calendar can name lies between them.
ALWAYS = -(2**62)
NEVER = 2**62

#: The end of what is still known.
FOREVER = NEVER + 1

EPOCH = datetime(1970, 1, 1)


def iso(micros: int) -> str | None:
    """An instant as ISO 8601 in UTC (`2012-02-17T21:00:00Z`), None where the span is open."""
    try:
        return (EPOCH + timedelta(microseconds=micros)).isoformat() + "Z"
    except OverflowError:
        return None


def micros(moment: datetime) -> int:
    """An aware `datetime` as microseconds since 1970-01-01T00:00Z."""
    offset = moment.utcoffset()
    if offset is None:
        raise TypeError("an instant needs an offset")
    return (moment.replace(tzinfo=None) - offset - EPOCH) // timedelta(microseconds=1)


def zone_known(zone: str) -> str:
    """`zone` if the time zone database has it; raises `ZoneUnknown`."""
    zone_of(zone)
    return zone


def offset_at(moment: datetime, zone: str) -> int:
    """The offset of `zone` at a UTC moment, in microseconds (whole minutes)."""
    if zone == "UTC":
        return 0
    offset = moment.replace(tzinfo=UTC).astimezone(zone_of(zone)).utcoffset()
    assert offset is not None
    return offset // timedelta(minutes=1) * MINUTE


@lru_cache(maxsize=64)
def zone_of(name: str) -> tzinfo:
    """A zone of the IANA database; raises `ZoneUnknown`. Loaded when a zone is first needed."""
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        raise ZoneUnknown(zone=name) from None
