"""From terminals and chords to notes.

Conventions: a note starts where its slot starts, that is where the terminals before it end, and lasts
as long as its terminal; the chord is the one that sounds at its onset. Kinds are pitch classes over
the chord, so A and X sound as what they are. Bounds count from the note realised before.

Unlike deepjazz, which picks note by note and falls back to a whole tone when stuck, this looks ahead:
one pass finds, for each note, every pitch that the notes before can lead to, a second keeps those from
which the notes after can go on, and only then are pitches drawn.

The law, for every line, in every key, and a register that holds the line: `parse_line` of what
`realise(parse_line(line))` returns has the same kinds and the same durations, and each note lies
within the bounds its terminal came with. Its own bounds may differ, for they are centred on the
interval that was drawn.

What gives way, where no choice of the notes before satisfies kind, bounds and register at once:
the kind, in the order of `STAND_INS`, where the register has a pitch within the bounds; where it has
none, as at its borders, the bounds, a semitone at a time on either side until they hold a pitch of
the kind. The register never does.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grammar.changes import Changes
from grammar.chords import Chord
from grammar.notes import Note
from grammar.parse import pitches_of
from grammar.phrases import phrase
from grammar.pitches import PITCHES, members, only, span, spread
from grammar.terminals import TOLERANCE, Bounds, Kind, Terminal

LOWEST, HIGHEST = 48, 84
"""The register unless the caller names another: C3 to C6, MIDI; it holds 99 % of the training notes."""

STAND_INS: dict[Kind, str] = {
    Kind.CHORD: "CLSAX",
    Kind.COLOUR: "LCSAX",
    Kind.SCALE: "SLCAX",
    Kind.APPROACH: "AXSLC",
    Kind.ARBITRARY: "XASLC",
}
"""For each kind the letters to try, the next one when none of the pitches at hand is of the one before."""


@dataclass(frozen=True, slots=True)
class _Slot:
    onset: int
    duration: int
    pitches: int
    """The set of pitches that the slots before can lead to."""
    bounds: Bounds | None
    """As they are kept: widened where they had to be; None where nothing is measured from."""


def realise(
    terminals: Iterable[Terminal],
    changes: Changes,
    start: int,
    rng: random.Random,
    previous: int | None = None,
    low: int = LOWEST,
    high: int = HIGHEST,
) -> list[Note]:
    """Notes that the terminals describe; the same `rng` state gives the same notes.

    Among the pitches that fit, those near the middle of the bounds are likelier, and the pitch before
    is drawn again only where the bounds are centred on it or nothing else fits.

    Args:
        terminals: what to play.
        changes: the chords.
        start: the tick, from the top of the changes, at which the first terminal starts.
        rng: where chance comes from.
        previous: the pitch before; None if there is none, and then a first note's bounds count for nothing.
        low: the lowest pitch of the register, MIDI.
        high: the highest pitch of the register, MIDI.

    Raises:
        ValueError: the register holds no MIDI pitch.
    """
    register = span(low, high)
    if not register:
        raise ValueError(f"no pitch lies in a register from {low} to {high}")
    slots = _forward(terminals, changes, start, previous, register)
    feasible = _backward(slots)
    line: list[Note] = []
    for slot, pitches in zip(slots, feasible, strict=True):
        pitch = _draw(pitches, slot.bounds, previous, (low + high) // 2, rng)
        line.append(Note(slot.onset, pitch, slot.duration))
        previous = pitch
    return line


def fallback_phrase(
    changes: Changes,
    start: int,
    ticks: int,
    rng: random.Random,
    previous: int | None = None,
    low: int = LOWEST,
    high: int = HIGHEST,
) -> list[Note]:
    """A playable phrase from the grammar alone, for when the network is late.

    It lies within `start` to `start + ticks`, ends on a chord tone (over N.C. on any note), and is
    drawn from the weighted rules of `grammar.phrases`. Arguments as for `realise`.

    Raises:
        ValueError: the register holds no MIDI pitch, or `ticks` is less than 1.
    """
    return realise(phrase(start, ticks, rng), changes, start, rng, previous, low, high)


def _forward(
    terminals: Iterable[Terminal], changes: Changes, tick: int, previous: int | None, register: int
) -> list[_Slot]:
    """The slots of the pitched terminals, each with what can be reached."""
    slots: list[_Slot] = []
    reached = 0 if previous is None else only(previous)
    for terminal in terminals:
        if terminal.kind is not Kind.REST:
            chord = changes.at(tick)
            bounds = terminal.bounds if reached else None
            reached, bounds = _reach(reached, terminal.kind, bounds, chord, register)
            slots.append(_Slot(tick, terminal.duration, reached, bounds))
        tick += terminal.duration
    return slots


def _reach(
    reached: int, kind: Kind, bounds: Bounds | None, chord: Chord, register: int
) -> tuple[int, Bounds | None]:
    """The pitches one terminal can reach, and the bounds as widened for it."""
    of_kind = _of_kind(register, kind, chord)
    if bounds is None:
        return of_kind, None
    if within := spread(reached, bounds.low, bounds.high) & register:
        return _of_kind(within, kind, chord), bounds
    for wider in range(1, 2 * PITCHES):
        widened = Bounds(bounds.low - wider, bounds.high + wider)
        if within := spread(reached, widened.low, widened.high) & of_kind:
            return within, widened
    return of_kind, None


def _of_kind(pitches: int, kind: Kind, chord: Chord) -> int:
    """Those of `pitches` that are of the kind, or of the first stand-in that any of them is of."""
    return next(found for letter in STAND_INS[kind] if (found := pitches & pitches_of(chord, letter)))


def _backward(slots: Sequence[_Slot]) -> list[int]:
    """For each slot the pitches from which all later slots can go on."""
    feasible: list[int] = []
    following: _Slot | None = None
    for slot in reversed(slots):
        pitches = slot.pitches
        if following is not None and following.bounds is not None:
            pitches &= spread(feasible[-1], -following.bounds.high, -following.bounds.low)
        feasible.append(pitches)
        following = slot
    return feasible[::-1]


def _draw(pitches: int, bounds: Bounds | None, previous: int | None, middle: int, rng: random.Random) -> int:
    """One of `pitches` within the bounds, likelier the nearer to their middle."""
    if bounds is None or previous is None:
        centre, reach = (middle if previous is None else previous), PITCHES // 12
    else:
        pitches &= span(previous + bounds.low, previous + bounds.high)
        centre, reach = previous + (bounds.low + bounds.high) // 2, TOLERANCE
        if centre != previous and pitches & ~only(previous):
            pitches &= ~only(previous)
    choices = list(members(pitches))
    return rng.choices(choices, [1 + max(0, reach - abs(pitch - centre)) for pitch in choices])[0]
