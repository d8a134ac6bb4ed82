from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from improv.jazz.vocabulary import (
    GAPS,
    HIGHEST,
    INTERVALS,
    LENGTHS,
    LOWEST,
    METERS,
    NO_DEGREE,
    NO_INTERVAL,
    PITCHES,
    TEMPOS,
    WIDEST,
    degree_id,
    gap_id,
    interval_id,
    length_id,
    meter_id,
    pitch_id,
    tempo_id,
)
from improv.jazz.wjazzd import Solo

pitches = st.integers(0, 127)
ticks = st.integers(-50, 2000)


@pytest.mark.parametrize(("values", "find"), [(GAPS, gap_id), (LENGTHS, length_id)], ids=["gap", "length"])
def test_every_value_of_a_table_is_its_own_id(values: tuple[int, ...], find: Callable[[int], int]) -> None:
    assert list(values) == sorted(set(values))
    assert [find(value) for value in values] == list(range(len(values)))


@given(ticks)
def test_any_time_gets_the_nearest_value(time: int) -> None:
    for values, found in ((GAPS, gap_id(time)), (LENGTHS, length_id(time))):
        assert abs(values[found] - time) == min(abs(value - time) for value in values)


def test_dense_music_is_exact() -> None:
    assert all(GAPS[gap_id(time)] == time for time in range(1, 97))
    assert all(LENGTHS[length_id(time)] == time for time in range(1, 49))


@given(pitches)
def test_a_pitch_id_keeps_the_pitch_class_and_on_the_piano_the_pitch(pitch: int) -> None:
    found = pitch_id(pitch)
    assert 0 <= found < PITCHES
    assert (found + LOWEST - pitch) % 12 == 0
    if LOWEST <= pitch <= HIGHEST:
        assert found + LOWEST == pitch


@given(pitches, pitches)
def test_an_interval_is_a_step_clipped(pitch: int, previous: int) -> None:
    found = interval_id(pitch, previous) - WIDEST
    assert found == max(-WIDEST, min(WIDEST, pitch - previous))
    assert found + WIDEST + interval_id(previous, pitch) == INTERVALS - 1


def test_what_is_unknown_has_an_id_of_its_own() -> None:
    assert interval_id(None, 60) == interval_id(60, None) == NO_INTERVAL == INTERVALS
    assert degree_id(None, 0) == degree_id(60, None) == NO_DEGREE == 12


@given(pitches, st.integers(0, 11), st.integers(-24, 24))
def test_a_degree_is_the_same_in_every_key(pitch: int, root: int, key: int) -> None:
    assert degree_id(pitch, root) == degree_id(pitch + key, (root + key) % 12)


def test_meters_and_tempos_have_classes() -> None:
    assert [METERS[meter_id(meter)] for meter in (2, 3, 4, 5, 6, 7, 1, 9)] == [2, 3, 4, 5, 6, 7, 4, 4]
    assert tempo_id(1) == 0
    assert tempo_id(1000) == len(TEMPOS)
    assert [tempo_id(edge) - tempo_id(edge - 0.1) for edge in TEMPOS] == [1] * len(TEMPOS)


@pytest.mark.data
def test_every_real_note_is_in_range_and_most_times_are_exact(all_solos: dict[int, Solo]) -> None:
    exact = total = 0
    for solo in all_solos.values():
        for note in solo.notes:
            assert LOWEST <= note.pitch <= HIGHEST
            exact += LENGTHS[length_id(note.duration)] == note.duration
            total += 1
        for before, after in zip(solo.notes, solo.notes[1:], strict=False):
            gap = after.onset - before.onset
            assert gap >= 1
            assert gap > GAPS[-1] or abs(GAPS[gap_id(gap)] - gap) <= 12
            exact += GAPS[gap_id(gap)] == gap
            total += 1
    assert exact / total > 0.97
