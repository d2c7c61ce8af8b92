"""When something happened or was learned: a subset of EDTF with zone, precision and bounds.

A `When` keeps what was said ("2013-02", "Monday 2014-11-18", "05:00") and covers a span of time:
`earliest` is its first instant, `latest` the first instant after it (an exclusive end), both in
microseconds since 1970-01-01T00:00Z, or `ALWAYS` / `NEVER` where the span is open. It is *settled*
when those instants are known, that is when a zone or an offset is; only settled ones are stored.

PyPI's `edtf` was tried and is not used: it drops the time of day and has neither zones nor quarters
(docs/decisions/0002-when.md). Nothing here imports pydantic, because queries read times too.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from ledger.errors import TimeRelative
from ledger.values.instants import ALWAYS, EPOCH, NEVER, offset_at
from ledger.values.point import (
    WEEKDAYS,
    Point,
    end_instant,
    first_instant,
    width,
    with_offset,
    write_point,
)


class When:
    """A settled or unsettled time; equal when the canonical texts are. Immutable by convention."""

    __slots__ = ("_relative", "earliest", "end", "latest", "start", "text", "weekday", "zone")

    def __init__(
        self,
        start: Point | None,
        end: Point | None,
        *,
        zone: str | None = None,
        weekday: str | None = None,
        relative: str | None = None,
    ) -> None:
        self.start, self.end = start, end
        self.weekday, self.zone = weekday, zone
        self._relative = relative
        self.earliest, self.latest = ALWAYS, NEVER
        if self.settled:
            self.earliest = first_instant(start, zone) if start else ALWAYS
            self.latest = end_instant(end, zone) if end else NEVER
        self.text = self._write()

    @classmethod
    def parse(cls, text: str) -> When:
        """Read a time as people write it; raises a refusal that names the accepted forms."""
        from ledger.values.grammar import parse

        return parse(text)

    @classmethod
    def instant(cls, micros: int, zone: str = "UTC") -> When:
        """The microsecond that begins at `micros`, written with the offset of `zone`."""
        moment = EPOCH + timedelta(microseconds=micros)
        offset = offset_at(moment, zone)
        local = moment + timedelta(microseconds=offset)
        point = Point(local, "fraction", 6, offset)
        return cls(point, point)

    @classmethod
    def of_instant(cls, point: Point, text: str) -> When:
        """The time of a point that has an offset, of which the canonical text is known."""
        self = cls.__new__(cls)
        self.start = self.end = point
        self.zone = self.weekday = self._relative = None
        self.earliest = earliest = first_instant(point, None)
        self.latest = earliest + width(point)
        self.text = text
        return self

    @property
    def relative(self) -> bool:
        """Whether it is said relative to the present (`now`, `-20m`, `05:30`)."""
        return self._relative is not None

    @property
    def settled(self) -> bool:
        """Whether its instants are known: it is not relative, and no part waits for a zone."""
        if self._relative is not None:
            return False
        if self.zone is not None:
            return True
        start, end = self.start, self.end
        return (start is None or start.offset is not None) and (
            end is None or end.offset is not None
        )

    @property
    def precision(self) -> str:
        """`year quarter month day minute second fraction`, or `interval`."""
        if self.start is None or self.start is not self.end:
            return "interval"
        return self.start.unit

    @property
    def weekday_wrong(self) -> str | None:
        """The right weekday where the one that was said is wrong (`Tuesday`), else None."""
        if self.weekday is None or self.start is None:
            return None
        right = WEEKDAYS[self.start.start.weekday()]
        return None if right == self.weekday else right

    def calendar_year(self) -> When:
        """The calendar year in which it lies, in its own zone; of an interval, that of its end."""
        point = self.end or self.start
        assert point is not None
        year = Point(datetime(point.start.year, 1, 1), "year", 0, point.offset)
        return When(year, year, zone=self.zone)

    def settle(self, zone: str, now: int | None = None) -> When:
        """The same time with its zone settled; relative times are read from `now` (microseconds).

        Raises `LocalTimeUnclear` for a local time that its zone skips or repeats.
        """
        if self._relative is not None:
            if now is None:
                raise TimeRelative(text=self._relative)
            from ledger.values.grammar import settle_relative

            return settle_relative(self._relative, zone, now)
        if self.settled:
            return self
        return When(self.start, self.end, zone=zone, weekday=self.weekday).with_offsets()

    def with_offsets(self) -> When:
        """Instants carry their offset from here on; the zone stays for days and longer."""
        if self.zone is None:
            return self
        start = with_offset(self.start, self.zone)
        end = start if self.end is self.start else with_offset(self.end, self.zone)
        waits = any(point is not None and point.offset is None for point in (start, end))
        return When(start, end, zone=self.zone if waits else None, weekday=self.weekday)

    def _write(self) -> str:
        if self._relative is not None:
            return self._relative
        if self.start is not None and self.start is self.end:
            text = write_point(self.start)
        else:
            text = f"{write_point(self.start)}..{write_point(self.end)}"
        if self.weekday:
            text = f"{self.weekday} {text}"
        return f"{text}[{self.zone}]" if self.zone else text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, When) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"When({self.text!r})"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        from ledger.values.schema import text_value

        return text_value(cls, title="When", examples=["2012-02-18", "2013-02-09T05:00+03:00"])
