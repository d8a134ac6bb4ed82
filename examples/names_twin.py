"""The torch twin of the network that learns names: torch's own layers, autograd, clipping and Adam.

Conventions: as `examples.train_names`. Torch's second bias stays zero, but for the candidate of a GRU.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from examples.train_names import DECAY, NORM, Batch
from models.cells import CELLS
from models.loss import IGNORED
from models.numeric import Array
from models.spec import Spec

KINDS: dict[str, Callable[[int, int], nn.RNNBase]] = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}
TORCHS = {"W_x": "weight_ih_l0", "W_h": "weight_hh_l0", "b": "bias_ih_l0", "b_h": "bias_hh_l0"}
"""Our parameters by torch's names."""


class TorchLearner:
    """A `Learner` by autograd, of one layer."""

    def __init__(self, spec: Spec, weights: dict[str, Array]) -> None:
        H = spec.hidden
        self._table = nn.Embedding(spec.inputs[0].size, spec.width)
        self._layer = KINDS[spec.cell](spec.width, H)
        self._output = nn.Linear(H, spec.heads[0].size)
        self._places: dict[str, Tensor] = {
            "embed.char": self._table.weight,
            "char.char.W": self._output.weight,
            "char.char.b": self._output.bias,
        }
        learned = list(self._places.values())
        parameters = dict(self._layer.named_parameters())
        parameters["bias_hh_l0"].data.zero_()
        for field in CELLS[spec.cell].Params._fields:
            parameter = parameters[TORCHS[field]]
            learned.append(parameter)
            place = parameter.detach()
            if field == "b_h":  # the other blocks would only say again what b says
                place = place[-H:]
                parameter.register_hook(_last_block)  # type: ignore[no-untyped-call]  # torch leaves it untyped
            self._places[f"{spec.cell}.0.{field}"] = place
        for name, place in self._places.items():
            place.data.copy_(torch.from_numpy(weights[name]))
        self._learned = learned
        self._adam = torch.optim.AdamW(learned, weight_decay=DECAY)

    def step(self, batch: Batch, rate: float) -> float:
        """Learn from a batch, and return what it cost before."""
        for group in self._adam.param_groups:
            group["lr"] = rate
        x = self._table(torch.from_numpy(batch.ids))  # (T, B, width)
        x, _ = self._layer(x)  # (T, B, H)
        logits = self._output(x)  # (T, B, V)
        loss = nn.functional.cross_entropy(
            logits.flatten(0, 1), torch.from_numpy(batch.targets).flatten(), ignore_index=IGNORED
        )
        self._adam.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        nn.utils.clip_grad_norm_(self._learned, NORM)
        self._adam.step()
        return loss.item()

    def weights(self) -> dict[str, Array]:
        """Under the names of `Spec.shapes`."""
        return {name: place.detach().numpy().copy() for name, place in self._places.items()}


def _last_block(gradient: Tensor) -> Tensor:
    """The gradient of a GRU's second bias, the blocks of its gates zeroed."""
    H = len(gradient) // 3
    return torch.cat([torch.zeros_like(gradient[:-H]), gradient[-H:]])
