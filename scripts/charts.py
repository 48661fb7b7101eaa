"""Charts as SVG by hand: small panels side by side, both axes by powers of ten, a line a program; in light and in dark."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Final, NamedTuple

Point = tuple[float, float]

COLOURS: Final = (("#57606a", "#9aa4b2"), ("#4f46e5", "#a5a0ff"), ("#0f766e", "#4fd1c0"), ("#c2410c", "#ff9b62"))
"""Of the first program, the second and so on: in light, in dark."""

WIDTH: Final = 906
COLUMNS: Final = 3
PANEL: Final = (250, 170)
"""A panel's plot, in pixels, without its labels."""
LEFT, TOP, GAP_X, GAP_Y, BOTTOM = 52, 74, 36, 66, 40


class Panel(NamedTuple):
    """A title, and points (bytes of input, seconds) by program."""

    title: str
    lines: Mapping[str, Sequence[Point]]


def decades(values: Sequence[float]) -> tuple[int, int]:
    """The powers of ten that hold all values, at least two apart."""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 2)


def size_label(power: int) -> str:
    """`10 kB` for 4."""
    unit, of = ("B", 0) if power < 3 else ("kB", 3) if power < 6 else ("MB", 6)
    return f"{10 ** (power - of)} {unit}"


def time_label(power: int) -> str:
    """`10 ms` for -2."""
    return f"{10**power} s" if power >= 0 else f"{10 ** (power + 3)} ms" if power >= -3 else f"{10 ** (power + 6)} µs"


def drawn(panels: Sequence[Panel], titles: Sequence[str]) -> str:
    """The picture of some panels, which share their axes; `titles` are the programs, in the order of their colours."""
    points = [point for panel in panels for line in panel.lines.values() for point in line]
    x_axis = decades([x for x, _ in points])
    y_axis = decades([y for _, y in points])
    rows = math.ceil(len(panels) / COLUMNS)
    height = TOP + rows * (PANEL[1] + GAP_Y) - GAP_Y + BOTTOM
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="{escape(described(panels, titles))}" font-family="system-ui, sans-serif" font-size="11">',
        style(len(titles)),
        f'<rect class="ground" width="{WIDTH}" height="{height}" rx="8"/>',
    ]
    at = float(LEFT)
    for k, title in enumerate(titles):
        out.append(f'<line class="c{k}" x1="{at:.0f}" y1="26" x2="{at + 22:.0f}" y2="26"/>')
        out.append(f'<circle class="d{k}" cx="{at + 11:.0f}" cy="26" r="3"/>')
        out.append(f'<text class="name" x="{at + 29:.0f}" y="30">{escape(title)}</text>')
        at += 29 + 7.2 * len(title) + 26
    for number, panel in enumerate(panels):
        x = LEFT + number % COLUMNS * (PANEL[0] + GAP_X)
        y = TOP + number // COLUMNS * (PANEL[1] + GAP_Y)
        out += of_panel(panel, titles, (x, y), x_axis, y_axis, first=number % COLUMNS == 0)
    return "\n".join([*out, "</svg>"]) + "\n"


def style(count: int) -> str:
    """Colours of both themes."""

    def rules(which: int) -> str:
        lines = "".join(f".c{k}{{stroke:{COLOURS[k][which]}}}.d{k}{{fill:{COLOURS[k][which]}}}" for k in range(count))
        ground, ink, faint, grid = (
            ("#ffffff", "#1f2328", "#59636e", "#e6e8eb"),
            ("#161b22", "#e6edf3", "#9198a1", "#2c333c"),
        )[which]
        return f".ground{{fill:{ground}}}.name,.title{{fill:{ink}}}.label{{fill:{faint}}}.grid{{stroke:{grid}}}{lines}"

    lines = ",".join(f".c{k}" for k in range(count))
    return (
        f"<style>{lines}{{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}}.title{{font-weight:600;font-size:13px}}"
        f".name{{font-size:12.5px}}{rules(0)}@media (prefers-color-scheme:dark){{{rules(1)}}}</style>"
    )


def of_panel(
    panel: Panel,
    titles: Sequence[str],
    corner: tuple[float, float],
    x_axis: tuple[int, int],
    y_axis: tuple[int, int],
    *,
    first: bool,
) -> list[str]:
    """A panel with its grid, labels and lines."""
    left, top = corner
    wide, high = PANEL

    def x_of(value: float) -> float:
        return left + wide * (math.log10(value) - x_axis[0]) / (x_axis[1] - x_axis[0])

    def y_of(value: float) -> float:
        return top + high - high * (math.log10(value) - y_axis[0]) / (y_axis[1] - y_axis[0])

    out = [f'<text class="title" x="{left}" y="{top - 12}">{escape(panel.title)}</text>']
    for power in range(y_axis[0], y_axis[1] + 1):
        y = y_of(10.0**power)
        out.append(f'<line class="grid" x1="{left}" y1="{y:.1f}" x2="{left + wide}" y2="{y:.1f}"/>')
        if first:
            out.append(
                f'<text class="label" x="{left - 7}" y="{y + 4:.1f}" text-anchor="end">{time_label(power)}</text>'
            )
    for power in range(x_axis[0], x_axis[1] + 1):
        x = x_of(10.0**power)
        out.append(f'<line class="grid" x1="{x:.1f}" y1="{top}" x2="{x:.1f}" y2="{top + high}"/>')
        if (power - x_axis[0]) % (1 if x_axis[1] - x_axis[0] < 5 else 2):
            continue
        anchor = {x_axis[0]: "start", x_axis[1]: "end"}.get(power, "middle")
        out.append(
            f'<text class="label" x="{x:.1f}" y="{top + high + 16}" text-anchor="{anchor}">{size_label(power)}</text>'
        )
    for k, title in enumerate(titles):
        points = [(x_of(x), y_of(y)) for x, y in panel.lines.get(title, [])]
        if points:
            path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
            out.append(f'<polyline class="c{k}" points="{path}"/>')
            out += [f'<circle class="d{k}" cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in points]
    return out


def described(panels: Sequence[Panel], titles: Sequence[str]) -> str:
    """What the picture shows, for those who don't see it."""
    names = ", ".join(panel.title for panel in panels)
    return f"Time by size of the input, both by powers of ten, for {names}: {', '.join(titles)}. The numbers are in the table."
