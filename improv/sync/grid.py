"""The grid: where a master's clocks lie in time, as well as that can be told from when they came.

Conventions: a pulse is one MIDI clock, 1/24 beat, and has an index that only grows; times are nanoseconds
on the engine's clock, a period the nanoseconds from pulse to pulse.

A Kalman filter of two states, the newest pulse's time and the period (Bar-Shalom, Li and Kirubarajan,
"Estimation with Applications to Tracking and Navigation", 2001, ch. 6): as long as the tempo holds, it is
the straight line of least squares through all pulses, and grows surer with each. A change of tempo is found
by a two-sided cumulative sum over what the filter did not expect (Page, "Continuous inspection schemes",
Biometrika 41, 1954). Since the sum left zero when the change began, it also says how long ago that was: the
filter forgets as much as has happened since, and settles anew within a few clocks.

Chosen against ten others by `python benchmarks/sync.py`; the table is in `docs/sync.md`. A second-order loop
has to be either slow at a new tempo or unsteady at an old one, and so has a line through a fixed window.
"""

import math
from dataclasses import dataclass, replace

from improv.session.tempo import NS_PER_MINUTE

PER_BEAT = 24
JITTER = 1_200_000.0
"""Nanoseconds of standard deviation that a clock's arrival is taken to have at first: 2 ms, evenly spread."""
QUIETEST, LOUDEST = 500_000.0, 8_000_000.0
"""Bounds of the jitter as it is then found; below them the poll of the input is what is measured."""
REMEMBERED = 48
"""Clocks over which the jitter is found."""
WANDER = 5e-5
"""How far the period moves by itself from pulse to pulse, as a share of it."""
UNSURE = 1.0
"""How far the first period may be from the true one, as a share of it."""
SLACK, ALARM = 0.75, 5.0
"""Of the cumulative sum, in standard deviations: what is let pass each clock, and what is too much."""
SUSPECT = 1.6
"""Of the same: what a change that is not certain yet is dated by."""
CLIP = 4.0
"""No single clock counts for more: one that was held up by somebody is not a new tempo."""
CHANGE = 0.1
"""How far a new tempo may be from the old one, as a standard deviation and a share of it."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The line through the pulses so far, and how sure it is."""

    index: int
    """Of the newest pulse."""
    t: float
    """When that was, in truth."""
    period: float
    time_variance: float = JITTER**2
    covariance: float = 0.0
    period_variance: float = 0.0
    jitter: float = JITTER
    """Standard deviation of the clocks' arrivals."""
    late: float = 0.0
    """The cumulative sum of clocks later than expected, in standard deviations."""
    early: float = 0.0
    late_for: int = 0
    """Pulses since that sum left zero."""
    early_for: int = 0
    changed: bool = False
    """Whether the newest clock gave a change of tempo away."""

    @staticmethod
    def beginning(index: int, t: int, period: float) -> "Grid":
        """One pulse, and a guess at the period."""
        return Grid(index, t, period, period_variance=(UNSURE * period) ** 2)

    @property
    def tempo(self) -> float:
        """Beats a minute."""
        return NS_PER_MINUTE / (self.period * PER_BEAT)

    def at(self, index: float) -> float:
        """When a pulse comes, or came."""
        return self.t + (index - self.index) * self.period

    def pulse(self, t: float) -> float:
        """How many pulses there are up to a time, whole or not."""
        return self.index + (t - self.t) / self.period

    def doubt(self, index: float) -> float:
        """The standard deviation of `at`, in nanoseconds."""
        ahead = index - self.index
        variance = self.time_variance + ahead * (2 * self.covariance + ahead * self.period_variance)
        return math.sqrt(max(0.0, variance))

    def surprise(self, count: int, t: int) -> float:
        """How unlikely that clock is, in nats and but for a constant."""
        variance = self.doubt(self.index + count) ** 2 + self.jitter**2
        return 0.5 * ((t - self.at(self.index + count)) ** 2 / variance + math.log(variance))

    def fits(self, t: int) -> bool:
        """Whether a clock that came at `t` may be the next, as far as its jitter goes."""
        spread = math.hypot(self.doubt(self.index + 1), self.jitter)
        return abs(t - self.at(self.index + 1)) < CLIP * spread

    def heard(self, count: int, t: int) -> "Grid":
        """The grid after a clock that is `count` pulses after the newest, 1 or more, and came at `t`."""
        wander = (WANDER * self.period) ** 2
        var_t = (
            self.time_variance
            + count * (2 * self.covariance + count * self.period_variance)
            + wander * count**3 / 3
        )
        cov = self.covariance + count * self.period_variance + wander * count**2 / 2
        var_p = self.period_variance + wander * count
        expected = self.at(self.index + count)
        error = t - expected
        spread = math.sqrt(var_t + self.jitter**2)
        score = max(-CLIP, min(CLIP, error / spread))
        late, early = max(0.0, self.late + score - SLACK), max(0.0, self.early - score - SLACK)
        late_for = self.late_for + count if late else 0
        early_for = self.early_for + count if early else 0
        ago = late_for if late > ALARM else early_for if early > ALARM else 0
        if ago:  # the tempo changed so many pulses ago
            change = (CHANGE * self.period) ** 2
            var_t, cov, var_p = var_t + change * ago**2, cov + change * ago, var_p + change
            late, early, late_for, early_for = 0.0, 0.0, 0, 0
        total = var_t + self.jitter**2
        gain_t, gain_p = var_t / total, cov / total
        return Grid(
            index=self.index + count,
            t=expected + gain_t * error,
            period=max(self.period / 2, self.period + gain_p * error),
            time_variance=(1 - gain_t) * var_t,
            covariance=(1 - gain_t) * cov,
            period_variance=max(0.0, var_p - gain_p * cov),
            jitter=self._jitter_after(score * spread, var_t, ago),
            late=late,
            early=early,
            late_for=late_for,
            early_for=early_for,
            changed=ago > 0,
        )

    def begun_again(self, t: int) -> "Grid":
        """The same tempo from a next pulse at `t`, wherever that lies: a master has started afresh."""
        change = (CHANGE * self.period) ** 2
        fresh = Grid(self.index + 1, t, self.period, period_variance=self.period_variance + change)
        return replace(fresh, jitter=self.jitter, time_variance=self.jitter**2)

    def slowed(self) -> "Grid":
        """The same pulses, where the tempo has changed to any other since clocks began to come late."""
        change, ago = self.period**2, self.late_for if self.late > SUSPECT else 0
        return replace(
            self,
            time_variance=self.time_variance + change * ago**2,
            covariance=self.covariance + change * ago,
            period_variance=self.period_variance + change,
            late=0.0,
            late_for=0,
        )

    def _jitter_after(self, error: float, var_t: float, ago: int) -> float:
        """The jitter as far as an error tells: what the filter could not know is left out."""
        if ago or var_t > self.jitter**2:
            return self.jitter
        share = self.jitter**2 / (var_t + self.jitter**2)
        variance = self.jitter**2 + (error**2 * share - self.jitter**2) / REMEMBERED
        return max(QUIETEST, min(LOUDEST, math.sqrt(variance)))
