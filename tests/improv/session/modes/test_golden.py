"""A performance in every mode, as a golden list of what is wanted done; regenerate with --regenerate."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from improv.live.lines import command_line
from improv.modes import MODES
from improv.requests import Start
from improv.session.events import NoteOff, NoteOn, Tick
from improv.session.rehearse import rehearse
from improv.session.session import Asked, Session, SessionEvent

MakeSession = Callable[..., Session]
SECOND = 1_000_000_000
GOLDEN = Path(__file__).parents[3] / "golden" / "modes"
MELODY = [(26, 65), (28, 69), (30, 72), (32, 75), (33, 74), (36, 72), (52, 69), (53, 70), (54, 72), (56, 77)]
"""Sixteenths of a second's half from the start, and keys."""
LEFT_HAND = [(40, (53, 57, 60, 63)), (56, (50, 53, 56, 60))]


def events(mode: str) -> list[SessionEvent]:
    """A melody with a hole in it; where the left hand leads, two chords."""
    step = SECOND // 8
    found: list[SessionEvent] = []
    for place, pitch in MELODY:
        found += [NoteOn(place * step, pitch, 60 + place % 40), NoteOff(place * step + step * 3 // 4, pitch)]
    for place, pitches in LEFT_HAND if mode == "lead" else []:
        for i, pitch in enumerate(pitches):
            t = place * step + i * 4_000_000
            found += [NoteOn(t, pitch, 70), NoteOff(t + SECOND, pitch)]
    return [Asked(0, Start()), *sorted(found, key=lambda event: event.t), Tick(10 * SECOND)]


@pytest.mark.parametrize("mode", [mode.name for mode in MODES])
def test_a_performance(make_session: MakeSession, request: pytest.FixtureRequest, mode: str) -> None:
    session = make_session(mode=mode, bars=1, seed=7, band=mode in ("comp", "lead", "layout"))
    _, commands = rehearse(session, events(mode))
    lines = [command_line(command) for command in commands]
    text = "".join(json.dumps({k: v for k, v in line.items() if k != "kind"}) + "\n" for line in lines)
    golden = GOLDEN / f"{mode}.jsonl"
    if request.config.getoption("--regenerate"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(text, "utf-8")
    assert text == golden.read_text("utf-8")
