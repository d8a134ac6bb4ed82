"""The training loop: AdamW, one cycle of the learning rate, averaged weights, resumable.

Conventions: losses are nats a scored target; an epoch is as many steps as the data has.
"""

import math
import os
import pickle
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from models.dataset import IGNORED, Columns
from models.spec import Spec
from models.streams import Source, stack
from models.twin import Batch, Dropout, Maps, Twin

RESUME = "resume.pt"


class ResumeError(ValueError):
    """A resume.pt that training cannot go on from; the message says which file and what to do."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train."""

    epochs: int = 40
    checks: int = 1
    """Validations an epoch; more than one where an epoch is long."""
    patience: int | None = None
    """Validations without a better one after which training ends; None: it runs to the end."""
    keep_last: bool = False
    """Whether the last averaged weights are kept, and not those that validate best: where there is nothing
    to choose by, as after the validation part was learned from."""
    batch: int = 32
    window: int = 96
    """Steps of truncated backpropagation through time; drawn anew between 3/4 and 5/4 of it."""
    rate: float = 3e-3
    """The highest learning rate, reached when `warm_up` is over."""
    warm_up: float = 0.1
    """Share of the training over which the learning rate rises."""
    decay: float = 0.02
    """AdamW's weight decay."""
    clip: float = 1.0
    """Largest norm of the gradient."""
    average: float = 0.999
    """Decay a step of the averaged weights, which are the ones validated and kept."""
    seed: int = 0
    threads: int = 1
    half: bool = False
    """Whether products are computed in bfloat16; parameters and losses stay in float32."""
    dropout: Dropout = field(default_factory=Dropout)


@dataclass(frozen=True, slots=True)
class Progress:
    """One report from a running training."""

    epoch: int
    share: float
    """Of the whole training, 0 to 1."""
    train: float
    """Nats a step, smoothed, all heads."""
    validation: dict[str, float] | None
    """Nats a target by head, where an epoch, or a part of one that is checked, has just ended."""
    best: bool
    seconds: float
    """Since the training, or its going on, began."""
    steps: int
    """Steps of the data met since then."""


def train(
    spec: Spec,
    maps: Maps,
    source: Source,
    validation: Columns,
    recipe: Recipe,
    folder: Path,
    report: Callable[[Progress], None],
    save_every: float = 120.0,
    start: Mapping[str, npt.NDArray[np.float32]] | None = None,
) -> dict[str, npt.NDArray[np.float32]]:
    """Train, from `start` if given, and return the averaged weights that validate best (or the last).

    A run that was stopped goes on from `folder`/resume.pt, which is written every `save_every`
    seconds and at each epoch's end.

    Raises:
        ResumeError: the resume.pt there is damaged, or of a network of another shape.
    """
    torch.set_num_threads(recipe.threads)
    torch.manual_seed(recipe.seed)
    twin = Twin(spec, maps, recipe.dropout)
    if start is not None:
        twin.take(start)
    run = _Run(twin, source, recipe)
    path = folder / RESUME
    if path.exists():
        _restore(run, path)
    folder.mkdir(parents=True, exist_ok=True)
    saved = started = time.monotonic()
    before = run.seen
    while run.seen < run.total and not run.out_of_patience:
        ended = run.step()
        found = None
        best = False
        if ended:
            found = evaluate(run.averaged_twin(), validation)
            score = sum(found.values())
            best = score < run.best
            run.since_best += 1
            if best:
                run.best, run.since_best = score, 0
            if best or (recipe.keep_last and math.isfinite(score)):
                run.kept = run.averaged_twin().arrays()
        if ended or time.monotonic() - saved > save_every:
            _save(run.state(), path)
            saved = time.monotonic()
        seconds = time.monotonic() - started
        share = min(1.0, run.seen / run.total)
        report(Progress(run.epoch, share, run.smoothed, found, best, seconds, run.seen - before))
    return run.kept


