import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.dataset import Columns, concatenate
from models.spec import Spec


def columns_of(spec: Spec, lengths: tuple[int, ...], seed: int = 0) -> Columns:
    generator = np.random.default_rng(seed)
    total = sum(lengths)
    rows = generator.integers(0, 3, (total, 2 + 3 + 4)).astype(np.int16)
    return Columns.of(spec.inputs, spec.heads, rows, np.zeros((total, 2), np.uint8), lengths)


def test_rows_are_cut_in_the_order_of_the_spec(spec: Spec) -> None:
    rows = np.arange(18, dtype=np.int16).reshape(2, 9)
    found = Columns.of(spec.inputs, spec.heads, rows, np.zeros((2, 2), np.uint8), (2,))
    assert found.ids.tolist() == [[0, 1], [9, 10]]
    direct, deep = found.heads["direct"], found.heads["deep"]
    assert direct.inputs.shape == (2, 0)
    assert direct.shifts.tolist() == [[2, 3], [11, 12]]
    assert direct.target.tolist() == [4, 13]
    assert deep.inputs.tolist() == [[5], [14]]
    assert deep.shifts.tolist() == [[6, 7], [15, 16]]
    assert deep.target.tolist() == [8, 17]


@given(st.lists(st.lists(st.integers(1, 5), min_size=1, max_size=4), min_size=1, max_size=4))
def test_concatenation_keeps_every_sequence(spec: Spec, lengths: list[list[int]]) -> None:
    parts = [columns_of(spec, tuple(some), seed) for seed, some in enumerate(lengths)]
    whole = concatenate(parts)
    assert whole.lengths == tuple(length for part in parts for length in part.lengths)
    assert len(whole.ids) == sum(whole.lengths)
    pieces = [
        (part, start, length)
        for part in parts
        for start, length in zip(part.starts, part.lengths, strict=True)
    ]
    for (part, at, length), start in zip(pieces, whole.starts, strict=True):
        assert np.array_equal(whole.ids[start : start + length], part.ids[at : at + length])
        for name, head in part.heads.items():
            found = whole.heads[name]
            assert np.array_equal(found.target[start : start + length], head.target[at : at + length])
            assert np.array_equal(found.shifts[start : start + length], head.shifts[at : at + length])


def test_nothing_is_no_data() -> None:
    with pytest.raises(ValueError, match="no sequences"):
        concatenate([])


def test_a_copy_can_be_written_to(spec: Spec) -> None:
    head = columns_of(spec, (3,)).heads["direct"]
    copied = head.copy()
    copied.target[:] = -1
    assert (head.target >= 0).all()
