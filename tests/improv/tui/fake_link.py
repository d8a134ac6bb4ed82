"""An engine made of a script: it plays what a session would look like, on a clock that it is given."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from grammar.changes import Changes
from grammar.chart import Chart
from grammar.notes import TICKS_PER_BEAT
from improv.requests import Quit, Request, SetTempo, Start, Stop, Strike
from improv.snapshot import RollNote, Snapshot, Source, Timing, Turn

PLAYER_LINE = (
    (0, 10, 0),
    (12, 6, 2),
    (20, 4, 4),
    (24, 12, 7),
    (48, 8, 4),
    (56, 8, 2),
    (64, 8, 0),
    (72, 20, -5),
)
MACHINE_LINE = tuple((12 * place, 11, step) for place, step in enumerate((0, 4, 7, 10, 14, 12, 9, 5)))
"""Onset in the bar, duration, semitones above the chord's root."""


class FakeLink:
    """Plays phrases over the chart; whatever is sent is kept in `sent` and acted on."""

    def __init__(self, chart: Chart, clock: Callable[[], float]) -> None:
        self.sent: list[Request] = []
        self.alive = True
        self.resumed = 0
        self.message = ""
        self.shown: dict[str, Any] = {}
        """Fields that the snapshot has whatever is played."""
        self._clock = clock
        self._chart = chart
        self._changes: Changes = chart.changes()
        self._tempo = chart.tempo
        self._began: float | None = None
        self._struck: list[RollNote] = []

    def send(self, request: Request) -> None:
        """Keep the request, and do as it says."""
        self.sent.append(request)
        if isinstance(request, Start):
            self._began = self._clock()
        elif isinstance(request, Stop):
            self._began = None
        elif isinstance(request, SetTempo):
            tick = self._tick()
            self._tempo = request.tempo
            if self._began is not None:
                self._began = self._clock() - (tick + self._changes.bar) * 60 / self._tempo / TICKS_PER_BEAT
        elif isinstance(request, Strike):
            self._struck.append(RollNote("you", self._tick(), 12, request.pitch))
        elif isinstance(request, Quit):
            self.alive = False

    def poll(self) -> Snapshot | None:
        """The snapshot of this moment."""
        return replace(self.at(self._tick()), **self.shown) if self.alive else None

    def resume(self) -> str:
        """Alive again, where it was."""
        self.resumed += 1
        self.alive = True
        return "the engine is started again"

    def at(self, tick: int) -> Snapshot:
        """The snapshot of a tick."""
        stopped = Snapshot(
            tempo=self._tempo,
            in_port="Launchkey MK3",
            out_port="FLUID Synth (4711)",
            roll=tuple(self._struck),
            message=self.message,
            timing=Timing(latency_p99=310, late_p99=420, late_max=1180, missed=0, realtime=True),
        )
        if self._began is None and tick == 0:
            return stopped
        bar = self._changes.bar
        turn: Turn = "count-in"
        if tick >= 0:
            turn = "machine" if tick // bar % 8 >= 4 else "player"
        return replace(
            stopped,
            turn=turn,
            tick=tick,
            chorus=max(0, tick) // self._changes.length,
            turn_ends=0 if tick < 0 else (tick // (4 * bar) + 1) * 4 * bar,
            roll=self._roll(tick),
            terminals=self._terminals(tick),
        )

    def _tick(self) -> int:
        if self._began is None:
            return 0
        beats = (self._clock() - self._began) * self._tempo / 60
        return int(beats * TICKS_PER_BEAT) - self._changes.bar

    def _roll(self, tick: int) -> tuple[RollNote, ...]:
        notes = list(self._struck)
        for number in range(max(0, tick // self._changes.bar - 16), tick // self._changes.bar + 1):
            machine = number % 8 >= 4
            for onset, duration, step in MACHINE_LINE if machine else PLAYER_LINE:
                onset += number * self._changes.bar
                if onset <= tick and onset % self._changes.bar < self._changes.bar:
                    root = self._changes.at(onset).root or 0
                    pitch = 60 + (root + number * 5) % 12 + step - (0 if machine else 3)
                    ended = onset + duration <= tick
                    source: Source = "player"
                    if machine:
                        source = "grammar" if step == 9 else "fallback" if number % 16 == 7 else "model"
                    notes.append(
                        RollNote(
                            "improv" if machine else "you", onset, duration if ended else None, pitch, source
                        )
                    )
        return tuple(notes)

    def _terminals(self, tick: int) -> tuple[str, ...]:
        bar = self._changes.bar
        count = max(0, tick - 4 * bar) // 12 + 1 if tick >= 4 * bar else 0
        kinds = (
            "C,0.500",
            "L,0.333,<P1,d-5>",
            "S,0.500,<M3,m-2>",
            "A,0.167,<P4,m2>",
            "R,0.500",
            "C,1.000,<m3,M-3>",
        )
        return tuple(kinds[place % 6] for place in range(min(count, 32)))
