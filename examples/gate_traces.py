"""What the gates of the jazz model do at every note of a line, and which units are worth looking at.

Conventions: T notes, L layers, H units a layer; all values are those after a note has entered. An
event is a number for every note (yes and no are 1 and 0). A unit's `agreement` with an event is
Pearson's correlation over notes.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from grammar.notes import TICKS_PER_BEAT
from improv.jazz.dataset import moments
from improv.jazz.encoding import INPUTS, encode
from improv.jazz.model import JazzModel
from improv.jazz.wjazzd import Solo
from models import lstm
from models.numeric import Array

Numbers = npt.NDArray[np.float64]
Traces = dict[str, Numbers]
"""For each of i, f, g, o and c (see `models.lstm`) its values, (T, L, H)."""

BREATH = TICKS_PER_BEAT
"""A phrase starts after a rest of this many ticks."""
RECENT = 8
"""The register is the mean pitch of so many notes, the newest included."""
LEAST_MOVEMENT = 0.1
"""A unit whose values' standard deviation is less has nothing to show."""


def traced(solo: Solo, model: JazzModel) -> Traces:
    """Run a line through the trunk of the network of pitches, from silence, by `models.lstm.forward`."""
    checkpoint = model.parts["pitch"]
    weights, spec = checkpoint.weights, checkpoint.spec
    tables = [weights[f"embed.{entry.name}"] for entry in INPUTS]
    events = [encode(moment, model.corpus) for moment in moments(solo)]
    rows = [
        np.concatenate(
            [
                *(table[i] for table, i in zip(tables, event.ids, strict=True)),
                event.dense,
                *(part for name, _ in spec.heard for part in _heard(event.advice[name], weights, name)),
            ]
        )
        for event in events
    ]
    x = entered = np.array(rows)[:, None]  # (T, 1, D): one line is a batch of one
    found: dict[str, list[Numbers]] = {part: [] for part in "ifgoc"}
    for layer in range(spec.layers):
        if layer and spec.skip:
            x = np.concatenate([x, entered], axis=-1)  # (T, 1, H + D)
        params = lstm.Params(*(weights[f"lstm.{layer}.{name}"] for name in lstm.Params._fields))
        x, cache = lstm.forward(x, lstm.initial_state(1, spec.hidden), params)
        for part, values in zip("ifgo", np.split(cache.gates[:, 0], 4, axis=-1), strict=True):
            found[part].append(values.astype(np.float64))  # (T, H)
        found["c"].append(cache.c[1:, 0].astype(np.float64))
    return {part: np.stack(layers, axis=1) for part, layers in found.items()}  # (T, L, H)


def _heard(advice: Array, weights: Mapping[str, Array], name: str) -> tuple[Array, Array]:
    """What the trunk reads of an advice: each source's sum, and a projection."""
    return advice.sum(axis=-1), weights[f"{name}.advice.read"] @ advice.reshape(-1)


def phrase_starts(solo: Solo) -> Numbers:
    """1 at the first note and after every rest of a beat or more."""
    ends = [note.end for note in solo.notes[:-1]]
    rests = [note.onset - end for note, end in zip(solo.notes[1:], ends, strict=True)]
    return np.array([1.0, *(float(rest >= BREATH) for rest in rests)])


def new_chords(solo: Solo) -> Numbers:
    """1 at the first note and at every note that is the first over a chord."""
    changes, notes = solo.changes, solo.notes
    return np.array(
        [1.0]
        + [
            float(changes.after(before.onset)[0] <= note.onset - before.onset)
            for before, note in pairwise(notes)
        ]
    )


def on_the_beat(solo: Solo) -> Numbers:
    """1 where a note falls on a beat."""
    return np.array([float(note.onset % TICKS_PER_BEAT == 0) for note in solo.notes])


def register(solo: Solo) -> Numbers:
    """The mean pitch of the last notes, a MIDI number."""
    pitches = np.array([note.pitch for note in solo.notes], dtype=np.float64)
    return np.array([pitches[max(0, t + 1 - RECENT) : t + 1].mean() for t in range(len(pitches))])


EVENTS: dict[str, Callable[[Solo], Numbers]] = {
    "phrase start": phrase_starts,
    "new chord": new_chords,
    "note on the beat": on_the_beat,
    "register": register,
}


class Unit(NamedTuple):
    """One unit, and how closely it went with its event on the lines it was chosen on."""

    layer: int
    """From 0."""
    number: int
    agreement: float


def agreement(values: Numbers, event: Numbers) -> Numbers:
    """Correlation of every unit's values, (T, ...), with an event, (T,); 0 where nothing moves."""
    values = values - values.mean(axis=0)
    event = event - event.mean()
    together = np.tensordot(event, values, axes=(0, 0)) / len(event)
    scale = values.std(axis=0) * event.std()
    found: Numbers = np.divide(together, scale, out=np.zeros_like(together), where=scale > 1e-9)
    return found


def choose(part: str, event: str, sign: int, lines: Sequence[Solo], traces: Sequence[Traces]) -> Unit:
    """The unit of all layers whose `part` goes most closely with an event over many lines.

    Args:
        part: i, f, g, o or c.
        event: a name in `EVENTS`.
        sign: 1 or -1 for a unit that rises or falls with the event, 0 for either.
        lines: lines other than the one to be looked at: the best of hundreds of units on one short
            line would be the best by luck.
        traces: what the network did on each of them.
    """
    values = np.concatenate([trace[part] for trace in traces])
    agreed = agreement(values, np.concatenate([EVENTS[event](line) for line in lines]))  # (L, H)
    score = np.where(values.std(axis=0) < LEAST_MOVEMENT, 0.0, abs(agreed) if sign == 0 else sign * agreed)
    layer, number = np.unravel_index(int(score.argmax()), score.shape)
    return Unit(int(layer), int(number), float(agreed[layer, number]))
