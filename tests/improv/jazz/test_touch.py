from bisect import bisect_right

from hypothesis import given
from hypothesis import strategies as st

from improv.jazz.touch import HELD, LATE, LOUDER, SIZES, TABLES, UNTOUCHED, Touch

velocities = st.none() | st.integers(1, 127)
notes = st.lists(st.tuples(velocities, st.floats(0.5, 96), st.floats(0.5, 96)), min_size=1, max_size=12)
lates = st.none() | st.floats(-12, 12)


def played(line: list[tuple[int | None, float, float]]) -> Touch:
    """The touch after notes of (velocity, way from the one before, length)."""
    touch, at = UNTOUCHED, 0.0
    for velocity, way, length in line:
        at += way
        touch = touch.after(velocity, at, length)
    return touch


def test_edges_ascend_and_every_id_has_its_place() -> None:
    for edges, size in zip(TABLES, SIZES, strict=True):
        assert list(edges) == sorted(set(edges))
        assert size == len(edges) + 2, "below the first, between each two, above the last; and untold"


def test_before_the_first_note_only_how_late_it_is_can_be_told() -> None:
    assert UNTOUCHED.ids(0, None) == (0, 0, 0)
    assert UNTOUCHED.ids(24, 0.5) == (0, 0, 1 + bisect_right(LATE, 0.5))


@given(notes, st.integers(1, 96), lates)
def test_what_is_told_has_an_id_and_what_is_not_has_none(
    line: list[tuple[int | None, float, float]], way: int, late: float | None
) -> None:
    touch = played(line)
    assert touch.struck is not None
    loud, held, behind = touch.ids(round(touch.struck) + way, late)
    assert (loud == 0) == (line[-1][0] is None)
    assert held > 0
    assert (behind == 0) == (late is None)
    assert all(0 <= found < size for found, size in zip((loud, held, behind), SIZES, strict=True))


def test_loudness_is_told_against_the_mean_of_what_was_told() -> None:
    touch = played([(60, 12, 6), (None, 12, 6), (90, 12, 6)])
    assert touch.ids(48, None)[0] == 1 + bisect_right(LOUDER, 90 - 75)
    assert played([(50, 12, 6)]).ids(24, None)[0] == 1 + bisect_right(LOUDER, 0)


def test_holding_is_the_share_of_the_way_to_where_the_next_is_struck() -> None:
    touch = Touch().after(80, 25.0, 9.0)
    assert touch.ids(36, 1.0)[1] == 1 + bisect_right(HELD, 9 / 12), "from 25 to 37"
    assert touch.ids(36, None)[1] == 1 + bisect_right(HELD, 9 / 11), "from 25 to 36"
    assert touch.ended(31.0).ids(36, None)[1] == 1 + bisect_right(HELD, 6 / 11)
    assert touch.ids(20, None)[1] == 1 + len(HELD), "one that comes before it was struck"


@given(notes, st.integers(1, 96), lates, st.integers(-960, 960))
def test_when_the_clock_jumps_nothing_else_does(
    line: list[tuple[int | None, float, float]], way: int, late: float | None, ticks: int
) -> None:
    whole = [(velocity, float(round(step)), length) for velocity, step, length in line]
    touch = played(whole)
    assert touch.struck is not None
    onset = round(touch.struck) + way
    assert touch.moved(ticks).ids(onset + ticks, late) == touch.ids(onset, late)


def test_a_note_that_never_sounded_cannot_end() -> None:
    assert UNTOUCHED.ended(12.0) is UNTOUCHED
    assert UNTOUCHED.cut(12.0) is UNTOUCHED
    assert UNTOUCHED.moved(12) is UNTOUCHED


@given(notes, st.floats(0, 96))
def test_a_note_that_is_cut_sounds_no_longer_than_before(
    line: list[tuple[int | None, float, float]], way: float
) -> None:
    touch = played(line)
    assert touch.struck is not None
    assert touch.lasted is not None
    found = touch.cut(touch.struck + way).lasted
    assert found is not None
    assert found == touch.lasted if touch.lasted <= way else abs(found - way) < 1e-9 * (1 + touch.struck)
