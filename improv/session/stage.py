"""The stage: what stays fixed while all else changes, and what everybody asks of it.

Conventions: those of `improv.session.state`.
"""

from dataclasses import dataclass, field, replace

from grammar.changes import Changes
from grammar.form import Feel
from grammar.notes import TICKS_PER_BEAT
from improv.band.ensemble import Ensemble
from improv.improviser import Improviser
from improv.session.state import Settings, State
from improv.swing import downbeat_delay, swing_ratio


@dataclass(frozen=True)
class Stage:
    """A chart, an improviser, a band, and the settings."""

    settings: Settings
    improviser: Improviser
    band: Ensemble | None = None
    form: Changes = field(init=False)
    """The chart's changes: bars and choruses are counted by them, whatever is held."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "form", self.settings.chart.changes())

    @property
    def feel(self) -> Feel:
        """The chart's."""
        return self.settings.chart.feel

    @property
    def last_tick(self) -> int | None:
        """Where the take is over; None: it is not."""
        choruses = self.settings.choruses
        return None if choruses is None else choruses * self.form.length

    def over(self, tick: int) -> bool:
        """Whether the take is over by a tick."""
        return self.last_tick is not None and tick >= self.last_tick

    def until(self, tick: int) -> int:
        """The tick, or the end of the take where that is earlier."""
        return tick if self.last_tick is None else min(tick, self.last_tick)

    def bar_after(self, tick: float) -> int:
        """The first bar line after a tick."""
        return int(tick // self.form.bar + 1) * self.form.bar

    def chorus_after(self, tick: int) -> int:
        """The first top of a chorus after a tick."""
        return (tick // self.form.length + 1) * self.form.length

    def changes(self, state: State) -> Changes:
        """The harmony that holds: what is held, or else the chart."""
        return self.form if state.harmony is None else state.harmony

    def soloist(self, state: State, density: float = 1.0) -> Improviser:
        """The improviser over that harmony, as it is adjusted; `density` is a share of the usual."""
        usual = self.improviser.taste
        low, high = (usual.low, usual.high) if state.register is None else state.register
        taste = replace(
            usual,
            low=low,
            high=high,
            temperature=state.adjusted.temperature,
            density=state.adjusted.density * density,
        )
        return self.improviser.over(self.changes(state), taste)

    def ratio(self, state: State, tempo: float) -> float:
        """Long to short of an eighth pair."""
        return 1.0 if state.playing.free else swing_ratio(tempo, self.feel, state.adjusted.swing)

    def delay(self, state: State, tempo: float) -> float:
        """Ticks that the improviser's downbeats are late."""
        return 0.0 if state.playing.free else downbeat_delay(tempo, self.feel, state.adjusted.behind)


def beat_from(tick: float) -> int:
    """The first beat at or after a tick."""
    return int(-(-tick // TICKS_PER_BEAT)) * TICKS_PER_BEAT
