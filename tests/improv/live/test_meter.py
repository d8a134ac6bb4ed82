"""Timing figures."""

import json

from hypothesis import given
from hypothesis import strategies as st

from improv.live.lines import KINDS
from improv.live.meter import KEPT, Meter, Window, timing_line
from improv.snapshot import Timing

late = st.lists(st.integers(-5_000_000, 200_000_000), max_size=300)


def test_nothing_measured_is_nothing_late() -> None:
    assert Meter(realtime=False).timing() == Timing()
    assert Meter(realtime=True).timing() == Timing(realtime=True)


@given(late, late)
def test_a_hundredth_at_most_is_worse_than_the_figure(passed: list[int], sent: list[int]) -> None:
    """Microseconds; early counts as on time; thru and plan are told apart."""
    meter = Meter(realtime=False)
    for nanoseconds in passed:
        meter.passed(abs(nanoseconds))
    for nanoseconds in sent:
        meter.sent(nanoseconds)
    timing = meter.timing()
    for values, figure in (
        ([abs(value) // 1000 for value in passed], timing.latency_p99),
        ([max(0, value // 1000) for value in sent], timing.late_p99),
    ):
        assert figure in (values or [0])
        assert 100 * sum(value > figure for value in values) <= len(values)
        assert 100 * sum(value >= figure for value in values) >= len(values)
    assert timing.late_max == max([0, *(value // 1000 for value in sent)])


def test_the_worst_is_remembered_when_the_rest_is_forgotten() -> None:
    meter = Meter(realtime=False)
    meter.sent(9_000_000)
    for _ in range(KEPT):
        meter.sent(1_000)
    timing = meter.timing()
    assert (timing.late_p99, timing.late_max) == (1, 9000)


def test_missed_notes_are_a_count_not_a_sum() -> None:
    meter = Meter(realtime=False)
    meter.missed(2)
    meter.missed(3, fallback=1)
    assert (meter.timing().missed, meter.timing().fallback) == (3, 1)


@given(st.lists(st.integers(-10, 10), max_size=60), st.integers(1, 9), st.integers(1, 100))
def test_a_window_is_a_sorted_list_of_the_last(values: list[int], size: int, percent: int) -> None:
    window = Window(size)
    for value in values:
        window.add(value)
    last = sorted(values[-size:])
    figure = window.percentile(percent)
    assert figure == (last[min(len(last) - 1, len(last) * percent // 100)] if last else 0)


def test_the_figures_are_a_line_of_the_log() -> None:
    meter = Meter(realtime=True)
    meter.passed(2_000)
    meter.sent(3_000)
    line = timing_line(17, meter.timing())
    assert line["kind"] in KINDS
    assert json.loads(json.dumps(line)) == {
        "kind": "timing", "t": 17, "latency_p99": 2, "late_p99": 3, "late_max": 3,
        "missed": 0, "fallback": 0, "realtime": True,
    }  # fmt: skip
