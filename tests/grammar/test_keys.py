import pytest
from hypothesis import given
from hypothesis import strategies as st

from grammar.chords import QUALITIES
from grammar.keys import AT_HOME, KEYS, Key, find_key

weights = st.lists(st.integers(0, 20), min_size=12, max_size=12)


def scale(key: Key) -> list[float]:
    steps = {False: (0, 2, 4, 5, 7, 9, 11), True: (0, 2, 3, 5, 7, 8, 11)}[key.minor]
    found = [0.0] * 12
    for step in steps:
        found[(key.tonic + step) % 12] = 2.0 if step in (0, 7) else 1.0
    return found


@pytest.mark.parametrize("key", KEYS)
def test_a_scale_that_dwells_on_tonic_and_fifth_is_its_key(key: Key) -> None:
    found = find_key(scale(key))
    assert found is not None
    assert found[0] == key
    assert 0.7 < found[1] <= 1


@given(weights, st.integers(1, 11))
def test_transposing_transposes_the_key(heard: list[int], up: int) -> None:
    found = find_key(heard)
    moved = find_key(heard[-up:] + heard[:-up])
    assert (found is None) == (moved is None)
    if found and moved:
        assert moved[1] == pytest.approx(found[1])


def test_two_notes_are_no_evidence() -> None:
    assert find_key([0.0] * 12) is None
    assert find_key([1.0, 0, 0, 0, 0, 0, 0, 1.0, 0, 0, 0, 0]) is None


def test_chords_are_at_home_where_they_function() -> None:
    key = Key(5)
    assert key.at_home(0, "7")
    assert key.at_home(7, "min7")
    assert not key.at_home(0, "maj7")
    assert key.transposed(2).at_home(2, "7")
    assert {quality for home in AT_HOME.values() for chords in home.values() for quality in chords} <= set(
        QUALITIES
    )
