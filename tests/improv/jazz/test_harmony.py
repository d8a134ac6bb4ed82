import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grammar.changes import changes_from_beats
from grammar.chords import NO_CHORD, parse_chord
from improv.jazz.harmony import NEARBY, Harmony, harmony_of

SYMBOLS = ("C7", "F7", "Bbj7", "A-7", "Em7b5")


@given(st.lists(st.sampled_from(SYMBOLS), min_size=1, max_size=40), st.integers(0, 2000), st.integers(0, 11))
def test_shares_are_shares_and_turn_with_the_pitch(symbols: list[str], tick: int, pitch: int) -> None:
    harmony = Harmony(changes_from_beats([parse_chord(symbol) for symbol in symbols], 4))
    found = harmony.around(tick, pitch).reshape(1 + len(NEARBY), 12)
    assert ((found >= 0) & (found <= 1 + 1e-6)).all()
    assert np.array_equal(np.roll(harmony.around(tick, 0).reshape(-1, 12), -pitch, axis=1), found)
    # every chord here has four tones
    assert found.sum(axis=1) == pytest.approx(4, abs=1e-5)


@given(st.lists(st.sampled_from(SYMBOLS), min_size=1, max_size=40), st.integers(0, 2000))
def test_the_chart_goes_round(symbols: list[str], tick: int) -> None:
    changes = changes_from_beats([parse_chord(symbol) for symbol in symbols], 4)
    harmony = harmony_of(changes)
    assert np.array_equal(harmony.around(tick, 0), harmony.around(tick + changes.length, 0))


def test_what_is_near_counts_and_what_is_far_does_not() -> None:
    changes = changes_from_beats([parse_chord("C7")] * 16 + [NO_CHORD] * 16, 4)
    whole, near, wide = Harmony(changes).around(8 * 24, 0).reshape(-1, 12)
    assert near[[0, 4, 7, 10]].tolist() == [1, 1, 1, 1]
    assert whole[0] == pytest.approx(0.5)
    assert wide[0] == pytest.approx(0.5)
    assert near[1] == 0
