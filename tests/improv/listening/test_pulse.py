from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from improv.listening.pulse import (
    FASTEST,
    FEWEST,
    MINUTE,
    NO_VOTES,
    SLOWEST,
    Pulse,
    beat_of,
    heard,
    tempo_of,
    vote,
)

EIGHTHS = [0, 0.5, 1, 1.5, 2, 3, 3.5, 4, 4.5, 5, 5.5, 6, 7, 8]
SWUNG = [0, 0.62, 1, 1.62, 2, 3, 3.62, 4, 4.62, 5, 5.62, 6, 7, 8]
TRIPLETS = [0, 1 / 3, 2 / 3, 1, 2, 2 + 1 / 3, 2 + 2 / 3, 3, 4, 5, 5.5, 6, 7, 8]


def at(tempo: float, beats: list[float], start: int = 0) -> list[int]:
    return [start + round(beat * MINUTE / tempo) for beat in beats]


@pytest.mark.parametrize("beats", [EIGHTHS, SWUNG, TRIPLETS])
@pytest.mark.parametrize("tempo", [70.0, 96.0, 120.0, 150.0, 184.0])
def test_a_steady_tempo_is_found_or_its_half_or_double(beats: list[float], tempo: float) -> None:
    found = tempo_of(vote(at(tempo, beats)))
    assert found is not None
    assert min(abs(log(found / tempo / times)) for times in (0.5, 1, 2)) < log(1.08)


@given(st.lists(st.integers(1, 2_000_000_000), max_size=80), st.integers(0, 10**12))
def test_any_onsets_give_a_tempo_within_bounds_wherever_they_start(gaps: list[int], start: int) -> None:
    onsets = [0]
    for gap in gaps:
        onsets.append(onsets[-1] + gap)
    votes = vote(onsets)
    assert vote([start + onset for onset in onsets]) == votes
    found = tempo_of(votes)
    assert (found is None) == (not any(votes))
    assert found is None or SLOWEST <= found <= FASTEST
    if len(onsets) < FEWEST:
        assert votes == NO_VOTES


def test_a_tempo_that_was_found_stays_through_a_phrase_that_is_unclear() -> None:
    votes = NO_VOTES
    for _ in range(4):
        votes = heard(votes, vote(at(140, EIGHTHS)))
    before = tempo_of(votes)
    odd = tempo_of(heard(votes, vote(at(111, [0, 0.4, 1.1, 1.7, 2.9]))))
    assert before == pytest.approx(140, rel=0.03)
    assert odd == pytest.approx(140, rel=0.03)


def test_a_new_tempo_is_taken_up_after_some_phrases() -> None:
    votes = NO_VOTES
    for tempo in (100, 100, 150, 150, 150, 150):
        votes = heard(votes, vote(at(tempo, EIGHTHS)))
    assert tempo_of(votes) == pytest.approx(150, rel=0.03)


@given(st.floats(60, 200), st.integers(0, 10**13))
def test_quarters_on_the_beat_tell_where_it_is(tempo: float, start: int) -> None:
    onsets = at(tempo, [0, 1, 2, 3, 4], start)
    pulse = Pulse(tempo, beat_of(tempo, onsets, [round(MINUTE / tempo * 0.8)] * 5))
    off = pulse.beats(start)
    assert abs(off - round(off)) < 0.01


@given(st.floats(60, 200), st.integers(-(10**12), 10**12), st.integers(-(10**12), 10**12))
def test_the_next_beat_is_a_beat_and_the_first_from_then_on(tempo: float, beat: int, t: int) -> None:
    pulse = Pulse(tempo, beat)
    following = pulse.next_beat(t)
    assert -2 <= following - t < pulse.period + 2
    assert abs(pulse.beats(following) - round(pulse.beats(following))) < 1e-6
