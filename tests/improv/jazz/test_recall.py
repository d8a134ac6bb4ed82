import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grammar.chords import parse_chord
from improv.jazz.past import MOST, NOTHING, Past, Point, point, remembered
from improv.jazz.recall import (
    CONDITIONS,
    DOUBT,
    FADE,
    GAP_VIEWS,
    INTERVAL_SLOTS,
    LENGTH_VIEWS,
    PITCH_VIEWS,
    TICK_SLOTS,
    WIDEST,
    Alike,
    Recall,
)

C7 = parse_chord("C7")
PITCH_ROWS = PITCH_VIEWS.names
fewer = settings(max_examples=60)


def line(*notes: tuple[int, int, int], chord: str = "C7") -> Past:
    """A past of (onset, pitch, length) in 4/4 over one chord."""
    past = NOTHING
    for onset, pitch, length in notes:
        past = past.after(at(onset, chord), pitch, length)
    return past


def at(onset: int, chord: str = "C7") -> Point:
    return point(onset, onset // 24 % 4, onset % 24, parse_chord(chord))


Notes = list[tuple[Point, int, int]]


@st.composite
def lines(draw: st.DrawFn, most: int = 24) -> tuple[Notes, Point]:
    """Notes as (point, pitch, length), and the point of the note after them."""
    gaps = draw(st.lists(st.sampled_from((6, 8, 12, 24, 36)), min_size=1, max_size=most))
    onsets = np.cumsum(gaps).tolist()
    notes = []
    for onset in onsets[:-1]:
        chord = draw(st.sampled_from(("C7", "F7", "D-7", "N.C.")))
        notes.append((at(onset, chord), draw(st.integers(50, 80)), draw(st.integers(1, 60))))
    return notes, at(onsets[-1], draw(st.sampled_from(("C7", "F7", "N.C."))))


@st.composite
def pasts(draw: st.DrawFn) -> tuple[Past, Point]:
    notes, place = draw(lines())
    return remembered(notes), place


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
@given(lines(), st.integers(-6, 6))
def test_it_is_the_same_in_every_key(found: tuple[Notes, Point], semitones: int) -> None:
    notes, place = found

    def moved(point: Point) -> Point:
        return point if point.root < 0 else replace(point, root=(point.root + semitones) % 12)

    past = remembered(notes)
    other = remembered([(moved(point), pitch + semitones, length) for point, pitch, length in notes])
    assert np.array_equal(Recall(past, place).pitch(), Recall(other, moved(place)).pitch())
    assert np.array_equal(Recall(past, place).gap(), Recall(other, moved(place)).gap())


@fewer
@given(lines())
def test_a_line_remembered_at_once_is_one_remembered_note_by_note(found: tuple[Notes, Point]) -> None:
    notes, place = found
    past = NOTHING
    for each in notes:
        past = past.after(*each)
    whole = remembered(notes).before(len(notes))
    assert np.array_equal(past.columns, whole.columns)
    assert np.array_equal(past.codes, whole.codes)
    assert past.mark(place) == whole.mark(place)


def alike_of(notes: Notes, place: Point) -> Alike:
    past = remembered(notes)
    return Alike(past, place, past.mark(place))


@fewer
@given(lines())
def test_what_is_alike_is_what_the_conditions_say(found: tuple[Notes, Point]) -> None:
    """Each condition, note by note, as its words say it."""
    notes, place = found
    if len(notes) < 2:
        with pytest.raises(ValueError, match="two notes"):
            alike_of(notes, place)
        return
    alike = alike_of(notes, place)
    points = [*(point for point, _, _ in notes), place]
    pitches = [pitch for _, pitch, _ in notes]
    n = len(notes)
    steps = [None, *(b - a for a, b in itertools.pairwise(pitches))]
    gaps = [None, *(b.onset - a.onset for a, b in itertools.pairwise(points))]

    def size(step: int) -> int:
        return int(np.sign(step)) * (1 + (abs(step) > 2) + (abs(step) > 5))

    def before(j: int, k: int) -> list[int] | None:
        """The k intervals before note j."""
        return None if j - k < 1 else steps[j - k : j]  # type: ignore[return-value]

    def leading(j: int, k: int) -> list[int] | None:
        return None if j - k < 0 else gaps[j - k + 1 : j + 1]  # type: ignore[return-value]

    def meets(name: str, j: int) -> bool:
        here, there = points[n], points[j]
        rooted = here.root >= 0 and there.root >= 0
        simple = {
            "everywhere": True,
            "lately": j >= n - 16,
            "place": here.place == there.place,
            "tick": here.place % 24 == there.place % 24,
            "chord": (here.root, here.quality) == (there.root, there.quality),
            "quality": rooted and here.quality == there.quality,
            "last pitch": pitches[j - 1] == pitches[n - 1],
            "last class": pitches[j - 1] % 12 == pitches[n - 1] % 12,
            "last degree": (pitches[j - 1] - there.root) % 12 == (pitches[n - 1] - here.root) % 12,
            "last length": notes[j - 1][2] == notes[n - 1][2],
        }
        if name in simple:
            return simple[name]
        if name == "contour of 4":
            mine, theirs = before(n, 4), before(j, 4)
            return (
                mine is not None and theirs is not None and list(map(size, mine)) == list(map(size, theirs))
            )
        k, what = name.split()
        look = leading if what.startswith("gap") else before
        mine, theirs = look(n, int(k)), look(j, int(k))
        return mine is not None and mine == theirs

    for name in CONDITIONS:
        assert alike[name].tolist() == [meets(name, j) for j in range(1, n)], name


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
    rows = dict(zip(GAP_VIEWS.names, Recall(past, at(48)).gap(), strict=True))
    assert rows["2 gaps"].argmax() + 1 == 12
    assert rows["any"].sum() > rows["4 gaps"].sum()


def test_a_length_is_said_by_notes_with_the_same_gap_after() -> None:
    past = line((0, 60, 3), (12, 60, 10), (36, 60, 3), (48, 60, 20))
    rows = dict(zip(LENGTH_VIEWS.names, Recall(past, at(72)).length(12), strict=True))
    assert rows["the gap after"].argmax() + 1 == 3
    none = dict(zip(LENGTH_VIEWS.names, Recall(past, at(72)).length(None), strict=True))
    assert none["any"].sum() > 0
    assert none["the gap after"].sum() == 0


def test_names_of_views_are_told_apart() -> None:
    for names in (PITCH_ROWS, GAP_VIEWS.names, LENGTH_VIEWS.names):
        assert len(set(names)) == len(names)
