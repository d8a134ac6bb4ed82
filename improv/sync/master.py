"""The master: the clock that others follow, as a pure function of our tempo map.

Conventions: times are nanoseconds on the engine's clock, ticks 1/24 beat from the top of the first chorus;
a pulse is the clock of one tick. What is due is given as (time, message).

Every pulse's time comes from the map, none from the pulse before, so nothing adds up. Clocks go on while
the session is stopped, at the tempo that is set. Those who follow are started at the top of the form, not in
the count-in; elsewhere they are told the next whole sixteenth, and to continue there.
"""

from dataclasses import dataclass, replace

from improv.session.tempo import TempoMap
from improv.sync.grid import PER_BEAT
from improv.sync.messages import CLOCK, CONTINUE, POSITION, START, STOP, TICKS_PER_SIXTEENTH

JUMP = TICKS_PER_SIXTEENTH
"""Ticks: a map that differs by less is the same place, by more another."""
BEHIND = PER_BEAT
"""Pulses that may be late together and are sent at once; of more, those who follow are told the place."""
BEFORE = 0.5
"""Ticks before its clock at which Start or Continue is sent: the standard asks for a millisecond."""
LATE = 0.5
"""Ticks that the first clock on a session's map may be late."""
POSITIONS = 1 << 14
"""Sixteenths that a song position can tell; a longer song begins anew there."""

Sent = tuple[int, bytes]


@dataclass(frozen=True, slots=True)
class Master:
    """What has been sent, as far as what comes next depends on it."""

    map: TempoMap
    pulse: int
    """The tick of the next clock."""
    playing: bool = False
    """The map is a session's; else we run free."""
    entry: int | None = None
    """The tick at which those who follow are to start or continue."""
    rolling: bool = False
    """They have been started."""
    now: tuple[bytes, ...] = ()
    """What is to be sent before anything else."""
    since: int = 0
    """When that became due."""

    @staticmethod
    def idle(t: int, tempo: float) -> "Master":
        """Stopped, with a first clock at `t`."""
        return Master(TempoMap.starting(0, t, tempo), 0)

    def following(self, session: TempoMap | None, tempo: float, t: int) -> "Master":
        """The master where at `t` the session's map is this, or None where it is stopped, at a tempo."""
        if session is None:
            return self._stopped(tempo, t)
        if not self.playing:
            return self._entering(session, t)
        if session is self.map:
            return self
        if abs(session.tick(t) - self.map.tick(t)) < JUMP:
            return replace(self, map=session)
        return self._leaving(t)._entering(session, t)

    def next_due(self) -> int:
        """When something is to be sent."""
        if self.now:
            return self.since
        pulse = self.map.at(self.pulse)
        return pulse if self.entry is None else min(pulse, self.map.at(self.entry - BEFORE))

    def due(self, t: int) -> tuple["Master", list[Sent]]:
        """What is to be sent up to `t`, in order, and the master after that."""
        master, sent = self._caught_up(t), list[Sent]()
        sent += ((master.since, message) for message in master.now)
        master = replace(master, now=())
        while (at := master.next_due()) <= t:
            entry = master.entry
            if entry is not None and (entry <= master.pulse or at < master.map.at(master.pulse)):
                start = CONTINUE if entry > 0 else START
                sent.append((at, bytes((start,))))
                master = replace(master, entry=None, rolling=True)
            else:
                sent.append((at, bytes((CLOCK,))))
                master = replace(master, pulse=master.pulse + 1)
        return master, sent

    def _stopped(self, tempo: float, t: int) -> "Master":
        if self.playing:
            free = TempoMap.starting(self.pulse, self.map.at(self.pulse), tempo)
            return replace(self._leaving(t), map=free, playing=False)
        if tempo == self.map.tempo:
            return self
        return replace(self, map=self.map.changed(self.pulse, tempo))

    def _leaving(self, t: int) -> "Master":
        """Those who follow are stopped."""
        stop = (bytes((STOP,)),) if self.rolling else ()
        return replace(self, now=stop, since=t, entry=None, rolling=False)

    def _entering(self, session: TempoMap, t: int) -> "Master":
        """Clocks go on on the session's ticks, and those who follow are to come in."""
        pulse = -int(-(session.tick(t) - LATE) // 1)
        entry = max(0, -(-pulse // TICKS_PER_SIXTEENTH) * TICKS_PER_SIXTEENTH)
        now = self.now if entry == 0 else (*self.now, _position(entry))
        return replace(self, map=session, pulse=pulse, playing=True, entry=entry, now=now, since=t)

    def _caught_up(self, t: int) -> "Master":
        """The same where we are not far behind; else those who follow are told where we are by now."""
        if self.map.tick(t) - self.pulse <= BEHIND:
            return self
        if self.playing:
            return self._leaving(t)._entering(self.map, t)
        return replace(self, pulse=-int(-self.map.tick(t) // 1))


def _position(tick: int) -> bytes:
    """The song position of a whole sixteenth."""
    sixteenth = tick // TICKS_PER_SIXTEENTH % POSITIONS
    return bytes((POSITION, sixteenth & 0x7F, sixteenth >> 7))
