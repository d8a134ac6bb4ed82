"""One training: a twin, its optimiser, its averaged weights, and where it is in the data.

Conventions: a step learns from one window of every stream of the batch. The batch is cut across its
streams, among the processes of a team and again into as many parts as are to be learned from one after
the other (gradient accumulation); each target weighs the same however it is cut, so neither changes what
is learned but for rounding and dropout masks.
"""

import math
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import asdict
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from models.parallel import ALONE, Team, TeamError, apart
from models.recipe import Recipe, rate_at
from models.scores import count_scored, total_nats
from models.streams import Source, on, take
from models.twin import Batch, State, Twin

FREE = ("threads", "half", "epochs", "patience", "average", "keep_last")
"""Fields of a recipe that may differ when a run goes on: a run may be made longer."""


class OtherRunError(ValueError):
    """A saved run of another recipe, or on other data; the message says what differs."""


class Training:
    """The mutable side of a training.

    Raises:
        TeamError: fewer streams than processes times parts.
    """

    def __init__(
        self, twin: Twin, source: Source, recipe: Recipe, team: Team = ALONE, accumulate: int = 1
    ) -> None:
        self.twin, self.source, self.recipe, self.team = twin.to(team.device), source, recipe, team
        self._model = team.wrap(self.twin)
        self._streams = team.share(recipe.batch)
        streams = self._streams.stop - self._streams.start
        if streams < accumulate:
            raise TeamError(f"{streams} streams of this process cannot be cut into {accumulate} parts")
        self._parts = [
            slice(i * streams // accumulate, (i + 1) * streams // accumulate) for i in range(accumulate)
        ]
        # the lengths of windows are drawn apart from what the source draws
        self.generator = np.random.default_rng((recipe.seed, 1))
        self._learned: list[Tensor] = list(self.twin.parameters())
        self.optimiser = torch.optim.AdamW(
            self._learned, lr=recipe.rate, weight_decay=recipe.decay, betas=(0.9, 0.99), fused=True
        )
        self.average = {name: value.detach().clone() for name, value in self.twin.named_parameters()}
        self.memory = self.twin.initial_state(streams)
        self.total = source.size * recipe.epochs
        self.seen = self.steps = self.since_best = 0
        self.loss = self.smoothed = math.nan
        self.best = math.inf
        self.kept: dict[str, npt.NDArray[np.float32]] = {}
        if team.size > 1:  # the same weights to begin with, and masks of each one's own
            torch.manual_seed(_seed_of(recipe.seed, team.rank))

    @property
    def epoch(self) -> int:
        """How many times the data has been met."""
        return self.seen // self.source.size

    @property
    def check(self) -> int:
        """How many validations are due by now."""
        return self.seen * self.recipe.checks // self.source.size

    @property
    def over(self) -> bool:
        """Whether there is nothing left to do."""
        patience = self.recipe.patience
        return self.seen >= self.total or (patience is not None and self.since_best >= patience)

    def step(self) -> bool:
        """Learn from one window of every stream; True when it is time to validate."""
        before = self.check
        window = max(1, int(self.recipe.window * self.generator.uniform(0.75, 1.25)))
        batch, fresh, count = self.source.next(window, self._streams)
        # what a target weighs: gradients are averaged over the team, so each one's count by its size
        weights = self.team.size / self.team.total(count_scored(batch)).clamp(min=1)
        for group in self.optimiser.param_groups:
            group["lr"] = rate_at(self.recipe, self.seen / self.total)
        self.twin.train()
        self.optimiser.zero_grad(set_to_none=True)
        self.loss = self._learn(on(batch, self.team.device), fresh, weights.tolist())
        torch.nn.utils.clip_grad_norm_(self._learned, self.recipe.clip)
        self.optimiser.step()
        self.steps += 1
        decay = min(self.recipe.average, self.steps / (self.steps + 10))
        with torch.no_grad():
            torch._foreach_lerp_(list(self.average.values()), self._learned, 1 - decay)
        start = math.isnan(self.smoothed)
        self.smoothed = self.loss if start else 0.98 * self.smoothed + 0.02 * self.loss
        self.seen += count
        return self.check > before

    def _learn(self, batch: Batch, fresh: npt.NDArray[np.bool_], weights: list[float]) -> float:
        """Add up the gradients of all parts, carry the state on, and return the loss of the whole batch."""
        keep = torch.from_numpy(~fresh).float()[None, :, None].to(self.team.device)
        state = _each(self.memory, lambda part: part.detach().float() * keep)
        found = torch.zeros((), device=self.team.device)
        after: list[State] = []
        for i, streams in enumerate(self._parts):
            whole, last = len(self._parts) == 1, i + 1 == len(self._parts)
            part, before = (batch, state) if whole else (take(batch, streams), _cut(state, streams))
            with nullcontext() if last else apart(self._model):
                with torch.autocast(self.team.device.type, torch.bfloat16, enabled=self.recipe.half):
                    logits, memory = self._model(part, before)
                loss = _weighed(logits, part, weights)
                loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
            found += loss.detach()
            after.append(memory)
        self.memory = after[0] if len(after) == 1 else _side_by_side(after)
        return float(self.team.total(found.cpu())) / self.team.size

    def averaged_twin(self) -> Twin:
        """The twin with the averaged weights, not in training."""
        twin = Twin(self.twin.spec, {}, self.recipe.dropout)
        for name, buffer in self.twin.named_buffers():
            twin.register_buffer(name, buffer, False)
        twin.load_state_dict(self.average)
        return twin.to(self.team.device).eval()

    def keep(self, found: dict[str, float]) -> bool:
        """Keep the averaged weights if they are the best, or if the last are to be; whether they are best."""
        score = sum(found.values())
        best = score < self.best
        self.since_best += 1
        if best:
            self.best, self.since_best = score, 0
        if best or (self.recipe.keep_last and math.isfinite(score)):
            self.kept = self.averaged_twin().arrays()
        return best

    def state(self) -> dict[str, Any]:
        """All that a later run needs to go on exactly here, for who leads; the whole team has to call it."""
        found = self.team.gather((_each(self.memory, Tensor.cpu), _random_state(self.team.device)))
        if not self.team.leads:
            return {}
        memories, random = zip(*found, strict=True)
        return {
            "made_with": self.made_with(),
            "twin": self.twin.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "average": self.average,
            "memory": _side_by_side(memories),
            "source": self.source.state(),
            "generator": self.generator.bit_generator.state,
            "random": random,
            "counts": (self.seen, self.steps, self.smoothed, self.best, self.since_best),
            "kept": self.kept,
        }

    def made_with(self) -> dict[str, Any]:
        """What a run shares with the one it goes on from: the data, and of the recipe what is not `FREE`."""
        return {**asdict(self.recipe), **dict.fromkeys(FREE), "steps": self.source.size}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a `state`, of a team of any size.

        Raises:
            OtherRunError: the state is of another recipe, or on other data.
        """
        ours = self.made_with()
        other = [name for name, value in ours.items() if state["made_with"].get(name) != value]
        if other:
            raise OtherRunError(f"was trained with other {', '.join(other)}")
        device = self.team.device
        self.twin.load_state_dict(state["twin"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.average = {name: value.to(device) for name, value in state["average"].items()}
        self.memory = _each(_cut(state["memory"], self._streams), lambda part: part.to(device))
        self.kept = state["kept"]
        self.source.restore(state["source"])
        self.generator.bit_generator.state = state["generator"]
        self.seen, self.steps, self.smoothed, self.best, self.since_best = state["counts"]
        if len(state["random"]) == self.team.size:
            _set_random_state(state["random"][self.team.rank], device)
        else:  # another team: other masks, as good as those
            torch.manual_seed(_seed_of(self.recipe.seed, self.team.rank, self.steps))


def _weighed(logits: dict[str, Tensor], batch: Batch, weights: list[float]) -> Tensor:
    opinions = batch.opinions or {}
    losses = [
        total_nats(logits[name], targets, opinions.get(name)) * weight
        for (name, targets), weight in zip(batch.targets.items(), weights, strict=True)
    ]
    return torch.stack(losses).sum()


def _each(state: State, change: Callable[[Tensor], Tensor]) -> State:
    return [tuple(change(part) for part in layer) for layer in state]


def _cut(state: State, streams: slice) -> State:
    return _each(state, lambda part: part[:, streams].contiguous())


def _side_by_side(states: Sequence[State]) -> State:
    """The states of some streams each as the state of all."""
    return [
        tuple(torch.cat(parts, dim=1) for parts in zip(*layers, strict=True))
        for layers in zip(*states, strict=True)
    ]


def _seed_of(*numbers: int) -> int:
    return int(np.random.SeedSequence(numbers).generate_state(1)[0])


def _random_state(device: torch.device) -> list[Tensor]:
    found = [torch.get_rng_state()]
    return [*found, torch.cuda.get_rng_state(device)] if device.type == "cuda" else found


def _set_random_state(state: list[Tensor], device: torch.device) -> None:
    torch.set_rng_state(state[0])
    if device.type == "cuda" and len(state) > 1:
        torch.cuda.set_rng_state(state[1], device)
