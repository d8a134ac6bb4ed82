"""The picture of a comparison: every measure's distributions side by side, and every overlap.

Conventions: SVG, self-contained, in pixels; the real solos are the filled curve.
"""

from collections.abc import Sequence
from html import escape

import numpy as np

from improv.measures.compare import Comparison, Measured
from improv.measures.figures import MEASURES, Value
from improv.measures.overlap import FEATURES
from improv.measures.panel import GRID, HEIGHT, INK, SOFT, WIDTH, Curve, Numbers, panel, text
from improv.measures.table import spelled

COLUMNS, SPACE, LEFT, TOP = 4, 36, 44, 112
REAL = "#33658a"
COLOURS = ("#b8484e", "#b97a10", "#22806f", "#6a4c93", "#7a5c3e")
"""One for each other set; they begin again where there are more."""
PAPER = "#fbfaf6"
FIGURES = (
    "A curve shows how the solos of a set spread, a triangle and the number in its colour their mean. "
    "Dashed: the mean published for real solos, measured whole."
)
AREAS = (
    "How far apart solos are: the real ones among themselves (filled), and each other set from the real. "
    "The number is the area that both curves share."
)
STYLE = (
    "text{font-family:'Helvetica Neue',Helvetica,Arial,'DejaVu Sans',sans-serif;fill:" + INK + "}"
    ".small{font-size:11px;fill:" + SOFT + "}.body{font-size:13px}.title{font-size:14px;font-weight:600}"
    ".head{font-size:22px;font-weight:600}.part{font-size:16px;font-weight:600}"
    ".figure{font-size:12.5px;font-weight:600}"
)


def picture(comparison: Comparison) -> str:
    """The SVG of a comparison."""
    figures = [_figure(name, comparison) for name in MEASURES]
    areas = [_area(name, comparison) for name in FEATURES]
    width = 2 * LEFT + COLUMNS * WIDTH + (COLUMNS - 1) * SPACE
    middle = TOP + _height(figures)
    height = middle + 96 + _height(areas)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" aria-label="Measures of generated solos beside real ones">',
        f"<style>{STYLE}</style>",
        f'<rect width="{width}" height="{height}" fill="{PAPER}"/>',
        text(LEFT, 40, "Generated solos beside real ones", "head"),
        _legend(comparison),
        text(LEFT, 86, FIGURES, "small"),
        _laid_out(figures, TOP),
        f'<path d="M{LEFT},{middle + 8} h{width - 2 * LEFT}" stroke="{GRID}"/>',
        text(LEFT, middle + 36, "Overlaps with the real set", "part"),
        text(LEFT, middle + 55, AREAS, "small"),
        _laid_out(areas, middle + 82),
    ]
    return "\n".join([*parts, "</svg>\n"])


def html(drawn: str) -> str:
    """A page that holds a picture."""
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape('Generated solos beside real ones')}</title>"
        f"<style>body{{margin:0;background:{PAPER}}}svg{{max-width:100%;height:auto}}</style></head>"
        f"<body>\n{drawn}</body></html>\n"
    )


def _height(panels: Sequence[str]) -> int:
    return -(-len(panels) // COLUMNS) * HEIGHT


def _laid_out(panels: Sequence[str], top: int) -> str:
    placed = []
    for number, drawn in enumerate(panels):
        x = LEFT + number % COLUMNS * (WIDTH + SPACE)
        y = top + number // COLUMNS * HEIGHT
        placed.append(f'<g transform="translate({x},{y})">\n{drawn}\n</g>')
    return "\n".join(placed)


def _coloured(comparison: Comparison) -> list[tuple[Measured, str]]:
    others = [(each, COLOURS[i % len(COLOURS)]) for i, each in enumerate(comparison.others)]
    return [(comparison.real, REAL), *others]


def _legend(comparison: Comparison) -> str:
    found = []
    x = float(LEFT)
    for each, colour in _coloured(comparison):
        said = f"{each.name}, {len(each.pieces)} solos"
        found.append(f'<rect x="{x:.1f}" y="56" width="22" height="11" rx="2" fill="{colour}"/>')
        found.append(text(x + 29, 66, said, "body"))
        x += 29 + 7.2 * len(said) + 26
    return "\n".join(found)


def _figure(name: str, comparison: Comparison) -> str:
    """A measure's panel: the sets' means, and their curves."""
    known = MEASURES[name]
    sets = _coloured(comparison)
    means = [(spelled(each.means[name], known.unit), colour) for each, colour in sets]
    curves = [
        Curve(_known(each.values[name]), colour, each.means[name], each is comparison.real)
        for each, colour in sets
    ]
    published = known.published[0] if known.published else None
    return panel(known.title, means, curves, known.unit == "%", published)


def _known(values: Sequence[Value]) -> Numbers:
    return np.array([value for value in values if value is not None], dtype=float)


def _area(name: str, comparison: Comparison) -> str:
    """A feature's panel: the distances within the real set and from each other set."""
    found = comparison.overlaps
    sets = _coloured(comparison)[1:]
    curves = [Curve(found[each.name][name].between, colour, None) for each, colour in sets]
    areas = [(f"{found[each.name][name].area:.2f}", colour) for each, colour in sets]
    if sets:
        curves.insert(0, Curve(found[sets[0][0].name][name].within, REAL, None, filled=True))
    if comparison.ceiling is not None:
        areas.insert(0, (f"{comparison.ceiling[name].area:.2f}", REAL))
    return panel(FEATURES[name][0], areas, curves)
