"""The follower: what another's MIDI clock means for us, as a pure function of its messages.

Conventions: times are nanoseconds on the engine's clock, ticks 1/24 beat from the top of the first chorus,
so one clock is one tick. A clock's own time is when it came; ours is `offset` later.

Phase is followed by counting (`Count`), tempo and the place between two clocks by a filter (`Grid`). Start
and Continue act on the next clock (MIDI 1.0 Detailed Specification, "System Real Time Messages"); a song
position counts sixteenths. Without Start, a clock alone tells a tempo and no place.

The session is told when a beat begins, and sooner where it would be wrong soon.
"""

from dataclasses import dataclass, replace

from improv.requests import Cue, SetTempo, Stop
from improv.session.events import Followed
from improv.session.session import Asked, SessionEvent
from improv.session.tempo import NS_PER_MINUTE, Anchor
from improv.sync.count import Count
from improv.sync.grid import PER_BEAT
from improv.sync.messages import CLOCK, CONTINUE, POSITION, START, STOP, TICKS_PER_SIXTEENTH

AHEAD = 6
"""Ticks from now at which what the session goes by is compared with what is known."""
WORTH_TELLING = 1_000_000
"""Nanoseconds that it may be off by there."""
DOUBT = 2.0
"""Standard deviations of what is known that it may be off by, whatever they come to."""
APART = 3
"""Ticks between two tellings, once a master is well known."""
WELL_KNOWN = 2 * PER_BEAT
"""Clocks after which it is."""
TEMPO_STEP = 0.05
"""Beats a minute by which the tempo has to differ for a session that has stopped to be told."""

Step = tuple["Follower", list[SessionEvent]]


@dataclass(frozen=True, slots=True)
class Follower:
    """All that is known of a master."""

    tempo: float
    """What the session plays at, as far as we know."""
    offset: int = 0
    """Nanoseconds later than the clock that we are."""
    count: Count | None = None
    """None before the first clock."""
    rolling: bool = False
    """The master plays, and `origin` is known."""
    origin: int = 0
    """The index of the pulse that is tick 0."""
    armed: int | None = None
    """The tick that the next clock is: Start, Continue or a position has come."""
    position: int = 0
    """The tick from which Continue goes on."""
    told: Anchor | None = None
    """What the session goes by, as far as we told it."""

    @property
    def locked(self) -> bool:
        """Whether the tempo is known."""
        return self.count is not None and self.count.locked

    def tick(self, t: int) -> float:
        """The tick of a time, offset included. Raises ValueError before the first clock."""
        return self._known().grid.pulse(t - self.offset) - self.origin

    def at(self, tick: float) -> int:
        """The time of a tick, offset included. Raises ValueError before the first clock."""
        return round(self._known().grid.at(tick + self.origin)) + self.offset

    # what comes

    def take(self, t: int, message: bytes) -> Step:
        """The follower after a message that came at `t`, and what the session is to know."""
        status = message[0]
        if status == CLOCK:
            return self._clock(t)
        if status == START:
            return replace(self, armed=0), []
        if status == CONTINUE:
            return replace(self, armed=self._next_tick() if self.rolling else self.position), []
        if status == STOP:
            return self._stop(t)
        if status == POSITION:
            place = (message[1] | message[2] << 7) * TICKS_PER_SIXTEENTH
            # a master that jumps while it plays says no more than this
            going = self.rolling or self.armed is not None
            return replace(self, position=place, armed=place if going else None), []
        return self, []

    # what is asked

    def moved(self, offset: int) -> "Follower":
        """The same with another offset; the session is told at the next clock."""
        return replace(self, offset=offset)

    def joined(self, tick: float, t: int) -> "Follower":
        """Follow the place too of a master that told none: its clock that is nearest to `tick` at `t` is it.

        Raises ValueError before the first clock.
        """
        grid = self._known().grid
        pulse = round(grid.pulse(t - self.offset))
        nearest = round(tick + (grid.at(pulse) + self.offset - t) / grid.period)
        return replace(self, rolling=True, origin=pulse - nearest, armed=None, told=None)

    def parted(self) -> "Follower":
        """Follow no place any more, but the tempo."""
        return replace(self, rolling=False, armed=None, told=None)

    def refreshed(self, t: int) -> Step:
        """The best that is known, told at once: no clock may come for a while."""
        return self._telling(t) if self.rolling and self.locked else (self, [])

    # one kind each

    def _clock(self, t: int) -> Step:
        if self.count is None:
            counted = Count.beginning(t, NS_PER_MINUTE / (self.tempo * PER_BEAT))
        elif self.armed is None:
            counted = self.count.heard(t)
        else:
            counted = self.count.begun_again(t)
        heard = replace(self, count=counted)
        if self.armed is None:
            return heard._tell(t)
        begun = replace(heard, rolling=True, origin=counted.grid.index - self.armed, armed=None)
        cue = Cue(self.armed, begun.at(self.armed))
        begun = replace(begun, told=Anchor(cue.tick, cue.at, begun.tempo))
        begun, more = begun._tell(t)
        return begun, [Asked(t, cue), *more]

    def _stop(self, t: int) -> Step:
        if not self.rolling:
            return replace(self, armed=None), []
        return replace(self.parted(), position=self._next_tick()), [Asked(t, Stop())]

    def _tell(self, t: int) -> Step:
        """What the session has to know now, where that is anything."""
        count = self._known()
        if not count.locked or count.rival is not None:
            return self, []
        if self.rolling:
            return self._telling(t) if self._news(t) else (self, [])
        tempo = count.grid.tempo
        if abs(tempo - self.tempo) < TEMPO_STEP or count.grid.index % PER_BEAT:
            return self, []
        return replace(self, tempo=tempo), [Asked(t, SetTempo(tempo))]

    def _telling(self, t: int) -> Step:
        tick, tempo = self.tick(t), self._known().grid.tempo
        if self.told is not None and tick < self.told.tick:  # time never goes back: it waits
            return self, []
        return replace(self, told=Anchor(tick, t, tempo), tempo=tempo), [Followed(t, tick, tempo)]

    def _news(self, t: int) -> bool:
        """Whether a beat has begun, or what the session goes by will be wrong soon."""
        tick, told, count = self.tick(t), self.told, self._known()
        if told is None or tick // PER_BEAT > told.tick // PER_BEAT:
            return True
        if count.known > WELL_KNOWN and tick - told.tick < APART:
            return False
        ahead = tick + AHEAD
        expected = told.t + (ahead - told.tick) * NS_PER_MINUTE / (told.tempo * PER_BEAT)
        doubt = count.grid.doubt(ahead + self.origin)
        return abs(self.at(ahead) - expected) > max(WORTH_TELLING, DOUBT * doubt)

    def _next_tick(self) -> int:
        """The tick of the clock that comes next."""
        return self.count.grid.index - self.origin + 1 if self.count is not None else 0

    def _known(self) -> Count:
        if self.count is None:
            raise ValueError("no clock has come yet")
        return self.count
