"""Standby: a phrase from the grammar alone, ready in case the model does not come in time.

Conventions: those of `improv.session.state`. It is drawn a beat before the improviser has the word, from a
row of numbers of its own: what the model draws does not depend on it. Two bars at most are made at a time, so
that nothing waits for it.
"""

from dataclasses import replace
from itertools import pairwise
from random import Random

from grammar.notes import TICKS_PER_BEAT
from grammar.parse import parse_note
from grammar.realise import fallback_phrase
from improv.mind import loudness
from improv.session.commands import LOOKAHEAD, Command, Play, Standby, TakeBack
from improv.session.events import Missed
from improv.session.performing import perform
from improv.session.stage import Stage
from improv.session.state import NEVER, State, Step

AHEAD = TICKS_PER_BEAT
"""Ticks before its place at which a phrase is made ready."""


def standby_due(state: State, begins: int) -> int:
    """When the phrase from a tick on is to be drawn."""
    if state.map is None or "improv" in state.muted:
        return NEVER
    return state.map.at(begins - AHEAD) - LOOKAHEAD


def stand_by(stage: Stage, state: State, begins: int, ends: int) -> Step:
    """Have a phrase ready from a tick on, to `ends` or for two bars; what is left of the last stays."""
    ends = min(ends, stage.bar_after(begins) + stage.form.bar)
    left = tuple(play for play in state.standby if begins - AHEAD <= play.onset < begins)
    rng = Random(f"{state.mind.chance.seed}:{begins}")
    changes, taste = stage.changes(state), stage.soloist(state).taste
    previous = state.mind.line[-1].pitch if state.mind.line else None
    notes = fallback_phrase(changes, begins, max(1, ends - begins), rng, previous, taste.low, taste.high)
    pitches = [previous, *(note.pitch for note in notes)]
    onsets = [note.onset for note in notes]
    loud = loudness(state.mind)
    plays: list[Play] = []
    bare = replace(state, planned=())  # it sounds where nothing else does
    for note, before, (_, following) in zip(notes, pitches, pairwise([*onsets, ends]), strict=False):
        terminal = str(parse_note(note, changes, before))
        plays.append(perform(stage, bare, note, following, onsets, "fallback", terminal, "", loud))
    phrase = (*left, *plays)
    return replace(state, standby=phrase, stood_by=ends), [Standby(phrase)]


def missed(stage: Stage, state: State, event: Missed) -> Step:
    """A note of the phrase has sounded: the line has it, and the model goes on where the phrase would."""
    at = next((i for i, play in enumerate(state.standby) if play.onset == event.onset), None)
    if state.map is None or at is None:
        return state, []
    fallen, rest = state.standby[at], state.standby[at + 1 :]
    mind, planned, chosen = state.mind, state.planned, state.chosen
    commands: list[Command] = []
    late = next((i for i, p in enumerate(planned) if p.play is None or p.play.onset >= fallen.onset), None)
    if late is not None:
        mind = planned[late].before
        for plan in planned[late:]:
            chosen = chosen if plan.play is None else chosen.more(plan.play.source, by=-1)
        planned = planned[:late]
        commands = [TakeBack(), Standby(rest)]
    tempo = state.map.tempo
    soloist = stage.soloist(state)
    newest = mind.line[-1].onset if mind.line else fallen.onset - 1
    onset = max(fallen.onset, newest + 1)
    mind = soloist.hear(mind, onset, fallen.pitch, fallen.velocity, tempo)
    mind = soloist.release(mind, onset + fallen.ticks)
    if state.stretch is not None:
        earliest = rest[0].onset if rest else onset + fallen.ticks
        mind = soloist.intend(mind, max(earliest, onset + 1), state.stretch.ends, tempo)
    chosen = chosen.more("fallback")
    return replace(state, mind=mind, planned=planned, standby=rest, chosen=chosen), commands
