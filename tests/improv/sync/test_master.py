"""The clock that others follow, in simulated time."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from improv.session.tempo import TempoMap
from improv.sync.master import Master, Sent

SECOND = 1_000_000_000
CLOCK, START, CONTINUE, STOP = b"\xf8", b"\xfa", b"\xfb", b"\xfc"
HOUR = 3600 * SECOND


def run(master: Master, until: int) -> tuple[Master, list[Sent]]:
    """From one thing that is due to the next."""
    sent: list[Sent] = []
    while (due := master.next_due()) <= until:
        master, more = master.due(due)
        sent += more
    return master, sent


def times(sent: list[Sent], message: bytes = CLOCK) -> list[int]:
    return [t for t, m in sent if m == message]


def test_every_clock_of_a_long_evening_is_where_it_should_be() -> None:
    """No drift: five minutes, and the first minute after ten hours, to the nanosecond."""
    tempo = 119.7
    master = Master.idle(0, tempo).following(TempoMap.starting(0, 0, tempo), tempo, 0)
    later = 10 * HOUR // 21_000_000
    _, sent = run(master, 300 * SECOND)
    _, more = run(replace(master, pulse=later), round(master.map.at(later)) + 60 * SECOND)
    for first, clocks in ((0, times(sent)), (later, times(more))):
        true = [round(Fraction(60 * SECOND, 24) * (first + n) / Fraction(tempo)) for n in range(len(clocks))]
        assert max(abs(a - b) for a, b in zip(clocks, true, strict=True)) <= 1


def test_clocks_go_on_while_stopped_at_the_tempo_that_is_set() -> None:
    master, first = run(Master.idle(0, 120.0), SECOND)
    master, second = run(master.following(None, 240.0, SECOND), 2 * SECOND)
    assert (len(times(first)), len(times(second))) == (49, 95)
    gaps = {b - a for a, b in pairwise(times(second))}
    assert all(abs(gap - SECOND / 96) < 2 for gap in gaps)


def test_those_who_follow_start_at_the_top_and_not_in_the_count_in() -> None:
    master, _ = run(Master.idle(0, 120.0), SECOND)
    session = TempoMap.starting(-96, SECOND + 100_000_000, 120.0)
    master, sent = run(master.following(session, 120.0, SECOND), 4 * SECOND)
    (start,) = times(sent, START)
    top = session.at(0)
    assert top - 11_000_000 < start < top
    assert min(t for t in times(sent) if t > start) == top
    assert not times(sent, CONTINUE)


def test_a_tempo_change_keeps_the_phase() -> None:
    session = TempoMap.starting(0, 0, 120.0)
    master, first = run(Master.idle(0, 120.0).following(session, 120.0, 0), SECOND)
    changed = session.changed(72, 90.0)
    _, second = run(master.following(changed, 90.0, SECOND), 5 * SECOND)
    clocks = times(first + second)
    assert clocks == [changed.at(n) for n in range(len(clocks))]


def test_stop_comes_at_once_and_the_clocks_go_on_in_phase() -> None:
    session = TempoMap.starting(0, 0, 120.0)
    master, first = run(Master.idle(0, 120.0).following(session, 120.0, 0), SECOND)
    master, sent = master.following(None, 120.0, SECOND + 1000).due(SECOND + 1000)
    assert sent == [(SECOND + 1000, STOP)]
    _, sent = run(master, 2 * SECOND)
    assert times(sent)[0] - times(first)[-1] == round(SECOND / 48)


def test_a_cue_elsewhere_tells_the_position_and_continues_on_it() -> None:
    session = TempoMap.starting(50, SECOND, 120.0)
    master, _ = run(Master.idle(0, 120.0), SECOND)
    _, sent = run(master.following(session, 120.0, SECOND), 2 * SECOND)
    assert sent[0] == (SECOND, bytes((0xF2, 9, 0)))
    (goes,) = times(sent, CONTINUE)
    assert session.at(53) < goes < session.at(54)


def test_a_jump_stops_tells_the_place_and_continues() -> None:
    session = TempoMap.starting(0, 0, 120.0)
    master, _ = run(Master.idle(0, 120.0).following(session, 120.0, 0), 2 * SECOND)
    there = TempoMap.starting(957, 2 * SECOND, 120.0)
    _, sent = run(master.following(there, 120.0, 2 * SECOND), 3 * SECOND)
    assert [m for _, m in sent if m != CLOCK] == [STOP, bytes((0xF2, 32, 1)), CONTINUE]


def test_a_machine_that_stood_still_sends_what_it_owes() -> None:
    session = TempoMap.starting(0, 0, 120.0)
    master, first = run(Master.idle(0, 120.0).following(session, 120.0, 0), SECOND)
    _, late = master.due(SECOND + 300_000_000)
    assert len(times(first + late)) == 1 + int(1.3 * 48)


def test_a_machine_that_stood_still_for_long_tells_where_it_is_now() -> None:
    session = TempoMap.starting(0, 0, 120.0)
    master, _ = run(Master.idle(0, 120.0).following(session, 120.0, 0), SECOND)
    master, late = master.due(9 * SECOND)
    master, more = run(master, 10 * SECOND)
    assert [m for _, m in late + more if m != CLOCK] == [STOP, bytes((0xF2, 72, 0)), CONTINUE]


class Listener:
    """A drum machine: it counts clocks, and knows nothing of time."""

    def __init__(self) -> None:
        self.tick: int | None = None
        self.armed: int | None = None
        self.position = 0

    def take(self, message: bytes) -> None:
        """Do as the standard says."""
        if message == START:
            self.armed = 0
        elif message == CONTINUE:
            self.armed = self.position
        elif message == STOP:
            self.tick = self.armed = None
        elif message[0] == 0xF2:
            self.position = (message[1] | message[2] << 7) * 6
        elif self.armed is not None:
            self.tick, self.armed = self.armed, None
        elif self.tick is not None:
            self.tick += 1


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(1, SECOND), st.sampled_from(["stop", "start", "top", "elsewhere", "tempo", "nudge"])
        ),
        max_size=8,
    ),
    st.floats(60.0, 300.0),
)
def test_who_counts_is_where_we_are(changes: list[tuple[int, str]], tempo: float) -> None:
    """Whatever is done to the transport: a listener is on our tick, on every clock, once it is in."""
    master, listener, session, now = Master.idle(0, tempo), Listener(), None, 0
    for lasting, change in changes:
        match change:
            case "stop":
                session = None
            case "start":
                session = TempoMap.starting(-96, now + 100_000_000, tempo)
            case "top":
                session = TempoMap.starting(0, now, tempo)
            case "elsewhere":
                session = TempoMap.starting(1234, now, tempo)
            case "nudge" if session is not None:
                session = TempoMap.starting(session.tick(now) + 0.3, now, tempo)
            case "tempo":
                tempo = 60.0 + (tempo * 1.37) % 240.0
                if session is not None:
                    session = session.changed(int(session.tick(now)) + 1, tempo)
        master, now = master.following(session, tempo, now), now + lasting
        master, sent = run(master, now)
        for t, message in sent:
            listener.take(message)
            if message == CLOCK and listener.tick is not None and session is not None:
                assert abs(listener.tick - session.tick(t)) < 0.01
        assert listener.tick is None or session is not None
