"""The takes of a session, as it plays them: follows its events and commands, for what is shown of them."""

from collections.abc import Sequence

from improv.live.performance import Performance
from improv.session.commands import Command, Hold, Play, Release, Silence, Standby, TakeBack
from improv.session.events import Missed, NoteOff, NoteOn
from improv.session.session import SessionEvent, State
from improv.session.tempo import TempoMap


class Takes:
    """How many takes have begun, and the newest notes of the newest."""

    def __init__(self) -> None:
        self.count = 0
        """Takes begun, from each start to the next."""
        self.newest: Performance | None = None
        """The take that is played or was played last."""
        self.map: TempoMap | None = None
        """The newest take's, kept after it has stopped."""
        self.heard = False
        """Whether either player has played anything, within a take or not."""
        self._playing = False
        self._standby: tuple[Play, ...] = ()

    def follow(self, event: SessionEvent, state: State, commands: Sequence[Command]) -> None:
        """What an event has led to: the state after it and the commands."""
        if state.map is not None and not self._playing:
            self.count += 1
            self.newest = Performance()
        self._playing = state.map is not None
        self.map = state.map or self.map
        self.heard = self.heard or isinstance(event, NoteOn)
        if self.newest is None or self.map is None:
            return
        now = self.map.tick(event.t)
        if isinstance(event, Missed):  # of the phrase as it was: the answer may be what is left of it
            for note in self._standby:
                if note.onset == event.onset:
                    self._play(self.newest, self.map, note)
        for command in commands:
            self._answer(self.newest, self.map, now, command)
        match event:
            case NoteOn():
                self.newest.strike("you", now, event.pitch, event.velocity, event.channel)
            case NoteOff():
                self.newest.release("you", now, event.pitch, event.channel)

    def _answer(self, take: Performance, clock: TempoMap, now: float, command: Command) -> None:
        match command:
            case Play(role="improv"):
                self._play(take, clock, command)
            case Hold():
                self.heard = True
                take.strike("improv", now, command.pitch, command.velocity, command.channel, command.source)
            case Release():
                take.release("improv", now, command.pitch, command.channel)
            case Standby(notes):
                self._standby = notes
            case TakeBack():
                take.take_back(now)
            case Silence():
                take.end_all(now)
            case _:
                pass

    def _play(self, take: Performance, clock: TempoMap, note: Play) -> None:
        self.heard = True
        onset, end = clock.tick(note.at), clock.tick(note.at + note.duration)
        take.play(onset, end - onset, note.pitch, note.velocity, note.channel, note.source)

    def end(self, t: int) -> None:
        """Nothing more comes after `t`, in ns: what sounds ends there."""
        if self.newest is not None and self.map is not None:
            self.newest.end_all(self.map.tick(t))
