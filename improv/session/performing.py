"""Performing: a choice as it is performed, with swing, laying back, dynamics and the player's loudness.

Conventions: those of `improv.session.state`; the figures are those of `improv.swing`.
"""

from grammar.notes import TICKS_PER_BEAT, Note
from improv.channels import IMPROV
from improv.mind import Choice, Mind, loudness
from improv.session.commands import Play
from improv.session.stage import Stage
from improv.session.state import SHORTEST, State
from improv.snapshot import Source
from improv.swing import EIGHTHS, STANDARD_VELOCITY, accent, to_performed

SOFTEST, LOUDEST = 30, 120


def sound(stage: Stage, state: State, choice: Choice, mind: Mind, ends: int) -> Play:
    """The note of a line, over by `ends` and by where the next one begins."""
    known = [*(n.onset for n in mind.line), *([] if mind.next_onset is None else [mind.next_onset])]
    following = ends if mind.next_onset is None else min(ends, mind.next_onset)
    return perform(
        stage,
        state,
        choice.note,
        following,
        known,
        choice.source,
        str(choice.terminal),
        choice.refused,
        loudness(mind),
    )


def perform(
    stage: Stage,
    state: State,
    note: Note,
    following: int,
    known: list[int],
    source: Source,
    terminal: str,
    refused: str,
    loud: float,
) -> Play:
    """A note in time.

    Args:
        stage: what stays fixed.
        state: the tempo, and how it is adjusted.
        note: as written.
        following: the tick by which it is over.
        known: onsets of the line around it; a beat that holds anything but eighths is straight.
        source: who chose it.
        terminal: as deepjazz writes it.
        refused: the rule that refused the first proposal.
        loud: how loud the line is, a velocity.
    """
    assert state.map is not None
    tempo = state.map.tempo
    first = note.onset - note.onset % TICKS_PER_BEAT
    eighths = {first + place for place in EIGHTHS}
    straight = any(first <= k < first + TICKS_PER_BEAT and k not in eighths for k in known)
    ratio = 1.0 if straight else stage.ratio(state, tempo)
    place = to_performed(note.onset, ratio, stage.delay(state, tempo))
    at, end = state.map.at(place), state.map.at(place + note.duration)
    newest = next((p.play for p in reversed(state.planned) if p.play is not None), None)
    if newest is not None:  # another's clock may have jumped: never before what is planned already
        at = max(at, newest.at + SHORTEST)
    # over by where the next would begin even if that is played straight: nothing overlaps
    end = max(min(end, state.map.at(following)), at + SHORTEST)
    accented = accent(note.onset % stage.form.bar, state.adjusted.dynamics, stage.form.meter)
    velocity = round(accented + 0.5 * (loud - STANDARD_VELOCITY))
    return Play(
        at=at,
        duration=end - at,
        pitch=note.pitch,
        velocity=max(SOFTEST, min(LOUDEST, velocity)),
        channel=IMPROV,
        role="improv",
        onset=note.onset,
        ticks=note.duration,
        source=source,
        terminal=terminal,
        refused=refused,
    )
