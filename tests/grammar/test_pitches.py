from hypothesis import given
from hypothesis import strategies as st

from grammar.pitches import EVERY, flags, members, of_classes, only, shifted, span, spread

pitches = st.sets(st.integers(0, 127))


def pack(found: set[int]) -> int:
    return sum(1 << pitch for pitch in found)


@given(pitches)
def test_members_and_flags_tell_the_set(found: set[int]) -> None:
    assert list(members(pack(found))) == sorted(found)
    assert [pitch for pitch, inside in enumerate(flags(pack(found))) if inside] == sorted(found)
    assert len(flags(pack(found))) == 128


@given(pitches, st.integers(-140, 140))
def test_shifting_drops_what_leaves_the_range(found: set[int], by: int) -> None:
    assert set(members(shifted(pack(found), by))) == {p + by for p in found if 0 <= p + by < 128}


@given(pitches, st.integers(-140, 140), st.integers(0, 200))
def test_spreading_is_shifting_by_every_interval(found: set[int], low: int, width: int) -> None:
    expected = 0
    for by in range(low, low + width + 1):
        expected |= shifted(pack(found), by)
    assert spread(pack(found), low, low + width) == expected


@given(st.integers(-50, 200), st.integers(-50, 200))
def test_a_span_holds_both_ends(low: int, high: int) -> None:
    assert set(members(span(low, high))) == {pitch for pitch in range(128) if low <= pitch <= high}
    assert span(low, low) == only(low)


@given(st.sets(st.integers(0, 11)))
def test_classes_hold_in_every_octave(classes: set[int]) -> None:
    assert set(members(of_classes(classes))) == {pitch for pitch in range(128) if pitch % 12 in classes}
    assert of_classes(range(12)) == EVERY
