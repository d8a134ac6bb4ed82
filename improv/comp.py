"""A plain accompaniment: piano voicings and a bass line under a solo.

Conventions: notes on the grid (ticks of 1/24 beat from the top of the form), to be swung by
`improv.swing.perform` like the solo; chance comes from the generator passed in, so the same one gives
the same notes. Nothing sounds on N.C.

The piano plays rootless voicings (third, seventh, ninth, thirteenth) from `VOICINGS`, each led to from
the one before by the smallest movement, on rhythms of two and three beats after the Charleston. A hit
on an off-beat anticipates the chord of the beat that follows. The bass walks: the chord's bass note
where the chord begins, an approach before the next, steps of the chord between.
"""

from collections.abc import Iterator, Sequence
from random import Random

from grammar.changes import Changes
from grammar.chart import Feel
from grammar.chords import Chord
from grammar.meter import GROUPS
from grammar.notes import TICKS_PER_BEAT, Note, pitch_class

VOICINGS: dict[str, tuple[int, ...]] = {
    # quality: degrees above the root, in semitones
    "maj": (4, 7, 9, 2),
    "6": (4, 7, 9, 2),
    "maj7": (4, 7, 11, 2),
    "min": (3, 7, 10, 2),
    "min6": (3, 7, 9, 2),
    "min7": (3, 7, 10, 2),
    "minmaj7": (3, 7, 11, 2),
    "7": (4, 9, 10, 2),
    "7alt": (4, 8, 10, 3),
    "7sus": (5, 7, 10, 2),
    "sus": (5, 7, 0, 2),
    "aug": (4, 8, 0, 2),
    "aug7": (4, 8, 10, 2),
    "augmaj7": (4, 8, 11, 2),
    "m7b5": (3, 6, 10, 0),
    "dim": (3, 6, 9, 0),
    "dim7": (3, 6, 9, 0),
    "5": (0, 7),
    "NC": (),
}
PIANO_RANGE = range(50, 73)
"""Pitches of the voicings."""
PIANO_HOME = 60.5
"""Where the middle of a voicing is drawn to."""
BASS_RANGE = range(28, 51)
BASS_HOME = 38

Cell = tuple[tuple[int, int], ...]
"""Hits within a few beats: onset and duration in ticks."""

CELLS: dict[int, tuple[tuple[Cell, int], ...]] = {
    # beats: rhythms, each with its weight
    2: (
        (((0, 30), (36, 12)), 4),  # Charleston
        (((36, 12),), 4),
        (((0, 42),), 2),
        (((12, 12),), 2),
        (((24, 12),), 1),
        (((12, 12), (36, 12)), 1),
        ((), 4),
    ),
    3: (
        (((0, 30), (36, 30)), 4),
        (((0, 66),), 3),
        (((24, 12), (48, 12)), 2),
        (((36, 24),), 2),
        (((12, 12), (60, 12)), 1),
        ((), 2),
    ),
}
CALM_CELLS: dict[int, tuple[tuple[Cell, int], ...]] = {
    2: ((((0, 46),), 5), (((0, 30), (36, 12)), 1), ((), 2)),
    3: ((((0, 70),), 5), (((0, 46), (48, 22)), 2)),
}
"""For ballads."""


def comp(changes: Changes, start: int, ticks: int, rng: Random, feel: Feel = "swing") -> list[Note]:
    """Piano chords from tick `start` for `ticks`; one chord's notes share onset, end and velocity.

    Args:
        changes: the chords.
        start: a bar line.
        ticks: how long; nothing sounds after.
        rng: chooses rhythms and velocities.
        feel: ballads get longer chords.
    """
    cells = CALM_CELLS if feel == "ballad" else CELLS
    notes: list[Note] = []
    voicing: tuple[int, ...] = ()
    for begin, beats in _groups(changes, start, ticks):
        rhythms, weights = zip(*cells[beats], strict=True)
        hits: Cell = rng.choices(rhythms, weights)[0]
        for place, length in hits:
            onset = begin + place
            chord, until = _heard(changes, onset)
            end = min(onset + length, until, start + ticks)
            velocity = rng.randint(54, 66)
            found = _lead(_classes(chord), voicing)
            if found and onset < end:
                voicing = found
                notes += [Note(onset, pitch, end - onset, velocity) for pitch in voicing]
    return notes


def bass(changes: Changes, start: int, ticks: int, rng: Random, feel: Feel = "swing") -> list[Note]:
    """A bass line from tick `start` for `ticks`, one voice.

    Args:
        changes: the chords.
        start: a bar line.
        ticks: how long; nothing sounds after.
        rng: chooses among what fits.
        feel: ballad and bossa play in two (roots and fifths), the others one note a beat.
    """
    in_two = feel in ("ballad", "bossa")
    beats = list(_two_feel(changes, start, ticks) if in_two else range(start, start + ticks, TICKS_PER_BEAT))
    notes: list[Note] = []
    pitch, resting = BASS_HOME, True
    for beat, after in zip(beats, [*beats[1:], start + ticks], strict=True):
        chord, until = _sounding(changes, beat)
        if chord.root is None:
            resting = True
            continue
        following = changes.at(until)
        if resting or _starts(changes, beat):
            pitch = _nearest(chord.bass if chord.bass is not None else chord.root, pitch)
        elif in_two:
            root, fifth = chord.root, chord.root + _fifth(chord)
            pitch = _nearest(root if pitch_class(pitch) == pitch_class(fifth) else fifth, pitch)
        elif after >= until and following.root is not None:
            pitch = _approach(following, pitch, rng)
        else:
            pitch = _step(chord, pitch, rng)
        resting = False
        notes.append(Note(beat, pitch, after - beat - (2 if in_two else 1), rng.randint(70, 80)))
    return notes


