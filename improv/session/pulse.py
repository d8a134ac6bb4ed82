"""The pulse: click and band, beat by beat, each planned `LOOKAHEAD` before its place.

Conventions: those of `improv.session.state`. The band hears what is soloed, by whoever. It has no part in the
count-in; a part that is muted, or rests in a mode, is thought out all the same, so that the others play as if
it sounded.
"""

from collections.abc import Iterator
from dataclasses import replace

from grammar.notes import TICKS_PER_BEAT
from improv.band.notes import WINDOW, BandNote, Hearing, Scene
from improv.channels import CHANNELS, CLICK, CLICK_BEAT, CLICK_DOWNBEAT
from improv.mind import Mind
from improv.session.commands import LOOKAHEAD, Command, Play
from improv.session.stage import Stage
from improv.session.state import NEVER, SHORTEST, State, Step
from improv.session.tempo import TempoMap

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
    tick, tempo_map = state.next_beat, state.map
    state = replace(state, next_beat=tick + TICKS_PER_BEAT)
    commands: list[Command] = []
    if stage.settings.click and "click" not in state.muted:
        commands.append(_click(tempo_map, tick, downbeat=tick % stage.form.bar == 0))
    counted_in = state.turn == "count-in" and tick < state.turn_ends
    parts = with_us(stage, state)
    if stage.band is not None and state.band is not None and parts and not counted_in:
        band, notes = stage.band.play(state.band, tick, scene(stage, state, tick))
        state = replace(state, band=band)
        commands += _sounding(tempo_map, notes, parts - state.muted)
    return state, commands


def with_us(stage: Stage, state: State) -> frozenset[str]:
    """Who of the band plays, muted or not."""
    company = state.playing.company
    return company.needed if stage.settings.alone else company.parts


def scene(stage: Stage, state: State, tick: int) -> Scene:
    """What the band knows at a beat."""
    assert state.map is not None
    return Scene(
        tempo=state.map.tempo,
        hearing=hearing(state.mind, tick),
        changes=state.harmony,
        swing=state.adjusted.swing,
        dynamics=state.adjusted.dynamics,
        density=state.adjusted.density,
        attention=state.playing.company.attention,
        ends=stage.last_tick,
    )


def hearing(mind: Mind, tick: int) -> Hearing:
    """What the band hears of the solo."""
    onsets = mind.past.onset  # the line holds fewer notes than a busy bar
    busy = int(((onsets >= tick - WINDOW) & (onsets < tick)).sum())
    return replace(Hearing.of(mind.line, tick), activity=busy * TICKS_PER_BEAT / WINDOW)


def _click(tempo_map: TempoMap, tick: int, downbeat: bool) -> Play:
    return Play(
        at=tempo_map.at(tick),
        duration=CLICK_LENGTH,
        pitch=CLICK_DOWNBEAT if downbeat else CLICK_BEAT,
        velocity=CLICK_VELOCITIES[0 if downbeat else 1],
        channel=CLICK,
        role="click",
        onset=tick,
        ticks=1,
    )


def _sounding(tempo_map: TempoMap, notes: tuple[BandNote, ...], heard: frozenset[str]) -> Iterator[Play]:
    for found in notes:
        if found.role not in heard:
            continue
        at, end = tempo_map.at(found.onset), tempo_map.at(found.onset + found.duration)
        yield Play(
            at=at,
            duration=max(end - at, SHORTEST),
            pitch=found.note.pitch,
            velocity=found.note.velocity,
            channel=CHANNELS[found.role],
            role=found.role,
            onset=found.note.onset,
            ticks=found.note.duration,
            source=found.source,
            refused=found.refused,
        )
