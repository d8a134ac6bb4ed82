"""The torch twin of a network: the same parameters under the same names, with autograd, for training.

Conventions: sequences are (T, B, …), time first. Gates are in the order of `models.lstm` and `models.gru`.
Regularisation follows Merity, Keskar and Socher, "Regularizing and Optimizing LSTM Language Models"
(2018): dropout masks that hold for a whole window, and dropout of the hidden-to-hidden weights.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from models.spec import Head, Spec

Maps = Mapping[str, Sequence[npt.NDArray[np.int16]]]
"""For every head its experts' maps, (shifts, size of the head)."""


class Batch(NamedTuple):
    """A window of several sequences side by side."""

    ids: Tensor  # (T, B, inputs)
    dense: Tensor  # (T, B, dense)
    inputs: dict[str, Tensor]  # (T, B, inputs of the head)
    shifts: dict[str, Tensor]  # (T, B, experts of the head)
    targets: dict[str, Tensor]  # (T, B)
    opinions: dict[str, Tensor] | None = None
    """Of teachers: the probability of every id, (T, B, V); where given it is learned, not the target."""


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

    def trunk(self, ids: Tensor, dense: Tensor, state: State) -> tuple[Tensor, State]:
        """What the heads read, (T, B, H) or with `Spec.skip` (T, B, layers H), and the state after it."""
        parts = [
            functional.embedding(ids[..., i], self.parameter(f"embed.{entry.name}"))
            for i, entry in enumerate(self.spec.inputs)
        ]
        x = entered = self._locked(torch.cat([*parts, dense], dim=-1), self.dropout.embedding)  # (T, B, D)
        after: State = []
        shown = []
        for layer, before in enumerate(state):
            if layer and self.spec.skip:
                x = torch.cat([x, entered.to(x.dtype)], dim=-1)  # (T, B, H + D)
            x, last = self._layer(layer, x, before)  # (T, B, H)
            after.append(last)
            x = self._locked(x, self.dropout.layer)
            shown.append(x)
        return torch.cat(shown, dim=-1) if self.spec.skip else x, after

    def _layer(self, layer: int, x: Tensor, state: tuple[Tensor, ...]) -> tuple[Tensor, tuple[Tensor, ...]]:
        cell = self.spec.cell
        W_x, W_h, b = (self.parameter(f"{cell}.{layer}.{part}") for part in ("W_x", "W_h", "b"))
        W_h = functional.dropout(W_h, self.dropout.weight, training=self.training)
        b_h = torch.zeros_like(b)
        if cell == "gru":
            # of torch's second bias only the candidate's block says what the first does not
            b_h = torch.cat([b_h[: 2 * self.spec.hidden], self.parameter(f"gru.{layer}.b_h")])
        rest = ([W_x, W_h, b, b_h], True, 1, 0.0, self.training, False, False)
        if cell == "lstm":
            out, h, c = torch._VF.lstm(x, state, *rest)
            return out, (h, c)
        run = torch._VF.gru if cell == "gru" else torch._VF.rnn_tanh
        out, h = run(x, state[0], *rest)
        return out, (h,)

    def logits(self, head: Head, trunk: Tensor, inputs: Tensor, shifts: Tensor) -> Tensor:
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
        for i, expert in enumerate(head.experts):
            slots = functional.linear(
                hidden,
                self.parameter(f"{head.name}.{expert.name}.W"),
                self.parameter(f"{head.name}.{expert.name}.b"),
            )
            table = getattr(self, f"map_{head.name}_{i}")
            score = slots if len(table) == 1 else torch.gather(slots, -1, table[shifts[..., i]])
            total = score if i == 0 else total + score
        return total

    def forward(self, batch: Batch, state: State) -> tuple[dict[str, Tensor], State]:
        """Logits of every head and the state after the window."""
        trunk, after = self.trunk(batch.ids, batch.dense, state)
        found = {
            head.name: self.logits(head, trunk, batch.inputs[head.name], batch.shifts[head.name])
            for head in self.spec.heads
        }
        return found, after

    def _locked(self, x: Tensor, share: float) -> Tensor:
        """Dropout with one mask for all time steps."""
        if not self.training or share == 0:
            return x
        mask = torch.empty(1, *x.shape[1:], device=x.device).bernoulli_(1 - share) / (1 - share)
        return x * mask.to(x.dtype)


def _key(name: str) -> str:
    return name.replace(".", "/")  # a ParameterDict takes no dots


def _initial(name: str, shape: tuple[int, ...], hidden: int) -> Tensor:
    if name.startswith(("rnn.", "gru.", "lstm.")):
        value = torch.empty(shape).uniform_(-(hidden**-0.5), hidden**-0.5)
        if name.startswith("lstm.") and name.endswith(".b"):
            value[hidden : 2 * hidden] += 1.0  # forget gates open: memory first
        return value
    if len(shape) == 1:
        return torch.zeros(shape)
    if "embed" in name:
        return torch.randn(shape) * 0.1
    bound = 0.5 * (3 / shape[1]) ** 0.5
    return torch.empty(shape).uniform_(-bound, bound)
