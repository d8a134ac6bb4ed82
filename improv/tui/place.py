"""Where a snapshot stands: bar and beat of the form, and what is left of the turn.

Conventions: bars of the form and beats of the bar count from 0; what is left counts the bar or beat
being played, so that it runs 4, 3, 2, 1.
"""

from dataclasses import dataclass

from grammar.changes import Changes
from grammar.notes import TICKS_PER_BEAT
from improv.snapshot import Snapshot

FREE = frozenset({"answer"})
"""The modes in free time."""


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
    free: bool = False
    """Whether there is no beat to count: free time."""


def place_of(snapshot: Snapshot, changes: Changes) -> Place | None:
    """The place of a snapshot in the form and in its turn, or None when nothing plays."""
    if snapshot.turn == "stopped":
        return None
    if snapshot.mode in FREE:
        return Place(None, 0, 0, 0, snapshot.tick, snapshot.tick, free=True)
    counting = snapshot.turn == "count-in"
    ends = min(snapshot.turn_ends, 0) if counting else snapshot.turn_ends
    ticks_left = max(0, ends - snapshot.tick)
    if counting:
        length = changes.bar
    else:  # turns are choruses in every mode but the one that is about turns
        length = changes.bar * snapshot.bars if snapshot.mode == "trade" else changes.length
    return Place(
        bar=snapshot.tick % changes.length // changes.bar if snapshot.tick >= 0 else None,
        beat=snapshot.tick % changes.bar // TICKS_PER_BEAT,
        beats_left=-(-ticks_left // TICKS_PER_BEAT),
        bars_left=-(-ticks_left // changes.bar),
        turn_begins=ends - length,
        turn_ends=ends,
    )
