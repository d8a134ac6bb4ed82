"""What a take is in time with, and who is in time with it: made from its options."""

from collections.abc import Callable

from improv.errors import UserError
from improv.live.clock import Clock
from improv.live.options import Options
from improv.ports.open import OpenPorts
from improv.sync.clock_in import ClockIn
from improv.sync.clock_out import ClockOut
from improv.sync.link import LinkClock
from improv.sync.peer import open_peer

ANY = "any"
"""`--sync-in any`: whichever input a clock comes on."""
BOUND = 100.0
"""Milliseconds of offset either way."""
READY = 250_000_000
"""Nanoseconds until our first clock: the engine is not playing yet, and clocks that wait would be late."""
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


def followed(options: Options, opened: OpenPorts, clock: Clock) -> ClockIn | LinkClock | None:
    """The clock that a take follows, if any. Raises UserError where Link is not installed."""
    if options.link:
        peer = open_peer(options.tempo, options.quantum, clock.now)
        return LinkClock(peer, options.quantum, options.tempo, options.offset)
    if options.sync_in is None:
        return None
    return ClockIn(options.tempo, opened.clock_in, options.offset, opened.clock_alone)


def sent(options: Options, opened: OpenPorts, clock: Clock, lost: Callable[[str], None]) -> ClockOut | None:
    """The clock that a take sends, if any."""
    if opened.clock_out is None:
        return None
    return ClockOut(opened.clock_out, options.tempo, clock.now() + READY, lost)
