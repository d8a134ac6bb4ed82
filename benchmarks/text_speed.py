"""How fast a text model trains and writes, against torch's own modules of the same size, in one run.

    OPENBLAS_NUM_THREADS=1 python benchmarks/text_speed.py [MODEL] [--rounds N] [--json]

Conventions: characters a second; the rows of a group do the same work and take turns, round by round, so
that a busy machine is busy for all of them; medians of the rounds, one thread. A ratio is a row over the
group's last, which is torch's. Training is a window of 32 places by 100 characters: forward, backward,
clipping, AdamW; torch's is nn.LSTM, whose layers are not joined by skips, with nn.Embedding and nn.Linear.
Writing is one sequence: a step and a draw at temperature 0.8 and top-p 0.95; torch's is LSTMCell by
LSTMCell, drawn from as ours.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from improv.text.model import TextModel, load_text
from models.language import CHARACTER, identity_maps
from models.loop import Training
from models.numeric import Array
from models.sampling import probabilities, sample
from models.tape import Tape
from models.train import Recipe
from models.twin import Twin

PLACES, WINDOW = 32, 100
STRETCH = 200
"""Characters written a round."""
WARM_UP = 2

Row = Callable[[], int]
"""One round of a row; returns the characters it did."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of the table."""

    group: str
    name: str
    characters_a_second: float
    ratio: float


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("model", nargs="?", default="shakespeare")
    parser.add_argument("--rounds", type=int, default=12, help="of each row (%(default)s)")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    model = load_text(arguments.model)
    groups = {
        "training": {
            "improv train text, bfloat16 products": trained(model, True),
            "improv train text --full, float32": trained(model, False),
            "torch nn.LSTM, float32": trained_by_torch(model),
        },
        "writing": {"models.network": written(model), "torch LSTMCell": written_by_torch(model)},
    }
    figures = [figure for name, rows in groups.items() for figure in measure(name, rows, arguments.rounds)]
    if arguments.json:
        print(json.dumps([{name: getattr(f, name) for name in Figure.__slots__} for f in figures]))
        return
    print(f"{model.name}: {model.spec.layers} layers of {model.spec.hidden}")
    for figure in figures:
        print(f"{figure.group:10}{figure.name:40}{figure.characters_a_second:9.0f}{figure.ratio:7.2f}")


def measure(group: str, rows: dict[str, Row], rounds: int) -> list[Figure]:
    """Rows in turns."""
    speeds: dict[str, list[float]] = {name: [] for name in rows}
    for turn in range(rounds + WARM_UP):
        for name, row in rows.items():
            began = time.perf_counter()
            done = row()
            if turn >= WARM_UP:
                speeds[name].append(done / (time.perf_counter() - began))
    medians = {name: statistics.median(found) for name, found in speeds.items()}
    reference = list(medians.values())[-1]
    return [Figure(group, name, round(v, 1), round(v / reference, 3)) for name, v in medians.items()]


def trained(model: TextModel, half: bool) -> Row:
    """A window through `models.train`, as `improv train text` runs it."""
    recipe = replace(Recipe(), batch=PLACES, window=WINDOW, half=half)
    twin = Twin(model.spec, identity_maps(model.alphabet.size), recipe.dropout)
    ids = np.random.default_rng(0).integers(1, model.alphabet.size, 100_000).astype(np.int16)
    run = Training(twin, Tape(ids, CHARACTER, PLACES, 0), recipe)

    def row() -> int:
        before = run.seen
        run.step()
        return run.seen - before

    return row


def trained_by_torch(model: TextModel) -> Row:
    """The same window through torch's own modules."""
    spec, size = model.spec, model.alphabet.size
    table, lstm = nn.Embedding(size, spec.width), nn.LSTM(spec.width, spec.hidden, spec.layers)
    head = nn.Linear(spec.hidden, size)
    parameters = [*table.parameters(), *lstm.parameters(), *head.parameters()]
    optimiser = torch.optim.AdamW(parameters, lr=1e-3, fused=True)
    ids = torch.randint(1, size, (WINDOW + 1, PLACES))

    def row() -> int:
        out, _ = lstm(table(ids[:-1]))
        loss = functional.cross_entropy(head(out).flatten(0, 1), ids[1:].flatten())
        optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        return WINDOW * PLACES

    return row


def drawn(logits: Array, generator: np.random.Generator) -> int:
    """A character, never the unknown one."""
    scores = logits.copy()
    scores[0] = -np.inf
    return sample(probabilities(scores, 0.8, 0.95), generator.random())


def written(model: TextModel) -> Row:
    """Characters by the network that writes."""
    network, generator = model.network(), np.random.default_rng(0)
    network.step((1,))

    def row() -> int:
        for _ in range(STRETCH):
            network.step((drawn(network.logits(CHARACTER, (), (0,)), generator),))
        return STRETCH

    return row


def written_by_torch(model: TextModel) -> Row:
    """Characters by LSTMCells with the same weights, joined by the same skips."""
    spec, generator = model.spec, np.random.default_rng(0)
    cells = [nn.LSTMCell(spec.layer_width(layer), spec.hidden) for layer in range(spec.layers)]
    weights = {name: torch.from_numpy(value) for name, value in model.weights.items()}
    with torch.no_grad():
        for layer, cell in enumerate(cells):
            cell.weight_ih.copy_(weights[f"lstm.{layer}.W_x"])
            cell.weight_hh.copy_(weights[f"lstm.{layer}.W_h"])
            cell.bias_ih.copy_(weights[f"lstm.{layer}.b"])
            cell.bias_hh.zero_()
    state: list[tuple[Tensor, Tensor]] = [(torch.zeros(1, spec.hidden),) * 2 for _ in cells]
    chosen = [1]

    def row() -> int:
        with torch.inference_mode():
            for _ in range(STRETCH):
                entered = x = weights["embed.char"][chosen[0]][None]  # (1, D)
                shown = []
                for layer, cell in enumerate(cells):
                    if layer and spec.skip:
                        x = torch.cat([x, entered], dim=1)
                    state[layer] = cell(x, state[layer])
                    x = state[layer][0]
                    shown.append(x)
                trunk = torch.cat(shown, dim=1) if spec.skip else x
                logits = functional.linear(trunk, weights["char.char.W"], weights["char.char.b"])
                chosen[0] = drawn(logits[0].numpy(), generator)
        return STRETCH

    return row


if __name__ == "__main__":
    main()
