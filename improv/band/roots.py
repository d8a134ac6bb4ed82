"""A bass by rules, for feels that the model does not play and where there is no model.

Conventions: ticks of 1/24 beat from the top of the first chorus. A `Roots` is a value, so beats can be tried
and taken back. Nothing sounds on N.C. A chord begins on its bass note; an approach leads into the next.

It walks in swing, waltz and straight, plays in two in a ballad, and has figures for bossa and funk: tabs
(`improv.band.tabs`) with the degree that each stroke plays.
"""

from dataclasses import dataclass, replace

from grammar.changes import Changes
from grammar.chords import Chord
from grammar.form import Feel
from grammar.meter import group_at
from grammar.notes import TICKS_PER_BEAT, Note, pitch_class
from improv.band.bass import VELOCITY
from improv.band.notes import Moment
from improv.band.tabs import Stroke, strokes
from improv.chance import Chance

RANGE = range(28, 51)
HOME = 38
MARKS = {"x": 0, "X": 6, "o": -30}
IN_TWO: frozenset[Feel] = frozenset(("ballad",))


@dataclass(frozen=True, slots=True)
class Figure:
    """A rhythm over a span of beats and what it plays."""

    weight: float
    letters: str
    degrees: str
    """One word a stroke: 1 root, 5 fifth, 8 octave, 7 seventh, a approach (the root, if the chord stays)."""


FIGURES: dict[Feel, tuple[int, dict[int, tuple[Figure, ...]]]] = {
    # feel: letters a beat, figures by beats
    "bossa": (
        2,
        {
            4: (
                Figure(4, "x==x x==x", "1 5 5 a"),
                Figure(2, "x==x x==.", "1 5 5"),
                Figure(1, "x=== x==x", "1 5 a"),
            ),
            2: (Figure(1, "x==x", "1 5"),),
            3: (Figure(1, "x==x x=", "1 5 5"),),
        },
    ),
    "funk": (
        4,
        {
            4: (
                Figure(3, "X==. ...x ..x= ..xx", "1 8 7 5 a"),
                Figure(2, "X=.. ..x= ...x x=x.", "1 1 7 8 5"),
                Figure(2, "X..x ..x. ...x ..x=", "1 1 8 7 a"),
                Figure(1, "X=== ==.. .... ..xx", "1 5 a"),
            ),
            2: (Figure(2, "X==. ...x", "1 8"), Figure(1, "X..x ..x=", "1 1 a")),
            3: (Figure(2, "X==. ...x ..x=", "1 8 a"), Figure(1, "X=.. ..x= ....", "1 5")),
        },
    ),
}


@dataclass(frozen=True, slots=True)
class Roots:
    """All that the bassist remembers."""

    chance: Chance
    pitch: int = HOME
    resting: bool = True
    begin: int = 0
    figure: Figure | None = None


def play(line: Roots, feel: Feel, moment: Moment) -> tuple[Roots, list[Note]]:
    """The notes that begin within a beat, one voice: each ends before the next."""
    if feel not in FIGURES:
        return _on_the_beat(line, feel, moment)
    steps, figures = FIGURES[feel]
    begin, span = moment.span(figures)
    if line.figure is None or line.begin != begin or moment.tick == begin:
        number, chance = line.chance.pick([figure.weight for figure in figures[span]])
        line = replace(line, chance=chance, begin=begin, figure=figures[span][number])
    assert line.figure is not None
    place = moment.tick - begin
    tones = zip(strokes(line.figure.letters, steps), line.figure.degrees.split(), strict=True)
    wanted = [(stroke, tone) for stroke, tone in tones if place <= stroke.place < place + TICKS_PER_BEAT]
    if starts(moment.changes, moment.tick) and (not wanted or wanted[0][0].place != place):
        length = wanted[0][0].place - place if wanted else TICKS_PER_BEAT
        wanted = [(Stroke(place, length, "x"), "1"), *wanted]
    notes: list[Note] = []
    for stroke, tone in wanted:
        line, found = _strike(line, moment, begin + stroke.place, stroke, tone)
        notes += found
    return line, notes


def strikes(feel: Feel, changes: Changes, meter: int, tick: int) -> bool:
    """Whether the bass plays on a beat, in a feel without figures."""
    return feel not in IN_TWO or starts(changes, tick) or group_at(tick, meter).begin == tick


