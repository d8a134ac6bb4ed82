"""Training: AdamW, one cycle of the learning rate, averaged weights, resumable; in one process or several.

    python -m models.train PLAN -o RUN
    torchrun --nproc-per-node N -m models.train PLAN -o RUN

trains from a folder of arrays (`models.plan`), which `improv train jazz DATA --export PLAN` writes, and
leaves the weights in RUN. Ctrl-C or SIGTERM stops it; the same command goes on, in any number of processes.

Conventions: losses are nats a scored target; an epoch is as many steps as the data has.
"""

import argparse
import sys
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from models.checkpoint import save as save_checkpoint
from models.dataset import Columns
from models.loop import Training
from models.parallel import ALONE, Team, TeamError, joined, leave
from models.plan import PlanError, read_plan
from models.recipe import Progress, Recipe
from models.resume import RESUME, ResumeError, restore, save
from models.runlog import RunLog, Stop
from models.scores import evaluate
from models.spec import Spec
from models.streams import Source, Streams
from models.twin import Maps, Twin

__all__ = ["RESUME", "Progress", "Recipe", "ResumeError", "StoppedError", "evaluate", "train"]

KIND = "run"
"""What the meta.json of a run's weights says that they are."""


class StoppedError(Exception):
    """The training was asked to stop; it has saved and can be gone on with."""


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
    team: Team = ALONE,
    accumulate: int = 1,
    stop: Callable[[], bool] = lambda: False,
) -> dict[str, npt.NDArray[np.float32]]:
    """Train, from `start` if given, and return the averaged weights that validate best (or the last).

    A run that was stopped goes on from `folder`/resume.pt, which is written every `save_every`
    seconds, at each epoch's end, and when `stop` says so. Of a team only who leads reports and writes.

    Raises:
        ResumeError: the resume.pt there is damaged, or of a network of another shape.
        TeamError: fewer streams in a batch than processes times `accumulate`.
        StoppedError: anyone's `stop` said so.
    """
    torch.set_num_threads(recipe.threads)
    torch.manual_seed(recipe.seed)
    twin = Twin(spec, maps, recipe.dropout)
    if start is not None:
        twin.take(start)
    run = Training(twin, source, recipe, team, accumulate)
    path = folder / RESUME
    if path.exists():
        restore(run, path)
    if team.leads:
        folder.mkdir(parents=True, exist_ok=True)
    saved = started = time.monotonic()
    before = run.seen
    while not run.over:
        ended = run.step()
        found = None
        best = False
        if ended:
            found = evaluate(run.averaged_twin(), validation, team)
            best = run.keep(found)
        stopped, due = team.any(stop(), team.leads and time.monotonic() - saved > save_every)
        if ended or stopped or due:
            save(run, path)
            saved = time.monotonic()
        if team.leads:
            seconds = time.monotonic() - started
            share = min(1.0, run.seen / run.total)
            met = run.seen - before
            report(Progress(run.epoch, share, run.smoothed, found, best, seconds, met, run.loss, run.steps))
        if stopped and not run.over:
            raise StoppedError
    return run.kept


def main(arguments: list[str] | None = None) -> int:
    """Train from a plan's folder; the exit code is 0 at the end, 2 for bad input, 128 + n for signal n."""
    parser = argparse.ArgumentParser(
        prog="python -m models.train", description="Train a network from a plan."
    )
    parser.add_argument("plan", type=Path, metavar="PLAN", help="a folder of arrays, as an export makes it")
    parser.add_argument("-o", "--out", type=Path, required=True, metavar="RUN", help="where it is saved")
    parser.add_argument("--accumulate", type=int, default=1, metavar="K", help="parts a batch is cut into")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto", help="(%(default)s)")
    parser.add_argument("--full", action="store_true", help="no bfloat16, on GPUs either")
    parser.add_argument("--threads", type=int, help="of each process (the plan's)")
    parser.add_argument("--save-every", type=float, default=120.0, metavar="SECONDS", help="(%(default)s)")
    chosen = parser.parse_args(arguments)
    for name in ("accumulate", "threads"):
        value = getattr(chosen, name)
        if value is not None and value < 1:
            parser.error(f"--{name} must be 1 or more, not {value}")
    try:
        with joined(chosen.device) as team:
            try:
                return _run(chosen, team)
            except (PlanError, ResumeError, TeamError) as error:
                return _complain(str(error), team)
            except OSError as error:
                return _complain(f"{error.filename or chosen.out}: {error.strerror}", team)
    except TeamError as error:
        return _complain(str(error))


def _run(chosen: argparse.Namespace, team: Team) -> int:
    plan = read_plan(chosen.plan)
    half = not chosen.full and (plan.recipe.half or team.device.type == "cuda")
    recipe = replace(plan.recipe, half=half, threads=chosen.threads or plan.recipe.threads)
    source = Streams(plan.variants, recipe.batch, recipe.seed, recipe.joined)
    if team.device.type == "cuda":
        # a layer's weights are made anew for every window, by dropout: cuDNN has to copy them anyway
        warnings.filterwarnings("ignore", message="RNN module weights are not part of single contiguous")
    with Stop(patient=team.size > 1) as stop, RunLog(chosen.out) as log:
        try:
            weights = train(
                plan.spec,
                plan.maps,
                source,
                plan.validation,
                recipe,
                chosen.out,
                log.show,
                save_every=chosen.save_every,
                team=team,
                accumulate=chosen.accumulate,
                stop=stop,
            )
        except StoppedError:
            if team.leads:
                sys.stderr.write(f"stopped; the same command goes on from {chosen.out}\n")
            return 128 + (stop.signal or 0) if stop.signal else 1
    if not weights:
        return _complain(f"{chosen.out}: the training diverged; start anew with a lower rate", team)
    if team.leads:
        meta = {"kind": KIND, "vocabulary": plan.vocabulary, "data": plan.data, "recipe": asdict(recipe)}
        save_checkpoint(chosen.out, plan.spec, weights, meta)
        sys.stdout.write(f"saved to {chosen.out}\n")
    return 0


def _complain(message: str, team: Team = ALONE) -> int:
    if team.leads:
        sys.stderr.write(f"models.train: {' '.join(message.splitlines())}\n")
    return 2


if __name__ == "__main__":
    leave(main())
