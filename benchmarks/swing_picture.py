"""The fit of swing as a picture: where soloists put the two eighths of a pair, by tempo, and how loud.

Conventions: SVG, self-contained, in pixels. Dots are medians, bars reach from quartile to quartile, lines
are what `improv.swing` plays.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from grammar.notes import TICKS_PER_BEAT
from improv.measures.page import PAPER, STYLE
from improv.measures.panel import GRID, text
from improv.swing import BEAT_LOUDNESS, PLACE_LOUDNESS, band_ratio, downbeat_delay, swing_ratio

WIDTH, HEIGHT = 1180, 640
OFF_BEAT, DOWNBEAT, TRIPLET, BAND = "#b8484e", "#33658a", "#b97a10", "#6a4c93"
SLOWEST, FASTEST = 50, 340
MOST, LEAST = 0.75, -0.05
"""Beats: the vertical axis of the left panel."""
LOUD = 4.0
"""Decibels, either way, of the right panels."""
LEFT, TOP, PLOT_WIDTH, PLOT_HEIGHT = 84, 130, 560, 430
RIGHT, SMALL_WIDTH, SMALL_HEIGHT = 750, 370, 165
NAMES = {0: "1", 4: "sixth", 6: "16th", 8: "triplet", 12: "and", 16: "triplet", 18: "16th", 20: "sixth"}


class Spread(NamedTuple):
    """A distribution in short."""

    first: float
    """The lower quartile."""
    middle: float
    last: float
    """The upper quartile."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Pairs of a range of tempi; places in beats after the band's beat."""

    tempo: float
    """Their median, beats a minute."""
    count: int
    downbeat: Spread
    off_beat: Spread


def picture(
    pairs: Sequence[Bin],
    triplets: Sequence[Bin],
    places: Mapping[float, Spread],
    beats: Mapping[float, Spread],
) -> str:
    """The SVG: places by tempo at the left, loudness by place and by beat at the right."""
    label = "How soloists swing, and how loud they play by place"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
            f'height="{HEIGHT}" role="img" aria-label="{label}">',
            f"<style>{STYLE}</style>",
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{PAPER}"/>',
            text(LEFT - 40, 40, label, "head"),
            text(
                LEFT - 40,
                62,
                f"Training solos of the Weimar Jazz Database that swing, {sum(b.count for b in pairs):,} "
                "pairs of eighths. Dots: medians, bars: quartiles, lines: what improv plays. "
                "python -m benchmarks.fit_swing DATA --picture docs/swing.svg",
                "small",
            ),
            *_tempo_panel(pairs, triplets),
            *_loudness_panel("Loudness by place in the beat", TOP, places, PLACE_LOUDNESS, NAMES),
            *_loudness_panel(
                "Loudness by beat of a 4/4 bar",
                TOP + PLOT_HEIGHT - SMALL_HEIGHT,
                beats,
                dict(enumerate(BEAT_LOUDNESS, start=1)),
                {n: str(n) for n in range(1, 5)},
            ),
            "</svg>\n",
        ]
    )


