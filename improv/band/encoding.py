"""A beat over changes as the ids that the bass model reads, and the model's shape.

Conventions: the model is asked one question a beat, which pitch the bass has there; what is known by
then is a `Beat`. As in `improv.jazz.encoding` relative ids come first (intervals, degrees above the
present and the next root, and for each semitone above the last pitch whether it is a chord, colour or
scale tone), and the answer is a product of experts, so that a line is the same line in every key.

What a whole line is like is told too: how often it has the chord's bass note where a chord begins, and
how often it moves. In half of the training's windows neither is told, so both may be left out. And it is
told by how much a line was transposed, for the register and its open strings are not: so that the keys it
was taught do not leak into what it plays, as Karras et al. have it of augmented pictures ("Elucidating the
Design Space of Diffusion-Based Generative Models", 2022).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from grammar.changes import Changes
from grammar.notes import TICKS_PER_BEAT
from improv.band.vocabulary import (
    AGREEMENT,
    FEELS,
    INTERVALS,
    KEYS,
    LOWEST,
    MOTION,
    NO_BAR,
    NO_PITCH,
    OWN_KEY,
    PITCHES,
    UNKNOWN,
    WIDEST,
    bar_id,
    feel_id,
    interval_id,
    pitch_id,
    wait_id,
)
from improv.jazz.encoding import degree_map, interval_map
from improv.jazz.harmony import LETTERS, tones_above
from improv.jazz.vocabulary import (
    LONGEST_WAIT,
    METERS,
    NO_DEGREE,
    QUALITY_IDS,
    TEMPOS,
    degree_id,
    meter_id,
    tempo_id,
)
from models.spec import Expert, Head, Input, Spec

LEFT_OUT = 0.5
"""Share of the windows in training in which the model is not told what the line is like."""

INPUTS = (
    Input("pitch", PITCHES + 1, 24),
    Input("interval", INTERVALS + 1, 16),
    Input("interval_before", INTERVALS + 1, 12),
    Input("degree", NO_DEGREE + 1, 16),
    Input("degree_next", NO_DEGREE + 1, 16),
    Input("root", NO_DEGREE + 1, 8),
    Input("slash", NO_DEGREE + 1, 4),
    Input("motion_before", NO_DEGREE + 1, 8),
    Input("motion_next", NO_DEGREE + 1, 12),
    Input("quality", len(QUALITY_IDS), 12),
    Input("quality_next", len(QUALITY_IDS), 12),
    Input("since", LONGEST_WAIT + 1, 8),
    Input("wait", LONGEST_WAIT + 1, 8),
    Input("beat", max(METERS) + 1, 8),
    Input("bar", NO_BAR + 1, 8),
    Input("meter", len(METERS), 4),
    Input("tempo", len(TEMPOS) + 1, 6),
    Input("feel", len(FEELS), 6),
    Input("agreement", len(AGREEMENT) + 2, 4, LEFT_OUT),
    Input("motion", len(MOTION) + 2, 4, LEFT_OUT),
    Input("shift", len(KEYS), 4),
)
"""What enters the trunk as ids, in the order of `Encoded.ids`."""

DENSE = 2 * len(LETTERS) * 12
"""For the present and the next chord, each semitone above the last pitch: chord, colour, scale tone?"""

PITCH = Head(
    name="pitch",
    size=PITCHES,
    width=0,
    inputs=(),
    experts=(
        Expert("absolute", PITCHES),
        Expert("interval", INTERVALS + 1),
        Expert("interval_before", INTERVALS + 1),
        Expert("degree", NO_DEGREE + 1),
        Expert("degree_next", NO_DEGREE + 1),
    ),
)


def bass_spec(hidden: int = 192, layers: int = 2) -> Spec:
    """The bass model's shape."""
    return Spec(inputs=INPUTS, dense=DENSE, hidden=hidden, layers=layers, heads=(PITCH,))


