"""Which pitch a walking bass may have on the next beat.

Conventions: as in `grammar.rules` a network proposes and these rules dispose: each is a pure function
from a `BassPlace` to the set of pitches (see `grammar.pitches`) that it refuses there, `RULES` is the
one list of them, strongest first, and a rule that would leave no pitch gives way, so something is
always allowed. A bass plays a pitch a beat, so the line so far is a row of pitches.

The figures are shares of the beats that a rule would have refused, of the Weimar Jazz Database's training
solos in 4/4 and 3/4 (69,953 beats), and after the stroke of their clear lines: those with another pitch on
75 % of the beats and the chord's bass note on 60 % of the changes (8,280 beats). The pitches were found by
a program that old recordings mislead, so the first are as much its mistakes as the players' freedom; the
second are nearer to the players. Together the rules refuse 32 % and 19 %: more than `grammar.rules`, for a
band's bass has to say the chords, which those who trust each other's ears need not. Measured by
`python benchmarks/bass_table.py DATA --rules`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from grammar.changes import Changes
from grammar.chords import Chord
from grammar.notes import TICKS_PER_BEAT
from grammar.pitches import EVERY, of_classes, only, span
from grammar.rules import Rule, Verdict, judge

LOW, HIGH = 28, 55
"""A double bass's register: the open E, E1, to the octave of the open G, G3."""
WIDEST_LEAP = 12
"""Semitones from beat to beat."""
LARGE = 7
"""Semitones above which an interval is a large leap: more than a fifth."""
STEP = 2
"""Semitones: the widest step."""
HISTORY = 5
"""How many beats back the rules look."""


@dataclass(frozen=True, slots=True)
class BassPlace:
    """Where a pitch is wanted."""

    previous: Sequence[int]
    """The pitches of the beats before, the last one last, back to the last beat without one."""
    tick: int
    """Ticks from the top of the changes, on a beat."""
    changes: Changes
    low: int = LOW
    """The lowest pitch of the register."""
    high: int = HIGH
    """The highest."""

    @property
    def chord(self) -> Chord:
        """The chord that sounds there."""
        return self.changes.at(self.tick)

    @property
    def following(self) -> Chord:
        """The chord of the next beat."""
        return self.changes.at(self.tick + TICKS_PER_BEAT)

    @property
    def arrives(self) -> bool:
        """Whether another chord begins there, or the line does."""
        before = self.changes.at(self.tick - TICKS_PER_BEAT)
        return not self.previous or before.symbol != self.chord.symbol


def outside_register(place: BassPlace) -> int:
    """A pitch outside the register (0 % / 0 %)."""
    return EVERY & ~span(place.low, place.high)


def leap(place: BassPlace) -> int:
    """More than an octave from the beat before (2.3 % / 1.4 %)."""
    if not place.previous:
        return 0
    last = place.previous[-1]
    return EVERY & ~span(last - WIDEST_LEAP, last + WIDEST_LEAP)


def arrival(place: BassPlace) -> int:
    """On a chord's first beat all but its bass note, or a chord tone that a step leads to (11 % / 6.0 %).

    So a line that walks on through a change may, and one that leaps lands on the root.
    """
    chord = place.chord
    if not place.arrives or chord.bass is None:
        return 0
    allowed = of_classes([chord.bass])
    if place.previous:
        last = place.previous[-1]
        allowed |= of_classes(chord.tones) & span(last - STEP, last + STEP) & ~only(last)
    return EVERY & ~allowed


def clash(place: BassPlace) -> int:
    """On the first beat of a bar a pitch outside the chord's scale (5.9 % / 2.6 %)."""
    return EVERY & ~of_classes(place.chord.scale) if _downbeat(place) else 0


def stray(place: BassPlace) -> int:
    """On any other beat a pitch outside the scale that no step leads to (11 % / 7.7 %).

    On a chord's last beat a semitone from the next chord's bass note may be leapt to: an approach.
    """
    if _downbeat(place):
        return 0
    near = 0
    following = place.following
    if following.bass is not None and following.symbol != place.chord.symbol:
        near |= of_classes((following.bass + side) % 12 for side in (-1, 1))
    if place.previous:
        last = place.previous[-1]
        near |= span(last - STEP, last + STEP) & ~only(last)
    return EVERY & ~of_classes(place.chord.scale) & ~near


def second_leap(place: BassPlace) -> int:
    """Two leaps of more than a fifth in a row in the same direction (0.03 % / 0.02 %)."""
    if len(place.previous) < 2:
        return 0
    before, last = place.previous[-2:]
    if abs(last - before) <= LARGE:
        return 0
    return span(last + LARGE + 1, 127) if last > before else span(0, last - LARGE - 1)


def anticipation(place: BassPlace) -> int:
    """On a chord's last beat the next chord's bass note, unless it is this one's too (1.4 % / 1.3 %)."""
    low = place.following.bass
    return 0 if low is None or low == place.chord.bass or place.arrives else of_classes([low])


def repeat(place: BassPlace) -> int:
    """A pitch for the third time in a row, or for the second where a chord begins (10 % / 3.9 %)."""
    if not place.previous:
        return 0
    last = place.previous[-1]
    again = len(place.previous) > 1 and place.previous[-2] == last
    return only(last) if again or place.arrives else 0


def oscillation(place: BassPlace) -> int:
    """The sixth beat of a-b-a-b-a-b (0.09 % / 0.21 %)."""
    if len(place.previous) < HISTORY:
        return 0
    a, b, c, d, e = place.previous[-HISTORY:]
    return only(b) if a == c == e != b == d else 0


def _downbeat(place: BassPlace) -> bool:
    return place.tick % place.changes.length % place.changes.bar == 0


RULES: tuple[Rule[BassPlace], ...] = (
    Rule("register", outside_register),
    Rule("leap", leap),
    Rule("arrival", arrival),
    Rule("clash", clash),
    Rule("stray", stray),
    Rule("second leap", second_leap),
    Rule("anticipation", anticipation),
    Rule("repeat", repeat),
    Rule("oscillation", oscillation),
)
"""Every rule, strongest first."""


def permitted_bass(place: BassPlace) -> Verdict:
    """The pitches that the bass may have at a place, and why not the others."""
    return judge(RULES, place)
