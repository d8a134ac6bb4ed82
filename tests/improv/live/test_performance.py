"""What has sounded of late: every note ends, and what was taken back never was."""

from hypothesis import given
from hypothesis import strategies as st

from improv.live.performance import MOST, Performance
from improv.snapshot import RollNote

Step = tuple[str, float, int, float]
"""strike, release, play or end_all; the tick; the pitch; a duration."""

steps = st.lists(
    st.tuples(
        st.sampled_from(["strike", "release", "play", "end_all"]),
        st.floats(0, 24),
        st.integers(60, 63),
        st.floats(0.5, 300),
    ),
    max_size=40,
)
"""Ticks are given as what passes between one step and the next."""


def perform(given_steps: list[Step]) -> tuple[Performance, float]:
    """The performance, and the tick it has reached."""
    performance, now = Performance(), 0.0
    for kind, passes, pitch, duration in given_steps:
        now += passes
        match kind:
            case "strike":
                performance.strike("you", now, pitch, 80, 0)
            case "release":
                performance.release("you", now, pitch, 0)
            case "play":
                performance.play(now + 2, duration, pitch, 70, 3, "model")
            case _:
                performance.end_all(now)
    return performance, now


@given(steps)
def test_every_note_has_an_end_after_all_end(given_steps: list[Step]) -> None:
    performance, now = perform(given_steps)
    performance.end_all(now)
    for note in performance.roll(-1):
        assert note.duration is not None
        assert note.onset + note.duration <= max(now, note.onset + 0.5) + 1
        assert note.player == "you" or note.onset <= round(now), "what never sounded is not there"


@given(steps)
def test_a_key_is_one_note_at_a_time(given_steps: list[Step]) -> None:
    performance, _ = perform(given_steps)
    struck = sum(kind == "strike" for kind, *_ in given_steps)
    mine = [note for note in performance.roll(-1) if note.player == "you"]
    assert len(mine) == struck
    for pitch in {note.pitch for note in mine}:
        held = [note for note in mine if note.pitch == pitch and note.duration is None]
        assert len(held) <= 1


@given(steps, st.integers(0, 400))
def test_taking_back_removes_exactly_what_had_not_sounded(given_steps: list[Step], tick: int) -> None:
    performance, _ = perform(given_steps)
    before = performance.roll(-1)
    performance.take_back(tick + 0.5)
    kept = [note for note in before if note.player == "you" or note.onset <= tick]
    assert set(kept) <= set(performance.roll(-1))
    assert all(note.player == "you" or note.onset <= tick + 1 for note in performance.roll(-1))


@given(steps, st.lists(st.floats(0, 400), min_size=1, max_size=4))
def test_the_roll_holds_what_ends_in_its_window(given_steps: list[Step], windows: list[float]) -> None:
    """The window only moves on, as a take does."""
    everything = perform(given_steps)[0].roll(-1)
    performance, _ = perform(given_steps)
    for since in sorted(windows):
        shown = performance.roll(since)
        assert [note for note in everything if note in shown] == list(shown), "in order, and none made up"
        for note in everything:
            end = None if note.duration is None else note.onset + note.duration
            if end is None or end >= since + 2:
                assert note in shown
            elif end < since - 2:
                assert note not in shown


@given(st.integers(1, 3))
def test_a_night_is_not_remembered(times: int) -> None:
    performance = Performance()
    for number in range(times * MOST):
        performance.play(number * 6.0, 6.0, 60, 70, 3, "model")
        performance.strike("you", number * 6.0, 70, 70, 0)  # held: it never leaves the window by itself
    roll = performance.roll(-1)
    assert len(roll) == MOST
    assert roll[-1].onset == (times * MOST - 1) * 6


def test_a_held_key_is_open_until_it_comes_up() -> None:
    performance = Performance()
    performance.strike("you", 10.0, 60, 90, 0)
    assert performance.roll(0)[0].duration is None
    performance.release("you", 34.4, 60, 0)
    performance.release("you", 50.0, 60, 0)
    assert performance.roll(0) == (RollNote("you", 10, 24, 60),)


def test_the_same_pitch_on_another_channel_is_another_key() -> None:
    performance = Performance()
    performance.strike("you", 0.0, 60, 90, 0)
    performance.strike("you", 1.0, 60, 90, 1)
    performance.release("you", 2.0, 60, 1)
    assert [note.duration for note in performance.roll(0)] == [None, 1]
