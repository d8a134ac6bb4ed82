"""The clock of a take, through nudges and jumps."""

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from improv.session.tempo import Anchor, TempoMap
from improv.takes.timeline import Timeline

SECOND = 1_000_000_000
BAR = 96
moves = st.lists(
    st.tuples(st.integers(1, 10 * SECOND), st.floats(-3000, 3000) | st.floats(-24, 24), st.floats(30, 320)),
    max_size=12,
)
"""How long after the last, how many ticks from where the clock is, and the tempo from there on."""


def followed(moves: list[tuple[int, float, float]]) -> tuple[Timeline, list[Anchor]]:
    """A timeline, and the anchors of the clock that it follows."""
    anchors = [Anchor(-96, SECOND, 120.0)]
    timeline = Timeline.starting(anchors[0], BAR)
    for wait, by, tempo in moves:
        t = anchors[-1].t + wait
        anchors.append(Anchor(TempoMap((anchors[-1],)).tick(t) + by, t, tempo))
        timeline = timeline.follow(anchors[-1])
    return timeline, anchors


@given(moves)
@example([(1, -1e-5, 30.0)])
def test_later_is_further_on_and_there_is_no_gap(moves: list[tuple[int, float, float]]) -> None:
    timeline, _ = followed(moves)
    for a, b in pairwise(timeline.clock.anchors):
        assert a.t < b.t
        assert a.tick < b.tick
        assert TempoMap((a,)).tick(b.t) == pytest.approx(b.tick, abs=0.01)


@given(moves, st.lists(st.integers(SECOND, 100 * SECOND), max_size=20))
def test_every_time_is_the_time_of_its_tick(moves: list[tuple[int, float, float]], times: list[int]) -> None:
    clock = followed(moves)[0].clock
    for t in times:
        assert abs(clock.at(clock.tick(t)) - t) < SECOND // 1000


@given(moves)
def test_where_the_clock_says_that_the_form_is_there_it_is(moves: list[tuple[int, float, float]]) -> None:
    for count in range(len(moves) + 1):
        timeline, anchors = followed(moves[:count])
        tick = timeline.clock.tick(anchors[-1].t)
        assert timeline.form(tick) == pytest.approx(anchors[-1].tick, abs=0.01)
        assert all(jump.by % BAR == 0 for jump in timeline.jumps), "bar lines stay bar lines"
        meant = round(anchors[-1].tick)
        assert timeline.form(timeline.played(meant, anchors[-1].t) + 1) == pytest.approx(meant + 1)


def test_a_change_of_tempo_is_a_change_of_tempo() -> None:
    """As the session makes it: on a beat, and one that had not come yet is forgotten."""
    timeline = Timeline.starting(Anchor(0, 0, 120.0), BAR)
    timeline = timeline.follow(Anchor(48, SECOND, 240.0))
    timeline = timeline.follow(Anchor(72, SECOND + SECOND // 4, 60.0))
    assert [a.tempo for a in timeline.clock.anchors] == [120.0, 240.0, 60.0]
    again = timeline.follow(Anchor(60, SECOND + SECOND // 8, 200.0))
    assert [(a.tick, a.tempo) for a in again.clock.anchors] == [(0, 120.0), (48, 240.0), (60, 200.0)]


def test_a_loop_goes_on_where_it_was() -> None:
    """Four bars at 120, three times, each a tick or so off as a clock is."""
    timeline = Timeline.starting(Anchor(0, 0, 120.0), BAR)
    for loop, off in ((1, 0.4), (2, -0.3)):
        timeline = timeline.follow(Anchor(off, 8 * SECOND * loop, 120.0))
    assert [(jump.tick, jump.by) for jump in timeline.jumps] == [(384.4, -384), (767.7, -768)]
    assert timeline.form(timeline.clock.tick(20 * SECOND)) == pytest.approx(191.7, abs=0.01)
    assert timeline.clock.tick(20 * SECOND) == pytest.approx(959.7, abs=0.01)
