from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from improv.measures.chroma import chroma
from improv.measures.piece import Piece
from improv.measures.similarity import PENALTY, self_similarity, smoothed, thresholded
from improv.measures.structure import SCALES, fitness, structure

Make = Callable[..., Piece]


def repeated(times: int, length: int) -> np.ndarray:
    """What is alike when a segment of so many frames is played so many times."""
    N = times * length
    frames = np.arange(N)
    return np.where((frames[:, None] - frames[None, :]) % length == 0, 1.0, PENALTY)


@pytest.mark.parametrize(("times", "length"), [(2, 6), (3, 4), (4, 5)])
def test_a_segment_that_is_repeated_explains_all_but_itself(times: int, length: int) -> None:
    found = fitness(repeated(times, length), length)
    # score and coverage are both the share of the piece beyond the segment itself
    assert found[0] == pytest.approx(1 - 1 / times, abs=1e-6)
    assert found.max() == found[0]


def test_where_nothing_is_alike_nothing_is_explained() -> None:
    S = np.where(np.eye(12) == 1, 1.0, PENALTY)
    for length in range(1, 13):
        assert fitness(S, length) == pytest.approx(0, abs=1e-6)


def naive_fitness(S: np.ndarray, start: int, M: int) -> float:
    """The same by recursion, one segment at a time: score, cells and frames of the best paths."""
    N = len(S)
    never = (-1e9, 0, 0)

    @cache
    def best(n: int, m: int) -> tuple[float, int, int]:
        """Of the paths up to frame n; m = 0: none under way, else one that has reached frame m of M."""
        if n < 0:
            return (0.0, 0, 0) if m == 0 and n == -1 else never
        if m == 0:
            return max(best(n - 1, 0), best(n - 1, M)) if n else (0.0, 0, 0)
        ways = [(best(n, 0), 1)] if m == 1 else [(best(n - 1, m - 1), 1), (best(n - 2, m - 1), 2)]
        if m > 2:
            ways.append((best(n - 1, m - 2), 1))
        score, cells, frames = max((s, c, f + rows) for (s, c, f), rows in ways)
        return score + S[n, start + m - 1], cells + 1, frames

    score, cells, frames = max(best(N - 1, 0), best(N - 1, M))
    if cells == 0:
        return 0.0
    a, b = (score - M) / cells, (frames - M) / N
    return 2 * a * b / (a + b) if a + b > 1e-12 else 0.0


matrices = st.integers(3, 7).flatmap(
    lambda n: arrays.arrays(np.float64, (n, n), elements=st.sampled_from([PENALTY, 0.125, 0.5, 0.75, 1.0]))
)


@given(matrices, st.data())
def test_it_agrees_with_one_segment_at_a_time(S: np.ndarray, data: st.DataObject) -> None:
    np.fill_diagonal(S, 1.0)
    M = data.draw(st.integers(1, len(S)))
    found = fitness(S, M)
    for start in range(len(S) - M + 1):
        assert found[start] == pytest.approx(naive_fitness(S, start, M), abs=1e-6)


def test_the_greatest_quarter_is_kept() -> None:
    S = np.arange(64, dtype=float).reshape(8, 8) / 63
    found = thresholded(S)
    off = ~np.eye(8, dtype=bool)
    assert (np.diag(found) == 1).all()
    assert ((found[off] == PENALTY) | ((found[off] >= 0) & (found[off] <= 1))).all()
    assert found[7, 6] == pytest.approx((62 - 48) / (63 - 48))
    assert (found[:6][off[:6]] == PENALTY).all()


def test_smoothing_averages_along_a_path() -> None:
    assert smoothed(np.ones((40, 40)))[0, 0] == pytest.approx(1.0)
    assert smoothed(np.eye(40))[5, 5] == pytest.approx(1.0)
    assert smoothed(np.eye(40))[5, 30] == 0.0


def test_another_key_is_alike() -> None:
    generator = np.random.default_rng(0)
    part = np.abs(generator.normal(size=(12, 48)))
    features = np.concatenate([part, np.roll(part, 5, axis=0)], axis=1)
    S = self_similarity(features / np.linalg.norm(features, axis=0))
    assert np.diag(S, 48) == pytest.approx(1.0, abs=1e-9)


def test_chroma_is_what_sounds(make_piece: Make) -> None:
    silent = chroma(make_piece(bars=4), harmony=False)
    assert silent.shape == (12, 16)
    assert silent == pytest.approx(12**-0.5)
    alone = chroma(make_piece([(0, 60, 4 * 96)], bars=4), harmony=False)
    assert alone[0] == pytest.approx(1.0)
    with_chord = chroma(make_piece([(0, 61, 4 * 96)], ["C7"], bars=4))
    assert (with_chord[[0, 1, 4, 7, 10]] > 0.1).all()
    assert np.linalg.norm(with_chord, axis=0) == pytest.approx(1.0)


def test_a_chorus_that_comes_back_is_structure(make_piece: Make) -> None:
    generator = np.random.default_rng(1)
    part = [(12 * k, int(pitch)) for k, pitch in enumerate(generator.integers(55, 80, 8 * 8))]
    other = [(12 * k, int(pitch)) for k, pitch in enumerate(generator.integers(55, 80, 8 * 8))]
    again = make_piece([*part, *((8 * 96 + tick, pitch) for tick, pitch in part)], bars=16)
    never = make_piece([*part, *((8 * 96 + tick, pitch) for tick, pitch in other)], bars=16)
    for name in ("structure_mid", "structure_long"):
        repeats, differs = structure(again, harmony=False)[name], structure(never, harmony=False)[name]
        assert repeats is not None
        assert differs is not None
        assert 0 <= differs < repeats <= 1
    assert structure(again, harmony=False)["structure_long"] == pytest.approx(0.5, abs=0.15)


def test_what_is_too_short_has_no_figure(make_piece: Make) -> None:
    short = structure(make_piece([(0, 60)], bars=2))  # 4 s
    assert short["structure_short"] is not None
    assert short["structure_mid"] is None
    assert structure(make_piece(bars=16)) == dict.fromkeys(SCALES)
