import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from grammar.chords import parse_chord
from improv.jazz.past import MOST, NOTHING, Past, Point, point, remembered
from improv.jazz.theme import MORE, NEAREST, STEPS, Theme, take_up

C7 = parse_chord("C7")
fewer = settings(max_examples=60)
numbers = st.floats(0, 1, exclude_max=True)


def at(onset: int) -> Point:
    return point(onset, onset // 24 % 4, onset % 24, C7)


@st.composite
def pasts(draw: st.DrawFn) -> Past:
    gaps = draw(st.lists(st.sampled_from((6, 8, 12, 24)), max_size=40))
    pitches = draw(st.lists(st.integers(50, 80), min_size=len(gaps), max_size=len(gaps)))
    onsets = np.cumsum(gaps).tolist()
    return remembered([(at(onset), pitch, 6) for onset, pitch in zip(onsets, pitches, strict=True)])


def taken_up(past: Past, which: float, length: float) -> Theme:
    """A passage of a past that has some."""
    theme = take_up(past, which, length)
    assert theme is not None
    return theme


@fewer
@given(pasts(), numbers, numbers)
def test_what_is_taken_up_was_at_the_same_place_in_the_beat(past: Past, which: float, length: float) -> None:
    theme = take_up(past, which, length)
    places = [i for i in range(len(past) - NEAREST) if past.tick[i] == past.tick[-1]]
    if not places:
        assert theme is None
        return
    assert theme is not None
    assert len(past) - 1 - theme.back in places
    assert theme.back >= NEAREST
    assert theme.left >= STEPS


@fewer
@given(pasts(), numbers, numbers)
def test_kept_to_it_is_the_same_passage(past: Past, which: float, length: float) -> None:
    theme = take_up(past, which, length)
    if theme is None:
        return
    begun, steps = len(past) - 1, theme.left
    model = begun - theme.back
    going: Theme | None = theme
    while going is not None:
        onset, pitch = int(past.onset[-1]) + going.gap(past), going.pitch(past)
        going = going.onward()
        past = past.after(at(onset), pitch, 6)
    assert len(past) == begun + 1 + steps
    for column in (past.onset, past.pitch):
        played = np.diff(column[begun : begun + steps + 1])
        assert np.array_equal(played, np.diff(column[model : model + steps + 1]))


def test_half_of_the_time_it_is_drawn_from_where_it_stands_at_the_newest_pitch() -> None:
    past = remembered([(at(12 * k), 60 + k % 12, 6) for k in range(40)])
    draws = [taken_up(past, n / 1000, 0.9).back for n in range(1000)]
    first, rest = np.bincount(draws[:500]), np.bincount(draws[500:])
    places = [39 - back for back in np.flatnonzero(first)]
    assert sorted(places) == [3, 15, 27]
    for counts, several in ((first, 3), (rest, 16)):
        drawn = counts[counts > 0]
        assert len(drawn) == several
        assert drawn.max() - drawn.min() <= 1, "each as often"


def test_where_it_never_stood_at_the_newest_pitch_all_places_are_drawn_from() -> None:
    past = remembered([(at(12 * k), 40 + k, 6) for k in range(40)])
    assert len({taken_up(past, n / 1000, 0.9).back for n in range(1000)}) == 16


def test_lengths_fall_off() -> None:
    past = remembered([(at(12 * k), 60, 6) for k in range(40)])
    lengths = [taken_up(past, 0.0, (n + 0.5) / 1000).left for n in range(1000)]
    assert lengths.count(STEPS) == 600
    assert lengths.count(STEPS + 1) == 240
    assert max(lengths) <= STEPS + MORE


def test_it_goes_on_where_the_oldest_notes_are_forgotten() -> None:
    past = NOTHING
    for k in range(MOST):
        past = past.after(at(12 * k), 50 + k % 30, 6)
    theme = Theme(back=MOST - 1, left=2)
    past = past.after(at(12 * MOST), 60, 6)
    assert theme.gap(past) == 12
    assert theme.pitch(past) == 61
