"""How many chords are named right, by how they are held: every quality on every root in every usual voicing.

Usage: python benchmarks/chord_naming.py [--json]

Columns: `alone`, nothing is known but the keys; `in two`, the right name is the best reading or the second;
`key`, a key in which the chord is at home is known; `chart`, the chart has the chord; `exactly`, it has, and
the name is its symbol; `against`, the chart has another chord, one of `OTHERS` on another root. Right is the
root and the family (`grammar.shapes`). Rows are means over the qualities that have the position; the last is
what improv itself plays.

Then chords in a row, without a chart, each held in the position, octave and form that is nearest to the one
before, as pianists hold them: through II-V-I in all keys, by fourths, by whole steps and in two random
orders; the same in minor; through the charts that ship; and through chords that were drawn by lot. `alone`,
as it is named by itself; `in a row`, by `grammar.progression`, at once and for good. Rootless has both forms,
and so they alternate.

Then the times of a name: not seen before, seen before, and in a row.
"""

import argparse
import json
import random
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from statistics import fmean, quantiles
from time import perf_counter_ns

from grammar.chords import ROOTS, Chord, parse_chord
from grammar.keys import KEYS
from grammar.naming import Expected, Reading, read_chord
from grammar.positions import POSITIONS, ROOTLESS, Voicing, root_position
from grammar.progression import NOTHING_HELD, follow
from grammar.shapes import SHAPES
from grammar.symbols import written
from grammar.voicings import voicings
from improv.library import chart_names, load_chart

LOWEST = 48
"""Where the roots begin: C3, the middle of what a left hand holds."""
OTHERS = ("maj7", "-7", "7", "-7b5")
COLUMNS = ("alone", "in two", "key", "chart", "exactly", "against")

MANNERS: dict[str, tuple[str, ...]] = {
    "root position": ("root position",),
    "close": ("root position", "inversions"),
    "shells with root": ("shells with root",),
    "shells 3 and 7": ("shells 3 and 7",),
    "rootless": ("rootless A", "rootless B"),
    "drop 2": ("drop 2",),
    "spread": ("spread",),
}
"""How a player holds a row of chords: the positions that they choose from."""
CADENCES = {
    "ii-V-I": ((2, "min7"), (7, "7"), (0, "maj7")),
    "minor": ((2, "m7b5"), (7, "7alt"), (0, "min6")),
}
REGISTER = range(45, 80)
"""Where both ends of a chord lie."""
MIDDLE, NEAR_THE_MIDDLE = 59, 0.15
"""The pitch around which hands stay, and what a semitone from it weighs beside one of movement."""
Row = Sequence[tuple[int, str]]
"""Roots and qualities, one after another."""


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", action="store_true", help="the same as JSON")
    as_json = parser.parse_args().json
    times = {**_times(), "in a row": _times_in_a_row()}
    positions = {**POSITIONS, "as improv comps": _comped}
    by_position = {name: _row([(q, v) for q in SHAPES for v in held(q)]) for name, held in positions.items()}
    by_quality = {q: _row([(q, v) for held in positions.values() for v in held(q)]) for q in SHAPES}
    kinds = _rows()
    in_a_row = {manner: _in_a_row(kinds, positions) for manner, positions in MANNERS.items()}
    if as_json:
        found = {"position": by_position, "quality": by_quality, "in a row": in_a_row, "microseconds": times}
        print(json.dumps(found, indent=2))
        return
    for title, rows in (("position", by_position), ("quality", by_quality)):
        print(f"{title:16}" + "".join(f"{column:>9}" for column in COLUMNS))
        for name, row in rows.items():
            print(f"{name:16}" + "".join(_percent(row[column]) for column in COLUMNS))
        print()
    print(f"{'in a row':16}" + "".join(f"{name:>20}" for name in kinds))
    print(f"{'':16}" + f"{'alone':>11}{'in a row':>9}" * len(kinds))
    for manner, shares in in_a_row.items():
        figures = (f"{_percent(alone):>11}{_percent(told)}" for alone, told in shares.values())
        print(f"{manner:16}" + "".join(figures))
    print()
    for name, (half, most) in times.items():
        print(f"{name}: median {half:.0f} µs, p95 {most:.0f} µs")


def _percent(share: float | None) -> str:
    return f"{'-' if share is None else format(share, '.0%'):>9}"


def _row(held: list[tuple[str, Voicing]]) -> dict[str, float | None]:
    """The share that is right in each column; None where there was nothing to name."""
    found: dict[str, list[float]] = {column: [] for column in COLUMNS}
    for quality, voicing in held:
        for root in range(12):
            pitches = [LOWEST + root + degree for degree in voicing]
            chord = _plain(root, quality)
            alone = read_chord(pitches)
            found["alone"].append(_right(alone[:1], chord))
            found["in two"].append(_right(alone, chord))
            home = [key for key in KEYS if key.at_home(root, quality)]
            found["key"] += [_right(read_chord(pitches, Expected(key=key))[:1], chord) for key in home]
            due = read_chord(pitches, Expected(chord))[:1]
            found["chart"].append(_right(due, chord))
            found["exactly"].append(float(due[:1] != () and due[0].chord == chord))
            found["against"] += [
                _right(read_chord(pitches, Expected(other))[:1], chord) for other in _others(chord)
            ]
    return {column: fmean(values) if values else None for column, values in found.items()}


