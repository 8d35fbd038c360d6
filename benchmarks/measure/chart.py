"""Horizontal bar charts as SVG, by hand: no dependency, light and dark.

A bar is a median; the thin line over its end is the spread from lowest to highest.
The colours are set in a style sheet inside the picture, so a dark page gets a dark
chart; the text is real text, and the title and description are read to those who
listen.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

__all__ = ["Bar", "bars"]

WIDTH = 760
LABEL = 210
RIGHT = 90
TOP = 64
STEP = 22
THICK = 14

STYLE = """
 svg { font: 12px system-ui, sans-serif; background: #fff; }
 text { fill: #1f2328; } .quiet { fill: #59636e; } .grid { stroke: #d1d9e0; }
 .ours { fill: #0f766e; } .bare { fill: #8b949e; } .theirs { fill: #c2c9d1; }
 .spread { stroke: #1f2328; stroke-width: 1.5; } .title { font-weight: 600; }
 @media (prefers-color-scheme: dark) {
  svg { background: #0d1117; } text { fill: #f0f6fc; } .quiet { fill: #9198a1; }
  .grid { stroke: #3d444d; } .ours { fill: #2dd4bf; } .bare { fill: #6e7681; }
  .theirs { fill: #3d444d; } .spread { stroke: #f0f6fc; }
 }
"""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; `kind` is `ours`, `bare` or `theirs`."""

    label: str
    value: float
    low: float
    high: float
    kind: str = "theirs"


def nice_step(top: float) -> float:
    """Choose a round distance for about six lines of the grid."""
    rough = top / 6
    magnitude: float = 10.0 ** math.floor(math.log10(rough))
    for factor in (1, 2, 2.5, 5, 10):
        if rough <= factor * magnitude:
            return factor * magnitude
    return 10 * magnitude


def bars(title: str, subtitle: str, rows: Sequence[Bar], digits: int = 1) -> str:
    """Draw bars in the order given, from zero, lengths in proportion."""
    top = max((row.high for row in rows), default=1.0) or 1.0
    height = TOP + STEP * len(rows) + 28
    scale = (WIDTH - LABEL - RIGHT) / top
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}"'
            f' width="{WIDTH}" height="{height}" role="img" aria-labelledby="t d">'
        ),
        f'<title id="t">{escape(title)}</title>',
        f'<desc id="d">{escape(subtitle)}</desc>',
        f"<style>{STYLE}</style>",
        f'<text class="title" x="12" y="22">{escape(title)}</text>',
        f'<text class="quiet" x="12" y="42">{escape(subtitle)}</text>',
        *grid(top, scale, height),
    ]
    for number, row in enumerate(rows):
        parts += bar(row, TOP + STEP * number, scale, digits)
    return "\n".join([*parts, "</svg>"]) + "\n"


def grid(top: float, scale: float, height: int) -> list[str]:
    """Draw the vertical lines and their figures below."""
    parts = []
    step = nice_step(top)
    for number in range(math.floor(top / step) + 1):
        x = LABEL + number * step * scale
        parts.append(
            f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 6}"'
            f' y2="{height - 24}"/>'
        )
        parts.append(
            f'<text class="quiet" x="{x:.1f}" y="{height - 8}"'
            f' text-anchor="middle">{number * step:,g}</text>'
        )
    return parts


def bar(row: Bar, y: int, scale: float, digits: int) -> list[str]:
    """Draw one bar with its label, its spread and its figure."""
    middle = y + THICK / 2
    end = LABEL + row.value * scale
    left, right = LABEL + row.low * scale, LABEL + row.high * scale
    parts = [
        (
            f'<text x="{LABEL - 8}" y="{y + 11}" text-anchor="end">'
            f"{escape(row.label)}</text>"
        ),
        (
            f'<rect class="{row.kind}" x="{LABEL}" y="{y}" height="{THICK}"'
            f' width="{max(1.0, end - LABEL):.1f}" rx="2"/>'
        ),
    ]
    if row.high > row.low:
        parts.append(
            f'<line class="spread" x1="{left:.1f}" x2="{right:.1f}"'
            f' y1="{middle}" y2="{middle}"/>'
        )
    parts.append(
        f'<text x="{max(end, right) + 6:.1f}" y="{y + 11}">'
        f"{row.value:,.{digits}f}</text>"
    )
    return parts