def _groups(changes: Changes, start: int, ticks: int) -> Iterator[tuple[int, int]]:
    """The twos and threes of the bars: where each begins, and its beats."""
    for bar in range(start, start + ticks, changes.bar):
        begin = bar
        for beats in GROUPS[changes.meter]:
            if begin < start + ticks:
                yield begin, beats
            begin += beats * TICKS_PER_BEAT


def _two_feel(changes: Changes, start: int, ticks: int) -> Iterator[int]:
    """Where a bass in two plays: where a group or a chord begins."""
    groups = {begin for begin, _ in _groups(changes, start, ticks)}
    for beat in range(start, start + ticks, TICKS_PER_BEAT):
        if beat in groups or _starts(changes, beat):
            yield beat


def _starts(changes: Changes, tick: int) -> bool:
    return tick % changes.length in changes.onsets


def _sounding(changes: Changes, tick: int) -> tuple[Chord, int]:
    """The chord at a tick, and the tick at which it ends."""
    wait, _ = changes.after(tick)
    return changes.at(tick), tick + wait


def _heard(changes: Changes, onset: int) -> tuple[Chord, int]:
    """The chord a hit plays, and the tick at which it must have ended: off-beats anticipate."""
    place = onset % TICKS_PER_BEAT
    ahead = onset - place + TICKS_PER_BEAT if place >= TICKS_PER_BEAT // 2 else onset
    return _sounding(changes, ahead)


def _classes(chord: Chord) -> list[int]:
    """Pitch classes of the chord's voicing; a degree its scale lacks moves to the altered one beside it."""
    found: list[int] = []
    for degree in VOICINGS[chord.quality]:
        beside = (degree, (degree - 1) % 12, (degree + 1) % 12)
        fitting = [d for d in beside if chord.degrees[d] in "CL" or (d == degree and chord.degrees[d] == "S")]
        if fitting and fitting[0] not in found:
            found.append(fitting[0])
    return [pitch_class((chord.root or 0) + degree) for degree in found]


def _lead(classes: Sequence[int], before: Sequence[int]) -> tuple[int, ...]:
    """The close voicing of the pitch classes in range that moves least from the one before."""
    best: tuple[float, tuple[int, ...]] | None = None
    for lowest in PIANO_RANGE:
        if lowest % 12 not in classes:
            continue
        voicing = tuple(sorted(lowest + (c - lowest) % 12 for c in classes))
        if voicing[-1] not in PIANO_RANGE:
            continue
        middle = sum(voicing) / len(voicing)
        moved = sum(min(abs(pitch - other) for other in before) for pitch in voicing) if before else 0
        cost = moved + abs(middle - PIANO_HOME) / 4
        if best is None or cost < best[0]:
            best = (cost, voicing)
    return best[1] if best else ()


def _nearest(target: int, pitch: int) -> int:
    """The pitch of a class in the bass's range that is nearest to `pitch`, leaning to the middle."""
    choices = [p for p in BASS_RANGE if p % 12 == target % 12]
    return min(choices, key=lambda p: abs(p - pitch) + abs(p - BASS_HOME) / 4)


def _fifth(chord: Chord) -> int:
    """The chord's fifth above its root: perfect, else diminished or augmented."""
    return next((degree for degree in (7, 6, 8) if chord.degrees[degree] == "C"), 7)


def _approach(following: Chord, pitch: int, rng: Random) -> int:
    """A pitch that leads into the next chord: a semitone from its bass, or its fifth."""
    target = _nearest(following.bass if following.bass is not None else 0, pitch)
    choices = [p for p in (target - 1, target + 1, target + 7, target - 5) if p in BASS_RANGE and p != pitch]
    weights = [6 if abs(p - target) == 1 else 2 for p in choices]
    return rng.choices(choices, weights)[0]


def _step(chord: Chord, pitch: int, rng: Random) -> int:
    """Another pitch of the chord within a fifth, or a step of its scale; chord tones are likelier."""
    weights = {"C": 4, "L": 1, "S": 1, ".": 0}
    choices = [p for p in BASS_RANGE if 1 <= abs(p - pitch) <= 7 and chord.letter(p) != "."]
    choices = [p for p in choices if chord.letter(p) == "C" or abs(p - pitch) <= 2]
    likely = [weights[chord.letter(p)] * (2 if abs(p - pitch) <= 4 else 1) for p in choices]
    return rng.choices(choices, likely)[0]
