"""How many chords are named right, by how they are held: every quality on every root in every usual voicing.

Usage: python benchmarks/chord_naming.py [--json]

Columns: `alone`, nothing is known but the keys; `in two`, the right name is the best reading or the second;
`key`, a key in which the chord is at home is known; `chart`, the chart has the chord; `exactly`, it has, and
the name is its symbol; `against`, the chart has another chord, one of `OTHERS` on another root. Right is the
root and the family (`grammar.shapes`). Rows are means over the qualities that have the position; the last is
what improv itself plays. Then come the times of a name, not seen before and seen before.
"""

import argparse
import json
from collections.abc import Iterator
from statistics import fmean, quantiles
from time import perf_counter_ns

from grammar.chords import ROOTS, Chord, parse_chord
from grammar.keys import KEYS
from grammar.naming import Expected, Reading, read_chord
from grammar.positions import POSITIONS, Voicing
from grammar.shapes import SHAPES
from grammar.symbols import written
from grammar.voicings import voicings

LOWEST = 48
"""Where the roots begin: C3, the middle of what a left hand holds."""
OTHERS = ("maj7", "-7", "7", "-7b5")
COLUMNS = ("alone", "in two", "key", "chart", "exactly", "against")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", action="store_true", help="the same as JSON")
    as_json = parser.parse_args().json
    times = _times()
    positions = {**POSITIONS, "as improv comps": _comped}
    by_position = {name: _row([(q, v) for q in SHAPES for v in held(q)]) for name, held in positions.items()}
    by_quality = {q: _row([(q, v) for held in positions.values() for v in held(q)]) for q in SHAPES}
    if as_json:
        print(json.dumps({"position": by_position, "quality": by_quality, "microseconds": times}, indent=2))
        return
    for title, rows in (("position", by_position), ("quality", by_quality)):
        print(f"{title:16}" + "".join(f"{column:>9}" for column in COLUMNS))
        for name, row in rows.items():
            print(f"{name:16}" + "".join(_percent(row[column]) for column in COLUMNS))
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


if __name__ == "__main__":
    main()
