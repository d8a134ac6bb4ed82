"""A whole solo by a deepjazz model, measure by measure.

Conventions: ticks of 1/24 beat from the top of the first chorus; chance comes from the seed, so the same one
plays the same solo.
"""

from dataclasses import dataclass, replace
from random import Random
from typing import Literal, get_args

from grammar.changes import Changes
from grammar.notes import Note
from grammar.realise import HIGHEST, LOWEST, realise
from grammar.terminals import Terminal
from improv.deepjazz.generator import Generator
from improv.deepjazz.model import DeepjazzModel
from improv.deepjazz.original import as_notes, play_measure
from improv.deepjazz.struck import struck_chords

Rules = Literal["original", "ours"]
"""Whose rules make notes of terminals: Kim's with all their flaws, or `grammar.realise`."""
RULES: tuple[Rules, ...] = get_args(Rules)

TEMPERATURE = 0.5
TEMPO = 130.0
"""Beats a minute."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How to play; as Kim did."""

    temperature: float = TEMPERATURE
    rules: Rules = "original"


def improvise(model: DeepjazzModel, changes: Changes, ticks: int, manner: Manner, seed: int) -> list[Note]:
    """The notes of a solo from tick 0 that starts before `ticks`.

    By his rules notes overlap where a measure runs over its bar line; by ours it is one voice.
    """
    rng = Random(f"deepjazz:{seed}")
    generator = Generator(model, manner.temperature)
    line: list[Note] = []
    for start in range(0, ticks, changes.bar):
        terminals = generator.measure(changes.bar, rng)
        if manner.rules == "original":
            chords = struck_chords(changes, start, changes.bar)
            line += as_notes(play_measure(terminals, chords, rng), start)
        else:
            previous = line[-1].pitch if line else None
            fitting = _within(terminals, changes.bar)
            line += realise(fitting, changes, start, rng, previous, LOWEST, HIGHEST)
    return sorted(note for note in line if note.onset < ticks)


def _within(terminals: list[Terminal], bar: int) -> list[Terminal]:
    """The terminals that start before the bar is over, the last one cut to it."""
    found: list[Terminal] = []
    for terminal in terminals:
        if bar <= 0:
            break
        found.append(replace(terminal, duration=min(terminal.duration, bar)))
        bar -= terminal.duration
    return found
