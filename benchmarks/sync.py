"""Ways to follow a clock that jitters, compared: how far is it from where we expect it.

Run with `python benchmarks/sync.py`; it takes a minute. Each way is told which pulse each clock is, and says
when it takes the newest pulse and the one a sixteenth later to be; an error is that of either, without its
sign. Clocks come early or late by up to 2 ms unless said otherwise, at 120 bpm; the errors count from the
third beat on or, where the tempo changes, from there: nobody can know of a new tempo before its clocks come,
and what is most is that. The last row of each table is what we do. The second table is of the whole: how
far off the session's map is at each pulse, where clocks are counted besides. Both, as last measured, are in
`docs/sync.md`.
"""

import math
from collections.abc import Callable
from typing import Protocol

from improv.sync.grid import Grid
from improv.sync.rehearsed import Clocks, Tempo, clocks, follow, percentile, ramp, steady, step

MILLISECOND = 1_000_000
GUESS = 20_833_333.0
"""Nanoseconds of a pulse at 120, before anything is known."""
PULSES = 1200
CHANGES = 480
AHEAD = 6
SEEDS = 6
SETTLED = 48
Line = tuple[float, float, float]
"""A pulse, its time, and the period."""


class Way(Protocol):
    """A way to follow."""

    def heard(self, pulse: int, t: float) -> None:
        """A clock has come."""
        ...

    def line(self) -> Line:
        """Where the pulses are."""
        ...


class Mean:
    """The newest clock as it came, and the mean period of the last so many."""

    def __init__(self, pulses: int) -> None:
        self.pulses = pulses
        self.clocks: list[tuple[int, float]] = []

    def heard(self, pulse: int, t: float) -> None:
        """A clock has come."""
        self.clocks = [*self.clocks, (pulse, t)][-self.pulses - 1 :]

    def line(self) -> Line:
        """Where the pulses are."""
        (first, began), (pulse, t) = self.clocks[0], self.clocks[-1]
        return pulse, t, (t - began) / (pulse - first) if pulse > first else GUESS


class Window:
    """The straight line of least squares through the last so many clocks."""

    def __init__(self, pulses: int) -> None:
        self.pulses = pulses
        self.clocks: list[tuple[int, float]] = []

    def heard(self, pulse: int, t: float) -> None:
        """A clock has come."""
        self.clocks = [*self.clocks, (pulse, t)][-self.pulses :]

    def line(self) -> Line:
        """Where the pulses are."""
        pulse, t = self.clocks[-1]
        count = len(self.clocks)
        if count < 2:
            return pulse, t, GUESS
        middle, centre = sum(k for k, _ in self.clocks) / count, sum(u for _, u in self.clocks) / count
        period = sum((k - middle) * (u - centre) for k, u in self.clocks)
        period /= sum((k - middle) ** 2 for k, _ in self.clocks)
        return pulse, centre + period * (pulse - middle), period


class Loop:
    """A second-order delay-locked loop (Adriaensen, "Using a DLL to filter time", 2005)."""

    def __init__(self, hertz: float) -> None:
        self.hertz = hertz
        self.pulse, self.t, self.period = -1, 0.0, GUESS

    def heard(self, pulse: int, t: float) -> None:
        """A clock has come."""
        if self.pulse < 0:
            self.pulse, self.t = pulse, t
            return
        count = pulse - self.pulse
        omega = 2 * math.pi * self.hertz * self.period * count / 1e9
        expected = self.t + count * self.period
        error = t - expected
        self.t = expected + min(1.0, math.sqrt(2) * omega) * error
        self.period += min(1.0, omega**2) * error / count
        self.pulse = pulse

    def line(self) -> Line:
        """Where the pulses are."""
        return self.pulse, self.t, self.period


class Plain:
    """A Kalman filter whose period wanders by so large a share a pulse, and that finds no changes."""

    def __init__(self, wander: float, jitter: float = 1.2 * MILLISECOND) -> None:
        self.wander, self.noise = wander, jitter**2
        self.pulse, self.t, self.period = -1, 0.0, GUESS
        self.tt, self.tp, self.pp = self.noise, 0.0, GUESS**2

    def heard(self, pulse: int, t: float) -> None:
        """A clock has come."""
        if self.pulse < 0:
            self.pulse, self.t = pulse, t
            return
        count, wander = pulse - self.pulse, (self.wander * self.period) ** 2
        tt = self.tt + count * (2 * self.tp + count * self.pp) + wander * count**3 / 3
        tp = self.tp + count * self.pp + wander * count**2 / 2
        pp = self.pp + wander * count
        error = t - self.t - count * self.period
        gain, steer = tt / (tt + self.noise), tp / (tt + self.noise)
        self.t += count * self.period + gain * error
        self.period += steer * error
        self.tt, self.tp, self.pp, self.pulse = (1 - gain) * tt, (1 - gain) * tp, pp - steer * tp, pulse

    def line(self) -> Line:
        """Where the pulses are."""
        return self.pulse, self.t, self.period


