"""What a control remembers from one message to the next: taps, and knobs that must not make values jump.

Conventions: times are nanoseconds on the engine's clock; a knob's place is 0 to 127.
"""

import math
from dataclasses import dataclass

SLOWEST_TAP, FASTEST_TAP = 2_000_000_000, 150_000_000
"""Nanoseconds between taps, 30 and 400 beats a minute: a longer wait begins anew."""
TAPS = 5
"""Taps that count: four beats."""
NEAR = 2.0
"""Places within which a knob is where the value is."""
ASKED = 64
"""Values that are remembered: more than a knob sends until a new tempo holds."""


@dataclass(frozen=True, slots=True)
class Taps:
    """The last taps, oldest first."""

    times: tuple[int, ...] = ()

    def tap(self, t: int) -> tuple["Taps", float | None]:
        """Also the tempo in beats a minute, from the second tap on."""
        gap = t - self.times[-1] if self.times else SLOWEST_TAP + 1
        if gap < FASTEST_TAP and self.times:  # a key that bounces
            return self, None
        if gap > SLOWEST_TAP:
            return Taps((t,)), None
        times = (*self.times, t)[-TAPS:]
        return Taps(times), 60e9 * (len(times) - 1) / (times[-1] - times[0])


@dataclass(frozen=True, slots=True)
class Knob:
    """A knob and the value it sets: it takes hold where it meets the value, and keeps hold.

    Until then it is only looked at. It lets go when something else has changed the value. What it has
    itself asked for may take a beat to hold, so all that was asked lately counts as its own.
    """

    last: int | None = None
    holds: bool = False
    asked: tuple[float, ...] = ()
    seen: float | None = None
    """The value at its last message."""

    def turned(self, value: int, wanted: float, present: float, place: float) -> "Knob":
        """The knob at `value`, where it means `wanted`, while `present` is set, which is at `place`."""
        own = present == self.seen or any(math.isclose(present, one, abs_tol=1e-6) for one in self.asked)
        holds = (self.holds and own) or self._meets(value, place)
        return Knob(value, holds, (*self.asked, wanted)[-ASKED:] if holds else (), present)

    def _meets(self, value: int, place: float) -> bool:
        crossed = self.last is not None and (self.last - place) * (value - place) <= 0
        return crossed or abs(value - place) <= NEAR
