"""What has sounded of late, of both players, for the piano roll; all that was played is in the log.

Conventions: ticks count from the top of the first chorus and may be fractions: this is what was
played, not what was written.
"""

from collections import deque
from dataclasses import dataclass

from improv.snapshot import Player, RollNote, Source

MOST = 1024
"""Notes that are kept: sixteen bars have fewer, however fast both play, and a night has no end."""


@dataclass(slots=True)
class Sounded:
    """A note that sounds or has sounded."""

    player: Player
    pitch: int
    velocity: int
    channel: int
    onset: float
    end: float | None
    """None while it sounds."""
    source: Source


class Performance:
    """The newest notes of a take."""

    def __init__(self) -> None:
        self._recent: deque[Sounded] = deque(maxlen=MOST)
        self._open: dict[tuple[Player, int, int], Sounded] = {}

    def strike(
        self,
        player: Player,
        tick: float,
        pitch: int,
        velocity: int,
        channel: int,
        source: Source = "player",
    ) -> None:
        """A key goes down; how long it sounds is not known."""
        self.release(player, tick, pitch, channel)
        note = Sounded(player, pitch, velocity, channel, tick, None, source)
        self._open[player, channel, pitch] = note
        self._recent.append(note)

    def release(self, player: Player, tick: float, pitch: int, channel: int) -> None:
        """A key comes up."""
        note = self._open.pop((player, channel, pitch), None)
        if note is not None:
            note.end = max(tick, note.onset + 0.5)

    def play(
        self, tick: float, duration: float, pitch: int, velocity: int, channel: int, source: Source
    ) -> None:
        """The improviser's note is planned."""
        self._recent.append(Sounded("improv", pitch, velocity, channel, tick, tick + duration, source))

    def take_back(self, tick: float) -> None:
        """The improviser's notes after `tick` will not sound after all."""
        kept = (n for n in self._recent if n.player != "improv" or n.onset <= tick)
        self._recent = deque(kept, maxlen=MOST)

    def end_all(self, tick: float) -> None:
        """Everything stops at `tick`; what was to sound after it never will."""
        self.take_back(tick)
        for note in self._open.values():
            note.end = max(tick, note.onset + 0.5)
        self._open.clear()
        for note in self._recent:
            if note.end is not None and note.end > tick:
                note.end = max(tick, note.onset + 0.5)

    def roll(self, since: float) -> tuple[RollNote, ...]:
        """The notes that end after `since`, for the screen."""
        while self._recent and (end := self._recent[0].end) is not None and end < since:
            self._recent.popleft()
        return tuple(
            RollNote(
                player=note.player,
                onset=round(note.onset),
                duration=None if note.end is None else max(1, round(note.end - note.onset)),
                pitch=note.pitch,
                source=note.source,
            )
            for note in self._recent
            if note.end is None or note.end >= since
        )
