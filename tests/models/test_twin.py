from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.network import Network
from models.spec import Advice, Expert, Head, Input, Spec

pytest.importorskip("torch", reason="needs the extra 'train'")

import torch

from models.twin import Batch, Dropout, Twin, draw_mask

pytestmark = pytest.mark.torch

Weights = Mapping[str, npt.NDArray[np.float32]]
Maps = dict[str, tuple[npt.NDArray[np.int16], ...]]


@pytest.fixture
def twin(spec: Spec, maps: Maps) -> Twin:
    torch.manual_seed(3)
    return Twin(spec, maps, Dropout())


def batch_of(seed: int, T: int, B: int) -> Batch:
    generator = np.random.default_rng(seed)

    def ids(*sizes: int) -> npt.NDArray[np.int64]:
        return np.stack([generator.integers(0, size, (T, B)) for size in sizes], axis=-1)

    none = np.zeros((T, B, 0), np.int64)
    return Batch(
        ids=torch.from_numpy(ids(4, 3)),
        dense=torch.from_numpy(generator.normal(size=(T, B, 2)).astype(np.float32)),
        inputs={"direct": torch.from_numpy(none), "deep": torch.from_numpy(ids(3))},
        shifts={"direct": torch.from_numpy(ids(1, 3)), "deep": torch.from_numpy(ids(1, 4))},
        targets={},
    )


def run(twin: Twin, batch: Batch) -> dict[str, npt.NDArray[np.float32]]:
    with torch.no_grad():
        logits, _ = twin.eval()(batch, twin.initial_state(batch.ids.shape[1]))
    return {name: found.numpy() for name, found in logits.items()}


def test_it_has_the_parameters_of_the_spec_and_gives_copies(twin: Twin, spec: Spec) -> None:
    arrays = twin.arrays()
    assert {name: value.shape for name, value in arrays.items()} == spec.shapes()
    arrays["deep.W"][:] = 9
    assert not (twin.arrays()["deep.W"] == 9).any()


def test_forget_gates_start_open(twin: Twin) -> None:
    bias = twin.arrays()["lstm.0.b"]
    bound = 6**-0.5
    assert (bias[6:12] >= 1 - bound).all()
    assert (np.abs(np.delete(bias, range(6, 12))) <= bound).all()


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1), st.integers(1, 12), st.integers(1, 4))
def test_the_network_that_plays_equals_the_twin_that_learns(
    spec: Spec, maps: Maps, seed: int, T: int, B: int
) -> None:
    torch.manual_seed(seed)
    twin = Twin(spec, maps, Dropout())
    batch = batch_of(seed, T, B)
    expected = run(twin, batch)
    network = Network(spec, twin.arrays(), maps)
    for b in range(B):
        network.forget()
        for t in range(T):
            network.step(batch.ids[t, b].tolist(), batch.dense[t, b].numpy())
            for name, logits in expected.items():
                inputs, shifts = batch.inputs[name][t, b].tolist(), batch.shifts[name][t, b].tolist()
                assert np.allclose(network.logits(name, inputs, shifts), logits[t, b], atol=1e-5)


