"""How well solos are understood in free time: their notes, as they were played, go to `improv.listening`.

Usage: python benchmarks/free_time.py DATA [--every N] [--json], where DATA holds split.json and wjazzd.sqlite
or wjazzd.sqlite.xz; of the training solos every Nth is taken.

Ends: how many of the phrases' ends that are heard are annotated ends, and how many of the annotated ones are
heard, of all and of those with a silence of 0.6 s or more. Tempo: the phrases of five onsets or more whose
tempo is within 8 % of the annotated one, or of half or twice that; of all, from the fourth on, and the last
of each solo; and how often it changes by more. Beat: of the phrases with the right tempo, those whose beat is
within a quarter of a beat of an annotated one (half of all would be by chance). Harmony: the share of the
next phrase, by time, that is in the scale of the chord the phrase implies, and in that of the chord a tritone
away. Then the time that closing a phrase took.
"""

import argparse
import json
import lzma
import shutil
import sqlite3
import tempfile
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from math import log
from pathlib import Path
from statistics import fmean, median, quantiles
from time import perf_counter_ns

from improv.listening.free import Listener, close, due, released, struck
from improv.listening.phrase import Phrase, Struck
from improv.listening.pulse import FEWEST

NOTES = (
    "select onset, duration, pitch, loud_med, phrase_id, beatdur from melody where melid = ? order by onset"
)
BEATS = "select onset from beats where melid = ? order by onset"
SECOND = 1_000_000_000
NEAR = log(1.08)
WORTH = 0.6
"""Seconds of silence from which on somebody could answer."""

Row = tuple[float, float, int, float, int, float]
"""Onset and duration in seconds, pitch, loudness, the phrase's number, seconds a beat."""


@dataclass
class Tally:
    """What was counted."""

    found: list[bool] = field(default_factory=list)
    """Of the ends heard, whether they are annotated."""
    missed: list[tuple[bool, float]] = field(default_factory=list)
    """Of the annotated ends, whether they are heard, and the silence there."""
    tempo: list[tuple[int, bool]] = field(default_factory=list)
    """Of the phrases, the number in its solo and whether the tempo is right."""
    last: list[bool] = field(default_factory=list)
    changed: list[bool] = field(default_factory=list)
    beat: list[bool] = field(default_factory=list)
    implied: list[float] = field(default_factory=list)
    tritone: list[float] = field(default_factory=list)
    microseconds: list[float] = field(default_factory=list)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("data", type=Path, help="folder of the Weimar Jazz Database")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="take every Nth solo (1)")
    parser.add_argument("--json", action="store_true", help="the same as JSON")
    options = parser.parse_args()
    tally = Tally()
    for notes, beats in _solos(options.data, options.every):
        listen(notes, beats, tally)
    figures = summary(tally)
    if options.json:
        print(json.dumps(figures, indent=2))
        return
    for name, value in figures.items():
        print(f"{name:44}{value:9.0f}" if "µs" in name else f"{name:44}{value:9.1%}")


def listen(notes: Sequence[Row], beats: Sequence[float], tally: Tally) -> None:
    """Play a solo to the listener, and count what it understood."""
    phrases = heard(notes)
    ends = set(accumulate(len(phrase.notes) for phrase, _ in phrases))
    annotated = {i + 1 for i, (a, b) in enumerate(pairwise(notes)) if a[4] != b[4]}
    tally.found += [end in annotated for end in ends if end < len(notes)]
    for end in annotated:
        before = notes[end - 1]
        tally.missed.append((end in ends, notes[end][0] - before[0] - before[1]))
    tempo: float | None = None
    right = False
    place = number = 0
    for phrase, spent in phrases:
        rows = notes[place : place + len(phrase.notes)]
        place += len(rows)
        tally.microseconds.append(spent / 1000)
        if len(rows) < FEWEST:
            continue
        true = 60 / median(row[5] for row in rows)
        right = any(abs(log(phrase.pulse.tempo / true / times)) < NEAR for times in (0.5, 1, 2))
        tally.tempo.append((number, right))
        number += 1
        if tempo is not None:
            tally.changed.append(abs(log(phrase.pulse.tempo / tempo)) > NEAR)
        tempo = phrase.pulse.tempo
        if abs(log(tempo / true)) < NEAR:
            tally.beat.append(_off(phrase.pulse.beat / SECOND, beats) * true / 60 < 0.25)
    tally.last.append(right)
    for (phrase, _), (following, _) in pairwise(phrases):
        chord = phrase.chords[-1][1]
        for up, shares in ((0, tally.implied), (6, tally.tritone)):
            scale = chord.transposed(up).scale
            inside = [note for note in following.notes if note.pitch % 12 in scale]
            shares.append(_seconds(inside) / max(1e-6, _seconds(following.notes)))


