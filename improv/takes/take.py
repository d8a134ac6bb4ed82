"""A take as a value: what both players and the band played between two moments of a log.

Conventions: times are nanoseconds on the engine's clock, as in the log; ticks are 1/24 beat from the top of
the first chorus, negative in the count-in, and go on through whatever another's clock does (they are those
that `improv.takes.timeline` calls played). `part` is `you`, `improv`, or the band's role. A note's `onset`
and `ticks` are as it is written, where that is known; `at` and `end` as it was played.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from math import ceil
from typing import Literal

from grammar.changes import Changes
from grammar.chart import Chart
from grammar.chords import Chord
from improv.session.tempo import TempoMap
from improv.snapshot import Source
from improv.takes.timeline import Timeline

Ending = Literal["whole", "cut off", "recovered", "playing"]
"""How a log ends; one that is cut off lacks what its writer could not write any more."""
YOU, IMPROV = "you", "improv"
SOLOISTS = (YOU, IMPROV)


@dataclass(frozen=True, slots=True)
class Note:
    """A note that sounded."""

    at: int
    end: int
    """After `at`."""
    pitch: int
    velocity: int
    """1 to 127."""
    channel: int
    part: str
    source: Source = "player"
    onset: int | None = None
    ticks: int | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A marked place."""

    at: int
    label: str
    """Never empty."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a log's head says: the same for all its takes."""

    chart: Chart
    seed: int
    weights: str
    """The digest of the network's weights."""
    began: datetime
    """The wall clock at `t`."""
    t: int
    ending: Ending = "whole"
    resumes: str = ""
    """The name of the log that its music goes on from, where an engine died; usually none."""


@dataclass(frozen=True)
class Take:
    """What was played from one moment to another."""

    name: str
    key: str
    """What the log knows it by: 1, 2, … from its start; kept-1, kept-2, …"""
    setting: Setting
    begins: int
    ends: int
    timeline: Timeline
    notes: tuple[Note, ...] = ()
    """In order of `at`; those that sound at `ends` end there."""
    passed: tuple[tuple[int, bytes], ...] = ()
    """The player's pedal, bend and the like: time and message."""
    places: tuple[Place, ...] = ()
    undone: bool = False
    kept: bool = False
    """Whether it was kept after the fact, out of what had been played."""
    on_form: bool = True
    """Whether it follows the chart; what is kept of playing alone, without a clock, does not."""

    @property
    def clock(self) -> TempoMap:
        """The played ticks of times."""
        return self.timeline.clock

    @cached_property
    def changes(self) -> Changes:
        """The chart's chords, by the form's ticks."""
        return self.setting.chart.changes()

    def chord(self, tick: int) -> Chord:
        """The chart's chord at a played tick."""
        return self.changes.at(int(self.timeline.form(tick)))

    @cached_property
    def bar(self) -> int:
        """Ticks in a bar."""
        return self.changes.bar

    @cached_property
    def first(self) -> int:
        """The tick of the bar line at which it begins: the top, or before it where notes are."""
        ticks = [self.clock.tick(note.at) for note in self.notes if note.part in SOLOISTS]
        begins = self.clock.tick(self.begins)
        if begins < 0:  # a count-in in which nobody plays is not part of the music
            begins = min([0.0, *(tick for tick in ticks if tick >= begins)])
        return int((begins + 0.5) // self.bar) * self.bar

    @cached_property
    def last(self) -> float:
        """The tick at which it ends, to a thousandth; `first` or more."""
        return max(round(self.clock.tick(self.ends), 3), float(self.first))

    @cached_property
    def bars(self) -> int:
        """Bars, the last one counted where it was begun."""
        return -int(-(self.last - self.first - 0.5) // self.bar)

    @property
    def tempo(self) -> float:
        """Beats a minute where it begins."""
        return self.tempi()[0][1]

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return (self.clock.at(self.last) - self.clock.at(self.first)) / 1e9

    @property
    def when(self) -> datetime:
        """The wall clock at its first bar line."""
        after = self.clock.at(self.first) - self.setting.t
        return self.setting.began + timedelta(microseconds=after // 1000)

    @cached_property
    def silent(self) -> bool:
        """Whether neither player plays a note."""
        return not any(note.part in SOLOISTS for note in self.notes)

    def tempi(self) -> list[tuple[float, float]]:
        """(tick, beats a minute): at `first`, and wherever it changes later."""
        within = [a for a in self.clock.anchors if a.tick <= self.first][-1:] or [self.clock.anchors[0]]
        later = [a for a in self.clock.anchors if self.first < a.tick < self.last]
        return [(float(self.first), within[0].tempo), *((float(a.tick), a.tempo) for a in later)]

    def chords(self) -> Iterator[tuple[int, str]]:
        """(tick, symbol) of each chord that begins within, and of the one that sounds at its start."""
        if not self.on_form:
            return
        tick = self.first
        while tick < self.last:
            if tick >= 0:
                yield tick, self.chord(tick).symbol
                following = tick + self.changes.after(int(self.timeline.form(tick)))[0]
                jumps = [ceil(jump.tick) for jump in self.timeline.jumps if ceil(jump.tick) > tick]
                tick = min([following, *jumps])
            else:
                tick = min(tick + self.bar, 0)

    def of(self, part: str) -> tuple[Note, ...]:
        """The notes of one part."""
        return tuple(note for note in self.notes if note.part == part)

    def band(self) -> tuple[str, ...]:
        """The roles of the band that have notes, sorted."""
        return tuple(sorted({note.part for note in self.notes} - set(SOLOISTS)))

    def renamed(self, name: str) -> "Take":
        """The same take under another name."""
        return replace(self, name=name)
