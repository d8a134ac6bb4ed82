"""Notes over changes as the ids that the jazz model reads, and its shape.

Conventions: the model is asked three questions a note, in this order. The pitch, given the note's
onset; the gap, from this onset to the next; the length, given that gap. What is known when the pitch
is asked is a `Moment`. Relative ids come first: intervals, degrees above the present and the next
root, and for every semitone above the last pitch whether it is a chord, colour or scale tone; so
that a phrase is the same phrase in every key. What the line did before in like moments comes as advice
(`improv.jazz.recall`), and after it what soloists did (`improv.jazz.corpus`).
"""

import hashlib
import json
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from grammar.changes import Changes
from grammar.notes import TICKS_PER_BEAT, Note
from improv.jazz.corpus import EVERYBODY, LEAST, ONES_OWN, ROWS, Corpus
from improv.jazz.harmony import LETTERS, NEARBY, harmony_of, tones_above
from improv.jazz.manner import FEELS, INSTRUMENTS, PERFORMERS, STYLES, UNTOLD, Manner
from improv.jazz.past import NOTHING, Past, Point, point
from improv.jazz.recall import (
    DOUBT,
    FADE,
    GAP_VIEWS,
    INTERVAL_SLOTS,
    LENGTH_VIEWS,
    PITCH_VIEWS,
    TICK_SLOTS,
    Recall,
)
from improv.jazz.recall import WIDEST as WIDEST_RECALLED
from improv.jazz.touch import SIZES, UNTOUCHED, Touch
from improv.jazz.touch import TABLES as TOUCHES
from improv.jazz.vocabulary import (
    GAPS,
    INTERVALS,
    LENGTHS,
    LONGEST_WAIT,
    LOWEST,
    METERS,
    NO_DEGREE,
    NO_PITCH,
    PITCHES,
    QUALITY_IDS,
    TABLES,
    TEMPOS,
    degree_id,
    gap_id,
    interval_id,
    length_id,
    meter_id,
    pitch_id,
    tempo_id,
)
from models.spec import Advice, Expert, Head, Input, Spec

NO_GAP, NO_LENGTH = len(GAPS), len(LENGTHS)

UNKNOWN = 0.5
"""Share of the windows in training in which each of the manner's inputs is left out."""
UNTOLD_TOUCH = 0.2
"""The same of the inputs that tell how the line was played."""
HEARD = 64
"""Dimensions in which the trunk reads an advice."""

INPUTS = (
    Input("pitch", PITCHES + 1, 32),
    Input("interval", INTERVALS + 1, 32),
    Input("interval_before", INTERVALS + 1, 16),
    Input("degree", NO_DEGREE + 1, 16),
    Input("degree_next", NO_DEGREE + 1, 16),
    Input("root", NO_DEGREE + 1, 8),
    Input("motion", NO_DEGREE + 1, 16),
    Input("quality", len(QUALITY_IDS), 16),
    Input("quality_next", len(QUALITY_IDS), 16),
    Input("motion_third", NO_DEGREE + 1, 8),
    Input("quality_third", len(QUALITY_IDS), 8),
    Input("wait", LONGEST_WAIT + 1, 8),
    Input("gap", NO_GAP + 1, 24),
    Input("length", NO_LENGTH + 1, 16),
    Input("beat", max(METERS) + 1, 12),
    Input("tick", TICKS_PER_BEAT, 16),
    Input("meter", len(METERS), 4),
    Input("tempo", len(TEMPOS) + 1, 8),
    Input("performer", len(PERFORMERS) + 1, 16, left_out=UNKNOWN),
    Input("style", len(STYLES) + 1, 8, left_out=UNKNOWN),
    Input("instrument", len(INSTRUMENTS) + 1, 8, left_out=UNKNOWN),
    Input("feel", len(FEELS) + 1, 4, left_out=UNKNOWN),
    Input("loudness", SIZES[0], 8, left_out=UNTOLD_TOUCH),
    Input("held", SIZES[1], 8, left_out=UNTOLD_TOUCH),
    Input("late", SIZES[2], 8, left_out=UNTOLD_TOUCH),
)
"""What enters the trunk as ids, in the order of `Encoded.ids`."""

DENSE = (2 * len(LETTERS) + 1 + len(NEARBY)) * 12
"""For the present and the next chord, each semitone above the last pitch: chord, colour, scale tone?

Then how much of the chart, and of the bars around, it is a chord tone of. Before there is a last pitch the
root takes its place, so that a first note too is the same in every key.
"""

