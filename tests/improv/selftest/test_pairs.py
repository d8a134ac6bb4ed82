"""What was heard is told from what was not, whatever is repeated, lost or late."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from improv.selftest.marks import COUNTS, PERIOD, mark, marks
from improv.selftest.pairs import WAIT, Ledger, arrivals, drift, nearest, steady

ON, OFF = bytes((0x90, 60, 80)), bytes((0x80, 60, 64))
few = st.sampled_from([ON, OFF, bytes((0xB0, 64, 127))])


@given(st.lists(st.tuples(few, st.booleans(), st.integers(0, 4_000_000)), max_size=60))
def test_what_is_lost_and_nothing_else_is_missed(story: list[tuple[bytes, bool, int]]) -> None:
    """Equal messages ten milliseconds apart, each up to four late, some lost: told by the count of each."""
    sent = [(10_000_000 * k, message) for k, (message, _, _) in enumerate(story)]
    heard = [(t + late, m) for (t, m), (_, lost, late) in zip(sent, story, strict=True) if not lost]
    found = arrivals(sent, heard)
    assert sum(came is not None for came in found) == len(heard)
    assert all(came is None or t <= came for (t, _), came in zip(sent, found, strict=True))
    if not any(lost for _, lost, _ in story):
        assert found == [t for t, _ in heard]


def test_a_message_that_comes_too_late_is_lost() -> None:
    assert arrivals([(0, ON), (2 * WAIT, ON)], [(2 * WAIT + 1, ON)]) == [None, 2 * WAIT + 1]


@given(st.lists(st.integers(0, 60), unique=True, max_size=30), st.integers(0, 4_000_000))
def test_a_note_meets_its_own_plan(places: list[int], late: int) -> None:
    plans = [(10_000_000 * place, ON) for place in sorted(places)]
    assert nearest(plans, [(at + late, ON) for at, _ in plans]) == [(at, at + late) for at, _ in plans]
    assert nearest(plans, [(at + late, OFF) for at, _ in plans]) == []


def test_the_ledger_knows_what_sounds_and_what_was_struck_twice() -> None:
    ledger = Ledger()
    for t, message in enumerate([ON, OFF, ON, bytes((0x91, 60, 1)), ON, bytes((0x91, 60, 0))]):
        ledger.hear(t, message)
    assert ledger.sounding == {(0, 60): 4}
    assert ledger.again == [(4, (0, 60))]


def test_a_period_that_was_left_out_is_none() -> None:
    assert steady([0, 10, 21, 51, 60], 10.0) == [(10, 0), (21, 1), (60, 1)]


@given(st.floats(-1e-5, 1e-5), st.integers(2, 4), st.integers(-5_000, 5_000))
def test_a_drift_is_found_whatever_each_stretch_begins_with(slope: float, count: int, start: int) -> None:
    stretches = [[(1e6 * k, start * number + slope * 1e6 * k) for k in range(100)] for number in range(count)]
    found, error = drift(stretches)
    assert found == pytest.approx(slope, abs=1e-9)
    assert error < 1e-8


def test_noise_is_told_from_drift() -> None:
    noisy = [[(1e6 * k, 1e5 * ((7 * k) % 5 - 2)) for k in range(1000)]]
    slope, error = drift(noisy)
    assert abs(slope) < 3 * error
    assert drift([[(0.0, 0.0)]]) == (0.0, 0.0)


@given(st.integers(0, 10**15), st.sets(st.integers(0, 2 * COUNTS), max_size=50), st.integers(0, 2_000_000))
def test_marks_tell_their_deadline(begins: int, lost: set[int], late: int) -> None:
    """Over more than they can count, with some lost."""
    counts = [count for count in range(0, 2 * COUNTS, 97) if count not in lost]
    heard = [(begins + count * PERIOD + late, mark(count)) for count in counts]
    assert marks(begins, [(0, ON), *heard]) == [(begins + count * PERIOD, late) for count in counts]
