"""The pulse: the click, beat by beat, each planned `LOOKAHEAD` before its place.

Conventions: those of `improv.live.state`.
"""

from dataclasses import replace

from grammar.notes import TICKS_PER_BEAT
from improv.channels import CLICK, CLICK_BEAT, CLICK_DOWNBEAT
from improv.live.commands import Play
from improv.live.stage import Stage
from improv.live.state import LOOKAHEAD, NEVER, State, Step

CLICK_LENGTH = 40_000_000
CLICK_VELOCITIES = (105, 80)
"""Of the downbeat and of the other beats."""


def pulse_due(stage: Stage, state: State) -> int:
    """When the next beat is to be planned; never, in free time or after the last."""
    if state.map is None or state.playing.free or stage.over(state.next_beat):
        return NEVER
    return state.map.at(state.next_beat) - LOOKAHEAD


def beat(stage: Stage, state: State) -> Step:
    """Plan the next beat."""
    assert state.map is not None
    tick = state.next_beat
    after = replace(state, next_beat=tick + TICKS_PER_BEAT)
    if not stage.settings.click or "click" in state.muted:
        return after, []
    downbeat = tick % stage.form.bar == 0
    play = Play(
        at=state.map.at(tick),
        duration=CLICK_LENGTH,
        pitch=CLICK_DOWNBEAT if downbeat else CLICK_BEAT,
        velocity=CLICK_VELOCITIES[0 if downbeat else 1],
        channel=CLICK,
        role="click",
        onset=tick,
        ticks=1,
    )
    return after, [play]
