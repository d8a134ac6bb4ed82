"""One panel of a picture: distributions over one axis, as SVG.

Conventions: pixels; a panel's own origin is its upper left corner. Curves are densities, the highest of a
panel as high as it has room; a mark under the axis is a curve's mean.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import numpy.typing as npt

from improv.measures.density import bandwidth, density

WIDTH, HEIGHT = 280, 168
"""Of a panel with its title and axis."""
TOP, BOTTOM = 44, 128
"""Where curves may reach, and their base line."""
POINTS = 120
INK, SOFT, GRID = "#22303c", "#6b7680", "#d8d3c6"

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Curve:
    """One distribution."""

    samples: Numbers
    colour: str
    mean: float | None
    filled: bool = False


def panel(title: str, note: str, curves: Sequence[Curve], percent: bool = False) -> str:
    """The SVG of a panel: its title, a note in small letters under it, curves, and an axis."""
    parts = [text(0, 14, title, "title"), text(0, 30, note, "small")]
    shown = [curve for curve in curves if len(curve.samples)]
    if not shown:
        return "\n".join([*parts, text(0, (TOP + BOTTOM) / 2, "nothing to measure", "small")])
    low, high = _range(shown)
    at = np.linspace(low, high, POINTS)
    heights = [density(curve.samples, at, (high - low) / 60) for curve in shown]
    highest = max(float(height.max()) for height in heights)
    for curve, height in zip(shown, heights, strict=True):
        points = " ".join(
            f"{_x(value, low, high):.1f},{BOTTOM - (BOTTOM - TOP) * share / highest:.1f}"
            for value, share in zip(at, height, strict=True)
        )
        if curve.filled:
            parts.append(
                f'<path d="M0,{BOTTOM} L{points} L{WIDTH},{BOTTOM} z" fill="{curve.colour}" fill-opacity="0.18"/>'
            )
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{curve.colour}" stroke-width="1.8" '
            'stroke-linejoin="round"/>'
        )
    parts.append(f'<path d="M0,{BOTTOM} h{WIDTH}" stroke="{INK}" stroke-width="0.8"/>')
    parts += [_mark(curve, low, high) for curve in shown if curve.mean is not None]
    for value, anchor in ((low, "start"), ((low + high) / 2, "middle"), (high, "end")):
        said = f"{100 * value:.0f} %" if percent else f"{value:.3g}"
        parts.append(text(_x(value, low, high), BOTTOM + 26, said, "small", f' text-anchor="{anchor}"'))
    return "\n".join(parts)


def text(x: float, y: float, words: str, style: str, more: str = "") -> str:
    """Words whose base line begins at a place."""
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{style}"{more}>{escape(words)}</text>'


def _range(curves: Sequence[Curve]) -> tuple[float, float]:
    """From where to where the axis goes: nearly all of every curve, never nothing."""
    low = min(float(np.quantile(curve.samples, 0.01)) - bandwidth(curve.samples) for curve in curves)
    high = max(float(np.quantile(curve.samples, 0.99)) + bandwidth(curve.samples) for curve in curves)
    least = min(float(curve.samples.min()) for curve in curves)
    low = max(low, 0.0) if least >= 0 else low
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _x(value: float, low: float, high: float) -> float:
    return WIDTH * (min(max(value, low), high) - low) / (high - low)


def _mark(curve: Curve, low: float, high: float) -> str:
    assert curve.mean is not None
    x = _x(curve.mean, low, high)
    return f'<path d="M{x:.1f},{BOTTOM + 2} l4.5,8 h-9 z" fill="{curve.colour}"/>'
