"""Logs made by hand: no session, no network, only what an engine would have written."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pytest

from improv.live.journal import FORMAT
from improv.live.lines import Line, clock_lines, command_line, event_line
from improv.requests import Request, SetTempo, Start, Stop
from improv.session.commands import Command, Play, Silence
from improv.session.events import Missed, NoteOff, NoteOn, Tick
from improv.session.session import Asked
from improv.session.tempo import TempoMap
from improv.takes.read import read_takes
from improv.takes.take import Take

SECOND = 1_000_000_000
BEAT = SECOND // 2
"""At 120 bpm."""
CHART = "title: Test blues\nkey: F\ntempo: 120\n| F7 | Bb7 | F7 | C-7 F7 |\n"


class Log:
    """A log that grows; times are nanoseconds, a chart of four bars at 120 bpm."""

    def __init__(self, chart: str = CHART, began: str = "2026-03-04T21:14:05+01:00") -> None:
        options = {"chart": chart, "tempo": 120.0, "seed": 7}
        head: dict[str, Any] = {"version": "0", "options": options, "weights": "ab" * 32}
        self.lines: list[Line] = [
            {"kind": "take", "format": FORMAT, **head, "began": began, "t": 0, "inputs": [], "outputs": []}
        ]
        self.map: TempoMap | None = None

    def clock(self, after: TempoMap | None, t: int) -> None:
        """The tempo map becomes another."""
        self.lines += clock_lines(self.map, after, t)
        self.map = after

    def asked(self, t: int, request: Request) -> None:
        """A request, and what it does to the clock: a bar is counted in."""
        self.lines.append(event_line(Asked(t, request)))
        match request:
            case Start():
                self.clock(TempoMap.starting(-96, t, 120.0), t)
            case Stop():
                self.clock(None, t)
                self.lines.append(command_line(Silence()))
            case SetTempo(tempo) if self.map is not None:
                self.clock(self.map.changed(int(self.map.tick(t) // 24 + 1) * 24, tempo), t)

    def key(self, t: int, pitch: int, length: int = BEAT // 2, velocity: int = 80) -> None:
        """A key of the player's."""
        self.lines.append(event_line(NoteOn(t, pitch, velocity)))
        self.lines.append(event_line(NoteOff(t + length, pitch)))

    def event(self, event: NoteOn | NoteOff | Tick | Missed) -> None:
        """Any event."""
        self.lines.append(event_line(event))

    def command(self, command: Command) -> None:
        """Any command."""
        self.lines.append(command_line(command))

    def note(self, at: int, pitch: int, length: int = BEAT // 2, role: Any = "improv", tick: int = 0) -> None:
        """A note of improv's, or of the band's."""
        source: Any = "grammar" if pitch % 2 else "model"
        channel = 3 if role == "improv" else 9
        self.command(Play(at, length, pitch, 70, channel, role, tick, length * 24 // BEAT, source))

    def takes(self, lines: Sequence[Line] | None = None) -> tuple[Take, ...]:
        """What is read of it."""
        return read_takes(self.lines if lines is None else lines, "night", "night.jsonl")


@pytest.fixture
def make_log() -> Callable[..., Log]:
    """Makes a log with nothing in it but its head."""
    return Log


@pytest.fixture
def night() -> Log:
    """A take of four bars: the player's bar, improv's, the player's, improv's; then stopped.

    After a bar of count-in, so that the top falls on the second second.
    """
    log = Log()
    log.asked(0, Start())
    for bar in range(4):
        top = 2 * SECOND + bar * 4 * BEAT
        for beat, pitch in enumerate((65, 69, 72, 75)):
            at = top + beat * BEAT
            log.note(at, 76, role="click")
            if bar % 2 == 0:
                log.key(at, pitch)
            else:
                log.note(at, pitch + 1, tick=96 * bar + 24 * beat)
        log.event(Tick(top + 4 * BEAT))
    log.asked(10 * SECOND, Stop())
    return log


def pitches(notes: Iterable[Any]) -> list[int]:
    """The pitches of notes in their order."""
    return [note.pitch for note in notes]
