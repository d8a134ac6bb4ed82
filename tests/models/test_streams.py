from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.dataset import IGNORED, Columns, HeadColumns

pytest.importorskip("torch", reason="needs the extra 'train'")

import torch

from models.streams import Streams, stack
from models.twin import Batch

pytestmark = pytest.mark.torch

lengths_lists = st.lists(st.integers(1, 9), min_size=1, max_size=6)
batches = st.integers(1, 4)
seeds = st.integers(0, 2**16)
windows = st.integers(1, 7)
VARIANTS = 3


def numbered(lengths: list[int], variants: int = VARIANTS) -> list[Columns]:
    """Every step carries its own number and its variant's."""
    total = sum(lengths)
    steps = np.arange(total, dtype=np.int16)
    empty = np.zeros((total, 0), np.int16)
    return [
        Columns(
            ids=np.stack([steps, np.full(total, variant, np.int16)], axis=-1),
            dense=np.zeros((total, 1), np.uint8),
            heads={"next": HeadColumns(empty, np.zeros((total, 1), np.int16), steps)},
            lengths=tuple(lengths),
        )
        for variant in range(variants)
    ]


def real_steps(batch: Batch, stream: int) -> list[tuple[int, int]]:
    """(step, variant) of a stream, padding left out."""
    scored = batch.targets["next"][:, stream] != IGNORED
    found: list[list[int]] = batch.ids[:, stream][scored].tolist()
    return [(step, variant) for step, variant in found]


@given(lengths_lists, batches, seeds, st.data())
def test_every_sequence_runs_whole_and_once_an_epoch_whatever_the_windows(
    lengths: list[int], batch: int, seed: int, data: st.DataObject
) -> None:
    streams = Streams(numbered(lengths), batch, seed)
    running: list[list[tuple[int, int]]] = [[] for _ in range(batch)]
    begun: list[int] = []
    finished: list[list[tuple[int, int]]] = []
    starts = [int(start) for start in np.cumsum([0, *lengths[:-1]])]
    while len(begun) < 3 * len(lengths):
        window, fresh, count = streams.next(data.draw(windows))
        assert count == sum(len(real_steps(window, i)) for i in range(batch))
        for i in range(batch):
            steps = real_steps(window, i)
            assert steps, "no stream is ever idle"
            if fresh[i]:
                finished.append(running[i])
                running[i] = []
                begun.append(starts.index(steps[0][0]))
            running[i] += steps
    for done in filter(None, finished):
        first, variant = done[0]
        length = lengths[starts.index(first)]
        assert done == [(first + k, variant) for k in range(length)]
    for epoch in range(3):
        met = begun[epoch * len(lengths) : (epoch + 1) * len(lengths)]
        assert sorted(met) == list(range(len(lengths)))


@given(lengths_lists, seeds, windows)
def test_alone_a_stream_meets_every_step_once_before_any_twice(
    lengths: list[int], seed: int, window: int
) -> None:
    streams = Streams(numbered(lengths), 1, seed)
    met: Counter[int] = Counter()
    total = sum(lengths)
    while met.total() < total:
        batch, _, _ = streams.next(window)
        met.update(step for step, _ in real_steps(batch, 0))
    assert met == Counter(range(total))


@given(lengths_lists, batches, seeds, st.integers(0, 6), windows)
def test_restored_it_goes_on_exactly(
    lengths: list[int], batch: int, seed: int, before: int, window: int
) -> None:
    first = Streams(numbered(lengths), batch, seed)
    for _ in range(before):
        first.next(window)
    saved = first.state()
    expected = [first.next(window) for _ in range(5)]
    second = Streams(numbered(lengths), batch, seed + 1)
    second.restore(saved)
    for batch_, fresh, count in expected:
        other, other_fresh, other_count = second.next(window)
        assert (batch_.ids == other.ids).all()
        assert (fresh == other_fresh).all()
        assert count == other_count


@given(lengths_lists, batches, seeds, st.lists(windows, min_size=1, max_size=20))
def test_joined_sequences_run_whole_one_after_the_other_with_a_reset_between(
    lengths: list[int], batch: int, seed: int, drawn: list[int]
) -> None:
    streams = Streams(numbered(lengths), batch, seed, joined=True)
    starts = [int(start) for start in np.cumsum([0, *lengths[:-1]])]
    running: list[list[int]] = [[] for _ in range(batch)]
    begun: list[int] = []
    for window in drawn:
        found, fresh, count = streams.next(window)
        scored = found.targets["next"] != IGNORED
        resets = torch.zeros(scored.shape) if found.resets is None else found.resets
        assert count == int(scored.sum())
        assert found.ids.shape[0] <= window
        for i in range(batch):
            if fresh[i]:
                running[i] = []
            for t in range(found.ids.shape[0]):
                if resets[t, i]:
                    assert not scored[t, i]
                    running[i] = []
                elif scored[t, i]:
                    running[i].append(int(found.ids[t, i, 0]))
                    begun += running[i][-1:] if len(running[i]) == 1 else []
                    start = running[i][0]
                    assert start in starts, "a sequence begins at its beginning"
                    assert running[i] == list(range(start, start + len(running[i])))
                    assert len(running[i]) <= lengths[starts.index(start)]
                else:
                    assert t == window - 1, "but for the last step, which no sequence can begin after"
    met = Counter({start: 0 for start in starts}) | Counter(begun)
    times = [met[start] for start in starts]
    assert max(times) - min(times) <= 1, "every one once an epoch"


@given(lengths_lists, st.integers(1, 6), seeds, windows, st.data())
def test_who_takes_some_streams_takes_them_out_of_the_same_windows(
    lengths: list[int], batch: int, seed: int, window: int, data: st.DataObject
) -> None:
    whole, part = (Streams(numbered(lengths), batch, seed) for _ in range(2))
    for _ in range(4):
        start = data.draw(st.integers(0, batch - 1))
        streams = slice(start, data.draw(st.integers(start + 1, batch)))
        all_, fresh, count = whole.next(window)
        some, some_fresh, some_count = part.next(window, streams)
        assert [real_steps(some, i) for i in range(some.ids.shape[1])] == [
            real_steps(all_, i) for i in range(batch)
        ][streams]
        assert (fresh[streams] == some_fresh).all()
        assert count == some_count
    assert whole.state() == part.state()


@settings(max_examples=10)
@given(seeds)
def test_every_variant_is_met(seed: int) -> None:
    streams = Streams(numbered([2, 3, 2]), 2, seed)
    met = {variant for _ in range(60) for i in range(2) for _, variant in real_steps(streams.next(9)[0], i)}
    assert met == set(range(VARIANTS))


def test_pieces_side_by_side_are_padded_with_what_is_not_scored() -> None:
    batch = stack(numbered([4, 2]), [(0, 0, 4), (2, 4, 6)])
    assert batch.ids.shape == (4, 2, 2)
    assert batch.ids[:, 0, 0].tolist() == [0, 1, 2, 3]
    assert batch.ids[:, 1].tolist() == [[4, 2], [5, 2], [0, 0], [0, 0]]
    assert batch.targets["next"][:, 1].tolist() == [4, 5, IGNORED, IGNORED]
    assert batch.dense.dtype.is_floating_point
