"""Chord changes over time.

Conventions: onsets are ticks from the top of the form; changes repeat after `length` ticks, so any
tick, negative ones included, has a chord. A bar has `meter` beats.
"""

from bisect import bisect_right
from dataclasses import dataclass

from grammar.chords import NO_CHORD, Chord
from grammar.notes import TICKS_PER_BEAT


@dataclass(frozen=True, slots=True)
class Changes:
    """The chords of one chorus."""

    onsets: tuple[int, ...]
    """Ticks, ascending, the first 0."""
    chords: tuple[Chord, ...]
    """One a onset; neighbours differ in symbol."""
    length: int
    """Ticks until the form repeats."""
    meter: int = 4
    """Beats in a bar."""

    @property
    def bar(self) -> int:
        """Ticks in a bar."""
        return self.meter * TICKS_PER_BEAT

    def at(self, tick: int) -> Chord:
        """The chord sounding at a tick."""
        return self.chords[bisect_right(self.onsets, tick % self.length) - 1]

    def after(self, tick: int) -> tuple[int, Chord]:
        """The ticks until the next chord starts (1 or more) and that chord.

        A form of one chord changes to itself at its end.
        """
        place = tick % self.length
        index = bisect_right(self.onsets, place)
        chord = self.chords[index % len(self.chords)]
        if index < len(self.onsets):
            return self.onsets[index] - place, chord
        wait = self.length - place
        if chord.symbol == self.chords[-1].symbol and len(self.onsets) > 1:
            return wait + self.onsets[1], self.chords[1]
        return wait, chord


def changes_from_beats(chords: list[Chord], meter: int) -> Changes:
    """Changes from one chord a beat (an empty list is N.C. for a bar)."""
    beats = chords or [NO_CHORD] * meter
    starts = [0] + [i for i in range(1, len(beats)) if beats[i].symbol != beats[i - 1].symbol]
    return Changes(
        onsets=tuple(i * TICKS_PER_BEAT for i in starts),
        chords=tuple(beats[i] for i in starts),
        length=len(beats) * TICKS_PER_BEAT,
        meter=meter,
    )
