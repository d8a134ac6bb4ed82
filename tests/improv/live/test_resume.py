"""What a new engine is told of the one that died."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from improv.live.options import Options
from improv.live.resume import LEAD, place, resumed_options, take_up
from improv.requests import Adjust, Cue, Mute, Request, Start
from improv.snapshot import PartShown, Snapshot

OPTIONS = Options(chart="| F7 |", tempo=120.0, seed=7, mode="trade", bars=4)


def test_it_plays_as_the_old_one_did_last() -> None:
    last = Snapshot(turn="machine", tempo=163.0, mode="solo", bars=2)
    options = resumed_options(OPTIONS, last, "/takes/night-2.jsonl")
    assert (options.tempo, options.mode, options.bars) == (163.0, "solo", 2)
    assert options.resumes == "night-2"
    assert options.seed != OPTIONS.seed, "the same draws would be the same phrases"
    assert resumed_options(OPTIONS, None, "").tempo == 120.0


@given(st.integers(0, 10_000), st.sampled_from([72, 96]), st.integers(0, 1 << 50))
def test_it_goes_on_at_the_bar_line_it_died_after(tick: int, bar: int, now: int) -> None:
    (cue,) = take_up(Snapshot(turn="player"), tick, [], bar, now)
    assert isinstance(cue, Cue)
    assert cue.tick % bar == 0
    assert cue.tick <= tick < cue.tick + bar
    assert cue.at == now + LEAD


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (None, []),
        (Snapshot(turn="stopped", tick=50), []),
        (Snapshot(turn="count-in", tick=-40), [Start()]),
    ],
)
def test_what_was_not_playing_does_not_play(last: Snapshot | None, expected: list[Request]) -> None:
    assert take_up(last, 0 if last is None else last.tick, [], 96, 5) == expected


def test_mutes_and_adjustments_are_taken_up() -> None:
    last = Snapshot(parts=(PartShown("bass", muted=True), PartShown("drums")))
    sent: list[Request] = [Adjust("swing", 0.4), Start(), Adjust("density", 2.0), Adjust("swing", 0.7)]
    assert take_up(last, 0, sent, 96, 5) == [Adjust("swing", 0.7), Adjust("density", 2.0), Mute("bass")]


def test_its_place_is_where_it_died_and_not_where_it_was_last_seen() -> None:
    assert place(Snapshot(tick=94, tempo=120.0), 0) == 94
    assert place(Snapshot(tick=94, tempo=120.0), 50_000_000) == 96
    assert place(Snapshot(tick=-4, tempo=240.0), 25_000_000) == -2