def _tempo_panel(pairs: Sequence[Bin], triplets: Sequence[Bin]) -> Iterable[str]:
    yield text(LEFT, TOP - 22, "Where the notes of a pair stand, by tempo", "title")
    for share in (0.0, 0.25, 0.5, 2 / 3, 0.75):
        y = _y(share)
        yield f'<path d="M{LEFT},{y:.1f} h{PLOT_WIDTH}" stroke="{GRID}"/>'
        ratio = {0.5: " even", 2 / 3: " 2:1", 0.75: " 3:1"}.get(share, " the beat" if not share else "")
        yield text(LEFT - 74, y + 4, f"{share:.2f}{ratio}", "small")
    for tempo in range(60, FASTEST, 40):
        yield text(_x(tempo) - 10, TOP + PLOT_HEIGHT + 20, str(tempo), "small")
    yield text(LEFT + PLOT_WIDTH / 2 - 70, TOP + PLOT_HEIGHT + 42, "beats a minute", "small")
    yield _line(lambda tempo: _place(swing_ratio(tempo, "swing")), OFF_BEAT)
    yield _line(lambda tempo: _place(band_ratio(tempo, "swing")), BAND, "5 4")
    yield _line(lambda tempo: downbeat_delay(tempo, "swing") / TICKS_PER_BEAT, DOWNBEAT)
    for each in pairs:
        yield _dot(each.tempo, each.off_beat, OFF_BEAT)
        yield _dot(each.tempo, each.downbeat, DOWNBEAT)
    for each in triplets:
        if each.tempo < 130:
            yield _dot(each.tempo, each.off_beat, TRIPLET)
    told = (
        (OFF_BEAT, "the second eighth: late, and less so when it is fast", 0.40),
        (TRIPLET, "the same where it is slow and written as a triplet", 0.36),
        (BAND, "dashed: the band's off-beat, which joins the two", 0.32),
        (DOWNBEAT, "the first eighth: behind the band's beat", 0.28),
    )
    for colour, words, share in told:
        yield f'<circle cx="{LEFT + 190}" cy="{_y(share) - 4:.1f}" r="4" fill="{colour}"/>'
        yield text(LEFT + 202, _y(share), words, "body")


def _loudness_panel(
    title: str,
    top: float,
    found: Mapping[float, Spread],
    played: Mapping[int, float],
    names: Mapping[int, str],
) -> Iterable[str]:
    """Decibels against a solo's median: what was measured, and as short lines what is played."""
    yield text(RIGHT, top - 22, title, "title")
    scale = SMALL_HEIGHT / (2 * LOUD)
    for level in (-4, -2, 0, 2, 4):
        y = top + (LOUD - level) * scale
        yield f'<path d="M{RIGHT},{y:.1f} h{SMALL_WIDTH}" stroke="{GRID}"/>'
        yield text(RIGHT - 40, y + 4, f"{level:+d} dB" if level else "0", "small")
    for number, (place, spread) in enumerate(sorted(found.items())):
        x = RIGHT + SMALL_WIDTH * (number + 0.5) / len(found)
        first, middle, last = (top + (LOUD - min(max(v, -LOUD), LOUD)) * scale for v in spread)
        yield f'<path d="M{x:.1f},{first:.1f} V{last:.1f}" stroke="{DOWNBEAT}" stroke-width="2"/>'
        yield f'<circle cx="{x:.1f}" cy="{middle:.1f}" r="4" fill="{DOWNBEAT}"/>'
        y = top + (LOUD - played[round(place)]) * scale
        yield f'<path d="M{x - 14:.1f},{y:.1f} h28" stroke="{OFF_BEAT}" stroke-width="2"/>'
        yield text(x - 14, top + SMALL_HEIGHT + 18, names[round(place)], "small")


def _line(place: Callable[[float], float], colour: str, dashes: str = "") -> str:
    points = " ".join(f"{_x(tempo):.1f},{_y(place(tempo)):.1f}" for tempo in range(SLOWEST, FASTEST + 1, 2))
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"{dashed}/>'


def _dot(tempo: float, spread: Spread, colour: str) -> str:
    x = _x(tempo)
    return (
        f'<path d="M{x:.1f},{_y(spread.first):.1f} V{_y(spread.last):.1f}" stroke="{colour}" '
        f'stroke-width="1.5" opacity="0.5"/>'
        f'<circle cx="{x:.1f}" cy="{_y(spread.middle):.1f}" r="4.5" fill="{colour}"/>'
    )


def _place(ratio: float) -> float:
    return ratio / (1.0 + ratio)


def _x(tempo: float) -> float:
    return LEFT + PLOT_WIDTH * (tempo - SLOWEST) / (FASTEST - SLOWEST)


def _y(share: float) -> float:
    return TOP + PLOT_HEIGHT * (MOST - share) / (MOST - LEAST)
