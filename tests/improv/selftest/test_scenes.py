"""What the player plays in a self-test."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from improv.modes import MODES
from improv.selftest.pairs import Ledger
from improv.selftest.scenes import BAR, PAUSE, SCENES, SPLIT, Counter, Scene, player, programme
from improv.session.events import is_whole


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: f"{scene.mode}-{scene.tempo:g}")
def test_every_key_comes_up_before_the_scene_ends(scene: Scene) -> None:
    played = player(scene, Counter())
    ledger = Ledger()
    for one in played:
        assert is_whole(one.message)
        ledger.hear(0, one.message)
    assert not ledger.sounding
    assert not ledger.again
    assert played[0].tick >= 0
    assert played[-1].tick < scene.bars * BAR


def test_the_turn_is_played_to_its_last_sixteenth() -> None:
    for scene in SCENES:
        if scene.mode == "trade":
            melody = [one.tick for one in player(scene, Counter()) if one.melody]
            ends = range(scene.turn * BAR, scene.bars * BAR + 1, 2 * scene.turn * BAR)
            assert {end - 6 for end in ends} <= set(melody)
            assert all(tick // (scene.turn * BAR) % 2 == 0 for tick in melody)


def test_chords_of_the_left_hand_lie_below_the_split() -> None:
    scene = next(scene for scene in SCENES if scene.mode == "lead")
    last = [one for one in player(scene, Counter()) if one.last_of_chord]
    assert len(last) == 2 * scene.bars
    assert all(one.message[1] < SPLIT for one in last)


def test_every_mode_is_known_and_the_tempi_are_those_of_the_contract() -> None:
    assert {scene.mode for scene in SCENES} <= {mode.name for mode in MODES}
    trades = [scene.tempo for scene in SCENES if scene.mode == "trade"]
    assert (min(trades), max(trades)) == (60.0, 320.0)


@given(st.floats(1.0, 4000.0))
def test_a_programme_fits_its_time(seconds: float) -> None:
    scenes = list(programme(seconds))
    assert scenes
    lasts = sum(scene.seconds() + PAUSE for scene in scenes)
    assert lasts <= seconds or len(scenes) == 1
    assert seconds - lasts < min(scene.seconds() + PAUSE for scene in SCENES)
