"""The four kinds of network the field teaches, each over every cell: one table drives the common laws."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import classifier, language, tagger, translator
from models.cells import CELLS, AnyCell
from models.loss import IGNORED, softmax_cross_entropy
from models.numeric import Array
from models.optimiser import Adam, clip
from models.padding import padded
from models.sampler import unroll

D, H, K, E = 2, 3, 4, 2
"""Inputs, units, classes (tags, target ids), embedding."""
seeds = st.integers(0, 2**32 - 1)
every_cell = pytest.mark.parametrize("cell", CELLS.values(), ids=list(CELLS))


@dataclass(frozen=True)
class Case:
    """Sources of unequal length and what they should become."""

    x: Array  # (T, B, D)
    lengths: Any  # (B,)
    kind: Any  # (B,)
    tags: Any  # (T, B)
    targets: Any  # (S, B)


def draw_case(seed: int, B: int = 3, fill: float = 0.0, extra: int = 0) -> Case:
    """The same sequences and answers from the same seed, however far and with what they are filled up."""
    generator = np.random.default_rng(seed)
    sources = [generator.normal(size=(generator.integers(1, 5), D)) for _ in range(B)]
    tags = [generator.integers(0, K, len(source)) for source in sources]
    targets = [np.append(generator.integers(1, K, generator.integers(0, 4)), 0) for _ in range(B)]
    kind = generator.integers(0, K, B)
    behind = np.zeros((extra, 1))
    return Case(
        np.concatenate([padded(sources, fill), np.full((extra, B, D), fill)]),
        np.array([len(source) for source in sources]),
        kind,
        np.concatenate([padded(tags, IGNORED), np.full((extra, B), IGNORED)]),
        np.concatenate([padded(targets, IGNORED), IGNORED + np.broadcast_to(behind, (extra, B)).astype(int)]),
    )


Weights = dict[str, Array]
Run = tuple[float, Callable[[], Weights]]
"""The loss, and what gives its gradients where they are asked for."""


@dataclass(frozen=True)
class Kind:
    """A kind of network: how it is drawn, and its loss and gradients over a case."""

    draw: Callable[[AnyCell, int, np.random.Generator, Any], Weights]
    """(cell, units, generator, dtype)."""
    run: Callable[[Case, Weights, AnyCell], Run]


def run_classifier(case: Case, weights: Weights, cell: AnyCell) -> Run:
    logits, cache = classifier.forward(case.x, case.lengths, weights, cell)
    loss, dlogits = softmax_cross_entropy(logits, case.kind)
    return loss, lambda: classifier.backward(dlogits, cache)


def run_tagger(case: Case, weights: Weights, cell: AnyCell) -> Run:
    logits, cache = tagger.forward(case.x, weights, cell)
    loss, dlogits = softmax_cross_entropy(logits, case.tags)
    return loss, lambda: tagger.backward(dlogits, cache)


def run_translator(case: Case, weights: Weights, cell: AnyCell) -> Run:
    logits, cache = translator.forward(case.x, case.lengths, case.targets, weights, cell)
    loss, dlogits = softmax_cross_entropy(logits, case.targets)
    return loss, lambda: translator.backward(dlogits, cache)


KINDS = {
    "many to one": Kind(
        lambda cell, H, generator, dtype: classifier.initial_weights(cell, D, H, K, generator, dtype),
        run_classifier,
    ),
    "many to many": Kind(
        lambda cell, H, generator, dtype: tagger.initial_weights(cell, D, H, K, generator, dtype), run_tagger
    ),
    "encoder to decoder": Kind(
        lambda cell, H, generator, dtype: translator.initial_weights(cell, D, H, K, E, generator, dtype),
        run_translator,
    ),
}
every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))


def draw_weights(kind: Kind, cell: AnyCell, seed: int) -> Weights:
    """Weights larger than those that training starts from, so that every term counts."""
    generator = np.random.default_rng(seed)
    weights = kind.draw(cell, H, generator, np.float64)
    return {name: value + generator.normal(0, 0.5, value.shape) for name, value in weights.items()}


@every_kind
@every_cell
@settings(max_examples=4)
@given(seeds)
def test_every_gradient_is_what_moving_each_weight_a_little_says(
    central_differences: Callable[[Callable[[], float], Array], Array], kind: Kind, cell: AnyCell, seed: int
) -> None:
    case, weights = draw_case(seed), draw_weights(kind, cell, seed)
    gradients = kind.run(case, weights, cell)[1]()
    assert gradients.keys() == weights.keys()
    for name, gradient in gradients.items():
        expected = central_differences(lambda: kind.run(case, weights, cell)[0], weights[name])
        assert np.allclose(gradient, expected, rtol=1e-6, atol=1e-8), name


@every_kind
@every_cell
@settings(max_examples=10)
@given(seeds, st.floats(-9, 9), st.integers(0, 3))
def test_what_stands_behind_an_end_changes_nothing(
    kind: Kind, cell: AnyCell, seed: int, fill: float, extra: int
) -> None:
    weights = draw_weights(kind, cell, seed)
    loss, backward = kind.run(draw_case(seed), weights, cell)
    filled, backward_filled = kind.run(draw_case(seed, fill=fill, extra=extra), weights, cell)
    gradients, same = backward(), backward_filled()
    assert filled == pytest.approx(loss, abs=1e-12)
    for name, gradient in gradients.items():
        assert np.allclose(same[name], gradient, rtol=0, atol=1e-10), name


@every_kind
@every_cell
def test_training_learns_a_few_sequences_by_heart(kind: Kind, cell: AnyCell) -> None:
    case = draw_case(7)
    weights = kind.draw(cell, 10, np.random.default_rng(7), np.float32)
    case = Case(case.x.astype(np.float32), case.lengths, case.kind, case.tags, case.targets)
    adam = Adam(rate=0.05)
    moments = adam.initial(weights)
    for _ in range(200):
        loss, backward = kind.run(case, weights, cell)
        gradients = backward()
        weights, moments = adam.step(weights, clip(gradients, 1), moments)
    assert loss < 0.1
    assert {value.dtype for value in weights.values()} == {np.dtype(np.float32)}
    if kind is KINDS["encoder to decoder"]:
        found = translator.greedy(case.x, case.lengths, 9, weights, cell)
        for b, ids in enumerate(found):
            assert [*ids, translator.END] == [k for k in case.targets[:, b] if k != IGNORED]


@every_cell
@settings(max_examples=20)
@given(seeds, st.integers(1, 6))
def test_greedy_decoding_takes_the_likeliest_id_until_the_end(cell: AnyCell, seed: int, limit: int) -> None:
    case, weights = draw_case(seed), draw_weights(KINDS["encoder to decoder"], cell, seed)
    found = translator.greedy(case.x, case.lengths, limit, weights, cell)
    for b, ids in enumerate(found):
        assert len(ids) <= limit
        assert translator.END not in ids
        one = slice(b, b + 1)
        told = np.append(ids, translator.END)[:, None]  # (T, 1), teacher forcing with its own words
        length = case.lengths[one]
        logits, _ = translator.forward(case.x[:, one], length, told, weights, cell)
        said = logits[:, 0].argmax(axis=-1)
        assert list(said[: len(ids)]) == list(ids)
        if len(ids) < limit:
            assert said[-1] == translator.END


@every_cell
@settings(max_examples=20)
@given(seeds, st.integers(1, 6), st.integers(1, 3), st.integers(1, 2))
def test_one_to_many_feeds_each_step_with_what_the_last_one_drew(
    cell: AnyCell, seed: int, T: int, B: int, layers: int
) -> None:
    spec = language.language_spec(K, E, H, layers, cell.name)
    generator = np.random.default_rng(seed)
    weights = {name: 5 * w for name, w in language.initial_weights(spec, generator, np.float64).items()}
    first = generator.integers(0, K, B)
    likeliest = unroll(first, np.full((T, B), 0.5), weights, spec, temperature=1e-6)
    read = np.concatenate([first[None], likeliest[:-1]])
    logits, _ = language.forward(read, language.initial_state(spec, B, np.float64), weights, spec)
    assert np.array_equal(likeliest, logits.argmax(axis=-1))
    drawn = unroll(first, generator.random((T, B)), weights, spec)
    assert drawn.shape == (T, B)
    assert ((drawn >= 0) & (drawn < K)).all()


def test_one_to_many_draws_as_often_as_the_network_says() -> None:
    spec = language.language_spec(K, E, H, 1, "gru")
    generator = np.random.default_rng(0)
    weights = {name: 3 * w for name, w in language.initial_weights(spec, generator).items()}
    B = 4000
    first = np.zeros(B, int)
    drawn = unroll(first, generator.random((1, B)), weights, spec)[0]
    logits, _ = language.forward(first[None, :1], language.initial_state(spec, 1), weights, spec)
    expected = np.exp(logits[0, 0]) / np.exp(logits[0, 0]).sum()
    assert np.allclose(np.bincount(drawn, minlength=K) / B, expected, atol=0.03)


@pytest.mark.parametrize("lengths", [[0, 1], [1, 4]])
def test_a_length_that_is_none_is_refused(lengths: list[int]) -> None:
    cell = CELLS["rnn"]
    weights = classifier.initial_weights(cell, D, H, K, np.random.default_rng(0))
    with pytest.raises(ValueError, match="1 to 3"):
        classifier.forward(np.zeros((3, 2, D), np.float32), np.array(lengths), weights, cell)


def test_nothing_to_pad_is_refused() -> None:
    with pytest.raises(ValueError, match="no sequence"):
        padded([], 0)
