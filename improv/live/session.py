"""The session: trading with a player, as a pure function of what happens.

Conventions: `update(state, event) -> (state, commands)` reads no clock and draws no randomness of its
own; ticks count from the top of the first chorus (the count-in is negative) and the changes repeat.

The law that makes a take replayable: how time is cut up does not matter. Whatever falls due before an
event is done before it, at times that follow from the state alone, so the same events give the same
commands whether or not ticks came in between.

Trading: while the player plays, every note is heard by the model at once. `LOOKAHEAD` before the
answer's bar line the first note is drawn from that state; should the player play on after that, the
draft is taken back, the note is heard, and the answer drawn again: nothing of the turn is taken.
"""

from dataclasses import dataclass, field, replace

from grammar.changes import Changes
from grammar.form import Chart
from grammar.notes import TICKS_PER_BEAT
from improv.chance import Chance
from improv.channels import CLICK, CLICK_BEAT, CLICK_DOWNBEAT, IMPROV
from improv.improviser import Choice, Improviser, Mind
from improv.live.commands import Command, Finished, Heard, Play, Silence, TakeBack, TurnChange
from improv.live.events import Followed, Missed, NoteOff, NoteOn, Tick
from improv.live.tempo import TempoMap
from improv.requests import Panic, Request, SetTempo, Start, Stop
from improv.snapshot import Turn
from improv.swing import accent, quantise_one, swing_ratio, to_performed

