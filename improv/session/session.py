"""The session: playing with somebody, in any mode, as a pure function of what happens.

Conventions: `update(state, event) -> (state, commands)` reads no clock and draws no randomness of its
own; those of `improv.session.state`.

The law that makes a take replayable: how time is cut up does not matter. Whatever falls due before an
event is done before it, at times that follow from the state alone, so the same events give the same
commands whether or not ticks came in between. Only a `Missed` is heard before what fell due while the
session was late: it says that this is no longer to be done.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import get_args

from grammar.changes import Changes
from improv.band.ensemble import Ensemble
from improv.chance import Chance
from improv.channels import PARTS
from improv.improviser import Improviser
from improv.mind import Mind
from improv.modes import Mode
from improv.requests import Adjust, Cue, Mute, Panic, Request, SetMode, SetTempo, Start, Stop
from improv.session.commands import LOOKAHEAD, Command, Finished, Silence, TurnChange
from improv.session.events import Control, Followed, Missed, NoteOff, NoteOn, Tick
from improv.session.modes.rhythm import Rhythm
from improv.session.modes.table import make_mode
from improv.session.planning import take_back, think_again
from improv.session.pulse import beat, pulse_due
from improv.session.stage import Stage
from improv.session.standby import missed
from improv.session.state import NEVER, Adjusted, Asked, SessionEvent, Settings, State, Step
from improv.session.switching import ask_for, switch, switching_due
from improv.session.transport import LEAD, cue, follow, release_all, set_tempo, start, stop

__all__ = [
    "LEAD",
    "Asked",
    "Session",
    "SessionEvent",
    "Settings",
    "State",
]

PRACTISED = 64
"""A key and a velocity."""
MODE_NAMES: tuple[Mode, ...] = get_args(Mode)


@dataclass(frozen=True)
class Session:
    """What stays fixed, and the update."""

    settings: Settings
    improviser: Improviser
    band: Ensemble | None = None
    """None: nobody plays along."""
    stage: Stage = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "stage", Stage(self.settings, self.improviser, self.band))

    @property
    def changes(self) -> Changes:
        """The chart's: what bars and choruses are counted by."""
        return self.stage.form

    def initial(self) -> State:
        """Stopped, before anything happened."""
        return State(
            mind=Mind(Chance(self.settings.seed)),
            tempo=self.settings.tempo,
            playing=make_mode(self.settings.mode),
            bars=self.settings.bars,
            adjusted=Adjusted(temperature=self.improviser.taste.temperature),
        )

    def update(self, state: State, event: SessionEvent) -> Step:
        """The state after an event, and what is to be done; first all that falls due before it."""
        before = event.t
        if isinstance(event, Missed) and state.map is not None:
            place = min(event.t, state.map.at(event.onset))
            # it was too late to plan what had sounded, and a replay must not be earlier
            before = event.reached if event.reached >= 0 else place - LOOKAHEAD - 1
        state, commands = self._advance(state, before)
        state, more = self._hear(state, event)
        state, late = self._advance(state, event.t)
        return state, commands + more + late

    def foresee(self, state: State, t: int) -> None:
        """Work out ahead what a key struck at `t` would wait for. It changes nothing that is ever heard."""
        if isinstance(state.playing, Rhythm):
            state.playing.foresee(self.stage, state, t)

    def practise(self, state: State, t: int) -> None:
        """Strike a key at `t` for nothing, where one is waited for. It changes nothing that is ever heard.

        Between two keys other work has the processor's caches, and the first thing that a key would wait for
        is code and data that come back from memory: some 0.4 ms.
        """
        if isinstance(state.playing, Rhythm) and state.map is not None and not state.mind.behind:
            state.playing.strike(self.stage, state, NoteOn(t, PRACTISED, PRACTISED))

    # what falls due

    def _advance(self, state: State, t: int) -> Step:
        """Do everything that falls due up to `t`, in order."""
        commands: list[Command] = []
        while state.map is not None:
            due, act = self._next(state)
            if due > t:
                break
            state, more = act()
            commands += more
        return state, commands

    def _next(self, state: State) -> tuple[int, Callable[[], Step]]:
        """What falls due next and when; of two at one time, the first named."""
        assert state.map is not None
        stage, playing = self.stage, state.playing
        last = stage.last_tick
        switching, pulse, mode = switching_due(state), pulse_due(stage, state), playing.due(stage, state)
        over = NEVER if last is None or playing.free else state.map.at(last)
        due = min(over, switching, mode, pulse)
        if due == over:
            return due, lambda: self._finish(state)
        if due == switching:
            return due, lambda: switch(stage, state, due)
        if due == pulse:
            return due, lambda: beat(stage, state)
        return due, lambda: playing.act(stage, state, due)

    def _finish(self, state: State) -> Step:
        """The last chorus is over."""
        state, commands = stop(state)
        return state, [*commands, Finished()]

    # what happens

    def _hear(self, state: State, event: SessionEvent) -> Step:
        match event:
            case NoteOn():
                return self._strike(state, event)
            case NoteOff():
                return self._release(state, event)
            case Control():
                return self._control(state, event)
            case Asked(t, request):
                return self._ask(state, t, request)
            case Followed():
                return follow(self.stage, state, event)
            case Missed():
                return missed(self.stage, state, event)
            case Tick():
                return state, []

    def _strike(self, state: State, event: NoteOn) -> Step:
        commands: list[Command] = []
        if state.map is not None:
            state, commands = state.playing.strike(self.stage, state, event)
        keys = state.keys | {(event.channel, event.pitch)}
        return replace(state, keys=keys, touched=event.t), commands

    def _release(self, state: State, event: NoteOff) -> Step:
        if (event.channel, event.pitch) not in state.keys:
            return state, []
        keys = state.keys - {(event.channel, event.pitch)}
        state = replace(state, keys=keys, touched=event.t)
        if state.map is None:
            return state, []
        return state.playing.release(self.stage, state, event)

    def _control(self, state: State, event: Control) -> Step:
        down = event.pedal
        if down is None or down == (event.channel in state.pedals):
            return state, []
        there = {event.channel}
        pedals = state.pedals | there if down else state.pedals - there
        return self._tread(state, event.t, pedals)

    def _tread(self, state: State, t: int, pedals: frozenset[int]) -> Step:
        """The pedals that are down are these: to a mode they are one."""
        changed = bool(pedals) != bool(state.pedals)
        state = replace(state, pedals=pedals)
        if state.map is None or not changed:
            return state, []
        return state.playing.pedal(self.stage, state, t, bool(pedals))

    def _ask(self, state: State, t: int, request: Request) -> Step:
        match request:
            case Start() if state.map is None:
                return start(self.stage, state, t)
            case Cue():
                return cue(self.stage, state, t, request)
            case Stop() if state.map is not None:
                state, commands = stop(state)
                return state, [*commands, TurnChange("stopped", 0, 0)]
            case Panic():
                state, ended = release_all(state)
                state, more = self._tread(state, t, frozenset())  # a silence lifts every pedal
                return state, [*ended, *more, Silence()]
            case SetTempo(tempo):
                return set_tempo(state, t, tempo), []
            case SetMode(mode, bars, now) if mode in MODE_NAMES:
                return ask_for(self.stage, state, t, mode, bars, bool(now))
            case Mute(part, muted) if part in PARTS:
                return self._mute(state, t, part, bool(muted))
            case Adjust(name, value):
                return replace(state, adjusted=state.adjusted.to(name, value)), []
            case _:
                return state, []

    def _mute(self, state: State, t: int, part: str, muted: bool) -> Step:
        """A part rests, or plays again; what improv has planned is not heard any more."""
        commands: list[Command] = []
        if part == "improv" and muted and part not in state.muted:
            stretch = state.stretch
            state, commands = take_back(state, t)
            state, ended = release_all(state)
            commands = [*commands, *ended]
            return replace(state, stretch=stretch, muted=state.muted | {part}), commands
        state = replace(state, muted=state.muted | {part} if muted else state.muted - {part})
        if state.map is None or "improv" in state.muted:
            return state, commands
        ahead = self.stage.bar_after(state.map.tick(t))
        return think_again(self.stage, replace(state, stood_by=max(state.stood_by, ahead)), t), commands
