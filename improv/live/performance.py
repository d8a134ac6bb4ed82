"""What has sounded, of both players: for the piano roll and for the recording.

Conventions: ticks count from the top of the first chorus and may be fractions: this is what was
played, not what was written.
"""

from collections import deque
from dataclasses import dataclass

from improv.snapshot import Player, RollNote, Source


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
    """Every note of a take; the roll shows the newest."""

    def __init__(self, tempo: float) -> None:
        self.tempo = tempo
        """Beats a minute when it began."""
        self.notes: list[Sounded] = []
        self._recent: deque[Sounded] = deque()
        self._open: dict[tuple[int, int], Sounded] = {}

    def strike(self, player: Player, tick: float, pitch: int, velocity: int, channel: int) -> None:
        """The player's key goes down."""
        self.release(tick, pitch, channel)
        note = Sounded(player, pitch, velocity, channel, tick, None, "player")
        self._open[channel, pitch] = note
        self._add(note)

    def release(self, tick: float, pitch: int, channel: int) -> None:
        """The player's key comes up."""
        note = self._open.pop((channel, pitch), None)
        if note is not None:
            note.end = max(tick, note.onset + 0.5)

    def play(
        self, tick: float, duration: float, pitch: int, velocity: int, channel: int, source: Source
    ) -> None:
        """The improviser's note is planned."""
        self._add(Sounded("improv", pitch, velocity, channel, tick, tick + duration, source))

    def take_back(self, tick: float) -> None:
        """The improviser's notes after `tick` will not sound after all."""
        gone = {id(n) for n in self._recent if n.player == "improv" and n.onset > tick}
        self.notes = [n for n in self.notes if id(n) not in gone] if gone else self.notes
        self._recent = deque(n for n in self._recent if id(n) not in gone)

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

    def _add(self, note: Sounded) -> None:
        self.notes.append(note)
        self._recent.append(note)
