"""Planning: where the improviser has the word its notes are drawn, each `LOOKAHEAD` before its place.

Conventions: those of `improv.session.state`. A `Mind` is a value, so what does not sound yet can be taken
back by going back to the mind before it: the player strikes a key, and what was planned is as if never
thought.
"""

from dataclasses import replace

from grammar.notes import TICKS_PER_BEAT
from improv.session.commands import LOOKAHEAD, TakeBack
from improv.session.performing import sound
from improv.session.stage import Stage
from improv.session.state import NEVER, Planned, State, Step, Stretch


def open_stretch(stage: Stage, state: State, begins: int, ends: int, density: float = 1.0) -> State:
    """The improviser has the word from a tick to another; in the first bar of it, where it opens is decided.

    Only where: the first pitch is drawn when its own time has come.
    """
    assert state.map is not None
    opening = Planned(state.map.at(begins), state.mind)
    latest = min(begins + stage.form.bar, ends)
    mind = stage.soloist(state, density).intend(state.mind, begins, latest, state.map.tempo)
    kept = _still_sounding(state.planned)
    return replace(state, mind=mind, stretch=Stretch(begins, ends), planned=(*kept, opening))


def close_stretch(state: State) -> State:
    """The improviser's word is over: nothing runs on."""
    return replace(state, mind=replace(state.mind, next_onset=None), stretch=None)


def planning_due(state: State) -> int:
    """When the next note is to be drawn; never, where none is."""
    onset = state.mind.next_onset
    if state.map is None or state.stretch is None or onset is None or "improv" in state.muted:
        return NEVER
    if onset >= _ends(state):
        return NEVER
    return state.map.at(onset) - LOOKAHEAD  # where it is if played straight: never later


def plan(stage: Stage, state: State, density: float = 1.0) -> Step:
    """Draw the next note, and decide where the one after it falls."""
    assert state.map is not None
    before, ends = state.mind, _ends(state)
    mind, choice = stage.soloist(state, density).play(before, ends, state.map.tempo)
    play = sound(stage, state, choice, mind, ends)
    since = state.map.at(choice.note.onset) - LOOKAHEAD
    kept = [planned for planned in state.planned if planned.at > since]
    if not any(planned.play for planned in kept):
        kept = [*_still_sounding(state.planned), *kept]
    planned = (*kept, Planned(play.at, before, play))
    return replace(state, mind=mind, planned=planned, chosen=state.chosen.more(play.source)), [play]


def take_back(state: State, t: int) -> Step:
    """Go back to before all that does not sound yet at `t`; the improviser no longer has the word."""
    first = next((i for i, planned in enumerate(state.planned) if planned.at > t), None)
    if first is None:
        return (close_stretch(state) if state.stretch is not None else state), []
    chosen = state.chosen
    for planned in state.planned[first:]:
        chosen = chosen if planned.play is None else chosen.more(planned.play.source, by=-1)
    before = replace(state.planned[first].before, next_onset=None)
    back = replace(state, mind=before, planned=state.planned[:first], stretch=None, chosen=chosen)
    return replace(back, standby=(), stood_by=-NEVER), [TakeBack()]


def think_again(stage: Stage, state: State, t: int) -> State:
    """Where the next note's time has passed (the clock has jumped, or it was muted), find it another."""
    onset, stretch = state.mind.next_onset, state.stretch
    if state.map is None or stretch is None or (onset is not None and state.map.at(onset) >= t):
        return state
    mind = replace(state.mind, next_onset=None)
    earliest = max(int(state.map.tick(t + LOOKAHEAD)) + 1, stretch.begins)
    if earliest < stretch.ends:
        latest = min(earliest + stage.form.bar, stretch.ends)
        mind = stage.soloist(state).intend(mind, earliest, latest, state.map.tempo)
    return replace(state, mind=mind)


def next_half_beat(tick: float) -> int:
    """The first eighth at or after a tick."""
    half = TICKS_PER_BEAT // 2
    return int(-(-tick // half)) * half


def _ends(state: State) -> int:
    """Where the improviser's word is over; another mode that is to begin ends it."""
    assert state.stretch is not None
    ends = state.stretch.ends
    return ends if state.coming is None else min(ends, state.coming.tick)


def _still_sounding(planned: tuple[Planned, ...]) -> tuple[Planned, ...]:
    """The newest that is a note: the next does not begin before it."""
    return tuple(p for p in planned if p.play is not None)[-1:]
