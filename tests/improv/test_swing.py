"""Swing: there and back, and heard as it was written."""

from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grammar.chart import FEELS, Feel
from grammar.notes import Note, overlaps
from improv.swing import (
    SWUNG_FEELS,
    accent,
    band_ratio,
    downbeat_delay,
    perform,
    quantise,
    quantise_one,
    swing_ratio,
    swung_half,
    to_grid,
    to_performed,
)

ratios = st.floats(1.0, 3.5)
delays = st.floats(0.0, 3.0)
ticks = st.floats(-500, 500)
tempi = st.floats(40, 320)
feels = st.sampled_from(FEELS)
DIVISIONS = ((0, 12), (0, 8, 16), (0, 6, 12, 18))


def lines(divisions: tuple[tuple[int, ...], ...] = DIVISIONS) -> st.SearchStrategy[list[Note]]:
    """Lines of which each beat stands on one division, without overlaps."""
    beats = [places for division in divisions for n in range(5) for places in combinations(division, n)]
    return st.builds(
        _line, st.lists(st.sampled_from(beats), min_size=1, max_size=8), st.floats(0, 1), st.integers(-3, 0)
    )


def _line(beats: list[tuple[int, ...]], share: float, first: int) -> list[Note]:
    onsets = [24 * beat + place for beat, places in enumerate(beats, first) for place in places]
    return [
        Note(start, 60 + number % 12, max(1, round(share * (end - start))))
        for number, (start, end) in enumerate(pairwise([*onsets, 250]))
    ]


@given(ticks, ratios, delays)
def test_there_and_back(tick: float, ratio: float, delay: float) -> None:
    assert to_grid(to_performed(tick, ratio, delay), ratio, delay) == pytest.approx(tick, abs=1e-6)
    assert to_performed(to_grid(tick, ratio, delay), ratio, delay) == pytest.approx(tick, abs=1e-6)


@given(ticks, st.floats(0.01, 50), ratios, delays)
def test_time_never_turns_back(tick: float, step: float, ratio: float, delay: float) -> None:
    assert to_performed(tick, ratio, delay) < to_performed(tick + step, ratio, delay)


@given(st.integers(-50, 50), ratios)
def test_beats_stay_and_off_beats_swing(beat: int, ratio: float) -> None:
    assert to_performed(24 * beat, ratio) == 24 * beat
    off = to_performed(24 * beat + 12, ratio) - 24 * beat
    assert off == pytest.approx(24 * ratio / (1 + ratio))
    assert off / (24 - off) == pytest.approx(ratio)


@given(tempi, st.floats(0, 80), feels)
def test_swing_flattens_above_its_knee(tempo: float, more: float, feel: Feel) -> None:
    assert 1.0 <= swing_ratio(tempo, feel) < 1.7
    assert 0.0 <= downbeat_delay(tempo, feel) < 2.5
    if tempo >= 110:
        assert swing_ratio(tempo + more, feel) <= swing_ratio(tempo, feel)
    if feel not in SWUNG_FEELS:
        assert (swing_ratio(tempo, feel), downbeat_delay(tempo, feel)) == (1.0, 0.0)


@given(lines(), tempi, feels, st.floats(0, 1))
def test_what_did_not_overlap_does_not_when_played(
    line: list[Note], tempo: float, feel: Feel, behind: float
) -> None:
    assert not overlaps(line)
    played = perform(line, tempo, feel, behind)
    assert [p.note for p in played] == line
    assert all(p.duration > 0 for p in played)
    for first, second in pairwise(played):
        assert first.onset < second.onset
        assert first.onset + first.duration <= second.onset + 1e-9


@given(lines(), tempi, feels)
def test_what_is_played_is_heard_as_written(line: list[Note], tempo: float, feel: Feel) -> None:
    onsets = [p.onset for p in perform(line, tempo, feel)]
    assert quantise(onsets, swing_ratio(tempo, feel)) == [note.onset for note in line]


@given(lines(((0, 12), (0, 8, 16))), tempi)
def test_small_unsteadiness_in_swung_eighths_is_forgiven(line: list[Note], tempo: float) -> None:
    eighths = [note for note in line if note.onset % 12 == 0 and note.onset % 24 != 16]
    onsets = [p.onset + (-1) ** i * 0.25 for i, p in enumerate(perform(eighths, tempo, "swing"))]
    assert quantise(onsets, swing_ratio(tempo, "swing")) == [note.onset for note in eighths]


@given(st.lists(ticks).map(sorted), ratios)
def test_heard_notes_ascend(performed: list[float], ratio: float) -> None:
    found = quantise(performed, ratio)
    assert len(found) == len(performed)
    assert all(a < b for a, b in pairwise(found))


