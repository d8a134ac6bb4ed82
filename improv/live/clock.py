"""Clocks: the real one, and one that a test sets.

Conventions: a time is an integer in nanoseconds on a clock that never goes back; only differences
mean anything, and they mean the same in every process of the machine.
"""

import time
from typing import Protocol

SPIN = 300_000
"""Nanoseconds before a deadline at which sleeping gives way to spinning.

An idle Linux machine wakes a sleeper up to 0.2 ms late (p99); the spin hides that."""


class Clock(Protocol):
    """What tells the time and waits for it."""

    def now(self) -> int:
        """Tell the time in nanoseconds."""
        ...

    def sleep_until(self, t: int) -> None:
        """Return at `t`, or at once when it is past. Deadlines are absolute, so delays never add up."""
        ...


class MonotonicClock:
    """The machine's clock.

    `perf_counter_ns`, as `monotonic_ns` moves in steps of 15.6 ms on Windows before Python 3.13.
    """

    __slots__ = ("_spin",)

    def __init__(self, spin: int = SPIN) -> None:
        """Sleep until `spin` nanoseconds before a deadline, then spin; 0 only sleeps."""
        self._spin = spin

    def now(self) -> int:
        """Tell the time in nanoseconds."""
        return time.perf_counter_ns()

    def sleep_until(self, t: int) -> None:
        """Sleep, then spin the last stretch up to `t`; at once when it is past."""
        while (left := t - self._spin - time.perf_counter_ns()) > 0:
            time.sleep(left / 1_000_000_000)
        while time.perf_counter_ns() < t:
            time.sleep(0)  # lets go of the interpreter lock, so that the input thread is not held up


class FakeClock:
    """A clock that stands still until it is moved; waiting moves it to the deadline."""

    __slots__ = ("_now",)

    def __init__(self, now: int = 0) -> None:
        """Stand at `now` nanoseconds."""
        self._now = now

    def now(self) -> int:
        """Tell the time in nanoseconds."""
        return self._now

    def set(self, t: int) -> None:
        """Move to `t`. Raises ValueError for a time that is past, as a clock never goes back."""
        if t < self._now:
            raise ValueError(f"a clock never goes back: from {self._now} to {t} ns")
        self._now = t

    def advance(self, duration: int) -> None:
        """Move on by `duration` nanoseconds, 0 or more."""
        self.set(self._now + duration)

    def sleep_until(self, t: int) -> None:
        """Move to `t`; stay when it is past."""
        self._now = max(self._now, t)
