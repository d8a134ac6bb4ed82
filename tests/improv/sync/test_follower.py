"""Masters that jitter, drop out and change, in simulated time: the error is that of the session's map."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from improv.requests import Cue, SetTempo, Stop
from improv.session.events import Followed
from improv.session.session import Asked
from improv.sync.follower import Follower
from improv.sync.rehearsed import Clocks, clocks, follow, percentile, ramp, steady, step

CLOCK, START, CONTINUE, STOP = b"\xf8", b"\xfa", b"\xfb", b"\xfc"
BEAT = 24
BAR = 4 * BEAT
SETTLED = 2 * BEAT
"""Pulses after which a master is known well."""
JITTER = 2.0
"""Milliseconds."""
CHANGED = 480
PULSES = 1200


def counted(clocks: Clocks) -> int:
    """Which tick a follower takes the last clock for."""
    follower = follow(clocks).follower
    assert follower.count is not None
    return follower.count.grid.index - follower.origin


@pytest.mark.parametrize(
    ("tempo", "jitter", "p50", "p95", "most"),
    [
        (60.0, 0.1, 0.1, 0.2, 0.5),
        (120.0, 0.1, 0.1, 0.2, 0.5),
        (120.0, JITTER, 0.3, 0.8, 1.6),
        (300.0, JITTER, 0.3, 0.8, 1.6),
        (120.0, 5.0, 0.7, 2.0, 4.0),
    ],
)
def test_a_steady_master(tempo: float, jitter: float, p50: float, p95: float, most: float) -> None:
    off = follow(clocks(steady(tempo), PULSES, jitter)).off(SETTLED)
    assert percentile(off, 0.5) < p50
    assert percentile(off, 0.95) < p95
    assert off[-1] < most


def test_a_master_far_from_our_own_tempo_is_known_within_a_beat() -> None:
    for tempo in (40.0, 60.0, 240.0, 320.0):
        off = follow(clocks(steady(tempo), 4 * BEAT), tempo=120.0).off(BEAT)
        assert off[-1] < 1.0, tempo


@pytest.mark.parametrize("tempo", [120.0, 240.0])
@pytest.mark.parametrize("share", [0.8, 1.2])
def test_a_fifth_slower_or_faster_at_once(tempo: float, share: float) -> None:
    """Nobody can know before the next clocks; then we are where the master is, within a few of them."""
    outcome = follow(clocks(step(tempo, CHANGED, tempo * share), PULSES, JITTER))
    assert outcome.off(CHANGED, CHANGED + BEAT)[-1] < 60.0
    assert outcome.off(CHANGED + BEAT)[-1] < 2.5
    assert percentile(outcome.off(CHANGED + BEAT), 0.95) < 1.0


@pytest.mark.parametrize(("bars", "p95", "most"), [(1, 4.0, 7.0), (4, 3.0, 6.0), (16, 2.0, 4.0)])
def test_a_ramp_of_a_fifth(bars: int, p95: float, most: float) -> None:
    outcome = follow(clocks(ramp(120.0, CHANGED, bars * BAR, 144.0), PULSES + 16 * BAR, JITTER))
    changing = outcome.off(CHANGED, CHANGED + bars * BAR)
    assert percentile(changing, 0.95) < p95
    assert changing[-1] < most
    assert outcome.off(CHANGED + bars * BAR + BEAT)[-1] < 2.5


@pytest.mark.parametrize(("then", "bound"), [(60.0, 1.6), (240.0, 1.6)])
def test_half_and_double_are_no_lost_clocks(then: float, bound: float) -> None:
    outcome = follow(clocks(step(120.0, CHANGED, then), PULSES, JITTER))
    assert outcome.off(CHANGED + 2 * BEAT)[-1] < bound


@pytest.mark.parametrize("seconds", [0.1, 0.5, 3.0, 8.0])
def test_a_drop_out_is_coasted_through_and_the_phase_is_right_after(seconds: float) -> None:
    gap = range(CHANGED, CHANGED + round(seconds * 2 * BEAT))
    master = clocks(steady(120.0), PULSES, JITTER, lost=gap)
    outcome = follow(master)
    assert counted(master) == PULSES - 1
    assert outcome.off(gap.start, gap.stop)[-1] < 1.6 + 1.5 * seconds
    assert outcome.off(gap.stop + BEAT)[-1] < 1.6
    jumps = [after - before for (_, before), (_, after) in pairwise(outcome.errors)]
    assert max(abs(jump) for jump in jumps[gap.start :]) < 1.6 + 1.5 * seconds


def test_clocks_held_up_and_sent_together_are_counted_once() -> None:
    """A machine that stands still for 30 ms: what came meanwhile comes at once."""
    steadily = clocks(steady(120.0), PULSES, 0.5)
    stall = steadily.true[CHANGED], steadily.true[CHANGED] + 70_000_000
    heard = tuple((k, round(stall[1]) if stall[0] <= t < stall[1] else t) for k, t in steadily.heard)
    held_up = Clocks(steadily.true, heard)
    assert counted(held_up) == PULSES - 1
    assert follow(held_up).off(SETTLED)[-1] < 2.0


@settings(max_examples=25, deadline=None)
@given(
    tempo=st.floats(60.0, 320.0),
    jitter=st.floats(0.0, JITTER),
    lost=st.sets(st.integers(SETTLED, 230), max_size=8),
    seed=st.integers(0, 1 << 32),
)
def test_jitter_and_lost_clocks_never_cost_two_milliseconds(
    tempo: float, jitter: float, lost: set[int], seed: int
) -> None:
    master = clocks(steady(tempo), 240, jitter, lost, seed)
    outcome = follow(master, tempo)
    assert counted(master) == master.heard[-1][0]
    assert outcome.off(SETTLED)[-1] < 2.0


@settings(max_examples=25, deadline=None)
@given(
    tempo=st.floats(60.0, 200.0),
    share=st.floats(0.8, 1.2),
    jitter=st.floats(0.0, JITTER),
    seed=st.integers(0, 1 << 32),
)
def test_a_new_tempo_never_moves_the_count(tempo: float, share: float, jitter: float, seed: int) -> None:
    master = clocks(step(tempo, 240, tempo * share), 480, jitter, seed=seed)
    assert counted(master) == 479
    assert follow(master).off(240 + 2 * BEAT)[-1] < 2.5


@settings(max_examples=25, deadline=None)
@given(
    gaps=st.lists(st.integers(2_000_000, 90_000_000), min_size=30, max_size=200),
)
def test_ticks_never_go_back(gaps: list[int]) -> None:
    """Whatever comes, however odd a master."""
    t, heard = 0, list[tuple[int, int]]()
    for pulse, gap in enumerate(gaps):
        t += gap
        heard.append((pulse, t))
    ticks = follow(Clocks((), tuple(heard))).ticks
    assert all(earlier <= later for earlier, later in pairwise(ticks))


class Wire:
    """A follower, and what it says to a steady master's messages."""

    def __init__(self, tempo: float = 120.0, offset: int = 0) -> None:
        self.follower = Follower(tempo, offset)
        self.period = 60_000_000_000 // 24 // 120
        self.t = 1_000_000_000
        self.said: list[object] = []

    def send(self, *messages: bytes) -> "Wire":
        """Each at once, but a clock a period later."""
        for message in messages:
            self.t += self.period if message == CLOCK else 0
            self.follower, events = self.follower.take(self.t, message)
            self.said += [e.request if isinstance(e, Asked) else e for e in events]
        return self

    def cues(self) -> list[tuple[int, int]]:
        """The places gone to, and when that was, in milliseconds of now."""
        return [(c.tick, round((c.at - self.t) / 1e6)) for c in self.said if isinstance(c, Cue)]


