"""The cards over the stage: the help, the mixer, the adjustments, the controls, each worked by keys."""

from typing import TYPE_CHECKING

import pytest
from textual.pilot import Pilot

from improv.modes import ADJUSTMENTS
from improv.requests import Adjust, Forget, Learn, Mark, Mute, Panic, SetTempo, Start, Strike
from improv.snapshot import PartShown
from improv.tui.app import StageApp

if TYPE_CHECKING:
    from tests.improv.tui.conftest import Stage

SIZES = [(60, 20), (80, 24), (160, 50)]
LOOK = 0.1
"""Seconds in which the app looks at the engine and draws."""


def test_the_help_opens_closes_and_lets_one_play(stage: "Stage") -> None:
    async def play(app: StageApp, pilot: "Pilot[None]") -> None:
        await pilot.press("f1")
        await pilot.pause(LOOK)
        assert "no key's release" in "\n".join(stage.drawn(app))
        await pilot.press("z", "escape", "question_mark")
        await pilot.pause(LOOK)
        assert "no key's release" not in "\n".join(stage.drawn(app))

    stage.perform((80, 24), play)
    assert stage.link.sent == [Strike(48), Panic()]


@pytest.mark.parametrize("size", SIZES)
def test_parts_are_muted_in_the_mixer(stage: "Stage", size: tuple[int, int]) -> None:
    stage.link.shown = {
        "parts": (PartShown("comp", muted=True), PartShown("bass", channel=3, ports="Moog:in"))
    }

    async def play(app: StageApp, pilot: "Pilot[None]") -> None:
        await pilot.press("f6", "enter", "down", "enter", "down", "left", "z", "space")
        await pilot.pause(LOOK)
        drawn = "\n".join(stage.drawn(app))
        assert "▸ bass" in drawn
        assert "ch  3  Moog:in" in drawn
        await pilot.press("f6", "up")
        await pilot.pause(LOOK)
        assert "▸ bass" not in "\n".join(stage.drawn(app))

    stage.perform(size, play)
    assert stage.link.sent == [
        Mute("improv"),
        Mute("comp", 0),
        Mute("bass"),
        Strike(48),
        Start(),
        SetTempo(165),
    ]


@pytest.mark.parametrize("size", SIZES)
def test_adjustments_are_made_by_steps_within_bounds(stage: "Stage", size: tuple[int, int]) -> None:
    stage.link.shown = {"adjusted": (("behind", 0.5),)}

    async def play(app: StageApp, pilot: "Pilot[None]") -> None:
        await pilot.pause(LOOK)
        await pilot.press("f8", "right", "right", "down", "right", *["left"] * 8, "backspace")
        await pilot.pause(LOOK)
        drawn = "\n".join(stage.drawn(app))
        assert "▸ behind" in drawn
        assert ADJUSTMENTS["behind"].help[:30] in drawn
        assert "1.2" in drawn

    stage.perform(size, play)
    assert stage.link.sent[:4] == [
        Adjust("swing", 1.1),
        Adjust("swing", 1.2),
        Adjust("behind", 0.6),
        Adjust("behind", 0.5),
    ]
    assert stage.link.sent[-2:] == [Adjust("behind", 0.0), Adjust("behind", 0.0)]


@pytest.mark.parametrize("size", SIZES)
def test_controllers_are_learned_and_forgotten(stage: "Stage", size: tuple[int, int]) -> None:
    async def play(app: StageApp, pilot: "Pilot[None]") -> None:
        await pilot.press("f7", "down", "enter")
        stage.link.shown = {"learning": "start"}
        await pilot.pause(LOOK)
        drawn = "\n".join(stage.drawn(app))
        assert "move a controller …" in drawn
        assert "waiting for start" in drawn
        await pilot.press("enter", "backspace", "pagedown", "pagedown")
        await pilot.pause(LOOK)
        assert "▲" in "\n".join(stage.drawn(app))

    stage.perform(size, play)
    assert stage.link.sent == [Learn("start"), Learn(""), Forget("start")]


def test_one_card_at_a_time(stage: "Stage") -> None:
    async def play(app: StageApp, pilot: "Pilot[None]") -> None:
        await pilot.press("f6", "f8")
        await pilot.pause(LOOK)
        drawn = "\n".join(stage.drawn(app))
        assert "╭─ adjust" in drawn
        assert "╭─ mixer" not in drawn
        await pilot.press("f1", "enter")
        await pilot.pause(LOOK)
        assert "╭─ keys" in "\n".join(stage.drawn(app))

    stage.perform((80, 24), play)
    assert stage.link.sent == [Mark()]