class _Run:
    """The mutable side of a training."""

    def __init__(self, twin: Twin, source: Source, recipe: Recipe) -> None:
        self.twin, self.recipe, self.source = twin, recipe, source
        # the lengths of windows are drawn apart from what the source draws
        self.generator = np.random.default_rng((recipe.seed, 1))
        self.optimiser = torch.optim.AdamW(
            twin.parameters(), lr=recipe.rate, weight_decay=recipe.decay, betas=(0.9, 0.99), fused=True
        )
        self.average = {name: value.detach().clone() for name, value in twin.named_parameters()}
        self.memory = twin.initial_state(recipe.batch)
        self.total = source.size * recipe.epochs
        self.seen = self.steps = self.since_best = 0
        self.smoothed = math.nan
        self.best = math.inf
        self.kept: dict[str, npt.NDArray[np.float32]] = {}

    @property
    def epoch(self) -> int:
        return self.seen // self.source.size

    @property
    def check(self) -> int:
        return self.seen * self.recipe.checks // self.source.size

    @property
    def out_of_patience(self) -> bool:
        return self.recipe.patience is not None and self.since_best >= self.recipe.patience

    def step(self) -> bool:
        """One window of every stream; True when it is time to validate."""
        before = self.check
        window = max(1, int(self.recipe.window * self.generator.uniform(0.75, 1.25)))
        batch, fresh, count = self.source.next(window)
        keep = torch.from_numpy(~fresh).float()[None, :, None]
        state = [tuple(part.detach().float() * keep for part in layer) for layer in self.memory]
        for group in self.optimiser.param_groups:
            group["lr"] = self.recipe.rate * _cycle(self.seen / self.total, self.recipe.warm_up)
        self.twin.train()
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.recipe.half):
            logits, self.memory = self.twin(batch, state)
        opinions = batch.opinions or {}
        losses = [_loss(logits[n].float(), batch.targets[n], opinions.get(n)) for n in logits]
        loss = torch.stack(losses).sum()
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        torch.nn.utils.clip_grad_norm_(self.twin.parameters(), self.recipe.clip)
        self.optimiser.step()
        self.steps += 1
        decay = min(self.recipe.average, self.steps / (self.steps + 10))
        for name, value in self.twin.named_parameters():
            self.average[name].lerp_(value.detach(), 1 - decay)
        found = float(loss.detach())
        self.smoothed = found if math.isnan(self.smoothed) else 0.98 * self.smoothed + 0.02 * found
        self.seen += count
        return self.check > before

    def averaged_twin(self) -> Twin:
        """The twin with the averaged weights, not in training."""
        twin = Twin(self.twin.spec, {}, self.recipe.dropout)
        for name, buffer in self.twin.named_buffers():
            twin.register_buffer(name, buffer, False)
        twin.load_state_dict(self.average)
        return twin.eval()

    def state(self) -> dict[str, Any]:
        return {
            "made_with": self.made_with(),
            "twin": self.twin.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "average": self.average,
            "memory": self.memory,
            "source": self.source.state(),
            "generator": self.generator.bit_generator.state,
            "torch": torch.get_rng_state(),
            "counts": (self.seen, self.steps, self.smoothed, self.best, self.since_best),
            "kept": self.kept,
        }

    def made_with(self) -> dict[str, Any]:
        """What a run shares with the one it goes on from: the data, and the recipe.

        Not so the threads, nor what goes by the training's length (epochs, patience, what is averaged and
        what is kept): a run may be made longer.
        """
        free = ("threads", "epochs", "patience", "average", "keep_last")
        return {**asdict(self.recipe), **dict.fromkeys(free), "steps": self.source.size}

    def restore(self, state: dict[str, Any]) -> None:
        made_with = state.get("made_with", self.made_with())
        if made_with != self.made_with():
            other = [name for name, value in self.made_with().items() if made_with.get(name) != value]
            raise ResumeError(f"was trained with other {', '.join(other)}")
        self.twin.load_state_dict(state["twin"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.average, self.memory, self.kept = state["average"], state["memory"], state["kept"]
        self.source.restore(state["source"])
        self.generator.bit_generator.state = state["generator"]
        torch.set_rng_state(state["torch"])
        self.seen, self.steps, self.smoothed, self.best, self.since_best = state["counts"]


def evaluate(twin: Twin, columns: Columns) -> dict[str, float]:
    """Nats a target by head; every sequence whole, every target once."""
    totals = dict.fromkeys((head.name for head in twin.spec.heads), 0.0)
    counts = dict.fromkeys(totals, 0)
    with torch.no_grad():
        for batch in _whole(columns):
            logits, _ = twin(batch, twin.initial_state(batch.ids.shape[1]))
            for name in totals:
                targets = batch.targets[name]
                scored = int((targets != IGNORED).sum())
                totals[name] += float(_loss(logits[name], targets)) * scored
                counts[name] += scored
    return {name: totals[name] / max(1, counts[name]) for name in totals}


def _whole(columns: Columns, batch: int = 16) -> Iterator[Batch]:
    order = sorted(range(len(columns.lengths)), key=lambda i: columns.lengths[i])
    for at in range(0, len(order), batch):
        chosen = order[at : at + batch]
        pieces = [(0, columns.starts[i], columns.starts[i] + columns.lengths[i]) for i in chosen]
        yield stack([columns], pieces)


def _loss(logits: Tensor, targets: Tensor, opinion: Tensor | None = None) -> Tensor:
    """Nats a scored target; 0 where none is scored, of which torch's own mean would make not-a-number.

    With an opinion (T, B, V) the nats are those of what the teachers think, not of what was there.
    """
    scored = targets != IGNORED
    if opinion is None:
        total = functional.cross_entropy(
            logits.flatten(0, 1), targets.flatten(), ignore_index=IGNORED, reduction="sum"
        )
    else:
        total = functional.cross_entropy(logits[scored], opinion[scored], reduction="sum")
    return total / scored.sum().clamp(min=1)


def _cycle(share: float, warm_up: float) -> float:
    """The learning rate over the training, as a share of the highest: up, then down along a cosine."""
    if share < warm_up:
        return 0.04 + 0.96 * share / warm_up
    return 0.002 + 0.998 * 0.5 * (1 + math.cos(math.pi * min(1.0, (share - warm_up) / (1 - warm_up))))


def _restore(run: _Run, path: Path) -> None:
    try:
        run.restore(torch.load(path, weights_only=False))
    except ResumeError as error:
        raise ResumeError(f"{path}: {error}; delete it to start anew, or save elsewhere") from error
    except (
        RuntimeError,
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        EOFError,
        pickle.UnpicklingError,
    ) as error:
        raise ResumeError(
            f"{path}: damaged, or of a network of another shape; delete it to start anew, or save elsewhere"
        ) from error


def _save(state: dict[str, Any], path: Path) -> None:
    partial = path.with_suffix(".partial")
    torch.save(state, partial)
    os.replace(partial, path)  # a run killed here leaves the last whole file
