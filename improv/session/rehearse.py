"""A session played against a list of events, without engine, clock or ports: for tests and for measuring."""

from collections.abc import Iterable

from improv.session.commands import Command
from improv.session.session import Session, SessionEvent, State


def rehearse(
    session: Session, events: Iterable[SessionEvent], state: State | None = None
) -> tuple[State, list[Command]]:
    """The state after the events, which are in order of time, and all commands."""
    state = session.initial() if state is None else state
    found: list[Command] = []
    for event in events:
        state, commands = session.update(state, event)
        found += commands
    return state, found