PLACES = tuple((meter, tick) for meter in METERS for tick in range(meter * TICKS_PER_BEAT))
"""Every place in a bar of every meter."""
_PLACE_IDS = {place: i for i, place in enumerate(PLACES)}
LATEST = 48
"""Ticks of silence after a note beyond which the length head does not count."""

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
    advice=Advice(
        "interval",
        len(PITCH_VIEWS) + ROWS,
        INTERVALS // 2 - WIDEST_RECALLED,
        INTERVAL_SLOTS,
        width=HEARD,
        owner="performer",
        owned=len(ONES_OWN),
    ),
)
GAP = Head(
    name="gap",
    size=len(GAPS),
    width=192,
    inputs=(Input("interval", INTERVALS + 1, 0), Input("degree", NO_DEGREE + 1, 0)),
    experts=(
        Expert("absolute", len(GAPS)),
        Expert("tick", TICKS_PER_BEAT),
        Expert("place", max(METERS) * TICKS_PER_BEAT),
    ),
    advice=Advice("absolute", len(GAP_VIEWS), 0, TICK_SLOTS, width=HEARD),
)
LENGTH = Head(
    name="length",
    size=len(LENGTHS),
    width=128,
    inputs=(Input("gap", len(GAPS) + 1, 0), Input("interval", INTERVALS + 1, 0)),
    experts=(Expert("absolute", len(LENGTHS)), Expert("silence", LATEST + 2)),
    advice=Advice("absolute", len(LENGTH_VIEWS), 0, TICK_SLOTS),
)
HEADS = (PITCH, GAP, LENGTH)


PARTS = {"pitch": (PITCH,), "rhythm": (GAP, LENGTH)}
"""The heads of the two networks that the jazz model is made of: apart, each learns more than one for all."""


def jazz_spec(hidden: int = 384, layers: int = 2, heads: tuple[Head, ...] = HEADS) -> Spec:
    """The shape of a network of the jazz model; one with all heads can stand for both parts."""
    return Spec(inputs=INPUTS, dense=DENSE, hidden=hidden, layers=layers, heads=heads, skip=True)


