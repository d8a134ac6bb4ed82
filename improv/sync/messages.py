"""The messages of a MIDI clock, and which of them are for us.

Conventions: MIDI 1.0 Detailed Specification, "System Real Time Messages"; 24 clocks are a beat.
"""

from dataclasses import dataclass
from typing import Literal

from grammar.notes import TICKS_PER_BEAT

POSITION, CLOCK, START, CONTINUE, STOP = 0xF2, 0xF8, 0xFA, 0xFB, 0xFC
TICKS_PER_SIXTEENTH = TICKS_PER_BEAT // 4
OURS = frozenset((POSITION, CLOCK, START, CONTINUE, STOP))


@dataclass(frozen=True, slots=True)
class ClockMessages:
    """Which messages belong to a clock that is followed."""

    port: int | None
    """The input, by its place in the list, that is followed; None: any."""
    alone: bool = False
    """Whether nothing but the clock is wanted of that input."""

    def sort(self, port: int, message: bytes) -> Literal["clock", "drop", "pass"]:
        """What becomes of a message: it tells the clock, tells nobody anything, or is not the clock's."""
        if message[0] in OURS:
            return "clock" if self.port in (None, port) else "drop"
        return "drop" if self.alone and port == self.port else "pass"
