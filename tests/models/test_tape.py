import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("torch", reason="needs the extra 'train'")

from models.tape import Tape

pytestmark = pytest.mark.torch

seeds = st.integers(0, 2**16)


def numbered(length: int) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    """Every step is its own number, so that a step tells where it is from."""
    return np.arange(length, dtype=np.int16)


@given(st.integers(1, 5), st.integers(2, 40), seeds, st.lists(st.integers(1, 9), min_size=1, max_size=12))
def test_each_head_reads_on_and_the_target_is_what_comes_next(
    batch: int, share: int, seed: int, windows: list[int]
) -> None:
    length = batch * share
    tape = Tape(numbered(length), "next", batch, seed)
    last = None
    for window in windows:
        found, fresh, count = tape.next(window)
        steps = found.ids[..., 0]
        assert count == steps.numel() <= window * batch
        assert bool(((steps + 1) % length == found.targets["next"]).all())
        assert bool(((steps[:-1] + 1) % length == steps[1:]).all())
        if last is not None and not fresh.any():
            assert bool(((last + 1) % length == steps[0]).all()), "a head goes on where it was"
        assert fresh.all() or not fresh.any()
        last = steps[-1]


@given(st.integers(1, 5), st.integers(2, 40), seeds, st.integers(1, 9))
def test_a_pass_meets_every_step_once(batch: int, share: int, seed: int, window: int) -> None:
    tape = Tape(numbered(batch * share), "next", batch, seed)
    met: list[int] = []
    while len(met) < batch * share:
        met += tape.next(window)[0].ids.flatten().tolist()
    assert sorted(met) == list(range(batch * share))


@given(seeds, st.integers(0, 9))
def test_a_restored_tape_goes_on_as_the_first_would_have(seed: int, before: int) -> None:
    first, second = (Tape(numbered(50), "next", 3, s) for s in (seed, seed + 1))
    for _ in range(before):
        first.next(7)
    second.restore(first.state())
    for _ in range(9):
        ours, theirs = first.next(5), second.next(5)
        assert bool((ours[0].ids == theirs[0].ids).all())
        assert (ours[1] == theirs[1]).all()


@given(st.integers(2, 6), seeds, st.integers(1, 9), st.data())
def test_who_takes_some_heads_reads_what_they_read(
    batch: int, seed: int, window: int, data: st.DataObject
) -> None:
    whole, part = (Tape(numbered(50), "next", batch, seed) for _ in range(2))
    start = data.draw(st.integers(0, batch - 1))
    heads = slice(start, data.draw(st.integers(start + 1, batch)))
    for _ in range(9):
        all_, fresh, count = whole.next(window)
        some, some_fresh, some_count = part.next(window, heads)
        assert bool((all_.ids[:, heads] == some.ids).all())
        assert bool((all_.targets["next"][:, heads] == some.targets["next"]).all())
        assert some.shifts["next"].shape == (*some.ids.shape[:2], 1)
        assert some.dense.shape == (*some.ids.shape[:2], 0)
        assert (fresh[heads] == some_fresh).all()
        assert count == some_count


def test_too_short_a_tape_is_refused() -> None:
    with pytest.raises(ValueError, match="too few"):
        Tape(numbered(5), "next", 3, 0)