class Ours:
    """`improv.sync.grid`."""

    def __init__(self) -> None:
        self.grid: Grid | None = None

    def heard(self, pulse: int, t: float) -> None:
        """A clock has come."""
        at = round(t)
        grid = self.grid
        self.grid = Grid.beginning(pulse, at, GUESS) if grid is None else grid.heard(pulse - grid.index, at)

    def line(self) -> Line:
        """Where the pulses are."""
        assert self.grid is not None
        return self.grid.index, self.grid.t, self.grid.period


WAYS: dict[str, Callable[[], Way]] = {
    "newest, mean of 24": lambda: Mean(24),
    "line through 24": lambda: Window(24),
    "line through 48": lambda: Window(48),
    "line through 96": lambda: Window(96),
    "loop, 0.5 Hz": lambda: Loop(0.5),
    "loop, 1 Hz": lambda: Loop(1.0),
    "loop, 2 Hz": lambda: Loop(2.0),
    "Kalman, 1e-4": lambda: Plain(1e-4),
    "Kalman, 5e-4": lambda: Plain(5e-4),
    "Kalman, 2e-3": lambda: Plain(2e-3),
    "the grid": Ours,
}
MASTERS: dict[str, tuple[Tempo, float, range]] = {
    "0.3 ms": (steady(120), 0.3, range(0)),
    "2 ms": (steady(120), 2.0, range(0)),
    "5 ms": (steady(120), 5.0, range(0)),
    "300 bpm": (steady(300), 2.0, range(0)),
    "3 s lost": (steady(120), 2.0, range(CHANGES, CHANGES + 144)),
    "+20 % at once": (step(120, CHANGES, 144), 2.0, range(0)),
    "-20 % at once": (step(120, CHANGES, 96), 2.0, range(0)),
    "+20 % in 1 bar": (ramp(120, CHANGES, 96, 144), 2.0, range(0)),
    "+20 % in 4 bars": (ramp(120, CHANGES, 384, 144), 2.0, range(0)),
}


def errors(way: Way, master: Clocks, since: int) -> list[float]:
    """How far off the newest pulse and a later one are, at each clock from a pulse on."""
    found: list[float] = []
    for pulse, t in master.heard:
        way.heard(pulse, t)
        if pulse < since:
            continue
        known, at, period = way.line()
        for wanted in (pulse, pulse + AHEAD):
            if wanted < len(master.true):
                found.append(abs(at + (wanted - known) * period - master.true[wanted]) / MILLISECOND)
    return found


def row(name: str, found: list[list[float]]) -> str:
    """A line of a table in Markdown: p95 and, in brackets, the most."""
    cells = [f"{percentile(each, 0.95):.2f} ({each[-1]:.1f})" for each in found]
    return " | ".join(("", name, *cells, "")).strip()


def main() -> None:
    """Print both tables, in milliseconds."""
    print(f"| | {' | '.join(MASTERS)} |\n|---|{'---|' * len(MASTERS)}")
    for name, make in WAYS.items():
        columns: list[list[float]] = []
        for title, (tempo, jitter, lost) in MASTERS.items():
            masters = [clocks(tempo, PULSES, jitter, lost, seed) for seed in range(SEEDS)]
            columns.append(sorted(error for m in masters for error in errors(make(), m, since(title))))
        print(row(name, columns))
    columns = []
    for title, (tempo, jitter, lost) in MASTERS.items():
        outcomes = [follow(clocks(tempo, PULSES, jitter, lost, seed)) for seed in range(SEEDS)]
        columns.append(sorted(error for o in outcomes for error in o.off(since(title))))
    print("\n" + row("the session's map", columns))


def since(title: str) -> int:
    """The pulse from which errors count."""
    return CHANGES if title.startswith(("+", "-")) else SETTLED


if __name__ == "__main__":
    main()
