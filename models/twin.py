"""The torch twin of a network: the same parameters under the same names, with autograd, for training.

Conventions: sequences are (T, B, …), time first. Gates are in the order of `models.lstm` and `models.gru`.
Regularisation follows Merity, Keskar and Socher, "Regularizing and Optimizing LSTM Language Models"
(2018): dropout masks that hold for a whole window, and dropout of the hidden-to-hidden weights.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from models.spec import FAINT, Advice, Head, Spec

Maps = Mapping[str, Sequence[npt.NDArray[np.int16]]]
"""For every head its experts' maps, (shifts, size of the head)."""


class Batch(NamedTuple):
    """A window of several sequences side by side."""

    ids: Tensor  # (T, B, inputs)
    dense: Tensor  # (T, B, dense)
    inputs: dict[str, Tensor]  # (T, B, inputs of the head)
    shifts: dict[str, Tensor]  # (T, B, experts of the head)
    targets: dict[str, Tensor]  # (T, B)
    advice: dict[str, Tensor] = {}  # noqa: RUF012 - never written to; (T, B, sources, slots) by head
    opinions: dict[str, Tensor] | None = None
    """Of teachers: the probability of every id, (T, B, V); where given it is learned, not the target."""
    resets: Tensor | None = None
    """(T, B): 1 at a step that is none, after which the state is zero: before a new sequence."""


State = list[tuple[Tensor, ...]]
"""For every layer the parts of its cell's state, (1, B, H) each: h, and of an LSTM c."""


@dataclass(frozen=True, slots=True)
class Dropout:
    """Shares dropped in training."""

    embedding: float = 0.15
    layer: float = 0.45
    """Between layers and before the heads."""
    weight: float = 0.45
    """Of the hidden-to-hidden weights."""
    head: float = 0.3
    """Of the heads' hidden units."""
    source: float = 0.0
    """Of an advice's sources, each whole: so that none is leant on alone."""


