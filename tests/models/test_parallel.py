"""Two processes on this machine against one: torchrun, gloo over the loopback, no network."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.checkpoint import load
from models.dataset import IGNORED, Columns, HeadColumns
from models.spec import Expert, Head, Input, Spec

pytest.importorskip("torch", reason="needs the extra 'train'")

import torch

from models.loop import Training
from models.parallel import Team, TeamError, joined
from models.plan import Plan, write_plan
from models.recipe import Recipe
from models.resume import RESUME
from models.runlog import CURVE
from models.streams import Streams
from models.train import KIND, main
from models.twin import Dropout, Twin

pytestmark = pytest.mark.torch

ROOT = Path(__file__).resolve().parents[2]
LETTERS = 5
SPEC = Spec(
    inputs=(Input("last", LETTERS, 6),),
    dense=1,
    hidden=10,
    layers=2,
    heads=(
        Head("next", LETTERS, 0, (), (Expert("absolute", LETTERS),)),
        Head("rare", 3, 4, (Input("last", LETTERS, 0),), (Expert("absolute", 3),)),
    ),
)
MAPS = {
    "next": (np.arange(LETTERS, dtype=np.int16)[None, :],),
    "rare": (np.arange(3, dtype=np.int16)[None, :],),
}
PLAIN = Dropout(0.0, 0.0, 0.0, 0.0)
RECIPE = Recipe(epochs=12, batch=5, window=7, rate=0.1, average=0.5, decay=0.0, seed=3, dropout=PLAIN)
LENGTHS = (31, 4, 17, 1, 23, 9, 40, 12)
"""Of very unequal sequences: some processes' windows are shorter, and hold fewer targets, than others'."""


def uneven(seed: int, lengths: tuple[int, ...] = LENGTHS) -> Columns:
    """Random letters to say again, and a second question that is rarely asked."""
    generator = np.random.default_rng(seed)
    steps = sum(lengths)
    letters = generator.integers(0, LETTERS, steps).astype(np.int16)
    target = np.roll(letters, 1)
    rare = np.where(generator.random(steps) < 0.1, letters % 3, IGNORED).astype(np.int16)
    none, one = np.zeros((steps, 0), np.int16), np.zeros((steps, 1), np.int16)
    return Columns(
        letters[:, None],
        (letters[:, None] == 0).astype(np.uint8),
        {"next": HeadColumns(none, one, target), "rare": HeadColumns(letters[:, None], one, rare)},
        lengths,
    )


def plan(recipe: Recipe) -> Plan:
    variants = (uneven(0), uneven(1))
    return Plan(SPEC, MAPS, variants, uneven(2, (37, 5, 20)), recipe, "letters", "made up")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A plan, laid down."""
    write_plan(tmp_path / "plan", plan(RECIPE))
    return tmp_path / "plan"


def torchrun(processes: int, *words: object) -> "subprocess.Popen[str]":
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    where = ["--master-addr", "127.0.0.1", "--master-port", str(port)]
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", str(processes), *where),
            *("-m", "models.train", *map(str, words)),
        ],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finished(process: "subprocess.Popen[str]", code: int = 0) -> tuple[str, str]:
    out, err = process.communicate(timeout=300)
    assert process.returncode == code, err
    return out, err


def curve(run: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (run / CURVE).read_text().splitlines()]


def assert_same_curve(one: list[dict[str, Any]], other: list[dict[str, Any]], within: float) -> None:
    assert [line["batch"] for line in one] == [line["batch"] for line in other]
    assert [line["share"] for line in one] == [line["share"] for line in other]
    assert [line["loss"] for line in one] == pytest.approx([line["loss"] for line in other], abs=within)
    for mine, yours in zip(one, other, strict=True):
        assert mine.get("validation") == pytest.approx(yours.get("validation"), abs=within)


def test_two_processes_learn_what_one_does(folder: Path, tmp_path: Path) -> None:
    two = torchrun(2, folder, "-o", tmp_path / "two", "--accumulate", 2)
    assert main([str(folder), "-o", str(tmp_path / "one")]) == 0
    out, told = finished(two)
    assert out == f"saved to {tmp_path / 'two'}\n"
    assert told.count("epoch") == RECIPE.epochs, "who leads tells, and nobody else"
    one, other = curve(tmp_path / "one"), curve(tmp_path / "two")
    assert_same_curve(one, other, within=1e-5)
    checked = [line["validation"]["next"] for line in one if "validation" in line]
    assert checked[-1] < 0.8 * checked[0], "it learned: or there would be nothing to compare"
    weights = [load(tmp_path / name, KIND, "letters").weights for name in ("one", "two")]
    for name, value in weights[0].items():
        assert np.abs(value - weights[1][name]).max() < 1e-4, name


def children(process: "subprocess.Popen[str]") -> list[int]:
    return [int(n) for n in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]


