"""Measure how soloists swing, and print the tables and formulas that improv/swing.py states.

    python benchmarks/fit_swing.py DATA [--picture docs/swing.svg]

DATA holds split.json and wjazzd.sqlite or .sqlite.xz; only the training solos are read.
"""

import argparse
import json
import lzma
import shutil
import sqlite3
import tempfile
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.swing_picture import Bin, Spread, picture
from improv.swing import (
    KNEE,
    downbeat_delay,
    quantise,
    quantise_one,
    swing_ratio,
)

TEMPI = (40, 80, 100, 120, 140, 160, 180, 200, 220, 250, 280, 320, 400)
NOTES = """
select onset_beats, onset_beats_q, beatdur, loud_med, beat from melody where melid = ? order by onset_beats
"""
Beats = dict[int, list[tuple[float, float, float]]]
Places = tuple[tuple[float, ...], ...]
TRIPLETS: Places = ((0, 16), (0, 8, 16))
"""How annotators write a swung pair where the tempo is slow, and the triplet that it comes from."""
FEWEST = 50
"""Notes in a bin that is drawn or printed."""


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder of the Weimar Jazz Database")
    parser.add_argument("--picture", type=Path, metavar="FILE", help="draw the fit as an SVG")
    arguments = parser.parse_args()
    data = arguments.data
    train = json.loads((data / "split.json").read_text())["train"]
    with tempfile.TemporaryDirectory() as folder:
        database = data / "wjazzd.sqlite"
        if not database.exists():
            database = Path(folder) / "wjazzd.sqlite"
            with lzma.open(data / "wjazzd.sqlite.xz") as packed, database.open("wb") as unpacked:
                shutil.copyfileobj(packed, unpacked)
        connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
        feels = dict(connection.execute("select melid, rhythmfeel from solo_info"))
        solos = {i: connection.execute(NOTES, (i,)).fetchall() for i in train}
        connection.close()
    swing = {i: notes for i, notes in solos.items() if feels[i] == "SWING"}
    pairs = [pair for notes in swing.values() for pair in _pairs(notes)]
    _print_pairs(pairs)
    triplets = [pair for notes in swing.values() for pair in _pairs(notes, TRIPLETS)]
    _print_triplets(triplets)
    for feel in ("BALLAD", "LATIN", "FUNK", "TWOBEAT"):
        other = [pair for i, notes in solos.items() if feels[i] == feel for pair in _pairs(notes)]
        print(f"{feel}: {len(other)} pairs, downbeat {median(p[1] for p in other):.3f}, ", end="")
        print(f"off-beat {median(p[2] for p in other):.3f}")
    places, beats = _loudness(swing)
    print("dB by place:", {p: round(median(v), 2) for p, v in sorted(places.items())})
    print("dB by beat:", {p: round(median(v), 2) for p, v in sorted(beats.items())})
    _print_hearing(swing)
    if arguments.picture is not None:
        shown = {name: _spreads(found) for name, found in (("place", places), ("beat", beats))}
        arguments.picture.write_text(picture(_bins(pairs), _bins(triplets), shown["place"], shown["beat"]))


