"""Where a snapshot stands: bar and beat of the form, and what is left of the turn.

Conventions: bars of the form and beats of the bar count from 0; what is left counts the bar or beat
being played, so that it runs 4, 3, 2, 1.
"""

from dataclasses import dataclass

from grammar.changes import Changes
from grammar.notes import TICKS_PER_BEAT
from improv.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Place:
    """A moment of a session, as a musician counts it."""

    bar: int | None
    """Bar of the form, or None before the form begins."""
    beat: int
    """Beat of the bar."""
    beats_left: int
    """Beats of the turn, this one included."""
    bars_left: int
    """Bars of the turn, this one included."""
    turn_begins: int
    """Tick."""
    turn_ends: int
    """Tick."""


def place_of(snapshot: Snapshot, changes: Changes) -> Place | None:
    """The place of a snapshot in the form and in its turn, or None when nothing plays."""
    if snapshot.turn == "stopped":
        return None
    counting = snapshot.turn == "count-in"
    ends = min(snapshot.turn_ends, 0) if counting else snapshot.turn_ends
    ticks_left = max(0, ends - snapshot.tick)
    return Place(
        bar=snapshot.tick % changes.length // changes.bar if snapshot.tick >= 0 else None,
        beat=snapshot.tick % changes.bar // TICKS_PER_BEAT,
        beats_left=-(-ticks_left // TICKS_PER_BEAT),
        bars_left=-(-ticks_left // changes.bar),
        turn_begins=ends - changes.bar * (1 if counting else snapshot.bars),
        turn_ends=ends,
    )
