"""The transport: where musical time begins, ends, and is moved.

Conventions: those of `improv.session.state`. A take begins with a `TurnChange` to the count-in, of no length
where nothing is counted in. Somebody else's clock moves ours (`Followed`): by less than a beat, the map is
anchored anew, and what lay between is played as soon as can be; by more, it is a jump to another place.
"""

from dataclasses import replace

from grammar.chart import MAXIMUM_TEMPO, MINIMUM_TEMPO
from grammar.notes import TICKS_PER_BEAT
from improv.chance import Chance
from improv.mind import Mind, moved
from improv.requests import Cue
from improv.session.commands import LOOKAHEAD, Command, Damp, Release, Silence, Thru, TurnChange
from improv.session.events import Followed
from improv.session.modes.table import make_mode
from improv.session.planning import take_back, think_again
from improv.session.stage import Stage, beat_from
from improv.session.state import KEYS_ARE_SILENT, KEYS_SOUND, NEVER, State, Step
from improv.session.tempo import TempoMap

LEAD = 100_000_000
"""Nanoseconds from the request to the first click of the count-in."""
EACH_TAKE = 1_000_003
"""What a take's seed differs by from the one before."""


def start(stage: Stage, state: State, t: int) -> Step:
    """Count in a bar; in free time, begin at once."""
    if state.playing.free:
        return _begin(stage, state, t, TempoMap.starting(0, t, state.tempo), 0, 0)
    first = -stage.form.bar
    return _begin(stage, state, t, TempoMap.starting(first, t + LEAD, state.tempo), first, 0)


def cue(stage: Stage, state: State, t: int, request: Cue) -> Step:
    """Begin at a place, or go there, so that its tick falls on its time; nothing is counted in."""
    if state.map is not None:
        there = TempoMap.starting(request.tick, request.at, state.tempo)
        return _relocate(stage, state, t, there.tick(t), state.tempo)
    begins = beat_from(request.tick)
    starting = TempoMap.starting(request.tick, request.at, state.tempo)
    return _begin(stage, state, t, starting, begins, begins)


def _begin(stage: Stage, state: State, t: int, tempo_map: TempoMap, first: int, begins: int) -> Step:
    """A take whose first beat is `first`, and whose first turn begins at `begins`."""
    state, ended = release_all(state)
    seed = stage.settings.seed + EACH_TAKE * state.started
    begun = replace(
        state,
        mind=Mind(Chance(seed)),
        playing=make_mode(state.mode),
        map=tempo_map,
        turn="count-in",
        turn_ends=begins,
        next_beat=first,
        coming=None,
        stretch=None,
        planned=(),
        standby=(),
        stood_by=-NEVER,
        melody=None,
        touched=-NEVER,
        harmony=None,
        register=None,
        named="",
        band=None if stage.band is None else stage.band.begin(seed),
        started=state.started + 1,
    )
    begun, heard = with_keys(begun, begun.playing.thru)
    begun, more = begun.playing.begin(stage, begun, t)
    return begun, [*ended, TurnChange("count-in", first, begins), *heard, *more]


def stop(state: State) -> Step:
    """Everything ends, and the player's keys sound by themselves."""
    state, ended = release_all(state)
    state, heard = with_keys(state, KEYS_SOUND)
    stopped = replace(
        state,
        map=None,
        turn="stopped",
        turn_ends=0,
        coming=None,
        stretch=None,
        planned=(),
        standby=(),
        named="",
        pedals=frozenset(),  # the silence lifts them
    )
    return stopped, [*ended, *heard, Silence()]


def release_all(state: State) -> tuple[State, list[Command]]:
    """No note is held any more, whatever keys are down, and none rings on under the pedal."""
    ended: list[Command] = [Release(hold.pitch, hold.channel, hold.role) for hold in state.holds]
    if state.thru == KEYS_ARE_SILENT:  # what sounds under the pedal is the machine's
        ended += [Damp(channel) for channel in sorted(state.pedals)]
    return replace(state, holds=()), ended


def with_keys(state: State, thru: Thru) -> tuple[State, list[Command]]:
    """The keys that sound by themselves are these."""
    return (state, []) if thru == state.thru else (replace(state, thru=thru), [thru])


def set_tempo(state: State, t: int, tempo: float) -> State:
    """From the next beat on, another tempo."""
    tempo = max(MINIMUM_TEMPO, min(MAXIMUM_TEMPO, tempo))
    if state.map is None:
        return replace(state, tempo=tempo)
    reached = state.map.tick(t + LOOKAHEAD)
    return replace(state, tempo=tempo, map=state.map.changed(beat_from(reached), tempo))


def follow(stage: Stage, state: State, event: Followed) -> Step:
    """Another's clock says where we are; in free time nobody's does."""
    tempo = max(MINIMUM_TEMPO, min(MAXIMUM_TEMPO, event.tempo))
    if state.map is None:
        return replace(state, tempo=tempo), []
    if state.playing.free:
        return state, []
    if abs(event.tick - state.map.tick(event.t)) > TICKS_PER_BEAT:
        return _relocate(stage, state, event.t, event.tick, tempo)
    state = replace(state, tempo=tempo, map=state.map.followed(event.t, event.tick, tempo))
    assert state.map is not None
    beat = state.next_beat
    while state.map.at(beat) < event.t:  # a click that is late is worse than none
        beat += TICKS_PER_BEAT
    return think_again(stage, replace(state, next_beat=beat), event.t), []


def _relocate(stage: Stage, state: State, t: int, tick: float, tempo: float) -> Step:
    """Jump: the music goes on there, and the mode begins anew."""
    assert state.map is not None
    by = round(tick - state.map.tick(t))
    state, commands = take_back(state, t)
    begins = int(-(-tick // 1))
    melody = state.melody
    there = replace(
        state,
        mind=moved(state.mind, by),
        map=TempoMap.starting(tick, t, tempo),
        tempo=tempo,
        turn="count-in",
        turn_ends=begins,
        next_beat=beat_from(tick),
        planned=(),
        stood_by=-NEVER,
        melody=None if melody is None else replace(melody, struck=-NEVER),
        coming=None,
    )
    there, more = there.playing.begin(stage, there, t)
    return there, commands + more