@settings(max_examples=8)
@given(st.integers(1, 8))
def test_a_sequence_cut_in_two_carries_its_state(spec: Spec, maps: Maps, cut: int) -> None:
    torch.manual_seed(0)
    twin = Twin(spec, maps, Dropout()).eval()
    batch = batch_of(1, 9, 2)

    def part(start: int, end: int) -> Batch:
        def sides(found: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
            return {name: value[start:end] for name, value in found.items()}

        return Batch(
            batch.ids[start:end], batch.dense[start:end], sides(batch.inputs), sides(batch.shifts), {}
        )

    whole = run(twin, batch)
    with torch.no_grad():
        first, state = twin(part(0, cut), twin.initial_state(2))
        second, _ = twin(part(cut, 9), state)
    for name, logits in whole.items():
        assert np.allclose(torch.cat([first[name], second[name]]).numpy(), logits, atol=1e-5)


def test_dropout_acts_in_training_only(twin: Twin) -> None:
    batch = batch_of(0, 5, 2)
    first, second = run(twin, batch), run(twin, batch)
    assert all(np.array_equal(first[name], second[name]) for name in first)
    twin.train()
    noisy, _ = twin(batch, twin.initial_state(2))
    assert not np.allclose(noisy["direct"].detach().numpy(), first["direct"])


def test_dropout_holds_one_mask_for_a_whole_window(twin: Twin) -> None:
    twin.train()
    ones = torch.ones(6, 3, 50)
    dropped = twin._locked(ones, 0.5)
    assert (dropped == dropped[:1]).all()
    assert set(dropped.flatten().tolist()) == {0.0, 2.0}


@pytest.mark.parametrize(
    "name", ["embed.colour", "lstm.0.W_h", "lstm.1.b", "deep.embed.hint", "deep.turned.W"]
)
def test_gradients_are_those_of_small_steps(
    spec: Spec, maps: Maps, name: str, draw_weights: Callable[[Spec, int], Weights]
) -> None:
    torch.manual_seed(0)
    twin = Twin(spec, maps, Dropout()).double().eval()
    batch = batch_of(5, 4, 2)
    batch = batch._replace(dense=batch.dense.double())
    state = [(h.double(), c.double()) for h, c in twin.initial_state(2)]

    def loss() -> torch.Tensor:
        logits, _ = twin(batch, state)
        return torch.stack([found.logsumexp(-1).sum() for found in logits.values()]).sum()

    parameter = twin.parameter(name)
    (gradient,) = torch.autograd.grad(loss(), parameter)
    direction = torch.from_numpy(np.random.default_rng(0).normal(size=tuple(parameter.shape)))
    with torch.no_grad():
        parameter += 1e-6 * direction
        above = loss()
        parameter -= 2e-6 * direction
        below = loss()
    assert float((gradient * direction).sum()) == pytest.approx(float((above - below) / 2e-6), rel=1e-4)


SPANS = {0: [(0, 4), (5, 9)], 1: [(0, 9)], 2: [(0, 1), (2, 3), (4, 8)]}
"""For every stream of a window of nine steps, its sequences: between them is a step that resets."""


def gradients(twin: Twin, outcomes: list[torch.Tensor]) -> dict[str, torch.Tensor]:
    twin.zero_grad()
    sum((outcome * outcome).sum() for outcome in outcomes).backward()  # type: ignore[union-attr]
    found = {name: value.grad for name, value in twin.named_parameters()}
    return {name: grad.clone() for name, grad in found.items() if grad is not None}


@pytest.mark.parametrize("skip", [False, True])
def test_sequences_joined_in_a_window_are_as_each_alone(spec: Spec, maps: Maps, skip: bool) -> None:
    torch.manual_seed(3)
    twin = Twin(replace(spec, skip=skip), maps, Dropout()).eval()
    batch = batch_of(5, 9, 3)
    resets = torch.ones(9, 3)
    for stream, spans in SPANS.items():
        for start, end in spans:
            resets[start:end, stream] = 0
    state = twin.initial_state(3)
    joined, last = twin(batch._replace(resets=resets), state)
    apart: list[torch.Tensor] = []
    together: list[torch.Tensor] = []
    for stream, spans in SPANS.items():
        for start, end in spans:

            def cut(tensor: torch.Tensor, rows: slice = slice(start, end), i: int = stream) -> torch.Tensor:
                return tensor[rows, i : i + 1]

            alone = Batch(
                cut(batch.ids),
                cut(batch.dense),
                {name: cut(found) for name, found in batch.inputs.items()},
                {name: cut(found) for name, found in batch.shifts.items()},
                {},
            )
            logits, after = twin(alone, twin.initial_state(1))
            for name, found in logits.items():
                apart.append(found)
                together.append(cut(joined[name]))
                assert torch.allclose(found, cut(joined[name]), atol=1e-6)
            if end == 9:
                for mine, yours in zip(last, after, strict=True):
                    assert all(
                        torch.allclose(a[:, stream], b[:, 0], atol=1e-6)
                        for a, b in zip(mine, yours, strict=True)
                    )
    expected = gradients(twin, apart)
    found_ = gradients(twin, together)
    assert expected.keys() == found_.keys()
    for name, grad in expected.items():
        assert torch.allclose(grad, found_[name], atol=1e-5), name


@pytest.mark.parametrize("cell", ["gru", "rnn"])
def test_only_an_lstm_is_reset_within_a_window(spec: Spec, maps: Maps, cell: str) -> None:
    twin = Twin(replace(spec, cell=cell), maps, Dropout())
    with pytest.raises(ValueError, match=f"the state of {cell} cannot be reset"):
        twin(batch_of(5, 4, 2)._replace(resets=torch.zeros(4, 2)), twin.initial_state(2))


@pytest.mark.parametrize("share", [0.0, 0.1, 0.45, 0.9])
def test_a_mask_drops_its_share_and_keeps_the_sum(share: float) -> None:
    torch.manual_seed(0)
    mask = draw_mask((401, 499), share, torch.device("cpu"))
    assert mask.shape == (401, 499)
    dropped = float((mask == 0).float().mean())
    assert dropped == pytest.approx(share, abs=0.005)
    assert (dropped > 0) == (share > 0)
    assert float(mask.max()) == pytest.approx(1 / (1 - share))
    rows = mask.mean(1)
    assert float(rows.std()) == pytest.approx((share / (1 - share) / 499) ** 0.5, abs=0.01)


ADVISED = Spec(
    inputs=(Input("colour", 3, 2), Input("who", 4, 2, left_out=0.5)),
    dense=0,
    hidden=4,
    layers=1,
    heads=(
        Head(
            "said", 5, 0, (), (Expert("plain", 5),), Advice("plain", 3, 0, 5, width=2, owner="who", owned=2)
        ),
    ),
)


def advised(T: int = 6, B: int = 40) -> tuple[Twin, Batch]:
    torch.manual_seed(1)
    twin = Twin(ADVISED, {"said": (np.arange(5, dtype=np.int16)[None],)}, Dropout(0, 0, 0, 0))
    ids = torch.stack([torch.randint(3, (T, B)), torch.randint(4, (1, B)).expand(T, B)], dim=-1)
    none = torch.zeros(T, B, 0, dtype=torch.int64)
    told = torch.rand(T, B, 3, 5) + 0.1
    return twin, Batch(
        ids, none.float(), {"said": none}, {"said": none.new_zeros(T, B, 1)}, {}, {"said": told}
    )


def test_what_an_owner_alone_could_say_is_silent_where_he_is_not_told() -> None:
    twin, batch = advised()
    whole = batch.advice["said"]
    for training in (False, True):
        twin.train(training)
        ids = twin._told(batch.ids)
        known = (ids[..., 1] != 0)[..., None, None]
        given = twin._given(batch.advice, ids)["said"]
        assert torch.equal(given[..., :1, :], whole[..., :1, :])
        assert torch.equal(given[..., 1:, :], whole[..., 1:, :] * known)
        assert 0 < known.float().mean() < 1
    # about half of those who were told are left out, each for the whole window
    assert (ids[..., 1] == ids[:1, :, 1]).all()
    assert (ids[..., 1] != 0).sum() < 0.75 * (batch.ids[..., 1] != 0).sum()
    assert torch.equal(ids[..., 0], batch.ids[..., 0])


def test_sources_are_dropped_whole_for_a_window_and_in_training_only() -> None:
    twin, batch = advised()
    twin.dropout = Dropout(0, 0, 0, 0, source=0.4)
    everybody = batch.ids.clone()
    everybody[..., 1] = 1
    whole = batch.advice["said"]
    assert torch.equal(twin.eval()._given(batch.advice, everybody)["said"], whole)
    given = twin.train()._given(batch.advice, everybody)["said"]
    dropped = (given == 0).all(-1).all(0)  # (B, sources)
    assert torch.equal(given, whole * ~dropped[None, :, :, None])
    assert 0.2 < dropped.float().mean() < 0.6
