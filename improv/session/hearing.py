"""Hearing: what the player strikes enters the improviser's mind at once.

Conventions: those of `improv.session.state`. One voice is heard: of a chord, the highest note.
"""

from dataclasses import replace

from improv.session.commands import Heard
from improv.session.events import NoteOff, NoteOn
from improv.session.stage import Stage
from improv.session.state import CHORD, Melody, State, Step
from improv.swing import quantise_one


def place_of(stage: Stage, state: State, t: int, straight: bool = False) -> int:
    """The grid tick of a key struck at `t`, after the newest note that is known."""
    assert state.map is not None
    ratio = 1.0 if straight else stage.ratio(state, state.map.tempo)
    newest = state.mind.line[-1].onset if state.mind.line and not straight else None
    return quantise_one(state.map.tick(t), ratio, newest)


def anticipates(stage: Stage, state: State, t: int) -> bool:
    """Whether a key struck before the present turn is over is meant for the first beat of the next."""
    return place_of(stage, state, t, straight=True) >= state.turn_ends


def listens(stage: Stage, state: State, t: int) -> bool:
    """Whether what is struck counts: the count-in is over, or all but over."""
    return state.map is not None and (state.turn != "count-in" or anticipates(stage, state, t))


def hear(stage: Stage, state: State, event: NoteOn) -> Step:
    """Take a key in; take back first what the improviser has planned (`improv.session.planning`)."""
    assert state.map is not None
    mind, melody, tempo = state.mind, state.melody, state.map.tempo
    place = state.map.tick(event.t)
    if melody is not None and mind.line and mind.line[-1].onset == melody.note.onset:
        if event.t - melody.struck < CHORD:
            if event.pitch < melody.note.pitch:
                return state, []
            mind = melody.before
        elif melody.down:  # legato: it is held until this one
            mind = stage.improviser.release(mind, place)
    state = replace(state, mind=mind)
    onset = place_of(stage, state, event.t)
    after = stage.soloist(state).hear(mind, onset, event.pitch, event.velocity, tempo, place - onset)
    heard = Melody(after.line[-1], event.t, before=mind)
    return replace(state, mind=after, melody=heard), [Heard(onset, event.pitch, event.velocity)]


def release(stage: Stage, state: State, event: NoteOff) -> State:
    """A key comes up: the heard note, if it was that one's, learns how long it was."""
    melody = state.melody
    if state.map is None or melody is None or not melody.down or event.pitch != melody.note.pitch:
        return state
    tick = state.map.tick(event.t)
    improviser, note = stage.improviser, melody.note
    mind, planned = state.mind, state.planned
    if mind.line and mind.line[-1].onset == note.onset:
        mind = improviser.release(mind, tick)
    planned = tuple(
        replace(plan, before=improviser.release(plan.before, tick))
        if plan.before.line and plan.before.line[-1].onset == note.onset
        else plan
        for plan in planned
    )
    return replace(state, mind=mind, planned=planned, melody=replace(melody, down=False))
