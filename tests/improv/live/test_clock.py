"""The real clock and the one that tests set."""

import pytest

from improv.live.clock import FakeClock, MonotonicClock


def test_the_clock_is_never_early() -> None:
    clock = MonotonicClock()
    start = clock.now()
    for step in range(1, 21):
        deadline = start + step * 1_000_000
        clock.sleep_until(deadline)
        assert clock.now() >= deadline


def test_a_deadline_that_is_past_costs_no_time() -> None:
    clock = MonotonicClock()
    start = clock.now()
    clock.sleep_until(start - 1_000_000_000)
    assert clock.now() - start < 500_000_000


def test_a_fake_clock_jumps_and_never_goes_back() -> None:
    clock = FakeClock(5)
    clock.sleep_until(9)
    clock.sleep_until(3)
    assert clock.now() == 9
    clock.advance(2)
    assert clock.now() == 11
    with pytest.raises(ValueError, match="never goes back"):
        clock.set(10)
