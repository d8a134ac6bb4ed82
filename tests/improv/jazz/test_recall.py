from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grammar.chords import parse_chord
from improv.jazz.recall import (
    DOUBT,
    FADE,
    GAP_VIEWS,
    INTERVAL_SLOTS,
    LENGTH_VIEWS,
    MOST,
    NOTHING,
    PITCH_VIEWS,
    TICK_SLOTS,
    WIDEST,
    Alike,
    Past,
    Point,
    Recall,
    point,
)

C7 = parse_chord("C7")
PITCH_ROWS = [view.name for view in PITCH_VIEWS]
fewer = settings(max_examples=60)


def line(*notes: tuple[int, int, int], chord: str = "C7") -> Past:
    """A past of (onset, pitch, length) in 4/4 over one chord."""
    past = NOTHING
    for onset, pitch, length in notes:
        past = past.after(at(onset, chord), pitch, length)
    return past


def at(onset: int, chord: str = "C7") -> Point:
    return point(onset, onset // 24 % 4, onset % 24, parse_chord(chord))


@st.composite
def pasts(draw: st.DrawFn, most: int = 24) -> tuple[Past, Point]:
    gaps = draw(st.lists(st.sampled_from((6, 8, 12, 24, 36)), min_size=1, max_size=most))
    onsets = np.cumsum(gaps)
    past = NOTHING
    for onset in onsets[:-1].tolist():
        chord = draw(st.sampled_from(("C7", "F7", "D-7", "N.C.")))
        past = past.after(at(onset, chord), draw(st.integers(50, 80)), draw(st.integers(1, 60)))
    return past, at(int(onsets[-1]), draw(st.sampled_from(("C7", "F7", "N.C."))))


@fewer
@given(pasts(), st.one_of(st.none(), st.integers(1, 60)))
def test_every_row_is_a_distribution_less_its_doubt(found: tuple[Past, Point], gap: int | None) -> None:
    recall = Recall(*found)
    for rows, shape in (
        (recall.pitch(), (len(PITCH_VIEWS), INTERVAL_SLOTS)),
        (recall.gap(), (len(GAP_VIEWS), TICK_SLOTS)),
        (recall.length(gap), (len(LENGTH_VIEWS), TICK_SLOTS)),
    ):
        assert rows.shape == shape
        assert rows.dtype == np.float32
        assert (rows >= 0).all()
        assert (rows.sum(axis=1) < 1).all()


@fewer
@given(pasts(), st.integers(-6, 6))
def test_it_is_the_same_in_every_key(found: tuple[Past, Point], semitones: int) -> None:
    past, place = found

    def moved(root: int) -> int:
        return root if root < 0 else (root + semitones) % 12

    other = replace(
        past,
        pitch=(past.pitch + semitones).astype(np.int32),
        root=np.array([moved(int(root)) for root in past.root], np.int32),
    )
    there = replace(place, root=moved(place.root))
    assert np.array_equal(Recall(past, place).pitch(), Recall(other, there).pitch())
    assert np.array_equal(Recall(past, place).gap(), Recall(other, there).gap())


@fewer
@given(pasts())
def test_higher_orders_ask_for_more(found: tuple[Past, Point]) -> None:
    past, place = found
    if len(past) < 2:
        with pytest.raises(ValueError, match="two notes"):
            Alike(past, place)
        return
    alike = Alike(past, place)
    for way in (alike.intervals, alike.pitches, alike.gaps, alike.contour):
        for order in range(1, 5):
            assert not (way(order + 1) & ~way(order)).any()
    assert not (alike.pitches(2) & ~alike.intervals(1)).any()


@fewer
@given(pasts(), st.integers(1, 100))
def test_a_past_is_a_value(found: tuple[Past, Point], length: int) -> None:
    past, place = found
    before = past.pitch.copy()
    longer = past.after(place, 60, 12).ended(length)
    assert np.array_equal(past.pitch, before)
    assert longer.pitch.tolist() == [*before.tolist(), 60]
    assert longer.length[-1] == length


def test_the_oldest_goes() -> None:
    past = line(*((24 * k, 40 + k % 40, 12) for k in range(MOST + 5)))
    assert len(past) == MOST
    assert past.onset[0] == 5 * 24
    assert np.array_equal(past.before(MOST).pitch, past.pitch)
    assert Recall(past, at(24 * (MOST + 5))).pitch().max() < 1


def test_a_motif_that_came_before_is_what_is_said() -> None:
    """C D E G, and C D E again: G is what three intervals and three pitches ask for."""
    past = line(
        (0, 60, 12), (12, 62, 12), (24, 64, 12), (36, 67, 12), (48, 60, 12), (60, 62, 12), (72, 64, 12)
    )
    rows = Recall(past, at(84)).pitch()
    for name in ("2 intervals", "2 pitches", "3 pitches"):
        row = rows[PITCH_ROWS.index(name)]
        assert row.argmax() == WIDEST + 3, name
        votes = FADE**3
        assert row.max() == pytest.approx(votes / (votes + DOUBT), rel=1e-6), name
    assert rows[PITCH_ROWS.index("4 intervals")].sum() == 0


def test_a_motif_over_another_root_is_moved_with_it() -> None:
    """The third after the root of C7; then the root of F7: its third is said, four semitones up."""
    past = line((0, 60, 12), (12, 64, 12)).after(at(48, "F7"), 65, 12)
    rows = Recall(past, at(60, "F7")).pitch()
    assert rows[PITCH_ROWS.index("degree over the quality")].argmax() == WIDEST + 4
    assert rows[PITCH_ROWS.index("1 pitch over the chord")].sum() == 0


def test_a_rhythm_that_came_before_is_what_is_said() -> None:
    past = line((0, 60, 10), (12, 60, 10), (20, 60, 10), (24, 60, 10), (36, 60, 10), (44, 60, 10))
    rows = dict(zip(GAP_VIEWS, Recall(past, at(48)).gap(), strict=True))
    assert rows["2 gaps"].argmax() + 1 == 12
    assert rows["any"].sum() > rows["4 gaps"].sum()


def test_a_length_is_said_by_notes_with_the_same_gap_after() -> None:
    past = line((0, 60, 3), (12, 60, 10), (36, 60, 3), (48, 60, 20))
    rows = dict(zip(LENGTH_VIEWS, Recall(past, at(72)).length(12), strict=True))
    assert rows["the gap after"].argmax() + 1 == 3
    none = dict(zip(LENGTH_VIEWS, Recall(past, at(72)).length(None), strict=True))
    assert none["any"].sum() > 0
    assert none["the gap after"].sum() == 0


def test_names_of_views_are_told_apart() -> None:
    for names in (PITCH_ROWS, list(GAP_VIEWS), list(LENGTH_VIEWS)):
        assert len(set(names)) == len(names)
