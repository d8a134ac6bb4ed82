"""Measures that a trained model wrote itself, to stand in a checkpoint for those it learned from.

In deepjazz each new measure goes on from a stretch of the corpus, so the corpus comes with the model. Where
it is not ours to give away, here is how we depart from his program: the trained network writes measures by
itself, each going on from those before it, the first from nothing but the network's empty state, and new
measures go on from a stretch of these.

Conventions: measures are of four beats, drawn at temperature 1: what the network takes for likely, no surer
and no wilder. One that is word for word a measure of the piece is left out, and nothing goes on from it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from random import Random

from grammar.notes import TICKS_PER_BEAT
from grammar.terminals import Terminal
from improv.deepjazz.generator import Generator
from improv.deepjazz.model import DeepjazzModel
from improv.deepjazz.vocabulary import Measure

COUNT = 256
"""Measures that are kept."""
BAR = 4 * TICKS_PER_BEAT
MOST_COPIES = 20 * COUNT
"""Measures left out, after which the next one counts though it is a copy."""


@dataclass(frozen=True, slots=True)
class Seeds:
    """What a model wrote."""

    measures: tuple[Measure, ...]
    left_out: int
    """Measures besides, each word for word one of the piece."""


def write_seeds(model: DeepjazzModel, piece: Collection[Measure], seed: int, count: int = COUNT) -> Seeds:
    """So many measures by the model alone; the same seed writes the same. `piece` is what it may not copy."""
    generator, rng = Generator(model, 1.0), Random(f"deepjazz seeds:{seed}")
    known = frozenset(piece)
    found: list[Measure] = []
    line: list[Terminal] = []
    left_out = 0
    while len(found) < count:
        measure = tuple(generator.measure_after(line, BAR, rng))
        if measure in known and left_out < MOST_COPIES:
            left_out += 1
            continue
        found.append(measure)
        line += measure
    return Seeds(tuple(found), left_out)
