"""The takes of a session, as it plays them: follows its events and commands, live and in replay."""

from collections.abc import Sequence

from improv.live.commands import Command, Play, Silence, TakeBack, TurnChange
from improv.live.events import NoteOff, NoteOn
from improv.live.performance import Performance
from improv.live.session import SessionEvent, State
from improv.live.tempo import TempoMap


class Takes:
    """Performances, one from each start to the next."""

    def __init__(self) -> None:
        self.all: list[Performance] = []
        self.map: TempoMap | None = None
        """The newest take's, kept after it has stopped."""
        self.heard = False
        """Whether either player has played anything, within a take or not."""

    @property
    def newest(self) -> Performance | None:
        """The take that is played or was played last."""
        return self.all[-1] if self.all else None

    def follow(self, event: SessionEvent, state: State, commands: Sequence[Command]) -> None:
        """What an event has led to: the state after it and the commands."""
        if any(isinstance(c, TurnChange) and c.turn == "count-in" for c in commands):
            self.all.append(Performance(state.tempo))
        self.map = state.map or self.map
        self.heard = self.heard or isinstance(event, NoteOn)
        if self.newest is None or self.map is None:
            return
        now = self.map.tick(event.t)
        for command in commands:
            match command:
                case Play(role="improv"):
                    self.heard = True
                    onset, end = self.map.tick(command.at), self.map.tick(command.at + command.duration)
                    self.newest.play(
                        onset, end - onset, command.pitch, command.velocity, command.channel, command.source
                    )
                case TakeBack():
                    self.newest.take_back(now)
                case Silence():
                    self.newest.end_all(now)
                case _:
                    pass
        if isinstance(event, NoteOn):
            self.newest.strike("you", now, event.pitch, event.velocity, event.channel)
        elif isinstance(event, NoteOff):
            self.newest.release(now, event.pitch, event.channel)

    def end(self, t: int) -> None:
        """Nothing more comes after `t`, in ns: what sounds ends there."""
        if self.newest is not None and self.map is not None:
            self.newest.end_all(self.map.tick(t))
