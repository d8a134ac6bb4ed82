"""Which pitch may come next.

Conventions: a network proposes pitches one at a time and these rules dispose. Each rule is a pure
function from a `Place` to the set of pitches (see `grammar.pitches`) that it refuses there; `RULES`
is the one list of them, strongest first. A rule that would leave no pitch at all gives way, so the
last in the list is the first to go and something is always allowed.

The figures are shares of the 167,491 notes of the 376 training solos of the Weimar Jazz Database that
a rule would have refused there, register aside. Together the rules refuse 1.8 %: what players hardly
ever do. Chromatic notes are theirs to play: 53 % of the solos' notes are no chord tones and 21 % lie
outside the chord's scale, of which 0.75 % are X.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from grammar.changes import Changes
from grammar.notes import TICKS_PER_BEAT, Note
from grammar.parse import classify, pitches_of
from grammar.pitches import EVERY, flags, only, span
from grammar.terminals import Kind

WIDEST_LEAP = 12
"""Semitones between notes of one phrase."""
WIDEST_LEAP_AFTER_REST = 19
"""Semitones across a rest of `REST` ticks or more: an octave and a fifth."""
REST = TICKS_PER_BEAT // 2
"""Ticks of silence that separate phrases."""
LARGE = 7
"""Semitones above which an interval is a large leap: more than a fifth."""
MOST_IN_A_ROW = 3
"""How often a pitch may sound in immediate succession."""
RESOLVE_WITHIN = TICKS_PER_BEAT
"""Ticks from the onset of a strong X to that of the note that resolves it."""
HISTORY = 6
"""How many notes back the rules look."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a note is wanted."""

    previous: Sequence[Note]
    """The line so far, the last note last; the rules look at the last `HISTORY` notes."""
    onset: int
    """Ticks from the top of the changes."""
    changes: Changes
    low: int
    """The lowest pitch of the register."""
    high: int
    """The highest."""
    ends: int | None = None
    """The tick at which the line ends; None: it goes on."""


def strong(tick: int, changes: Changes) -> bool:
    """Whether a tick is a strong beat: the first and third of four, the first of any other bar."""
    place = tick % changes.length % changes.bar
    return place == 0 or (changes.meter == 4 and place == 2 * TICKS_PER_BEAT)


def owes_resolution(note: Note, changes: Changes) -> bool:
    """Whether a note is an X on a strong beat, which the next note has to resolve."""
    return strong(note.onset, changes) and classify(note.pitch, changes.at(note.onset)) is Kind.ARBITRARY


def outside_register(place: Place) -> int:
    """A pitch outside the register."""
    return EVERY & ~span(place.low, place.high)


def unresolved(place: Place) -> int:
    """After an X on a strong beat, all but a step (1 or 2 semitones) to a C, L or S, for a beat (0.05 %).

    0.11 % of notes are X on a strong beat; 43 % of them resolve so, nine in ten of those within a beat.
    """
    if not place.previous or not owes_resolution(place.previous[-1], place.changes):
        return 0
    last = place.previous[-1]
    if place.onset - last.onset > RESOLVE_WITHIN:
        return 0
    steps = span(last.pitch - 2, last.pitch + 2) & ~only(last.pitch)
    return EVERY & ~(steps & pitches_of(place.changes.at(place.onset), "CLS"))


def unresolvable(place: Place) -> int:
    """An X on a strong beat with less than a beat left of the line: nothing could resolve it.

    Not measured: solos end once, answers every few bars.
    """
    if place.ends is None or place.ends - place.onset > RESOLVE_WITHIN:
        return 0
    return pitches_of(place.changes.at(place.onset), "X") if strong(place.onset, place.changes) else 0


def leap(place: Place) -> int:
    """More than an octave from the note before, or an octave and a fifth after a rest (0.30 %).

    Within the database's phrases 99.77 % of intervals are an octave or less, between phrases 92 %.

    A note before that is outside the register counts as its nearest pitch inside, so that a player in
    the bass does not pin the answer to the register's edge.
    """
    if not place.previous:
        return 0
    last = place.previous[-1]
    widest = WIDEST_LEAP_AFTER_REST if place.onset - last.end >= REST else WIDEST_LEAP
    pitch = max(place.low, min(last.pitch, place.high))
    return EVERY & ~span(pitch - widest, pitch + widest)