LOOKAHEAD = 40_000_000
"""Nanoseconds before its place at which a note is drawn: some twenty times what drawing takes."""
NEVER = 1 << 62
LEAD = 100_000_000
"""Nanoseconds from the request to the first click of the count-in."""
CLICK_LENGTH = 40_000_000
SHORTEST = 10_000_000
"""Nanoseconds: no note is shorter, and at 400 bpm none follows sooner."""
CHORD = 25_000_000
"""Nanoseconds within which keys are one chord, of which the highest note is heard as the melody."""
CLICK_VELOCITIES = (105, 80)
"""Of the downbeat and of the other beats."""
STANDARD_VELOCITY = 80
MINIMUM_TEMPO, MAXIMUM_TEMPO = 30.0, 400.0


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as an event, with the time at which it arrived."""

    t: int
    request: Request


SessionEvent = NoteOn | NoteOff | Tick | Followed | Missed | Asked


@dataclass(frozen=True, slots=True)
class Settings:
    """What does not change during a take."""

    chart: Chart
    tempo: float
    seed: int = 0
    bars: int = 4
    """Bars of a turn."""
    choruses: int | None = None
    """Choruses until the end; None plays on."""
    click: bool = True


@dataclass(frozen=True, slots=True)
class State:
    """All that a session remembers."""

    mind: Mind
    tempo: float
    """What the next start takes."""
    map: TempoMap | None = None
    """None while stopped."""
    turn: Turn = "stopped"
    turn_ends: int = 0
    """The tick at which the present turn ends."""
    next_click: int = 0
    """The tick of the next click."""
    draft: Mind | None = None
    """The mind before the coming answer, while that answer may still be taken back."""
    held: int | None = None
    """The pitch of the newest heard note while its key is down."""
    struck: int = -CHORD
    """When the newest heard note was struck."""
    unheard: Mind | None = None
    """The mind before it."""
    started: int = 0
    """Takes begun; each has its own row of draws."""


Step = tuple[State, list[Command]]


@dataclass(frozen=True)
class Session:
    """What stays fixed, and the update."""

    settings: Settings
    improviser: Improviser
    changes: Changes = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "changes", self.settings.chart.changes())

    def initial(self) -> State:
        """Stopped, before anything happened."""
        return State(mind=Mind(Chance(self.settings.seed)), tempo=self.settings.tempo)

    def update(self, state: State, event: SessionEvent) -> Step:
        """The state after an event, and what is to be done; first all that falls due before it."""
        state, commands = self._advance(state, event.t)
        match event:
            case NoteOn():
                state, more = self._strike(state, event)
            case NoteOff():
                state, more = self._release(state, event), []
            case Asked():
                state, more = self._ask(state, event.t, event.request)
            case Tick() | Followed() | Missed():
                more = []
        commands += more
        state, late = self._advance(state, event.t)
        return state, commands + late

    # what falls due

    def _advance(self, state: State, t: int) -> Step:
        """Do everything that falls due up to `t`, in order."""
        commands: list[Command] = []
        while (due := self._next_due(state)) is not None and due <= t:
            state, more = self._do_next(state)
            commands += more
        return state, commands

    def _next_due(self, state: State) -> int | None:
        if state.map is None:
            return None
        return min(
            state.map.at(state.turn_ends),
            self._click_due(state, state.map),
            self._planning_due(state, state.map),
        )

    def _click_due(self, state: State, tempo_map: TempoMap) -> int:
        return NEVER if self._over(state.next_click) else tempo_map.at(state.next_click) - LOOKAHEAD

    def _planning_due(self, state: State, tempo_map: TempoMap) -> int:
        """When the next note of an answer is to be drawn; never, where none is."""
        onset = state.mind.next_onset
        if state.turn == "machine" or state.draft is not None:
            ends = state.turn_ends if state.draft is None else self._ends_after(state.turn_ends)
            if onset is None or onset >= ends:
                return NEVER
            return tempo_map.at(onset) - LOOKAHEAD  # where it is if played straight: never later
        if state.turn == "player" and not self._over(state.turn_ends):
            return tempo_map.at(state.turn_ends) - LOOKAHEAD
        return NEVER

    def _do_next(self, state: State) -> Step:
        assert state.map is not None
        turn_due = state.map.at(state.turn_ends)
        click_due = self._click_due(state, state.map)
        due = self._planning_due(state, state.map)
        if due <= min(turn_due, click_due):
            return self._plan(state, state.map)
        if click_due <= turn_due:
            return self._click(state, state.map)
        return self._change_turn(state)

    def _plan(self, state: State, tempo_map: TempoMap) -> Step:
        """Draw the next note of the answer, after deciding where it opens if it has not begun."""
        mind, draft, ends = state.mind, state.draft, state.turn_ends
        if state.turn == "player":
            opens, ends = state.turn_ends, self._ends_after(state.turn_ends)
            if draft is None:
                mind = self.improviser.intend(
                    mind, opens, min(opens + self.changes.bar, ends), tempo_map.tempo
                )
                # only where it opens: the first pitch is drawn when its own time has come
                return replace(state, mind=mind, draft=state.mind), []
        mind, choice = self.improviser.play(mind, ends, tempo_map.tempo)
        return replace(state, mind=mind, draft=draft), [self._sound(choice, mind, ends, tempo_map)]

    def _sound(self, choice: Choice, mind: Mind, ends: int, tempo_map: TempoMap) -> Play:
        """The note with swing, dynamics and the player's loudness, over by the turn's end."""
        note = choice.note
        ratio = swing_ratio(tempo_map.tempo, self.settings.chart.feel)
        beat = note.onset // TICKS_PER_BEAT
        known = [*(n.onset for n in mind.line), *([] if mind.next_onset is None else [mind.next_onset])]
        straight = any(k // TICKS_PER_BEAT == beat and k % 12 for k in known)
        place = to_performed(note.onset, 1.0 if straight else ratio)
        at, end = tempo_map.at(place), tempo_map.at(place + note.duration)
        # over by where the next would begin even if that is played straight: nothing overlaps
        following = ends if mind.next_onset is None else min(ends, mind.next_onset)
        end = max(min(end, tempo_map.at(following)), at + SHORTEST)
        loudness = sum(n.velocity for n in mind.line) / len(mind.line)
        velocity = round(accent(note.onset) + 0.5 * (loudness - STANDARD_VELOCITY))
        return Play(
            at=at,
            duration=end - at,
            pitch=note.pitch,
            velocity=max(30, min(120, velocity)),
            channel=IMPROV,
            role="improv",
            onset=note.onset,
            ticks=note.duration,
            source=choice.source,
            terminal=str(choice.terminal),
            refused=choice.refused,
        )

    def _click(self, state: State, tempo_map: TempoMap) -> Step:
        tick = state.next_click
        after = replace(state, next_click=tick + TICKS_PER_BEAT)
        if not self.settings.click:
            return after, []
        downbeat = tick % self.changes.bar == 0
        play = Play(
            at=tempo_map.at(tick),
            duration=CLICK_LENGTH,
            pitch=CLICK_DOWNBEAT if downbeat else CLICK_BEAT,
            velocity=CLICK_VELOCITIES[0 if downbeat else 1],
            channel=CLICK,
            role="click",
            onset=tick,
            ticks=1,
        )
        return after, [play]

    def _change_turn(self, state: State) -> Step:
        now = state.turn_ends
        if self._over(now):
            return self._stopped(state), [Silence(), Finished()]
        turn: Turn = "machine" if state.turn == "player" else "player"
        ends = self._ends_after(now)
        mind = state.mind
        if turn == "player":  # an answer does not run on into the player's turn
            mind = replace(mind, next_onset=None)
        return replace(state, turn=turn, turn_ends=ends, mind=mind, draft=None), [TurnChange(turn, now, ends)]

    def _ends_after(self, tick: int) -> int:
        ends = tick + self.settings.bars * self.changes.bar
        last = self._last_tick()
        return ends if last is None else min(ends, last)

    def _last_tick(self) -> int | None:
        choruses = self.settings.choruses
        return None if choruses is None else choruses * self.changes.length

    def _over(self, tick: int) -> bool:
        last = self._last_tick()
        return last is not None and tick >= last

    # what the player does

    def _strike(self, state: State, event: NoteOn) -> Step:
        """Hear a key, if it is the player's turn or about to be."""
        if state.map is None:
            return state, []
        if state.turn != "player" and not self._anticipates(state, event.t):
            return state, []
        mind, commands = state.mind, list[Command]()
        if state.draft is not None:
            mind, commands = state.draft, [TakeBack()]
        if event.t - state.struck < CHORD and state.unheard is not None:
            if event.pitch < mind.line[-1].pitch:
                return state, []
            mind = state.unheard
        tempo = state.map.tempo
        ratio = swing_ratio(tempo, self.settings.chart.feel)
        newest = mind.line[-1].onset if mind.line else None
        onset = quantise_one(state.map.tick(event.t), ratio, newest)
        commands.append(Heard(onset, event.pitch, event.velocity))
        after = self.improviser.hear(mind, onset, event.pitch, event.velocity, tempo)
        struck = replace(state, draft=None, held=event.pitch, struck=event.t, unheard=mind)
        return replace(struck, mind=after), commands

    def _anticipates(self, state: State, t: int) -> bool:
        """Whether a key struck before the player's turn is meant for its first beat."""
        assert state.map is not None
        return quantise_one(state.map.tick(t), 1.0, None) >= state.turn_ends

    def _release(self, state: State, event: NoteOff) -> State:
        if state.map is None or event.pitch != state.held:
            return state
        tick = round(state.map.tick(event.t))
        if state.draft is not None:  # the draft keeps its first note; what it began from learns the end
            return replace(state, draft=self.improviser.release(state.draft, tick), held=None)
        if state.turn == "machine":
            return replace(state, held=None)
        return replace(state, mind=self.improviser.release(state.mind, tick), held=None)

    # what is asked

    def _ask(self, state: State, t: int, request: Request) -> Step:
        match request:
            case Start() if state.map is None:
                return self._start(state, t)
            case Stop() if state.map is not None:
                return self._stopped(state), [Silence(), TurnChange("stopped", 0, 0)]
            case Panic():
                return state, [Silence()]
            case SetTempo(tempo):
                return self._set_tempo(state, t, max(MINIMUM_TEMPO, min(MAXIMUM_TEMPO, tempo))), []
            case _:
                return state, []

    def _start(self, state: State, t: int) -> Step:
        first = -self.changes.bar
        begun = replace(
            state,
            mind=Mind(Chance(self.settings.seed + 1_000_003 * state.started)),
            map=TempoMap.starting(first, t + LEAD, state.tempo),
            turn="count-in",
            turn_ends=0,
            next_click=first,
            draft=None,
            held=None,
            struck=t - CHORD,
            unheard=None,
            started=state.started + 1,
        )
        return begun, [TurnChange("count-in", first, 0)]

    def _stopped(self, state: State) -> State:
        return replace(state, map=None, turn="stopped", turn_ends=0, draft=None, held=None)

    def _set_tempo(self, state: State, t: int, tempo: float) -> State:
        if state.map is None:
            return replace(state, tempo=tempo)
        reached = state.map.tick(t + LOOKAHEAD)
        beat = int(-(-reached // TICKS_PER_BEAT)) * TICKS_PER_BEAT
        return replace(state, tempo=tempo, map=state.map.changed(beat, tempo))