def _beats(notes: list[tuple[float, ...]]) -> Beats:
    beats: Beats = defaultdict(list)
    for performed, written, length, *_ in notes:
        beat = int(written // 1)
        beats[beat].append((round((written - beat) * 24, 1), performed - beat, 60 / length))
    return beats


def _pairs(
    notes: list[tuple[float, ...]], written: Places = ((0, 12),)
) -> list[tuple[float, float, float, float]]:
    """Tempo, downbeat, off-beat and next downbeat (or nan) of each beat that holds these places alone."""
    beats = _beats(notes)
    pairs = []
    for beat, held in beats.items():
        if tuple(place for place, _, _ in held) in written:
            following = [place for written, place, _ in beats.get(beat + 1, []) if written == 0]
            pairs.append((held[0][2], held[0][1], held[-1][1], 1 + following[0] if following else np.nan))
    return pairs


def _print_pairs(pairs: list[tuple[float, float, float, float]]) -> None:
    print("tempo    pairs  downbeat  off-beat  ratio  formula  note to note  short ms  delay formula")
    rows = []
    for low, high in pairwise(TEMPI):
        held = np.array([pair for pair in pairs if low <= pair[0] < high])
        tempo, down, off = np.median(held[:, :3], axis=0)
        whole = held[~np.isnan(held[:, 3])]
        between = np.median((whole[:, 2] - whole[:, 1]) / (whole[:, 3] - whole[:, 2]))
        rows.append((tempo, len(held), down, off))
        print(
            f"{low}-{high:<5} {len(held):>5}  {down:8.3f}  {off:8.3f}  {off / (1 - off):5.2f}  "
            f"{swing_ratio(tempo, 'swing'):7.2f}  {between:12.2f}  {(1 - off) * 60000 / tempo:8.0f}  "
            f"{downbeat_delay(tempo, 'swing') / 24:13.3f}"
        )
    table = np.array([row for row in rows if row[0] >= 100])
    for column, name in ((3, "off-beat"), (2, "downbeat")):
        slow = table[:, 0] <= KNEE
        level = np.average(table[slow, column], weights=table[slow, 1])
        over, weight = table[~slow, 0] - KNEE, table[~slow, 1]
        fall = (weight * over * (level - table[~slow, column])).sum() / (weight * over**2).sum()
        print(f"{name} = {level:.3f} - {fall:.5f} * max(tempo - {KNEE:g}, 0)")


def _print_triplets(pairs: list[tuple[float, float, float, float]]) -> None:
    """Where the last of a beat's triplets stands: at slow tempi these are the swung pairs."""
    for each in _bins(pairs):
        print(f"triplets at {each.tempo:5.0f} bpm: {each.count:>5}, last one {each.off_beat.middle:.3f}")


def _bins(pairs: list[tuple[float, float, float, float]]) -> list[Bin]:
    """The pairs by tempo, as quartiles."""
    found: list[Bin] = []
    for low, high in pairwise(TEMPI):
        held = np.array([pair[:3] for pair in pairs if low <= pair[0] < high])
        if len(held) >= FEWEST:
            first, middle, last = np.quantile(held, (0.25, 0.5, 0.75), axis=0)
            downbeat, off_beat = (Spread(first[i], middle[i], last[i]) for i in (1, 2))
            found.append(Bin(middle[0], len(held), downbeat, off_beat))
    return found


def _loudness(
    solos: dict[int, list[tuple[float, ...]]],
) -> tuple[dict[float, list[float]], dict[float, list[float]]]:
    """Decibels against the solo's median, by place in the beat and by beat of a bar of four."""
    places: dict[float, list[float]] = defaultdict(list)
    beats: dict[float, list[float]] = defaultdict(list)
    for notes in solos.values():
        heard = [note[3] for note in notes if note[3] is not None]
        middle = median(heard) if heard else 0.0
        for _, written, _, loudness, beat in notes:
            if loudness is not None:
                places[round(written % 1 * 24, 1)].append(loudness - middle)
                beats[beat].append(loudness - middle)
    return (
        {place: found for place, found in places.items() if len(found) > 1500},
        {beat: found for beat, found in beats.items() if beat <= 4},
    )


def _spreads(found: dict[float, list[float]]) -> dict[float, Spread]:
    """Each as quartiles, in order."""
    return {name: Spread(*np.quantile(values, (0.25, 0.5, 0.75))) for name, values in sorted(found.items())}


def _print_hearing(solos: dict[int, list[tuple[float, ...]]]) -> None:
    """How often the quantiser hears what the annotators wrote, and how far off it is where not."""
    heard: dict[str, list[float]] = defaultdict(list)
    for notes in solos.values():
        performed = [note[0] * 24 for note in notes]
        tempo = 60 / median(note[2] for note in notes)
        ratio = swing_ratio(tempo, "swing")
        written = [note[1] * 24 for note in notes]
        for name, found in (
            ("quantise", quantise(performed, ratio)),
            ("one by one", _one_by_one(performed, ratio)),
            ("nearest tick", [round(tick) for tick in performed]),
        ):
            heard[name] += [abs(a - b) for a, b in zip(found, written, strict=True)]
    for name, errors in heard.items():
        array = np.array(errors)
        print(
            f"{name}: as written {(array < 0.5).mean():.3f}, within 2 ticks {(array <= 2).mean():.3f}, "
            f"within 4 {(array <= 4.1).mean():.3f}, mean error {array.mean():.2f} ticks"
        )


def _one_by_one(performed: list[float], ratio: float) -> list[int]:
    found: list[int] = []
    for tick in performed:
        found.append(quantise_one(tick, ratio, found[-1] if found else None))
    return found


if __name__ == "__main__":
    main()
