import tracemalloc
from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.lstm import Params, forward, initial_state
from models.network import Network
from models.spec import Spec

Weights = Mapping[str, npt.NDArray[np.float32]]
Maps = dict[str, tuple[npt.NDArray[np.int16], ...]]

events = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 2), st.floats(-1, 1, width=32), st.floats(-1, 1, width=32)),
    min_size=1,
    max_size=12,
)


def feed(network: Network, row: tuple[int, int, float, float]) -> None:
    network.step(row[:2], np.array(row[2:], np.float32))


def answers(network: Network) -> list[npt.NDArray[np.floating]]:
    """Both heads' logits, copied."""
    return [network.logits("direct", (), (0, 1)).copy(), network.logits("deep", (2,), (0, 3)).copy()]


@given(events)
def test_steps_equal_the_layers_run_over_the_whole_sequence(
    spec: Spec, weights: Weights, maps: Maps, rows: list[tuple[int, int, float, float]]
) -> None:
    network = Network(spec, weights, maps)
    for row in rows:
        feed(network, row)
    embedded = [
        np.concatenate([weights["embed.colour"][a], weights["embed.shape"][b], np.array(rest, np.float32)])
        for a, b, *rest in rows
    ]
    x = np.array(embedded, np.float32)[:, None, :]
    for layer in range(2):
        params = Params(*(weights[f"lstm.{layer}.{part}"] for part in ("W_x", "W_h", "b")))
        x, _ = forward(x, initial_state(1, 6), params)
    trunk = x[-1, 0]
    slots = weights["direct.absolute.W"] @ trunk + weights["direct.absolute.b"]
    moved = weights["direct.moved.W"] @ trunk + weights["direct.moved.b"]
    for shift, table in enumerate(maps["direct"][1]):
        found = network.logits("direct", (), (0, shift))
        assert np.allclose(found, slots + moved[table], atol=1e-5)


@given(st.integers(0, 2), st.integers(0, 3))
def test_a_heads_logits_are_the_sum_of_its_experts_each_read_through_its_map(
    spec: Spec, weights: Weights, maps: Maps, hint: int, turn: int
) -> None:
    network = Network(spec, weights, maps)
    feed(network, (1, 2, 0.5, -0.5))
    trunk = network.memory[-1, 0]
    hidden = weights["deep.W"] @ trunk + weights["deep.b"] + weights["deep.embed.hint"][hint]
    hidden = np.maximum(hidden, 0)
    total = sum(
        (weights[f"deep.{name}.W"] @ hidden + weights[f"deep.{name}.b"])[maps["deep"][place][shift]]
        for place, (name, shift) in enumerate((("absolute", 0), ("turned", turn)))
    )
    assert np.allclose(network.logits("deep", (hint,), (0, turn)), total, atol=1e-5)


@settings(max_examples=30)
@given(events, events)
def test_memory_brought_back_answers_the_same(
    spec: Spec,
    weights: Weights,
    maps: Maps,
    rows: list[tuple[int, int, float, float]],
    elsewhere: list[tuple[int, int, float, float]],
) -> None:
    network = Network(spec, weights, maps)
    feed(network, rows[0])
    saved = network.memory
    kept = saved.copy()

    def play_on() -> list[npt.NDArray[np.floating]]:
        network.memory = saved
        for row in rows:
            feed(network, row)
        return answers(network)

    first = play_on()
    for row in elsewhere:
        feed(network, row)
    assert all(np.array_equal(a, b) for a, b in zip(first, play_on(), strict=True))
    assert np.array_equal(saved, kept), "a saved memory is a copy"


@given(events)
def test_forgetting_is_a_fresh_network(
    spec: Spec, weights: Weights, maps: Maps, rows: list[tuple[int, int, float, float]]
) -> None:
    network = Network(spec, weights, maps)
    for row in rows:
        feed(network, row)
    network.forget()
    feed(network, rows[0])
    fresh = Network(spec, weights, maps)
    feed(fresh, rows[0])
    assert all(np.array_equal(a, b) for a, b in zip(answers(network), answers(fresh), strict=True))


def test_without_dense_inputs_they_are_zero_not_the_last_ones(
    spec: Spec, weights: Weights, maps: Maps
) -> None:
    network = Network(spec, weights, maps)
    feed(network, (0, 0, 1.0, 1.0))
    network.forget()
    network.step((1, 1))
    found = network.memory
    network.forget()
    feed(network, (1, 1, 0.0, 0.0))
    assert np.array_equal(found, network.memory)


def test_asking_a_head_leaves_the_memory_alone(spec: Spec, weights: Weights, maps: Maps) -> None:
    network = Network(spec, weights, maps)
    feed(network, (3, 0, 0.1, 0.2))
    before = network.memory
    first = answers(network)
    again = answers(network)
    assert np.array_equal(before, network.memory)
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))


def test_playing_leaves_the_weights_alone(spec: Spec, weights: Weights, maps: Maps) -> None:
    before = {name: value.copy() for name, value in weights.items()}
    network = Network(spec, weights, maps)
    for step in range(20):
        feed(network, (step % 4, step % 3, 0.3, -0.3))
        answers(network)
    assert all(np.array_equal(value, weights[name]) for name, value in before.items())


def test_weights_that_do_not_fit_are_named(spec: Spec, weights: Weights, maps: Maps) -> None:
    missing = {name: value for name, value in weights.items() if name != "deep.W"}
    with pytest.raises(ValueError, match=r"deep\.W.*nothing"):
        Network(spec, missing, maps)
    wrong = {**weights, "lstm.1.b": weights["lstm.1.b"][:-1]}
    with pytest.raises(ValueError, match=r"lstm\.1\.b.*\(24,\).*\(23,\)"):
        Network(spec, wrong, maps)


def test_too_few_or_too_many_ids_are_refused(spec: Spec, weights: Weights, maps: Maps) -> None:
    network = Network(spec, weights, maps)
    with pytest.raises(ValueError, match="1 ids for 2 inputs"):
        network.step((1,))
    with pytest.raises(ValueError, match="1 shifts for 2 experts"):
        network.logits("direct", (), (0,))


def test_steps_and_questions_allocate_nothing(
    spec: Spec, maps: Maps, draw_weights: Callable[[Spec, int], Weights]
) -> None:
    hidden = 256
    large = Spec(spec.inputs, spec.dense, hidden, spec.layers, spec.heads)
    network = Network(large, draw_weights(large, 0), maps)
    dense = np.zeros(2, np.float32)

    def live() -> None:
        network.step((1, 2), dense)
        network.logits("direct", (), (0, 1))
        network.logits("deep", (1,), (0, 2))

    live()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        for _ in range(1000):
            live()
        after, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    a_state = 4 * hidden
    assert after - before < a_state
    assert peak - before < 2 * a_state
