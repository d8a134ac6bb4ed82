"""What a control has to know of a session."""

from dataclasses import fields

from improv.controls.table import Now
from improv.session.state import State


def now_of(state: State) -> Now:
    """The session as the controls see it."""
    return Now(
        playing=state.map is not None,
        mode=state.mode if state.coming is None else state.coming.mode,
        bars=state.bars,
        tempo=state.tempo,
        muted=state.muted,
        adjusted={field.name: getattr(state.adjusted, field.name) for field in fields(state.adjusted)},
    )