def _right(readings: tuple[Reading, ...], chord: Chord) -> float:
    """1 where a reading has the chord's root and family."""
    family = SHAPES[chord.quality].family
    return float(
        any(r.chord.root == chord.root and SHAPES[r.chord.quality].family == family for r in readings)
    )


def _others(chord: Chord) -> Iterator[Chord]:
    """Chords on every other root."""
    for root in ROOTS:
        for suffix in OTHERS:
            other = parse_chord(root + suffix)
            if other.root != chord.root:
                yield other


def _rows() -> dict[str, list[Row]]:
    """The rows of chords, by kind."""
    shuffled = random.Random(1)
    orders = [[5 * step % 12 for step in range(12)], [-2 * step % 12 for step in range(6)]]
    orders += [shuffled.sample(range(12), 12) for _ in range(2)]
    rows: dict[str, list[Row]] = {
        name: [[((key + up) % 12, q) for key in order for up, q in cadence] for order in orders]
        for name, cadence in CADENCES.items()
    }
    charts = [load_chart(name).changes().chords for name in chart_names()]
    told = [[(chord.root, chord.quality) for chord in chords if chord.root is not None] for chords in charts]
    rows["charts"] = [[chord for chord, _ in groupby(row)] for row in told]
    rows["by lot"] = [[(shuffled.randrange(12), shuffled.choice(sorted(ROOTLESS))) for _ in range(300)]]
    return rows


def _in_a_row(rows: dict[str, list[Row]], positions: Sequence[str]) -> dict[str, tuple[float, float]]:
    """The shares that are right alone and in a row, of every kind of rows."""
    found: dict[str, tuple[float, float]] = {}
    for name, kind in rows.items():
        alone: list[float] = []
        told: list[float] = []
        for row in kind:
            progression = NOTHING_HELD
            for (root, quality), pitches in zip(row, _held_in_a_row(row, positions), strict=True):
                chord = _plain(root, quality)
                alone.append(_right(read_chord(pitches, count=1), chord))
                progression = follow(progression, pitches) or progression
                named = progression.chord
                told.append(_right(() if named is None else (Reading(named, 0.0),), chord))
        found[name] = fmean(alone), fmean(told)
    return found


def _held_in_a_row(row: Row, positions: Sequence[str]) -> Iterator[list[int]]:
    """What a player holds: of all forms in all octaves the one that is nearest to the one before."""
    before = float(MIDDLE)
    for root, quality in row:
        forms = [form for name in positions for form in POSITIONS[name](quality)] or root_position(quality)
        placed = [[root + 12 * octave + degree for degree in form] for form in forms for octave in (3, 4, 5)]
        inside = [held for held in placed if min(held) in REGISTER and max(held) in REGISTER]
        held = min(inside or placed[:1], key=_moves_from(before))
        before = fmean(held)
        yield held


def _moves_from(before: float) -> Callable[[list[int]], float]:
    return lambda held: abs(fmean(held) - before) + NEAR_THE_MIDDLE * abs(fmean(held) - MIDDLE)


def _comped(quality: str) -> list[Voicing]:
    """The voicings that improv plays, as semitones above C3."""
    return [tuple(pitch - LOWEST for pitch in voicing) for voicing in voicings(_plain(0, quality))]


def _plain(root: int, quality: str) -> Chord:
    """The chord as a chart has it."""
    return written(root, quality, frozenset())


def _times() -> dict[str, tuple[float, float]]:
    """Median and p95 of a name in microseconds, for chords not seen before, and for the same again."""
    chart = Expected(parse_chord("C7"))
    usual = [v for q in SHAPES for position in POSITIONS.values() for v in position(q)]
    held = [[LOWEST + degree for degree in voicing] for voicing in dict.fromkeys(usual)]
    found: dict[str, tuple[float, float]] = {}
    for name in ("first time", "seen before"):
        spent: list[float] = []
        for pitches in held:
            begun = perf_counter_ns()
            read_chord(pitches, chart)
            spent.append((perf_counter_ns() - begun) / 1000)
        cuts = quantiles(spent, n=20)
        found[name] = cuts[9], cuts[18]
    return found


def _times_in_a_row() -> tuple[float, float]:
    """Median and p95 of a name in a row in microseconds, through the charts that ship."""
    spent: list[float] = []
    for row in _rows()["charts"]:
        progression = NOTHING_HELD
        for pitches in _held_in_a_row(row, MANNERS["rootless"]):
            begun = perf_counter_ns()
            progression = follow(progression, pitches) or progression
            spent.append((perf_counter_ns() - begun) / 1000)
    cuts = quantiles(spent, n=20)
    return cuts[9], cuts[18]


if __name__ == "__main__":
    main()
