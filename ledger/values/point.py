"""One end of a span of time: calendar fields as they were written, and the instants they cover."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from ledger.errors.values import LocalTimeUnclear
from ledger.values.instants import EPOCH, MINUTE, SECOND, zone_of

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MICROSECOND = timedelta(microseconds=1)
_CALENDAR_UNITS = frozenset({"year", "quarter", "month", "day"})


class Point(NamedTuple):
    """One end of a span as it was written: local calendar fields, the unit it covers, an offset."""

    start: datetime
    unit: str
    digits: int
    offset: int | None


def write_point(point: Point | None) -> str:
    """The point as it is written in a canonical text; nothing for an open end."""
    if point is None:
        return ""
    start = point.start
    match point.unit:
        case "year":
            return f"{start.year:04}"
        case "quarter":
            return f"{start.year:04}-Q{(start.month + 2) // 3}"
        case "month":
            return f"{start.year:04}-{start.month:02}"
        case "day":
            return start.date().isoformat()
    text = start.isoformat(timespec="minutes" if point.unit == "minute" else "seconds")
    if point.unit == "fraction":
        text += "." + f"{start.microsecond:06}"[: point.digits]
    return text + write_offset(point.offset)


def write_offset(offset: int | None) -> str:
    """An offset in microseconds as `Z` or `+03:00`; nothing where it is not known."""
    if offset is None:
        return ""
    if offset == 0:
        return "Z"
    minutes = abs(offset) // MINUTE
    return f"{'-' if offset < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}"


def first_instant(point: Point, zone: str | None) -> int:
    """The instant at which a point's unit begins."""
    return _to_utc(point.start, point, zone)


def end_instant(point: Point, zone: str | None) -> int:
    """The first instant after a point's unit."""
    start = point.start
    match point.unit:
        case "year":
            after = datetime(start.year + 1, 1, 1)
        case "quarter" | "month":
            month = start.month + (3 if point.unit == "quarter" else 1)
            after = datetime(start.year + (month > 12), (month - 1) % 12 + 1, 1)
        case "day":
            after = start + timedelta(days=1)
        case _:
            return _to_utc(start, point, zone) + width(point)
    return _to_utc(after, point, zone)


def width(point: Point) -> int:
    """How long the unit of an instant is, in microseconds."""
    return MINUTE if point.unit == "minute" else SECOND // int(10**point.digits)


def _to_utc(local: datetime, point: Point, zone: str | None) -> int:
    if point.offset is not None:
        return (local - EPOCH) // _MICROSECOND - point.offset
    assert zone is not None
    return utc_of(local, zone)


def utc_of(local: datetime, zone: str) -> int:
    """The instant of a local time in a zone, in microseconds."""
    since_epoch = (local - EPOCH) // _MICROSECOND
    if zone == "UTC":
        return since_epoch
    ahead = local.replace(tzinfo=zone_of(zone)).utcoffset()
    assert ahead is not None
    return since_epoch - ahead // _MICROSECOND


def with_offset(point: Point | None, zone: str) -> Point | None:
    """An instant's local time turned into an offset; days and longer keep waiting for the zone."""
    if point is None or point.offset is not None or point.unit in _CALENDAR_UNITS:
        return point
    if zone == "UTC":
        return point._replace(offset=0)
    first = point.start.replace(tzinfo=zone_of(zone))
    before, after = first.utcoffset(), first.replace(fold=1).utcoffset()
    assert before is not None
    assert after is not None
    if before != after:
        skipped = before < after
        raise LocalTimeUnclear(
            text=point.start.isoformat(timespec="minutes"),
            zone=zone,
            what="does not exist (the clocks went forward)"
            if skipped
            else "happened twice (the clocks went back)",
            one=write_offset(before // timedelta(microseconds=1)),
            other=write_offset(after // timedelta(microseconds=1)),
        )
    return point._replace(offset=before // timedelta(minutes=1) * MINUTE)
