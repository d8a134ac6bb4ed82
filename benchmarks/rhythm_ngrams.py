"""What the jazz model's rhythm has to beat: Witten-Bell n-grams of its own rhythm tokens, on the same solos.

    python benchmarks/rhythm_ngrams.py DATA [--orders 2 3 4 5] [--json]

The tokens are the model's: the gap to the next onset and the length, ids of `improv.jazz.vocabulary`. Three
n-grams are tried, in nats a note over gap and length, every note of the validation solos counted once: gaps
and lengths each by their own row's past; both in one row, the gap first, so that a length knows its gap; and
a gap by the gaps before it and by its place in the bar, a length by its gap and the lengths before it. The
last solo's note has no gap, as in `improv evaluate jazz`. Source of the estimate: Witten and Bell, "The
zero-frequency problem" (1991), interpolated as by Chen and Goodman (1999).
"""

import argparse
import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

from grammar.notes import TICKS_PER_BEAT
from improv.jazz.solos import read_split
from improv.jazz.vocabulary import GAPS, LENGTHS, gap_id, length_id
from improv.jazz.wjazzd import Solo, read_solos

Scored = tuple[int, tuple[object, ...]]
"""A token and its context, the nearest part last: shorter contexts drop from the front."""


def main() -> None:
    """Print a table, or one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("data", type=Path)
    parser.add_argument("--orders", type=int, nargs="+", default=[2, 3, 4, 5])
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    solos = read_solos(arguments.data)
    split = read_split(arguments.data, [solo.melid for solo in solos])
    by_id = {solo.melid: solo for solo in solos}
    learned, scored = ([by_id[m] for m in part] for part in (split.train, split.validation))
    figures = {
        f"{name}, order {order}": round(nats_a_note(ways, learned, scored, order), 4)
        for name, ways in WAYS.items()
        for order in arguments.orders
    }
    if arguments.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{value:8.4f}  {name}")


def separate_gaps(solo: Solo) -> Iterable[Scored]:
    """Gaps by the gaps before."""
    gaps = _gaps(solo)
    return ((gap, tuple(gaps[:i])) for i, gap in enumerate(gaps))


def separate_lengths(solo: Solo) -> Iterable[Scored]:
    """Lengths by the lengths before."""
    lengths = _lengths(solo)
    return ((length, tuple(lengths[:i])) for i, length in enumerate(lengths))


def row_gaps(solo: Solo) -> Iterable[Scored]:
    """Gaps by gaps and lengths before, in one row."""
    row = _row(solo)
    return ((int(token[1:]), tuple(row[:i])) for i, token in enumerate(row) if token[0] == "g")


def row_lengths(solo: Solo) -> Iterable[Scored]:
    """Lengths by gaps and lengths before, in one row."""
    row = _row(solo)
    return ((int(token[1:]), tuple(row[:i])) for i, token in enumerate(row) if token[0] == "l")


def placed_gaps(solo: Solo) -> Iterable[Scored]:
    """Gaps by the gaps before and, nearest, the place in the beat."""
    gaps = _gaps(solo)
    places = [note.onset % TICKS_PER_BEAT for note in solo.notes]
    return ((gap, (*gaps[:i], places[i])) for i, gap in enumerate(gaps))


def placed_lengths(solo: Solo) -> Iterable[Scored]:
    """Lengths by the lengths before and, nearest, the gap they fill."""
    gaps: list[int | None] = [*_gaps(solo), None]
    lengths = _lengths(solo)
    return ((length, (*lengths[:i], ("gap", gaps[i]))) for i, length in enumerate(lengths))


WAYS = {
    "gaps and lengths apart": (separate_gaps, separate_lengths),
    "in one row": (row_gaps, row_lengths),
    "with place and gap": (placed_gaps, placed_lengths),
}


def nats_a_note(ways: tuple[object, object], learned: list[Solo], scored: list[Solo], order: int) -> float:
    """Nats of gaps and lengths together, over the notes."""
    notes = sum(len(solo.notes) for solo in scored)
    sizes = (len(GAPS), len(LENGTHS))
    return (
        sum(_nats(way, learned, scored, order, size) for way, size in zip(ways, sizes, strict=True)) / notes
    )


def _nats(way: object, learned: list[Solo], scored: list[Solo], order: int, size: int) -> float:
    assert callable(way)
    counts: dict[tuple[object, ...], Counter[int]] = defaultdict(Counter)
    for solo in learned:
        for token, context in way(solo):
            for length in range(min(order, len(context) + 1)):
                counts[context[len(context) - length :]][token] += 1
    nats = 0.0
    for solo in scored:
        for token, context in way(solo):
            p = 1 / size
            for length in range(min(order, len(context) + 1)):
                after = counts.get(context[len(context) - length :])
                if after is None:
                    break
                p = (after[token] + len(after) * p) / (after.total() + len(after))
            nats -= math.log(p)
    return nats


def _gaps(solo: Solo) -> list[int]:
    onsets = [note.onset for note in solo.notes]
    return [gap_id(b - a) for a, b in pairwise(onsets)]


def _lengths(solo: Solo) -> list[int]:
    return [length_id(note.duration) for note in solo.notes]


def _row(solo: Solo) -> list[str]:
    gaps: list[int | None] = [*_gaps(solo), None]
    row = []
    for gap, length in zip(gaps, _lengths(solo), strict=True):
        row += [] if gap is None else [f"g{gap}"]
        row.append(f"l{length}")
    return row


if __name__ == "__main__":
    main()
