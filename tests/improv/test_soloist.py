from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grammar.changes import Changes, changes_from_beats
from grammar.chords import parse_chord
from grammar.notes import overlaps
from improv.improviser import Improviser, Taste
from improv.jazz.model import load_jazz
from improv.soloist import improvise

TEMPO = 160.0


@pytest.fixture(scope="module")
def blues() -> Changes:
    bars = ["F7", "Bb7", "F7", "F7", "Bb7", "Bb7", "F7", "D7alt", "G-7", "C7", "F7", "C7"]
    return changes_from_beats([parse_chord(name) for name in bars for _ in range(4)], 4)


@pytest.fixture(scope="module")
def improviser(blues: Changes) -> Improviser:
    """The shipped model over a blues."""
    return Improviser(load_jazz().network, blues, Taste())


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 400))
def test_a_solo_is_one_voice_that_fits_its_length(improviser: Improviser, seed: int, ticks: int) -> None:
    line = [choice.note for choice in improvise(improviser, ticks, TEMPO, seed)]
    assert all(note.onset >= 0 and note.end <= ticks for note in line)
    assert all(a.onset < b.onset for a, b in pairwise(line))
    assert not overlaps(line)
    assert all(improviser.taste.low <= note.pitch <= improviser.taste.high for note in line)


def test_the_same_seed_plays_the_same_solo_and_another_another(
    improviser: Improviser, blues: Changes
) -> None:
    first = list(improvise(improviser, blues.length, TEMPO, 1))
    assert list(improvise(improviser, blues.length, TEMPO, 1)) == first
    assert list(improvise(improviser, blues.length, TEMPO, 2)) != first
    assert len(first) > 12, "a chorus of blues is more than a note a bar"


def test_a_longer_solo_begins_like_a_shorter_one(improviser: Improviser, blues: Changes) -> None:
    """The end is the only thing that its length decides."""
    shorter = list(improvise(improviser, blues.length // 2, TEMPO, 4))
    longer = list(improvise(improviser, blues.length, TEMPO, 4))
    assert [choice.note.onset for choice in shorter] == [choice.note.onset for choice in longer][
        : len(shorter)
    ]
    assert shorter[:-1] == longer[: len(shorter) - 1]


def test_it_goes_on_through_the_choruses(improviser: Improviser, blues: Changes) -> None:
    line = [choice.note for choice in improvise(improviser, 3 * blues.length, TEMPO, 5)]
    for chorus in range(3):
        assert any(chorus * blues.length <= note.onset < (chorus + 1) * blues.length for note in line)


def test_playing_can_be_broken_off(improviser: Improviser, blues: Changes) -> None:
    notes = improvise(improviser, blues.length, TEMPO, 6)
    first = next(notes)
    notes.close()  # type: ignore[attr-defined]
    assert next(iter(improvise(improviser, blues.length, TEMPO, 6))) == first


def test_density_is_how_much_is_played(improviser: Improviser, blues: Changes) -> None:
    counts = []
    for density in (0.0, 1.0, 2.0):
        soloist = Improviser(improviser.network, blues, Taste(density=density))
        solos = (improvise(soloist, 1200, TEMPO, seed) for seed in (1, 2))
        counts.append(sum(len(list(solo)) for solo in solos))
    thin, usual, dense = counts
    assert 1.3 * thin < usual < dense / 1.3
