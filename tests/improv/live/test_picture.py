"""What a view is shown of a session."""

from collections.abc import Callable

import pytest

from improv.live.picture import Picture
from improv.requests import Mute
from improv.session.session import Asked, Session
from improv.snapshot import Timing

MakeSession = Callable[..., Session]


@pytest.mark.parametrize(
    ("mode", "alone", "resting"),
    [
        ("trade", False, set()),
        ("comp", False, set()),
        ("layout", False, {"comp"}),
        ("answer", False, {"comp", "bass", "drums"}),
        ("trade", True, {"comp", "bass", "drums"}),
        ("comp", True, {"drums"}),
    ],
)
def test_who_rests_in_a_mode_is_shown_and_so_is_who_is_muted(
    make_session: MakeSession, mode: str, alone: bool, resting: set[str]
) -> None:
    session = make_session(mode=mode, band=True, alone=alone)
    state, _ = session.update(session.initial(), Asked(0, Mute("bass")))
    shown = Picture(session).take(0, state, None, (), (), "", Timing(realtime=False))
    assert {part.name for part in shown.parts if part.resting} == resting
    assert {part.name for part in shown.parts if part.muted} == {"bass"}