def wait_for(path: Path, after: float = 0.0) -> None:
    """Until a file was written later than `after`."""
    deadline = time.monotonic() + 300
    while not path.exists() or path.stat().st_mtime <= after:
        assert time.monotonic() < deadline, f"{path} is not written"
        time.sleep(0.01)


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="finds the processes to kill in /proc")
def test_stopped_and_killed_it_goes_on_in_any_number_of_processes(tmp_path: Path) -> None:
    long = replace(RECIPE, epochs=60)
    write_plan(tmp_path / "plan", plan(long))
    run, saved = tmp_path / "run", tmp_path / "run" / RESUME
    words = (tmp_path / "plan", "-o", run, "--save-every", 0)
    stopped = torchrun(2, *words)
    wait_for(saved)
    stopped.send_signal(signal.SIGTERM)
    _, told = stopped.communicate(timeout=300)
    assert stopped.returncode != 0
    assert told.count(f"stopped; the same command goes on from {run}") == 1
    first = len(curve(run))

    killed = torchrun(2, *words)
    wait_for(saved, after=saved.stat().st_mtime)
    os.kill(children(killed)[1], signal.SIGKILL)
    _, told = killed.communicate(timeout=300)
    assert killed.returncode != 0
    assert not (run / "weights.safetensors").exists()

    assert main([str(tmp_path / "plan"), "-o", str(run)]) == 0
    assert main([str(tmp_path / "plan"), "-o", str(tmp_path / "whole")]) == 0
    whole = curve(tmp_path / "whole")
    assert 0 < first < len(whole)
    assert_same_curve(curve(run)[:60], whole[:60], within=1e-4)
    assert [line["batch"] for line in curve(run)] == list(range(1, len(whole) + 1))


def training(accumulate: int, team: Team | None = None) -> Training:
    torch.manual_seed(0)
    streams = Streams([uneven(0), uneven(1)], RECIPE.batch, RECIPE.seed)
    return Training(Twin(SPEC, MAPS, PLAIN), streams, RECIPE, team or Team(), accumulate)


@pytest.mark.parametrize("parts", range(2, RECIPE.batch + 1))
def test_a_batch_learned_from_in_parts_is_the_batch(parts: int) -> None:
    whole, cut = training(1), training(parts)
    for _ in range(8):
        whole.step()
        cut.step()
        assert cut.loss == pytest.approx(whole.loss, abs=1e-5)
    for (name, one), other in zip(whole.twin.named_parameters(), cut.twin.parameters(), strict=True):
        assert torch.allclose(one, other, atol=1e-5), name


def test_a_batch_has_a_stream_for_every_part() -> None:
    with pytest.raises(TeamError, match="5 streams of this process cannot be cut into 6 parts"):
        training(6)


@given(st.integers(1, 40), st.data())
def test_everyone_takes_a_fair_share_and_no_stream_is_left_out(streams: int, data: st.DataObject) -> None:
    size = data.draw(st.integers(1, streams))
    shares = [list(range(streams)[Team(rank, size).share(streams)]) for rank in range(size)]
    assert [stream for share in shares for stream in share] == list(range(streams))
    assert max(map(len, shares)) - min(map(len, shares)) <= 1


def test_fewer_streams_than_processes_are_refused() -> None:
    with pytest.raises(TeamError, match="a batch of 2 cannot be shared by 3 processes"):
        Team(0, 3).share(2)


OTHER_MASKS = torch.Generator().manual_seed(7).get_state()


class Half(Team):
    """One of two, whose fellow says the same of another seed."""

    def gather(self, value: Any) -> list[Any]:
        memory, random = value
        other = [tuple(part + 1 for part in layer) for layer in memory]
        return [(memory, random), (other, [OTHER_MASKS])]

    def wrap(self, module: torch.nn.Module) -> torch.nn.Module:
        return module

    def total(self, values: torch.Tensor) -> torch.Tensor:
        return values


def test_a_saved_team_is_each_ones_memory_and_masks() -> None:
    first = training(1, Half(0, 2))
    first.step()
    state = first.state()
    assert state["memory"][0][0].shape == (1, 4, SPEC.hidden), "two streams, and as many of the fellow's"
    assert not torch.equal(torch.get_rng_state(), OTHER_MASKS)
    second = training(1, Half(1, 2))
    state["memory"] = [
        tuple(torch.cat([part, part[:, :1]], dim=1) for part in layer) for layer in state["memory"]
    ]
    second.restore(state)
    for mine, yours in zip(second.memory[1], state["memory"][1], strict=True):
        assert torch.equal(mine, yours[:, 2:])
    assert torch.equal(torch.get_rng_state(), OTHER_MASKS)


def test_the_two_of_a_team_drop_different_units() -> None:
    training(1, Half(0, 2))
    one = torch.rand(3)
    training(1, Half(1, 2))
    assert not torch.equal(one, torch.rand(3))


@pytest.mark.skipif(torch.cuda.is_available(), reason="of machines without a GPU")
def test_without_a_gpu_it_is_said_or_the_cpu_taken() -> None:
    with joined() as team:
        assert team.device.type == "cpu"
    with pytest.raises(TeamError, match="no GPU"), joined("cuda"):
        pass


@pytest.mark.parametrize(("size", "told"), [("1", "done\nfinalized\n"), ("2", "done\n")])
def test_one_of_a_team_leaves_without_the_interpreters_end(size: str, told: str) -> None:
    # where gloo's threads, which may go on until then, would abort it now and then
    program = (
        "import atexit; from models.parallel import leave; "
        "atexit.register(print, 'finalized'); print('done'); leave(3)"
    )
    left = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "WORLD_SIZE": size},
        capture_output=True,
        text=True,
    )
    assert (left.returncode, left.stdout) == (3, told)
