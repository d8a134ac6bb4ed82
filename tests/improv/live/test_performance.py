"""What has sounded: every note ends, and what was taken back never was."""

from hypothesis import given
from hypothesis import strategies as st

from improv.live.performance import Performance, Sounded

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
    performance, now = Performance(120.0), 0.0
    for kind, passes, pitch, duration in given_steps:
        now += passes
        match kind:
            case "strike":
                performance.strike("you", now, pitch, 80, 0)
            case "release":
                performance.release(now, pitch, 0)
            case "play":
                performance.play(now + 2, duration, pitch, 70, 3, "model")
            case _:
                performance.end_all(now)
    return performance, now


@given(steps)
def test_every_note_has_an_end_after_all_end(given_steps: list[Step]) -> None:
    performance, now = perform(given_steps)
    performance.end_all(now)
    for note in performance.notes:
        assert note.end is not None
        assert note.onset < note.end
        assert note.end <= max(now, note.onset + 0.5)
        assert note.player == "you" or note.onset <= now, "what never sounded is not there"


@given(steps)
def test_a_key_is_one_note_at_a_time(given_steps: list[Step]) -> None:
    performance, _ = perform(given_steps)
    struck = sum(kind == "strike" for kind, *_ in given_steps)
    mine = [note for note in performance.notes if note.player == "you"]
    assert len(mine) == struck
    for pitch in {note.pitch for note in mine}:
        held = [note for note in mine if note.pitch == pitch and note.end is None]
        assert len(held) <= 1
        assert held == held[-1:]


@given(steps, st.floats(0, 400))
def test_taking_back_removes_exactly_what_had_not_sounded(given_steps: list[Step], tick: float) -> None:
    performance, _ = perform(given_steps)
    before = list(performance.notes)
    performance.take_back(tick)
    assert performance.notes == [note for note in before if note.player == "you" or note.onset <= tick]
    shown = {(note.player, note.pitch, note.onset) for note in performance.roll(-1)}
    assert shown == {(note.player, note.pitch, round(note.onset)) for note in performance.notes}


@given(steps, st.lists(st.floats(0, 400), min_size=1, max_size=4))
def test_the_roll_holds_what_ends_in_its_window(given_steps: list[Step], windows: list[float]) -> None:
    """The window only moves on, as a take does."""
    performance, _ = perform(given_steps)
    for since in sorted(windows):
        inside = [note for note in performance.notes if note.end is None or note.end >= since]
        shown = performance.roll(since)
        assert [(n.player, n.pitch, n.onset, n.source) for n in shown] == [
            (n.player, n.pitch, round(n.onset), n.source) for n in inside
        ]
        for drawn, note in zip(shown, inside, strict=True):
            assert (drawn.duration is None) == (note.end is None)
            assert drawn.duration is None or drawn.duration >= 1


def test_a_held_key_is_open_until_it_comes_up() -> None:
    performance = Performance(120.0)
    performance.strike("you", 10.0, 60, 90, 0)
    assert performance.roll(0)[0].duration is None
    performance.release(34.4, 60, 0)
    assert performance.roll(0)[0].duration == 24
    performance.release(50.0, 60, 0)
    assert performance.notes == [Sounded("you", 60, 90, 0, 10.0, 34.4, "player")]


def test_the_same_pitch_on_another_channel_is_another_key() -> None:
    performance = Performance(120.0)
    performance.strike("you", 0.0, 60, 90, 0)
    performance.strike("you", 1.0, 60, 90, 1)
    performance.release(2.0, 60, 1)
    assert [note.end for note in performance.notes] == [None, 2.0]
