"""What a take is in time with, made from its options."""

from collections.abc import Callable

from improv.errors import UserError
from improv.live.options import Options
from improv.sync.clock_in import ClockIn
from improv.sync.link import LinkClock
from improv.sync.peer import open_peer

BOUND = 100.0
"""Milliseconds of offset either way."""
QUANTA = (1, 16)
"""The fewest and the most beats of a quantum."""


def check(options: Options) -> None:
    """Raise UserError where the options contradict each other or are out of bounds."""
    if options.link and options.sync_in is not None:
        raise UserError("--link and --sync-in: one clock can be followed, not two")
    if not QUANTA[0] <= options.quantum <= QUANTA[1]:
        raise UserError(f"--quantum {options.quantum}: from {QUANTA[0]} to {QUANTA[1]} beats")
    if not -BOUND <= options.offset <= BOUND:
        raise UserError(f"--offset {options.offset:g}: from {-BOUND:g} to {BOUND:g} milliseconds")
    if options.offset and not options.link and options.sync_in is None:
        raise UserError("--offset goes with --sync-in or --link")


def followed(options: Options, port: int | None, now: Callable[[], int]) -> ClockIn | LinkClock | None:
    """The clock that a take follows, if any, on an input by its place in the list, or None for any.

    Raises UserError where Link is not installed.
    """
    if options.link:
        peer = open_peer(options.tempo, options.quantum, now)
        return LinkClock(peer, options.quantum, options.tempo, options.offset)
    return None if options.sync_in is None else ClockIn(options.tempo, port, options.offset)
