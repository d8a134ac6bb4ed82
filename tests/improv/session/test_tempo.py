"""Ticks and nanoseconds."""

from hypothesis import given
from hypothesis import strategies as st

from improv.session.tempo import KEPT, SLACK, TempoMap

TEMPOS = st.floats(30, 400)
CHANGES = st.lists(st.tuples(st.integers(1, 2000), TEMPOS), max_size=8)


def test_a_beat_at_120_lasts_half_a_second() -> None:
    tempo_map = TempoMap.starting(-96, 1_000, 120)
    assert tempo_map.at(-96) == 1_000
    assert tempo_map.at(0) == 1_000 + 4 * 500_000_000


@given(TEMPOS, CHANGES, st.integers(-96, 5000))
def test_ticks_and_times_are_each_others_inverse(
    tempo: float, changes: list[tuple[int, float]], tick: int
) -> None:
    tempo_map = TempoMap.starting(-96, 0, tempo)
    for at, changed in sorted(changes):
        tempo_map = tempo_map.changed(at, changed)
    assert abs(tempo_map.tick(tempo_map.at(tick)) - tick) < 1e-5


@given(TEMPOS, TEMPOS, st.integers(0, 500), st.integers(0, 500))
def test_a_change_moves_nothing_before_it(first: float, second: float, at: int, before: int) -> None:
    tempo_map = TempoMap.starting(0, 0, first)
    changed = tempo_map.changed(at, second)
    assert changed.at(at) == tempo_map.at(at)
    if before <= at:
        assert abs(changed.at(before) - tempo_map.at(before)) <= 1


@given(TEMPOS, st.integers(1, 10**10), st.integers(0, 5000), st.integers(0, 5000), st.integers(0, 5000))
def test_what_is_jumped_over_has_passed_and_a_nudge_passes_over_nothing(
    tempo: float, t: int, jump: int, one: int, other: int
) -> None:
    before = TempoMap.starting(0, 0, tempo)
    reached = before.tick(t)
    tempo_map = before.followed(t, reached + jump, tempo)
    between = tempo_map.at(reached + jump / 2)
    if jump < SLACK:
        assert between >= t
    if jump > SLACK:
        assert between < t
        assert tempo_map.at(min(one, other)) <= tempo_map.at(max(one, other))


@given(CHANGES)
def test_a_long_night_does_not_add_up(changes: list[tuple[int, float]]) -> None:
    tempo_map = TempoMap.starting(0, 0, 120)
    for at, tempo in changes * 3:
        tempo_map = tempo_map.changed(at, tempo)
    assert len(tempo_map.anchors) <= KEPT