def test_start_acts_on_the_next_clock() -> None:
    wire = Wire().send(*[CLOCK] * 30, START)
    assert wire.cues() == []
    assert wire.send(CLOCK).cues() == [(0, 0)]
    assert wire.follower.tick(wire.t) == pytest.approx(0.0, abs=0.05)


def test_a_clock_without_start_tells_a_tempo_and_no_place() -> None:
    wire = Wire(tempo=90.0).send(*[CLOCK] * 60)
    assert [round(s.tempo) for s in wire.said if isinstance(s, SetTempo)] == [120]
    assert not [s for s in wire.said if not isinstance(s, SetTempo)]


def test_stop_and_continue_go_on_with_the_next_tick() -> None:
    wire = Wire().send(START, *[CLOCK] * 31, STOP)
    assert wire.said[-1] == Stop()
    wire.said.clear()
    assert wire.send(*[CLOCK] * 5, CONTINUE, CLOCK).cues() == [(31, 0)]


def test_a_song_position_counts_sixteenths() -> None:
    wire = Wire().send(*[CLOCK] * 8, b"\xf2\x11\x02", CONTINUE, CLOCK)
    assert wire.cues() == [((0x11 + (2 << 7)) * 6, 0)]


def test_a_position_while_playing_is_gone_to_with_the_next_clock() -> None:
    wire = Wire().send(START, *[CLOCK] * 48, b"\xf2\x00\x00", CLOCK)
    assert [tick for tick, _ in wire.cues()] == [0, 0]
    assert wire.follower.tick(wire.t) == pytest.approx(0.0, abs=0.05)


def test_a_position_after_continue_but_before_its_clock_still_counts() -> None:
    assert Wire().send(CONTINUE, b"\xf2\x04\x00", CLOCK).cues() == [(24, 0)]


def test_a_master_may_begin_its_clocks_anew_with_start() -> None:
    """In the middle between two clocks, as a sequencer does that resets when it starts."""
    wire = Wire().send(*[CLOCK] * 60, START)
    wire.t -= wire.period // 2
    assert wire.send(CLOCK).cues() == [(0, 0)]


def test_the_offset_is_later_than_the_clock() -> None:
    for offset in (-100_000_000, 100_000_000):
        wire = Wire(offset=offset).send(*[CLOCK] * 60, START, *[CLOCK] * 60)
        assert wire.follower.at(59) - wire.t == pytest.approx(offset, abs=500_000)
        followed = [e for e in wire.said if isinstance(e, Followed)][-1]
        assert followed.tick == pytest.approx((followed.t - offset - wire.t) / wire.period + 59, abs=0.05)


def test_a_clock_without_start_can_be_joined_and_keeps_our_place() -> None:
    wire = Wire().send(*[CLOCK] * 60)
    joined = wire.follower.joined(-95.7, wire.t)
    assert joined.tick(wire.t) == pytest.approx(-96.0, abs=0.05)
