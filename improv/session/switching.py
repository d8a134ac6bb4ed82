"""Switching: another mode at the next bar line, or at once.

Conventions: those of `improv.session.state`. The mode that plays plans nothing past the bar line; `LOOKAHEAD`
before it the other one begins, so that its first note is in time too. From free time into time the bar that
lies between is counted in, and the form begins at its top.
"""

from dataclasses import replace

from improv.modes import Mode
from improv.session.commands import LOOKAHEAD, Command, ModeChange, TurnChange
from improv.session.modes.table import make_mode
from improv.session.planning import take_back
from improv.session.stage import Stage, beat_from
from improv.session.state import NEVER, Coming, State, Step
from improv.session.transport import release_all, with_keys


def ask_for(stage: Stage, state: State, t: int, mode: Mode, bars: int, now: bool) -> Step:
    """Another mode, or other turns of the same, is asked for."""
    bars = bars if bars > 0 else state.bars
    if state.map is None:
        there = replace(state, playing=make_mode(mode), bars=bars)
        return there, [ModeChange(mode, 0, bars)]
    tick = state.map.tick(t)
    if mode == state.mode:
        same = replace(state, bars=bars, coming=None)
        return same, [ModeChange(mode, int(tick // 1), bars)]
    if state.playing.free:
        return _into_time(stage, state, t, mode, bars, now)
    if state.turn == "count-in":
        return _switch(stage, state, t, Coming(mode, bars, state.turn_ends))
    if now:
        return _switch(stage, state, t, Coming(mode, bars, int(-(-tick // 1))))
    coming = Coming(mode, bars, stage.bar_after(tick))
    return replace(state, coming=coming), [ModeChange(mode, coming.tick, bars, coming=1)]


def switching_due(state: State) -> int:
    """When the mode that is coming begins; never, where none is."""
    if state.map is None or state.coming is None:
        return NEVER
    return state.map.at(state.coming.tick) - LOOKAHEAD


def switch(stage: Stage, state: State, now: int) -> Step:
    """The mode that was coming begins."""
    assert state.coming is not None
    return _switch(stage, state, now, state.coming)


def _switch(stage: Stage, state: State, t: int, coming: Coming) -> Step:
    assert state.map is not None
    commands: list[Command]
    state, commands = take_back(state, max(t, state.map.at(coming.tick) - 1))
    state, ended = release_all(state)
    there = replace(
        state,
        playing=make_mode(coming.mode),
        bars=coming.bars,
        coming=None,
        turn_ends=coming.tick,
        standby=(),
        stood_by=-NEVER,
        harmony=None,
        register=None,
        named="",
    )
    there, heard = with_keys(there, there.playing.thru)
    told = ModeChange(coming.mode, coming.tick, coming.bars)
    there, more = there.playing.begin(stage, there, t)
    return there, [*commands, *ended, told, *heard, *more]


def _into_time(stage: Stage, state: State, t: int, mode: Mode, bars: int, now: bool) -> Step:
    """Out of free time: at once from the top, or after a bar of count-in."""
    assert state.map is not None
    tempo_map, bar = state.map, stage.form.bar
    state, commands = take_back(state, t)
    reached = tempo_map.tick(t)
    newest = state.mind.line[-1].end if state.mind.line else 0
    top = stage.chorus_after(int(max(reached, newest)) + bar)
    first = top if now else top - bar
    counted = replace(
        state,
        map=tempo_map.followed(t, first, state.tempo),
        turn="count-in",
        next_beat=beat_from(first),
    )
    counted, more = _switch(stage, counted, t, Coming(mode, bars, top))
    return counted, [*commands, TurnChange("count-in", first, top), *more]
