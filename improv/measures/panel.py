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


def panel(
    title: str,
    figures: Sequence[tuple[str, str]],
    curves: Sequence[Curve],
    percent: bool = False,
    published: float | None = None,
) -> str:
    """The SVG of a panel.

    Args:
        title: what is measured.
        figures: in words and a colour, under the title.
        curves: the distributions, each over those before it.
        percent: whether the axis tells shares.
        published: a value to mark by a dashed line.
    """
    parts = [text(0, 14, title, "title"), _figures(figures)]
    shown = [curve for curve in curves if len(curve.samples)]
    if not shown:
        return "\n".join([*parts, text(0, (TOP + BOTTOM) / 2, "nothing to measure", "small")])
    low, high = _range(shown, 1.0 if percent else None)
    at = np.linspace(low, high, POINTS)
    heights = [density(curve.samples, at, (high - low) / 60) for curve in shown]
    highest = max(float(height.max()) for height in heights)
    if published is not None and low <= published <= high:
        x = _x(published, low, high)
        parts.append(
            f'<path d="M{x:.1f},{TOP} V{BOTTOM}" stroke="{SOFT}" stroke-width="1" stroke-dasharray="3 3"/>'
        )
    for curve, height in zip(shown, heights, strict=True):
        points = " ".join(
            f"{_x(value, low, high):.1f},{BOTTOM - (BOTTOM - TOP) * share / highest:.1f}"
            for value, share in zip(at, height, strict=True)
        )
        if curve.filled:
            outline = f"M0,{BOTTOM} L{points} L{WIDTH},{BOTTOM} z"
            parts.append(f'<path d="{outline}" fill="{curve.colour}" fill-opacity="0.22"/>')
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{curve.colour}" '
            f'stroke-width="{2.4 if curve.filled else 1.6}" stroke-linejoin="round"/>'
        )
    parts.append(f'<path d="M0,{BOTTOM} h{WIDTH}" stroke="{INK}" stroke-width="0.8"/>')
    parts += [_mark(curve, low, high) for curve in shown if curve.mean is not None]
    for value in ticks(low, high):
        x = _x(value, low, high)
        said = f"{100 * value:.0f} %" if percent else f"{value:g}"
        parts.append(f'<path d="M{x:.1f},{BOTTOM} v4" stroke="{INK}" stroke-width="0.8"/>')
        parts.append(text(x, BOTTOM + 25, said, "small", ' text-anchor="middle"'))
    return "\n".join(parts)


def ticks(low: float, high: float) -> list[float]:
    """Three to six round numbers within a range."""
    rough = (high - low) / 3
    power = 10.0 ** np.floor(np.log10(rough))
    step = float(power * max(factor for factor in (1, 2, 5) if factor * power <= rough * (1 + 1e-9)))
    first = int(np.ceil(low / step - 1e-9))
    return [round(number * step, 10) for number in range(first, int(np.floor(high / step + 1e-9)) + 1)]


def text(x: float, y: float, words: str, style: str, more: str = "") -> str:
    """Words whose base line begins at a place."""
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{style}"{more}>{escape(words)}</text>'


def _figures(figures: Sequence[tuple[str, str]]) -> str:
    spans = (
        f'<tspan fill="{colour}" dx="{9 * (i > 0)}">{escape(said)}</tspan>'
        for i, (said, colour) in enumerate(figures)
    )
    return f'<text x="0" y="31" class="figure">{"".join(spans)}</text>'


def _range(curves: Sequence[Curve], most: float | None) -> tuple[float, float]:
    """From where to where the axis goes: nearly all of every curve, from 0 and up to `most`."""
    low = min(float(np.quantile(curve.samples, 0.01)) - bandwidth(curve.samples) for curve in curves)
    high = max(float(np.quantile(curve.samples, 0.99)) + bandwidth(curve.samples) for curve in curves)
    least = min(float(curve.samples.min()) for curve in curves)
    low = max(low, 0.0) if least >= 0 else low
    high = high if most is None else min(high, most)
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _x(value: float, low: float, high: float) -> float:
    return WIDTH * (min(max(value, low), high) - low) / (high - low)


def _mark(curve: Curve, low: float, high: float) -> str:
    assert curve.mean is not None
    x = _x(curve.mean, low, high)
    return f'<path d="M{x:.1f},{BOTTOM + 2} l4.5,8 h-9 z" fill="{curve.colour}"/>'