@given(st.lists(ticks).map(sorted), ratios)
def test_notes_heard_one_by_one_ascend(performed: list[float], ratio: float) -> None:
    previous: int | None = None
    for tick in performed:
        found = quantise_one(tick, ratio, previous)
        assert previous is None or found > previous
        previous = found


@given(lines(((0, 12),)), tempi)
def test_swung_eighths_are_heard_one_by_one(line: list[Note], tempo: float) -> None:
    ratio = swing_ratio(tempo, "swing")
    previous: int | None = None
    for played in perform(line, tempo, "swing"):
        previous = quantise_one(played.onset, ratio, previous)
        assert previous == played.note.onset


def test_a_swung_beat_a_triplet_and_sixteenths() -> None:
    line = [Note(t, 60, 4) for t in (0, 12, 24, 32, 40, 48, 54, 60, 66)]
    onsets = [p.onset for p in perform(line, 150, "swing")]
    assert onsets == pytest.approx([0, 24 * 0.624, 24, 32, 40, 48, 54, 60, 66])


def test_laying_back_moves_the_beats_and_not_the_off_beats() -> None:
    line = [Note(0, 60, 12), Note(12, 62, 12)]
    plain, late = perform(line, 150, "swing"), perform(line, 150, "swing", behind=1.0)
    assert late[0].onset == pytest.approx(24 * 0.102)
    assert late[1].onset == plain[1].onset


@pytest.mark.parametrize(
    ("tempo", "measured"),
    [(110, 1.66), (150, 1.65), (190, 1.65), (210, 1.57), (235, 1.43), (265, 1.33), (300, 1.19)],
)
def test_the_formula_is_what_was_measured(tempo: float, measured: float) -> None:
    assert swing_ratio(tempo, "swing") == pytest.approx(measured, abs=0.03)


def test_a_note_just_before_the_beat_belongs_to_it() -> None:
    assert quantise([22.0, 37.9], 1.6) == [24, 36]
    assert quantise_one(22.0, 1.6, 12) == 24
    assert quantise_one(22.0, 1.6, 24) > 24


def test_the_swung_half() -> None:
    assert swung_half(1.0) == 12
    assert swung_half(2.0) == 16


@given(st.integers(-1000, 1000))
def test_accents_are_slight(tick: int) -> None:
    assert 75 <= accent(tick) <= 85
    assert accent(48) > accent(32)


@given(tempi, feels, st.floats(0, 2))
def test_amounts_move_by_their_share(tempo: float, feel: Feel, amount: float) -> None:
    plain = swung_half(swing_ratio(tempo, feel)) - 12
    assert swung_half(swing_ratio(tempo, feel, amount)) - 12 == pytest.approx(min(amount * plain, 6))
    assert downbeat_delay(tempo, feel, amount) == pytest.approx(amount * downbeat_delay(tempo, feel))
    assert downbeat_delay(tempo, feel, amount) < swung_half(swing_ratio(tempo, feel))


@given(st.integers(-1000, 1000), st.integers(2, 7))
def test_without_dynamics_every_note_is_as_loud(tick: int, meter: int) -> None:
    assert accent(tick, 0.0, meter) == accent(tick + 48, 0.0, meter) == 80
    assert meter == 4 or accent(tick, 2.0, meter) == accent(tick + 24, 2.0, meter)


@given(lines(), tempi, feels, st.floats(0, 2), st.floats(0, 2))
def test_however_much_it_is_swung_nothing_overlaps(
    line: list[Note], tempo: float, feel: Feel, behind: float, swing: float
) -> None:
    for first, second in pairwise(perform(line, tempo, feel, behind, swing)):
        assert first.onset < second.onset
        assert first.onset + first.duration <= second.onset + 1e-9


@given(tempi, feels, st.floats(0, 2))
def test_a_band_swings_with_its_soloists_and_more_where_it_is_slow(
    tempo: float, feel: Feel, amount: float
) -> None:
    band, solo = band_ratio(tempo, feel, amount), swing_ratio(tempo, feel, amount)
    assert 1.0 <= solo <= band <= 3.0 + 1e-9
    if tempo >= 110 or feel not in SWUNG_FEELS:
        assert band == solo


def test_a_slow_band_swings_as_triplets_do() -> None:
    assert swung_half(band_ratio(60, "swing")) / 24 == pytest.approx(0.7)
    assert band_ratio(109.999, "swing") == pytest.approx(band_ratio(110, "swing"), abs=1e-3)
