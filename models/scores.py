"""Nats of a twin's answers, in torch: what training follows and what validation prints.

Conventions: logits are (T, B, V), targets (T, B); a target of IGNORED is not scored.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from models.dataset import IGNORED, Columns
from models.parallel import ALONE, Team
from models.streams import on, stack
from models.twin import Batch, Twin


def count_scored(batch: Batch) -> Tensor:
    """How many targets of each head are scored, (heads,) in the order of `batch.targets`, on the CPU."""
    counts = [(targets != IGNORED).sum() for targets in batch.targets.values()]
    return torch.stack(counts).double().cpu()


def total_nats(logits: Tensor, targets: Tensor, opinion: Tensor | None = None) -> Tensor:
    """Nats of all scored targets together, in float32; 0 where there is none.

    With an opinion (T, B, V) the nats are those of what the teachers think, not of what was there.
    """
    logits = logits.float()
    if opinion is None:
        return functional.cross_entropy(
            logits.flatten(0, 1), targets.flatten(), ignore_index=IGNORED, reduction="sum"
        )
    scored = targets != IGNORED
    return functional.cross_entropy(logits[scored], opinion[scored], reduction="sum")


def evaluate(twin: Twin, columns: Columns, team: Team = ALONE) -> dict[str, float]:
    """Nats a target by head; every sequence whole, every target once.

    A team shares the sequences and everyone learns the result.
    """
    names = [head.name for head in twin.spec.heads]
    device = next(twin.parameters()).device
    sums = torch.zeros(2, len(names), dtype=torch.float64)  # nats, targets
    with torch.no_grad():
        for i, batch in enumerate(_whole(columns)):
            if i % team.size != team.rank:
                continue
            here = on(batch, device)
            logits, _ = twin(here, twin.initial_state(here.ids.shape[1]))
            for k, name in enumerate(names):
                sums[0, k] += float(total_nats(logits[name], here.targets[name]))
            sums[1] += count_scored(batch)
    nats, counts = team.total(sums)
    return {name: float(nats[k] / counts[k].clamp(min=1)) for k, name in enumerate(names)}


def opinion(twin: Twin, columns: Columns, i: int) -> dict[str, npt.NDArray[np.float32]]:
    """The probability of every answer to the i-th sequence, (T, V), by head."""
    start, end = columns.starts[i], columns.starts[i] + columns.lengths[i]
    with torch.no_grad():
        logits, _ = twin(stack([columns], [(0, start, end)]), twin.initial_state(1))
    return {name: functional.softmax(found[:, 0].float(), dim=-1).numpy() for name, found in logits.items()}


def _whole(columns: Columns, batch: int = 16) -> Iterator[Batch]:
    order = sorted(range(len(columns.lengths)), key=lambda i: columns.lengths[i])
    starts = columns.starts
    for at in range(0, len(order), batch):
        chosen = order[at : at + batch]
        yield stack([columns], [(0, starts[i], starts[i] + columns.lengths[i]) for i in chosen])
