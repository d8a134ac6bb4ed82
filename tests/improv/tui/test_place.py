from hypothesis import given
from hypothesis import strategies as st

from improv.library import load_chart
from improv.snapshot import Snapshot
from improv.tui.place import place_of

CHANGES = load_chart("blues-f").changes()


def test_nothing_plays() -> None:
    assert place_of(Snapshot(turn="stopped", tick=100), CHANGES) is None


def test_the_count_in_counts_down_four_three_two_one() -> None:
    found = [place_of(Snapshot(turn="count-in", tick=tick), CHANGES) for tick in (-96, -72, -48, -24, -1)]
    assert [place.beats_left for place in found if place] == [4, 3, 2, 1, 1]
    assert {place.bar for place in found if place} == {None}


def test_the_last_bar_of_a_turn() -> None:
    place = place_of(Snapshot(turn="machine", tick=7 * 96 + 30, turn_ends=8 * 96), CHANGES)
    assert place is not None
    assert (place.bar, place.beat, place.bars_left, place.beats_left) == (7, 1, 1, 3)
    assert (place.turn_begins, place.turn_ends) == (4 * 96, 8 * 96)


@given(st.integers(0, 100_000), st.integers(1, 5_000))
def test_what_is_left_counts_the_present(tick: int, left: int) -> None:
    place = place_of(Snapshot(turn="player", tick=tick, turn_ends=tick + left), CHANGES)
    assert place is not None
    assert (place.beats_left - 1) * 24 < left <= place.beats_left * 24
    assert (place.bars_left - 1) * 96 < left <= place.bars_left * 96
    assert place.bar == tick // 96 % 12
