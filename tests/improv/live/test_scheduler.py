"""The scheduler's laws, over any sequence of operations."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from improv.channels import Role
from improv.live.scheduler import LATE, Due, Key, Scheduler
from improv.ports.base import panic_messages
from improv.session.events import NoteOff, NoteOn, decode

# few keys and times, so that strikes collide
pitches = st.integers(60, 62)
channels = st.integers(0, 1)
outputs = st.integers(0, 1)
holders = st.sampled_from(["improv", "player"])
times = st.integers(0, 40)
durations = st.integers(1, 30)
LATE_HERE = 10


class Synth:
    """What hears the messages: which keys sound, and whether the laws hold."""

    def __init__(self) -> None:
        self.sounding: set[Key] = set()
        self.ons = self.offs = 0

    def hear(self, message: bytes, output: int, *, stray_off: bool = False) -> None:
        match decode(0, message):
            case NoteOn(_, pitch, _, channel):
                assert (output, channel, pitch) not in self.sounding, "an on before the last one's off"
                self.sounding.add((output, channel, pitch))
                self.ons += 1
            case NoteOff(_, pitch, channel):
                if stray_off and (output, channel, pitch) not in self.sounding:
                    return  # the player lets go of a key that no longer sounds: passed on, harmless
                self.sounding.remove((output, channel, pitch))
                self.offs += 1


class Laws(RuleBasedStateMachine):
    """Whatever is asked of it, each on has its off and order is kept."""

    def __init__(self) -> None:
        super().__init__()
        self.scheduler = Scheduler(late=LATE_HERE)
        self.synth = Synth()
        self.now = 0
        self.asked = 0

    @rule(delay=times, duration=durations, pitch=pitches, channel=channels, output=outputs)
    def schedule_note(self, delay: int, duration: int, pitch: int, channel: int, output: int) -> None:
        at = self.now + delay - 5
        self.scheduler.schedule_note(at, duration, pitch, 80, channel, output=output)
        self.asked += 1

    @rule(delay=times, channel=channels, output=outputs)
    def schedule(self, delay: int, channel: int, output: int) -> None:
        self.scheduler.schedule(self.now + delay, bytes((0xB0 | channel, 64, 127)), output=output)

    @rule(pitch=pitches, channel=channels, role=holders, output=outputs)
    def hold(self, pitch: int, channel: int, role: Role, output: int) -> None:
        self.asked += 1
        for message in self.scheduler.hold(pitch, 80, channel, role, output):
            self.synth.hear(message, output)

    @rule(pitch=pitches, channel=channels, role=holders, output=outputs)
    def let_go(self, pitch: int, channel: int, role: Role, output: int) -> None:
        for message in self.scheduler.release(pitch, channel, role, output):
            self.synth.hear(message, output)

    @rule(output=outputs)
    def lose(self, output: int) -> None:
        self.scheduler.forget(output)
        lost = {key for key in self.synth.sounding if key[0] == output}
        self.synth.sounding -= lost
        self.synth.offs += len(lost)

    @rule(step=st.integers(0, 25))
    def advance(self, step: int) -> None:
        self.now += step
        taken = self.scheduler.due(self.now)
        assert [due.planned_at for due in taken] == sorted(due.planned_at for due in taken)
        for due in taken:
            assert due.planned_at <= self.now
            if isinstance(decode(0, due.message), NoteOn):
                assert self.now - due.planned_at <= LATE_HERE
            self.synth.hear(due.message, due.output)
        following = self.scheduler.next_due()
        assert following is None or following > self.now

    @rule(
        pitch=pitches,
        channel=channels,
        velocity=st.sampled_from([0, 90]),
        output=outputs,
        sounds=st.booleans(),
    )
    def play(self, pitch: int, channel: int, velocity: int, output: int, sounds: bool) -> None:
        self.asked += velocity > 0 and sounds
        message = bytes((0x90 | channel, pitch, velocity))
        for sent in self.scheduler.thru(message, output, sounds):
            self.synth.hear(sent, output, stray_off=velocity == 0 and sounds)

    @rule(pitch=pitches, channel=channels, output=outputs, sounds=st.booleans())
    def release(self, pitch: int, channel: int, output: int, sounds: bool) -> None:
        for message in self.scheduler.thru(bytes((0x80 | channel, pitch, 10)), output, sounds):
            self.synth.hear(message, output, stray_off=sounds)

    @rule(channel=st.none() | channels)
    def cancel(self, channel: int | None) -> None:
        self.scheduler.cancel_pending(channel)

    @rule()
    def silence(self) -> None:
        for output, message in self.scheduler.silence((0, 1)):
            self.synth.hear(message, output)
        assert not self.synth.sounding
        assert self.scheduler.pending == 0
        assert self.scheduler.due(self.now + 1_000) == []

    @invariant()
    def it_knows_what_sounds(self) -> None:
        assert self.scheduler.sounding == self.synth.sounding
        assert self.synth.ons - self.synth.offs == len(self.synth.sounding)
        assert self.synth.ons <= self.asked, "a note from nowhere"

    def teardown(self) -> None:
        self.scheduler.cancel_pending()
        for due in self.scheduler.due(self.now + 10_000):
            self.synth.hear(due.message, due.output)
        assert self.scheduler.pending == 0, "state remains when everything has been sent"
        for output, message in self.scheduler.silence((0, 1)):
            self.synth.hear(message, output)
        assert self.synth.ons == self.synth.offs


TestLaws = Laws.TestCase


notes = st.lists(st.tuples(times, durations, pitches, channels), max_size=12)


@given(notes, st.lists(times, max_size=6))
def test_how_time_is_cut_up_does_not_matter(
    planned: list[tuple[int, int, int, int]], cuts: list[int]
) -> None:
    at_once, in_steps = Scheduler(late=None), Scheduler(late=None)
    for at, duration, pitch, channel in planned:
        at_once.schedule_note(at, duration, pitch, 80, channel)
        in_steps.schedule_note(at, duration, pitch, 80, channel)
    stepped = [due for now in [*sorted(cuts), 100] for due in in_steps.due(now)]
    assert stepped == at_once.due(100)


@given(notes)
def test_at_equal_times_offs_come_first_and_each_note_is_as_planned(
    planned: list[tuple[int, int, int, int]],
) -> None:
    scheduler = Scheduler(late=None)
    for at, duration, pitch, channel in planned:
        scheduler.schedule_note(at, duration, pitch, 80, channel)
    heard = [(due.planned_at, decode(0, due.message)) for due in scheduler.due(100)]
    ons = sorted((t, e.pitch, e.channel) for t, e in heard if isinstance(e, NoteOn))
    assert ons == sorted((at, pitch, channel) for at, _, pitch, channel in planned)
    ends = {(at + duration, pitch, channel) for at, duration, pitch, channel in planned}
    starts = {(at, pitch, channel) for at, _, pitch, channel in planned}
    for t, event in heard:  # an off is at a planned end, or where its key is struck again
        if isinstance(event, NoteOff):
            assert (t, event.pitch, event.channel) in ends | starts


def on(pitch: int, channel: int = 0, velocity: int = 80) -> bytes:
    return bytes((0x90 | channel, pitch, velocity))


def off(pitch: int, channel: int = 0) -> bytes:
    return bytes((0x80 | channel, pitch, 64))


def messages(taken: list[Due]) -> list[tuple[int, bytes]]:
    return [(due.planned_at, due.message) for due in taken]


def test_an_off_precedes_the_on_at_the_same_time() -> None:
    scheduler = Scheduler()
    scheduler.schedule_note(20, 10, 62, 80)
    scheduler.schedule_note(10, 10, 60, 80)
    scheduler.schedule(20, b"\xc0\x05")
    assert messages(scheduler.due(20)) == [(10, on(60)), (20, off(60)), (20, b"\xc0\x05"), (20, on(62))]
    assert scheduler.next_due() == 30


def test_a_second_strike_ends_the_first_and_the_first_one_s_off_is_gone() -> None:
    scheduler = Scheduler()
    scheduler.schedule_note(0, 100, 60, 80)
    scheduler.schedule_note(50, 100, 60, 70)
    assert messages(scheduler.due(60)) == [(0, on(60)), (50, off(60)), (50, on(60, velocity=70))]
    assert messages(scheduler.due(149)) == []
    assert messages(scheduler.due(150)) == [(150, off(60))]


def test_a_late_on_is_dropped_with_its_off_and_an_off_is_never_dropped() -> None:
    scheduler = Scheduler()
    scheduler.schedule_note(0, 10, 60, 80)
    scheduler.schedule_note(5, 3 * LATE, 62, 80)
    assert messages(scheduler.due(6)) == [(0, on(60)), (5, on(62))]
    scheduler.schedule_note(7, 10, 64, 80)
    assert messages(scheduler.due(8 * LATE)) == [(10, off(60)), (3 * LATE + 5, off(62))]
    assert scheduler.dropped == 1
    assert scheduler.pending == 0


def test_cancelling_leaves_what_sounds_its_off() -> None:
    scheduler = Scheduler()
    scheduler.schedule_note(0, 10, 60, 80)
    scheduler.schedule_note(5, 10, 62, 80)
    scheduler.schedule_note(5, 10, 64, 80, channel=9, role="click")
    scheduler.due(0)
    assert scheduler.cancel_pending(role="improv") == 1
    assert messages(scheduler.due(100)) == [(5, on(64, 9)), (10, off(60)), (15, off(64, 9))]


def test_thru_passes_the_player_on_and_owns_the_keys() -> None:
    scheduler = Scheduler()
    assert scheduler.thru(on(60)) == [on(60)]
    assert scheduler.thru(b"\xb0\x40\x7f") == [b"\xb0\x40\x7f"]
    assert scheduler.thru(b"\xe0\x00\x40") == [b"\xe0\x00\x40"]
    assert scheduler.thru(b"\xf8") == []
    assert scheduler.silence(channels=[0]) == [(0, m) for m in (off(60), *panic_messages([0]))]


def test_a_held_key_that_the_machine_strikes_is_the_machine_s() -> None:
    scheduler = Scheduler()
    scheduler.thru(on(60))
    scheduler.schedule_note(10, 20, 60, 70)
    assert messages(scheduler.due(10)) == [(10, off(60)), (10, on(60, velocity=70))]
    assert scheduler.thru(off(60)) == []
    assert messages(scheduler.due(30)) == [(30, off(60))]


def test_panic_is_pedal_up_then_notes_off_then_sound_off() -> None:
    assert list(panic_messages([2])) == [b"\xb2\x40\x00", b"\xb2\x7b\x00", b"\xb2\x78\x00"]
    assert len(list(panic_messages())) == 48


@pytest.mark.parametrize(
    ("duration", "pitch", "velocity", "channel"),
    [(0, 60, 80, 0), (1, 128, 80, 0), (1, 60, 0, 0), (1, 60, 80, 16)],
)
def test_a_note_out_of_bounds_is_refused(duration: int, pitch: int, velocity: int, channel: int) -> None:
    with pytest.raises(ValueError, match=r"lasts|out of bounds|velocity 0"):
        Scheduler().schedule_note(0, duration, pitch, velocity, channel)


@pytest.mark.parametrize("message", [on(60), off(60), b"", b"\x90"])
def test_only_schedule_note_plans_notes(message: bytes) -> None:
    with pytest.raises(ValueError, match=r"schedule_note|not a MIDI message"):
        Scheduler().schedule(0, message)
