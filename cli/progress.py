"""How far long work has come, for somebody who watches a terminal."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable

#: A terminal is written to no more often than this, in seconds.
_EVERY = 0.1


def progress(label: str, clock: Callable[[], float] = time.monotonic) -> Callable[[int, int], None]:
    """A function that shows, on standard error, what is done of all, how fast, and what is left."""
    first: tuple[float, int] | None = None  # its time and what was done by then
    shown = 0.0

    def show(done: int, total: int) -> None:
        nonlocal first, shown
        now = clock()
        first = first or (now, done)
        if now - shown < _EVERY and done < total:
            return
        shown = now
        rate = (done - first[1]) / (now - first[0]) if now > first[0] else 0
        click.echo(f"\r\x1b[K{line(label, done, total, rate)}", nl=False, err=True)
        if done >= total:
            click.echo(err=True)

    return show


def line(label: str, done: int, total: int, rate: float) -> str:
    """`facts 40,000 of 100,000, 20,000 a second, 3 s left`."""
    text = f"{label} {done:,} of {total:,}"
    if rate <= 0:
        return text
    left = f", {_duration((total - done) / rate)} left" if done < total else ""
    return f"{text}, {rate:,.0f} a second{left}"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
