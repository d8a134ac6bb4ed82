"""Knobs make nothing jump; taps give the tempo."""

from hypothesis import given
from hypothesis import strategies as st

from improv.controls.knobs import NEAR, Knob, Taps
from improv.controls.table import CONTROLS, Now, Range

KNOBS = [control.turn for control in CONTROLS.values() if control.turn is not None]
SECOND = 1_000_000_000


def follow(
    reach: Range, start: float, turns: list[int], lag: int, others: dict[int, float]
) -> list[tuple[float, float]]:
    """Turn a knob against a session that does what is asked `lag` messages later.

    `others` says what something else sets before a message. Gives the jumps, as the value before and after.
    """
    knob, value, waiting, jumps = Knob(), start, list[float](), list[tuple[float, float]]()
    for number, place in enumerate(turns):
        if number in others:
            value, waiting = others[number], []
        while len(waiting) > lag:
            jumps.append((value, waiting[0]))
            value = waiting.pop(0)
        at = 127 * (value - reach.low) / (reach.high - reach.low)
        knob = knob.turned(place, reach.at(place), value, at)
        if knob.holds:
            waiting.append(reach.at(place))
    return jumps


@given(
    st.sampled_from(KNOBS),
    st.floats(0, 1),
    st.lists(st.integers(-4, 4), max_size=120),
    st.integers(0, 127),
    st.integers(0, 5),
    st.dictionaries(st.integers(0, 119), st.floats(0, 1), max_size=3),
)
def test_a_knob_that_is_turned_steadily_makes_no_value_jump(
    reach: Range, start: float, steps: list[int], first: int, lag: int, others: dict[int, float]
) -> None:
    def value(share: float) -> float:
        return reach.low + share * (reach.high - reach.low)

    turns, place = [first], first
    for step in steps:
        place = max(0, min(127, place + step))
        turns.append(place)
    one = (reach.high - reach.low) / 127
    for before, after in follow(reach, value(start), turns, lag, {n: value(s) for n, s in others.items()}):
        assert abs(after - before) <= one * (NEAR + 4 * (lag + 2)) + reach.grain


@given(st.sampled_from(KNOBS), st.floats(0, 1), st.integers(0, 20))
def test_a_knob_turned_from_end_to_end_takes_hold_and_sets_both_ends(
    reach: Range, start: float, lag: int
) -> None:
    value = reach.low + start * (reach.high - reach.low)
    jumps = follow(reach, value, [*range(128), *[127] * (lag + 2)], lag, {})
    assert jumps[-1][1] == reach.at(127) == reach.high
    jumps = follow(reach, value, [*range(127, -1, -1), *[0] * (lag + 2)], lag, {})
    assert jumps[-1][1] == reach.at(0) == reach.low


@given(st.sampled_from(KNOBS), st.integers(0, 127))
def test_what_a_knob_means_is_in_its_range(reach: Range, place: int) -> None:
    assert reach.low <= reach.at(place) <= reach.high


def test_the_middle_of_a_knob_is_the_usual_amount() -> None:
    swing = CONTROLS["swing"].turn
    assert swing is not None
    assert swing.at(64) == swing.read(Now()) == 1.0


@given(st.integers(30, 400), st.integers(2, 12), st.integers(0, 10 * SECOND))
def test_steady_taps_give_their_tempo(tempo: int, count: int, first: int) -> None:
    taps, told = Taps(), None
    for number in range(count):
        taps, told = taps.tap(first + round(number * 60 * SECOND / tempo))
        assert (told is None) == (number == 0)
    assert told is not None
    assert abs(told - tempo) < 0.01


def test_a_pause_begins_anew_and_a_bounce_counts_once() -> None:
    taps, _ = Taps().tap(0)
    taps, tempo = taps.tap(SECOND // 2)
    assert tempo == 120
    taps, tempo = taps.tap(SECOND // 2 + 20_000_000)
    assert tempo is None
    taps, tempo = taps.tap(SECOND)
    assert tempo == 120
    taps, tempo = taps.tap(5 * SECOND)
    assert tempo is None
    taps, tempo = taps.tap(6 * SECOND)
    assert tempo == 60