def second_leap(place: Place) -> int:
    """Two leaps of more than a fifth in a row in the same direction, within a phrase (0.01 %)."""
    if len(place.previous) < 2:
        return 0
    before, last = place.previous[-2:]
    if place.onset - last.end >= REST or abs(last.pitch - before.pitch) <= LARGE:
        return 0
    return span(last.pitch + LARGE + 1, 127) if last.pitch > before.pitch else span(0, last.pitch - LARGE - 1)


def oscillation(place: Place) -> int:
    """The seventh note of a-b-a-b-a-b-a (0.68 %; the sixth would be 0.96 %)."""
    if len(place.previous) < HISTORY:
        return 0
    a, b, c, d, e, f = (note.pitch for note in place.previous[-HISTORY:])
    return only(a) if a == c == e != b == d == f else 0


def repeat(place: Place) -> int:
    """A pitch for the fourth time in a row (0.75 %; the third time would be 1.44 %, the second 5.07 %)."""
    if len(place.previous) < MOST_IN_A_ROW:
        return 0
    pitches = {note.pitch for note in place.previous[-MOST_IN_A_ROW:]}
    return only(pitches.pop()) if len(pitches) == 1 else 0


P = TypeVar("P")
"""What a rule is told of where a note is wanted: a `Place`, or a bass's."""


@dataclass(frozen=True, slots=True)
class Rule(Generic[P]):
    """A rule and what it is called on the screen."""

    name: str
    refused: Callable[[P], int]
    """The set of pitches that the rule refuses at a place."""


RULES: tuple[Rule[Place], ...] = (
    Rule("register", outside_register),
    Rule("unresolved X", unresolved),
    Rule("unresolvable X", unresolvable),
    Rule("leap", leap),
    Rule("second leap", second_leap),
    Rule("oscillation", oscillation),
    Rule("repeat", repeat),
)
"""Every rule, strongest first."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules say of every pitch at one place."""

    pitches: int
    """The allowed pitches as a set; never empty."""
    refused: tuple[tuple[str, int], ...]
    """The rules that refuse something, strongest first, each with the pitches it refuses."""
    relaxed: tuple[str, ...]
    """The rules that gave way because they would have left no pitch."""

    @property
    def allowed(self) -> tuple[bool, ...]:
        """For each MIDI pitch, 0 first, whether it may be played; 128 in all, at least one true."""
        return flags(self.pitches)

    def reason(self, pitch: int) -> str:
        """The name of the strongest rule that refuses a pitch; empty when it is allowed."""
        bit = only(pitch)
        return next((name for name, pitches in self.refused if pitches & bit), "")


def judge(rules: Sequence[Rule[P]], place: P) -> Verdict:
    """What the rules, strongest first, say of a place; one that would leave no pitch gives way."""
    left = EVERY
    refused, relaxed = [], []
    for rule in rules:
        pitches = rule.refused(place)
        if not pitches:
            continue
        if left & ~pitches:
            left &= ~pitches
            refused.append((rule.name, pitches))
        else:
            relaxed.append(rule.name)
    return Verdict(left, tuple(refused), tuple(relaxed))


def permitted(
    previous: Sequence[Note], onset: int, changes: Changes, low: int, high: int, ends: int | None = None
) -> Verdict:
    """The pitches that may start at `onset`, after the notes of `previous`, and why the others may not.

    Args:
        previous: the tail of the line so far, the last note last (eight are plenty); the player's
            or our own; empty at the start.
        onset: ticks from the top of the changes.
        changes: the chords.
        low: the lowest pitch of the register, MIDI.
        high: the highest pitch of the register, MIDI.
        ends: the tick at which the line ends, where that is known.
    """
    return judge(RULES, Place(previous, onset, changes, low, high, ends))


def longest_gap(previous: Sequence[Note], changes: Changes) -> int | None:
    """How soon the next note must start, in ticks after the last onset; None for no limit.

    Only an X on a strong beat presses: it is allowed because it resolves, so the note that resolves
    it comes within a beat, and `permitted` allows only notes that do.
    """
    return RESOLVE_WITHIN if previous and owes_resolution(previous[-1], changes) else None