def heard(notes: Sequence[Row]) -> list[tuple[Phrase, int]]:
    """The phrases that the listener hears, and the nanoseconds that closing each took."""
    moves = sorted(
        [(round((onset + length) * SECOND), 0, pitch, 0) for onset, length, pitch, *_ in notes]
        + [(round(onset * SECOND), 1, pitch, round(loud or 70)) for onset, _, pitch, loud, *_ in notes]
    )
    listener, found = Listener(), list[tuple[Phrase, int]]()
    for t, on, pitch, velocity in [*moves, (moves[-1][0] + 10 * SECOND, -1, 0, 0)]:
        while (at := due(listener)) is not None and at <= t:
            begun = perf_counter_ns()
            listener, phrase = close(listener, at)
            assert phrase is not None
            found.append((phrase, perf_counter_ns() - begun))
        if on == 1:
            listener = struck(listener, t, pitch, velocity)
        elif on == 0:
            listener = released(listener, t, pitch)
    return found


def summary(tally: Tally) -> dict[str, float]:
    """The figures by name; shares but for the times."""
    heard_ends = [was for was, _ in tally.missed]
    worth = [was for was, silence in tally.missed if silence >= WORTH]
    cuts = quantiles(tally.microseconds, n=20)
    return {
        "ends heard that are annotated": fmean(tally.found),
        "annotated ends that are heard": fmean(heard_ends),
        "  of those with 0.6 s of silence": fmean(worth),
        "tempo right, all phrases": fmean(right for _, right in tally.tempo),
        "  from the fourth phrase on": fmean(right for number, right in tally.tempo if number >= 3),
        "  at the end of the solo": fmean(tally.last),
        "tempo changes by more than 8 %": fmean(tally.changed),
        "beat right": fmean(tally.beat),
        "next phrase in the implied chord's scale": fmean(tally.implied),
        "  in that of the chord a tritone away": fmean(tally.tritone),
        "closing a phrase, median µs": cuts[9],
        "closing a phrase, p95 µs": cuts[18],
    }


def _off(t: float, beats: Sequence[float]) -> float:
    """Seconds to the nearest of the beats."""
    place = bisect(beats, t)
    return min(abs(t - beat) for beat in beats[max(0, place - 1) : place + 1])


def _seconds(notes: Sequence[Struck]) -> float:
    return sum((note.end or note.t) - note.t for note in notes) / SECOND


def _solos(data: Path, every: int) -> list[tuple[list[Row], list[float]]]:
    train = json.loads((data / "split.json").read_text())["train"][::every]
    with tempfile.TemporaryDirectory() as folder:
        database = data / "wjazzd.sqlite"
        if not database.exists():
            database = Path(folder) / "wjazzd.sqlite"
            with lzma.open(data / "wjazzd.sqlite.xz") as packed, database.open("wb") as unpacked:
                shutil.copyfileobj(packed, unpacked)
        connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
        solos = [
            (
                connection.execute(NOTES, (melid,)).fetchall(),
                [onset for (onset,) in connection.execute(BEATS, (melid,))],
            )
            for melid in train
        ]
        connection.close()
    return solos


if __name__ == "__main__":
    main()