def expert_maps() -> dict[str, tuple[npt.NDArray[np.int16], ...]]:
    """The experts' maps, (shifts, pitches): the slot each pitch id takes."""
    interval, degree = interval_map(PITCHES, WIDEST), degree_map(PITCHES, LOWEST)
    maps = (np.arange(PITCHES)[None, :], interval, interval, degree, degree)
    return {PITCH.name: tuple(found.astype(np.int16) for found in maps)}


@dataclass(frozen=True, slots=True)
class Manner:
    """What a line is like, as far as it is known."""

    tempo: float
    """Beats a minute."""
    feel: str = "SWING"
    """As the database names it."""
    agreement: int = UNKNOWN
    """Class of `AGREEMENT`, or `UNKNOWN`."""
    motion: int = UNKNOWN
    """Class of `MOTION`, or `UNKNOWN`."""


@dataclass(frozen=True, slots=True)
class Beat:
    """All that is known of a beat before the bass's pitch."""

    tick: int
    """From the top of the changes, on a beat."""
    place: int
    """The beat's place in its bar, 0 the downbeat."""
    bar: int | None
    """The bar's place in the form, 0 its first; None where no form is told."""
    changes: Changes
    manner: Manner
    previous: tuple[int | None, ...] = ()
    """The pitches of the beats before, the last one last; the model reads three."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """A beat as the network reads it."""

    ids: tuple[int, ...]
    """One for each of `INPUTS`."""
    dense: npt.NDArray[np.float32]
    """(DENSE,), zeros and ones."""
    shifts: tuple[int, ...]
    """One for each of the head's experts."""


def encode(beat: Beat) -> Encoded:
    """The ids, dense inputs and shifts of a beat."""
    changes, manner = beat.changes, beat.manner
    chord = changes.at(beat.tick)
    wait, following = changes.after(beat.tick)
    since = beats_since(changes, beat.tick)
    left = changes.at(beat.tick - (since + 1) * TICKS_PER_BEAT)
    earlier, before, last = (None, None, None, *beat.previous)[-3:]
    last_id = NO_PITCH if last is None else pitch_id(last)
    before_id = NO_PITCH if before is None else pitch_id(before)
    ids = (
        last_id,
        interval_id(last, before),
        interval_id(before, earlier),
        degree_id(last, chord.root),
        degree_id(last, following.root),
        degree_id(chord.root, 0),
        degree_id(chord.bass, chord.root),
        degree_id(chord.root, left.root),
        degree_id(following.root, chord.root),
        QUALITY_IDS[chord.quality],
        QUALITY_IDS[following.quality],
        wait_id(since),
        wait_id(-(-wait // TICKS_PER_BEAT)),
        min(beat.place, max(METERS)),
        bar_id(beat.bar),
        meter_id(changes.meter),
        tempo_id(manner.tempo),
        feel_id(manner.feel),
        manner.agreement,
        manner.motion,
        OWN_KEY,
    )
    roots = (root for root in (chord.root, following.root, 0) if root is not None)
    above = next(roots) if last is None else last
    dense = np.concatenate([tones_above(chord, above), tones_above(following, above)])
    shifts = (0, last_id, before_id, degree_id(chord.root, 0), degree_id(following.root, 0))
    return Encoded(ids, dense, shifts)


def beats_since(changes: Changes, tick: int) -> int:
    """Whole beats since the chord at a tick began, at most `LONGEST_WAIT`; 0 where it begins.

    A form that ends on the chord it begins with goes on with it, and does not begin it again.
    """
    for beats in range(LONGEST_WAIT):
        if begins(changes, tick - beats * TICKS_PER_BEAT):
            return beats
    return LONGEST_WAIT


def begins(changes: Changes, tick: int) -> bool:
    """Whether the beat at a tick brings another chord than the beat before."""
    return changes.at(tick).symbol != changes.at(tick - TICKS_PER_BEAT).symbol
