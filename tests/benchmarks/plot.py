"""A plot of lines on two logarithmic axes, as SVG with presentation attributes alone."""

from __future__ import annotations

from html import escape
from math import ceil, floor, log10
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 420, 70, 170, 30, 50
COLOURS = ("#1b6ca8", "#c0561c", "#2e7d4f", "#7a4fa3", "#8a6d1d")
INK, GRID = "#555555", "#d0d0d0"
TEXT = f'font-family="sans-serif" font-size="12" fill="{INK}"'


def svg(lines: Mapping[str, Sequence[tuple[float, float]]], across: str, up: str) -> str:
    """The plot of named lines; every number is above 0."""
    points = [point for line in lines.values() for point in line]
    xs, ys = (_decades([point[side] for point in points]) for side in (0, 1))
    return "\n".join(_drawn(lines, xs, ys, across, up)) + "\n"


def _decades(values: Sequence[float]) -> range:
    """The exponents of ten that the values lie between."""
    low = floor(log10(min(values)))
    return range(low, max(ceil(log10(max(values))), low + 1) + 1)


def _at(value: float, decades: range, begin: float, end: float) -> float:
    share = (log10(value) - decades[0]) / (decades[-1] - decades[0])
    return round(begin + share * (end - begin), 1)


def _drawn(
    lines: Mapping[str, Sequence[tuple[float, float]]],
    xs: range,
    ys: range,
    across: str,
    up: str,
) -> Iterator[str]:
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" role="img" direction="ltr">'
    )
    yield f"<title>{escape(up)} by {escape(across)}: {escape(', '.join(lines))}</title>"
    yield f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>'
    for exponent in xs:
        x = _at(10.0**exponent, xs, LEFT, right)
        yield f'<line x1="{x}" y1="{TOP}" x2="{x}" y2="{bottom}" stroke="{GRID}"/>'
        yield f'<text x="{x}" y="{bottom + 18}" text-anchor="middle" {TEXT}>{_power(exponent)}</text>'
    for exponent in ys:
        y = _at(10.0**exponent, ys, bottom, TOP)
        yield f'<line x1="{LEFT}" y1="{y}" x2="{right}" y2="{y}" stroke="{GRID}"/>'
        yield f'<text x="{LEFT - 8}" y="{y + 4}" text-anchor="end" {TEXT}>{_power(exponent)}</text>'
    yield f'<text x="{(LEFT + right) / 2}" y="{HEIGHT - 10}" text-anchor="middle" {TEXT}>{escape(across)}</text>'
    yield f'<text x="{LEFT}" y="{TOP - 12}" text-anchor="middle" {TEXT}>{escape(up)}</text>'
    for number, (name, line) in enumerate(lines.items()):
        colour = COLOURS[number % len(COLOURS)]
        places = [(_at(x, xs, LEFT, right), _at(y, ys, bottom, TOP)) for x, y in line]
        path = " ".join(f"{x},{y}" for x, y in places)
        yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
        for x, y in places:
            yield f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}"/>'
        # Labels stand in a column of their own, so that lines that end together stay legible.
        y = TOP + 16 * (number + 1)
        yield f'<rect x="{right + 16}" y="{y - 9}" width="10" height="10" fill="{colour}"/>'
        yield f'<text x="{right + 32}" y="{y}" {TEXT}>{escape(name)}</text>'
    yield "</svg>"


def _power(exponent: int) -> str:
    return f"{10**exponent:,}" if exponent >= 0 else f"{10.0**exponent:g}"