class Twin(nn.Module):
    """A `Spec` with its parameters."""

    def __init__(self, spec: Spec, maps: Maps, dropout: Dropout) -> None:
        super().__init__()
        self.spec = spec
        self.dropout = dropout
        self.weights = nn.ParameterDict(
            {
                _key(name): nn.Parameter(_initial(name, shape, spec.hidden))
                for name, shape in spec.shapes().items()
            }
        )
        for head, tables in maps.items():
            for i, table in enumerate(tables):
                self.register_buffer(f"map_{head}_{i}", torch.from_numpy(table.astype(np.int64)), False)

    def parameter(self, name: str) -> Tensor:
        """A parameter by its name in `Spec.shapes`."""
        found: Tensor = self.weights[_key(name)]
        return found

    def arrays(self) -> dict[str, npt.NDArray[np.float32]]:
        """Every parameter as NumPy, by name."""
        return {name: self.parameter(name).detach().cpu().numpy().copy() for name in self.spec.shapes()}

    def take(self, weights: Mapping[str, npt.NDArray[np.float32]]) -> None:
        """Start from these parameters."""
        with torch.no_grad():
            for name in self.spec.shapes():
                self.parameter(name).copy_(torch.from_numpy(weights[name]))

    def initial_state(self, batch: int) -> State:
        """Zeros."""
        device = next(self.parameters()).device
        zeros = torch.zeros(1, batch, self.spec.hidden, device=device)
        parts = 2 if self.spec.cell == "lstm" else 1
        return [(zeros,) * parts for _ in range(self.spec.layers)]

    def trunk(
        self,
        ids: Tensor,
        dense: Tensor,
        state: State,
        advice: Mapping[str, Tensor] | None = None,
        resets: Tensor | None = None,
    ) -> tuple[Tensor, State]:
        """What the heads read, (T, B, H) or with `Spec.skip` (T, B, layers H), and the state after it.

        Raises ValueError for resets of another cell than the LSTM.
        """
        parts = [
            functional.embedding(ids[..., i], self.parameter(f"embed.{entry.name}"))
            for i, entry in enumerate(self.spec.inputs)
        ]
        heard = [part for name, taken in self.spec.heard for part in self._read(name, taken, advice, dense)]
        entering = torch.cat([*parts, dense, *heard], dim=-1)
        x = entered = self._locked(entering, self.dropout.embedding)  # (T, B, D)
        after: State = []
        shown = []
        for layer, before in enumerate(state):
            if layer and self.spec.skip:
                x = torch.cat([x, entered.to(x.dtype)], dim=-1)  # (T, B, H + D)
            x, last = self._layer(layer, x, before, resets)  # (T, B, H)
            after.append(last)
            x = self._locked(x, self.dropout.layer)
            shown.append(x)
        return torch.cat(shown, dim=-1) if self.spec.skip else x, after

    def _told(self, ids: Tensor) -> Tensor:
        """The ids without those of inputs that are left out in training."""
        shares = torch.tensor([entry.left_out for entry in self.spec.inputs], device=ids.device)
        if not self.training or not shares.any():
            return ids
        return ids * (torch.rand(1, ids.shape[1], len(shares), device=ids.device) >= shares)

    def _given(self, advice: Mapping[str, Tensor], ids: Tensor) -> dict[str, Tensor]:
        """The advice without those sources whose owner is not told, and without those that are dropped."""
        names = [entry.name for entry in self.spec.inputs]
        found = dict(advice)
        for head in self.spec.heads:
            taken, given = head.advice, found.get(head.name)
            if taken is None or given is None:
                continue
            heard = torch.ones(*given.shape[:2], taken.sources, device=given.device)
            if taken.owned:
                told = ids[..., names.index(taken.owner)] != 0  # (T, B)
                heard[..., -taken.owned :] *= told[..., None]
            if self.training and self.dropout.source:
                kept = torch.rand(1, *heard.shape[1:], device=given.device) >= self.dropout.source
                heard *= kept
            if taken.owned or self.training:
                found[head.name] = given * heard[..., None]
        return found

    def _read(
        self, name: str, taken: Advice, advice: Mapping[str, Tensor] | None, like: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Of an advice each source's sum, (T, B, sources), and what the trunk makes of it, (T, B, width)."""
        given = (advice or {}).get(name)
        if given is None:
            given = like.new_zeros(*like.shape[:2], taken.sources, taken.slots)
        return given.sum(-1), functional.linear(given.flatten(-2), self.parameter(f"{name}.advice.read"))

    def _layer(
        self, layer: int, x: Tensor, state: tuple[Tensor, ...], resets: Tensor | None
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        cell = self.spec.cell
        W_x, W_h, b = (self.parameter(f"{cell}.{layer}.{part}") for part in ("W_x", "W_h", "b"))
        if self.training and self.dropout.weight:
            W_h = W_h * draw_mask(W_h.shape, self.dropout.weight, W_h.device)
        if resets is not None:
            x, W_x = _with_resets(cell, x, W_x, resets)
        b_h = torch.zeros_like(b)
        if cell == "gru":
            # of torch's second bias only the candidate's block says what the first does not
            b_h = torch.cat([b_h[: 2 * self.spec.hidden], self.parameter(f"gru.{layer}.b_h")])
        weights = [W_x, W_h, b, b_h]
        if not (x.is_cuda and torch.is_autocast_enabled("cuda")):
            return _run(cell, x, state, weights, self.training)
        # autocast runs cuDNN's layers in float16, whatever it is told: cast here, and keep it out
        asked = torch.get_autocast_dtype("cuda")
        with torch.autocast("cuda", enabled=False):
            state = tuple(part.to(asked) for part in state)
            return _run(cell, x.to(asked), state, [weight.to(asked) for weight in weights], self.training)

    def logits(
        self, head: Head, trunk: Tensor, inputs: Tensor, shifts: Tensor, advice: Tensor | None = None
    ) -> Tensor:
        """Unnormalised log probabilities of a head, (T, B, V)."""
        hidden = trunk
        if head.width:
            hidden = functional.linear(
                trunk, self.parameter(f"{head.name}.W"), self.parameter(f"{head.name}.b")
            )
            for i, entry in enumerate(head.inputs):
                table = self.parameter(f"{head.name}.embed.{entry.name}")
                hidden = hidden + functional.embedding(inputs[..., i], table)
            hidden = self._locked(torch.relu(hidden), self.dropout.head)
        total = torch.zeros(1)
        # all experts' slots come from one product
        names = [f"{head.name}.{expert.name}" for expert in head.experts]
        W = torch.cat([self.parameter(f"{name}.W") for name in names])
        b = torch.cat([self.parameter(f"{name}.b") for name in names])
        of_each = torch.split(
            functional.linear(hidden, W, b), [expert.slots for expert in head.experts], dim=-1
        )
        for i, (expert, slots) in enumerate(zip(head.experts, of_each, strict=True)):
            if head.advice and head.advice.expert == expert.name and advice is not None:
                slots = slots + self._advised(head, head.advice, expert.slots, hidden, advice)
            table = getattr(self, f"map_{head.name}_{i}")
            score = slots if len(table) == 1 else torch.gather(slots, -1, table[shifts[..., i]])
            total = score if i == 0 else total + score
        return total

    def _advised(self, head: Head, taken: Advice, slots: int, hidden: Tensor, advice: Tensor) -> Tensor:
        """What the advice adds to an expert's slots, (T, B, slots)."""
        gates = functional.linear(
            hidden, self.parameter(f"{head.name}.advice.W"), self.parameter(f"{head.name}.advice.b")
        )
        # not log1p, which takes several times as long
        said = (advice * (1 / FAINT)).add_(1).log_().to(gates.dtype)
        scores = torch.einsum("tbk,tbks->tbs", gates, said)
        return functional.pad(scores, (taken.first, slots - taken.first - taken.slots))

    def forward(self, batch: Batch, state: State) -> tuple[dict[str, Tensor], State]:
        """Logits of every head and the state after the window."""
        ids = self._told(batch.ids)
        advice = self._given(batch.advice, ids)
        trunk, after = self.trunk(ids, batch.dense, state, advice, batch.resets)
        found = {}
        for head in self.spec.heads:
            name = head.name
            found[name] = self.logits(head, trunk, batch.inputs[name], batch.shifts[name], advice.get(name))
        return found, after

    def _locked(self, x: Tensor, share: float) -> Tensor:
        """Dropout with one mask for all time steps."""
        if not self.training or share == 0:
            return x
        return x * draw_mask((1, *x.shape[1:]), share, x.device).to(x.dtype)


def _run(
    cell: str, x: Tensor, state: tuple[Tensor, ...], weights: list[Tensor], training: bool
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """One layer of torch's, (T, B, D) to (T, B, H), and its state after."""
    rest = (weights, True, 1, 0.0, training, False, False)
    if cell == "lstm":
        out, h, c = torch._VF.lstm(x, state, *rest)
        return out, (h, c)
    run = torch._VF.gru if cell == "gru" else torch._VF.rnn_tanh
    out, h = run(x, state[0], *rest)
    return out, (h,)


def draw_mask(shape: Sequence[int], share: float, device: torch.device) -> Tensor:
    """Zeros for a share, to 1/65536 of it, and 1 / (1 - share) for the others.

    Each random number draws four: an eighth of the time that Tensor.bernoulli_ takes on a CPU.
    """
    count = math.prod(shape)
    drawn = torch.empty(-(-count // 4), dtype=torch.int64, device=device).random_(-(2**63), None)
    kept = drawn.view(torch.int16)[:count].view(*shape) >= round(share * 65536) - 32768
    return kept.float() / (1 - share)


SHUT = -1e4
"""What shuts a gate, whatever else is added to it."""


def _with_resets(cell: str, x: Tensor, W_x: Tensor, resets: Tensor) -> tuple[Tensor, Tensor]:
    """An LSTM's input and weights with one input more that shuts all gates: c and h are 0 after it."""
    if cell != "lstm":
        raise ValueError(f"the state of {cell} cannot be reset within a window")
    shut = torch.full((W_x.shape[0], 1), SHUT, device=W_x.device, dtype=W_x.dtype)
    return torch.cat([x, resets[..., None].to(x.dtype)], dim=-1), torch.cat([W_x, shut], dim=1)


def _key(name: str) -> str:
    return name.replace(".", "/")  # a ParameterDict takes no dots


def _initial(name: str, shape: tuple[int, ...], hidden: int) -> Tensor:
    if name.startswith(("rnn.", "gru.", "lstm.")):
        value = torch.empty(shape).uniform_(-(hidden**-0.5), hidden**-0.5)
        if name.startswith("lstm.") and name.endswith(".b"):
            value[hidden : 2 * hidden] += 1.0  # forget gates open: memory first
        return value
    if name.endswith("advice.b"):
        return torch.full(shape, 0.1)  # listen a little to begin with
    if len(shape) == 1 or name.endswith("advice.W"):
        return torch.zeros(shape)
    if "embed" in name:
        return torch.randn(shape) * 0.1
    bound = 0.5 * (3 / shape[1]) ** 0.5
    return torch.empty(shape).uniform_(-bound, bound)
