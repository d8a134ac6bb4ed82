"""Percentiles, histograms, and what lies beyond the bare loop."""

from hypothesis import given
from hypothesis import strategies as st

from improv.selftest.figures import BARS, BEYOND, Bare, drawn, figures, histogram

values = st.lists(st.integers(0, 10_000), max_size=200)


@given(values)
def test_percentiles_were_measured_and_are_in_order(measured: list[int]) -> None:
    found = figures(measured)
    assert found.count == len(measured)
    assert found.p50 <= found.p95 <= found.p99 <= found.max
    for percent, figure in ((50, found.p50), (95, found.p95), (99, found.p99)):
        assert figure in (measured or [0])
        assert 100 * sum(value > figure for value in measured) <= (100 - percent) * len(measured)


@given(values, st.integers(1, 8_000), st.integers(2, 50))
def test_a_histogram_loses_nothing(measured: list[int], limit: int, bins: int) -> None:
    counts = histogram(measured, limit, bins)
    assert len(counts) == bins
    assert sum(counts) == len(measured)
    assert counts[-1] == sum(value >= round(limit * BEYOND * (bins - 1) / bins) for value in measured)


@given(st.lists(st.integers(0, 100_000), min_size=1, max_size=50))
def test_the_rarest_value_is_seen(counts: list[int]) -> None:
    bars = drawn(counts)
    assert len(bars) == len(counts)
    assert all((bar == BARS[0]) == (count == 0) for bar, count in zip(bars, counts, strict=True))


def test_only_what_the_bare_loop_met_at_that_time_is_subtracted() -> None:
    bare = Bare([(0, 3), (10_000_000, 5), (10 * Bare.NEAR, 9)])
    assert bare.beyond([(0, 7), (0, 4), (5 * Bare.NEAR, 7), (10 * Bare.NEAR, 10)]) == [2, 0, 7, 1]
