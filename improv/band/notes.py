"""What the band plays, and what it knows when it does.

Conventions: grid ticks are whole ticks of 1/24 beat from the top of the first chorus, as written; performed
ticks are floats of the same beat, with swing.
"""

import math
from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Literal

from grammar.changes import Changes
from grammar.meter import Group, group_at
from grammar.notes import TICKS_PER_BEAT, Note
from improv.channels import Role

Source = Literal["model", "grammar"]
"""Who chose a pitch: the network, or rules."""

WINDOW = 4 * TICKS_PER_BEAT
"""Ticks back over which a soloist counts as busy or not."""
BUSY = 2.5
"""Notes a beat that leave no room."""
BREATH = 1.5
"""Beats after which a note that is held, or a rest, leaves room."""
GONE = 8.0
"""Beats after which nobody solos any more: there is nothing to answer."""
USUAL_LOUDNESS = 80.0
"""The velocity at which the band plays as its tables say."""
FOLLOWING = 0.35
"""Share of the soloist's loudness, against the usual, that the band takes up."""
LEAN = 3.0
"""How much likelier each note more makes a pattern where there is all the room, and less where none."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """What the band hears of whoever solos, at a tick."""

    activity: float = 0.0
    """Notes a beat over the last four beats."""
    since: float = GONE
    """Beats since the newest began, at most `GONE`."""
    loudness: float = USUAL_LOUDNESS
    """The mean of their velocities; of the last ones before, where there are none."""

    @staticmethod
    def of(line: Sequence[Note], tick: int) -> "Hearing":
        """What is heard at a tick of a line in order of onset; notes that begin then or later are not yet."""
        recent: list[Note] = []
        for note in reversed(line):
            if note.onset <= tick - GONE * TICKS_PER_BEAT:
                break
            if note.onset < tick:
                recent.append(note)
        if not recent:
            return NOBODY
        active = [note for note in recent if note.onset >= tick - WINDOW]
        heard = active or recent[:1]
        return Hearing(
            activity=len(active) * TICKS_PER_BEAT / WINDOW,
            since=(tick - recent[0].onset) / TICKS_PER_BEAT,
            loudness=sum(note.velocity for note in heard) / len(heard),
        )

    @property
    def room(self) -> float:
        """How much room the soloist leaves: 0 none, 1 as much as the band likes; 0.5 where nobody solos."""
        if self.since >= GONE:
            return 0.5
        return 1.0 if self.since >= BREATH else max(1.0 - self.activity / BUSY, 0.0)

    @property
    def breathes(self) -> bool:
        """Whether a phrase has just ended, or its last note is held: the moment for an answer."""
        return BREATH <= self.since < GONE / 2


NOBODY = Hearing()


@dataclass(frozen=True, slots=True)
class Scene:
    """What holds while a beat is played."""

    tempo: float
    """Beats a minute."""
    hearing: Hearing = NOBODY
    changes: Changes | None = None
    """The harmony, where it is not the chart's: that of a left hand that leads."""
    swing: float = 1.0
    """As in `improv.modes.ADJUSTMENTS`; so are dynamics and density."""
    dynamics: float = 1.0
    density: float = 1.0
    attention: float = 1.0
    """How closely the pianist follows the soloist: 1 behind any solo, more where he alone matters."""
    ends: int | None = None
    """The tick at which the music ends, where that is known: nothing sounds after it."""


@dataclass(frozen=True, slots=True)
class BandNote:
    """A note of the band."""

    role: Role
    """comp, bass or drums."""
    note: Note
    """As written: grid ticks, with the velocity that it is played with."""
    onset: float
    """Performed ticks."""
    duration: float
    """Performed ticks, more than 0."""
    source: Source = "grammar"
    refused: str = ""
    """The rule that refused the model's first proposal, if one did."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A beat as each of the band sees it."""

    tick: int
    """On a beat."""
    meter: int
    """Beats in a bar."""
    changes: Changes
    scene: Scene

    @property
    def bar(self) -> int:
        """Ticks in a bar."""
        return self.meter * TICKS_PER_BEAT

    @property
    def group(self) -> Group:
        """The group of two or three beats in which the beat stands."""
        return group_at(self.tick, self.meter)

    def span(self, lengths: Container[int]) -> Group:
        """The beats over which a pattern lies, of those that last so many: two bars, a bar, or the group."""
        begin = self.tick - self.tick % self.bar
        if 2 * self.meter in lengths:
            return Group(begin - begin % (2 * self.bar), 2 * self.meter)
        return Group(begin, self.meter) if self.meter in lengths else self.group

    @property
    def lean(self) -> float:
        """How much likelier each note more makes a pattern: more than 1 where there is room."""
        return self.leaning(1.0)

    def leaning(self, attention: float) -> float:
        """The same of one who follows the soloist so closely."""
        return self.scene.density * math.pow(LEAN, attention * (2 * self.scene.hearing.room - 1))

    def louder(self, velocity: float) -> int:
        """A velocity that follows the soloist's loudness, 1 to 127."""
        moved = velocity + FOLLOWING * (self.scene.hearing.loudness - USUAL_LOUDNESS)
        return max(1, min(127, round(moved)))