def starts(changes: Changes, tick: int) -> bool:
    """Whether a chord begins at a tick."""
    return tick % changes.length in changes.onsets


def _on_the_beat(line: Roots, feel: Feel, moment: Moment) -> tuple[Roots, list[Note]]:
    """A note where the bass strikes, a beat long."""
    changes, tick = moment.changes, moment.tick
    chord = changes.at(tick)
    if chord.root is None:
        return replace(line, resting=True), []
    if not strikes(feel, changes, moment.meter, tick):
        return line, []
    wait, following = changes.after(tick)
    chance = line.chance
    if line.resting or starts(changes, tick):
        pitch = _nearest(_low(chord), line.pitch)
    elif feel in IN_TWO:
        fifth = (chord.root + _fifth(chord)) % 12
        pitch = _nearest(chord.root if pitch_class(line.pitch) == fifth else fifth, line.pitch)
    elif wait <= TICKS_PER_BEAT and following.root is not None:
        pitch, chance = _approach(following, line.pitch, chance)
    else:
        pitch, chance = _step(chord, line.pitch, chance)
    note = Note(tick, pitch, TICKS_PER_BEAT, moment.louder(VELOCITY))
    return replace(line, chance=chance, pitch=pitch, resting=False), [note]


def _strike(line: Roots, moment: Moment, onset: int, stroke: Stroke, tone: str) -> tuple[Roots, list[Note]]:
    """A figure's note, cut off where its chord ends."""
    chord = moment.changes.at(onset)
    if chord.root is None:
        return replace(line, resting=True), []
    wait, following = moment.changes.after(onset)
    chance, low = line.chance, _low(chord)
    if line.resting or starts(moment.changes, onset):
        tone = "1"
    if tone == "a" and following.root is not None and following.symbol != chord.symbol:
        pitch, chance = _approach(following, line.pitch, chance)
    elif tone == "8":
        root = _nearest(low, HOME)
        pitch = root + 12 if root + 12 in RANGE else root
    else:
        degrees = {"5": chord.root + _fifth(chord), "7": chord.root + _seventh(chord)}
        pitch = _nearest(degrees.get(tone, low), line.pitch)
    loud = moment.louder(VELOCITY + MARKS[stroke.mark] * moment.scene.dynamics)
    note = Note(onset, pitch, max(min(stroke.length, wait) - 1, 1), loud)
    return replace(line, chance=chance, pitch=pitch, resting=False), [note]


def _low(chord: Chord) -> int:
    return chord.bass if chord.bass is not None else chord.root or 0


def _nearest(target: int, pitch: int) -> int:
    """The pitch of a class in the register that is nearest to `pitch`, leaning to the middle."""
    choices = [p for p in RANGE if p % 12 == target % 12]
    return min(choices, key=lambda p: abs(p - pitch) + abs(p - HOME) / 4)


def _fifth(chord: Chord) -> int:
    """The chord's fifth above its root: perfect, else diminished or augmented."""
    return next((degree for degree in (7, 6, 8) if chord.degrees[degree] == "C"), 7)


def _seventh(chord: Chord) -> int:
    """The chord's seventh or sixth, else the fifth."""
    return next((degree for degree in (10, 11, 9) if chord.degrees[degree] == "C"), _fifth(chord))


def _approach(following: Chord, pitch: int, chance: Chance) -> tuple[int, Chance]:
    """A pitch that leads into the next chord: a semitone from its bass, or its fifth."""
    target = _nearest(_low(following), pitch)
    choices = [p for p in (target - 1, target + 1, target + 7, target - 5) if p in RANGE and p != pitch]
    number, chance = chance.pick([6 if abs(p - target) == 1 else 2 for p in choices])
    return choices[number], chance


def _step(chord: Chord, pitch: int, chance: Chance) -> tuple[int, Chance]:
    """Another pitch of the chord within a fifth, or a step of its scale; chord tones are likelier."""
    near = [p for p in RANGE if 1 <= abs(p - pitch) <= 7]
    choices = [p for p in near if chord.letter(p) == "C" or (chord.letter(p) != "." and abs(p - pitch) <= 2)]
    weights = [(4 if chord.letter(p) == "C" else 1) * (2 if abs(p - pitch) <= 4 else 1) for p in choices]
    number, chance = chance.pick(weights)
    return choices[number], chance