def expert_maps() -> dict[str, tuple[npt.NDArray[np.int16], ...]]:
    """For every head its experts' maps, (shifts, size of the head): the slot each id takes."""
    interval, degree = interval_map(PITCHES, INTERVALS // 2), degree_map(PITCHES, LOWEST)
    gaps = np.array(GAPS)
    tick = (np.arange(TICKS_PER_BEAT)[:, None] + gaps[None, :]) % TICKS_PER_BEAT
    bars = np.array([meter * TICKS_PER_BEAT for meter, _ in PLACES])[:, None]
    place = (np.array([tick for _, tick in PLACES])[:, None] + gaps[None, :]) % bars
    lengths = np.array(LENGTHS)
    silence = np.clip(gaps[:, None] - lengths[None, :], -1, LATEST) + 1
    silence = np.vstack([silence, np.zeros((1, len(LENGTHS)), dtype=int)])
    absolute = [np.arange(head.size)[None, :] for head in HEADS]
    maps = {
        "pitch": (absolute[0], interval, interval, degree, degree),
        "gap": (absolute[1], tick, place),
        "length": (absolute[2], silence),
    }
    return {name: tuple(m.astype(np.int16) for m in found) for name, found in maps.items()}


def vocabulary_hash() -> str:
    """SHA-256 over all that ids and advice mean: weights trained on others must not be played with these."""
    manners = [PERFORMERS, STYLES, INSTRUMENTS, FEELS]
    views = [*(list(views.names) for views in (PITCH_VIEWS, GAP_VIEWS, LENGTH_VIEWS)), FADE, DOUBT]
    views += [EVERYBODY, ONES_OWN, LEAST]
    tables = [*TABLES, *manners, *views, TOUCHES]
    return hashlib.sha256(json.dumps(tables).encode()).hexdigest()


def interval_map(pitches: int, widest: int) -> npt.NDArray[np.int_]:
    """(pitches + 1, pitches): the step from a pitch id to each, -widest in slot 0; from none the last."""
    ids = np.arange(pitches)
    steps = np.clip(ids[None, :] - ids[:, None], -widest, widest) + widest
    return np.vstack([steps, np.full((1, pitches), 2 * widest + 1)])


def degree_map(pitches: int, lowest: int) -> npt.NDArray[np.int_]:
    """(13, pitches): the degree above a root of each pitch id, the first being MIDI `lowest`."""
    degrees = (np.arange(pitches)[None, :] + lowest - np.arange(12)[:, None]) % 12
    return np.vstack([degrees, np.full((1, pitches), NO_DEGREE)])


@dataclass(frozen=True, slots=True)
class Moment:
    """All that is known of a note before its pitch."""

    onset: int
    """Ticks."""
    beat: int
    """Place of the beat in its bar, 0 the downbeat."""
    changes: Changes
    tempo: float
    previous: Note | None = None
    before: int | None = None
    """The pitch before the previous note's."""
    earlier: int | None = None
    """The pitch before that."""
    past: Past = NOTHING
    """All notes before, as far as they are remembered."""
    manner: Manner = UNTOLD
    touch: Touch = UNTOUCHED
    """How those notes were played."""
    late: float | None = None
    """Ticks that this one begins behind its place; None: not known."""

    @property
    def gap(self) -> int | None:
        """Ticks from the previous onset."""
        return None if self.previous is None else self.onset - self.previous.onset

    @property
    def point(self) -> Point:
        """Where the note falls, as it is compared with earlier ones."""
        return point(self.onset, self.beat, self.onset % TICKS_PER_BEAT, self.changes.at(self.onset))


@dataclass(frozen=True, slots=True)
class Encoded:
    """A moment as the network reads it."""

    moment: Moment
    ids: tuple[int, ...]
    """One for each of `INPUTS`."""
    dense: npt.NDArray[np.float32]
    """(DENSE,), zeros and ones."""
    shifts: tuple[int, ...]
    """One for each of the pitch head's experts."""
    recall: Recall
    advice: dict[str, npt.NDArray[np.float32]]
    """Of the pitch and of the gap after it; that of the length waits for the gap."""


def encode(moment: Moment, corpus: Corpus) -> Encoded:
    """The ids, dense inputs, pitch shifts and advice of a moment."""
    chord = moment.changes.at(moment.onset)
    wait, following = moment.changes.after(moment.onset)
    _, third = moment.changes.after(moment.onset + wait)
    last = None if moment.previous is None else moment.previous.pitch
    last_id = NO_PITCH if last is None else pitch_id(last)
    before_id = NO_PITCH if moment.before is None else pitch_id(moment.before)
    ids = (
        last_id,
        interval_id(last, moment.before),
        interval_id(moment.before, moment.earlier),
        degree_id(last, chord.root),
        degree_id(last, following.root),
        degree_id(chord.root, 0),
        degree_id(following.root, chord.root),
        QUALITY_IDS[chord.quality],
        QUALITY_IDS[following.quality],
        degree_id(third.root, chord.root),
        QUALITY_IDS[third.quality],
        min(LONGEST_WAIT, -(-wait // TICKS_PER_BEAT)),
        NO_GAP if moment.gap is None else gap_id(moment.gap),
        NO_LENGTH if moment.previous is None else length_id(moment.previous.duration),
        min(moment.beat, max(METERS)),
        moment.onset % TICKS_PER_BEAT,
        meter_id(moment.changes.meter),
        tempo_id(moment.tempo),
        *moment.manner.ids,
        *moment.touch.ids(moment.onset, moment.late),
    )
    roots = (root for root in (chord.root, following.root, 0) if root is not None)
    above = next(roots) if last is None else last
    profile = harmony_of(moment.changes).around(moment.onset, above)
    dense = np.concatenate([tones_above(chord, above), tones_above(following, above), profile])
    shifts = (0, last_id, before_id, degree_id(chord.root, 0), degree_id(following.root, 0))
    recall = Recall(moment.past, moment.point)
    advice = {"pitch": _advice(moment, recall, corpus), "gap": recall.gap()}
    return Encoded(moment, ids, dense, shifts, recall, advice)


def _advice(moment: Moment, recall: Recall, corpus: Corpus) -> npt.NDArray[np.float32]:
    """What the line and others did before, (sources, INTERVAL_SLOTS)."""
    if moment.previous is None:
        return np.zeros((len(PITCH_VIEWS) + ROWS, INTERVAL_SLOTS), np.float32)
    others = corpus.rows(recall.mark.melody, moment.manner.performer)
    return np.concatenate([recall.pitch(), others])


def gap_question(moment: Moment, pitch: int) -> tuple[tuple[int, int], tuple[int, int, int]]:
    """Inputs and shifts of the gap head, the note's pitch being known."""
    last = None if moment.previous is None else moment.previous.pitch
    inputs = (interval_id(pitch, last), degree_id(pitch, moment.changes.at(moment.onset).root))
    tick = moment.onset % TICKS_PER_BEAT
    meter = METERS[meter_id(moment.changes.meter)]
    place = _PLACE_IDS[meter, (moment.beat % meter) * TICKS_PER_BEAT + tick]
    return inputs, (0, tick, place)


def length_question(moment: Moment, pitch: int, gap: int | None) -> tuple[tuple[int, int], tuple[int, int]]:
    """Inputs and shifts of the length head; gap in ticks, None where the line ends."""
    last = None if moment.previous is None else moment.previous.pitch
    found = NO_GAP if gap is None else gap_id(gap)
    return (found, interval_id(pitch, last)), (0, found)
