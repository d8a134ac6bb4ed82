import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from models.dataset import IGNORED, Columns, HeadColumns
from models.network import Network
from models.numeric import log_softmax
from models.spec import Expert, Head, Input, Spec

pytest.importorskip("torch", reason="needs the extra 'train'")

import torch

from models.loop import Training
from models.streams import Streams
from models.train import RESUME, Progress, Recipe, ResumeError, evaluate
from models.train import train as train_on
from models.twin import Batch, Dropout, State, Twin

pytestmark = pytest.mark.torch

LETTERS = 4
SPEC = Spec(
    inputs=(Input("last", LETTERS, 6),),
    dense=0,
    hidden=12,
    layers=1,
    heads=(Head("next", LETTERS, 0, (), (Expert("absolute", LETTERS),)),),
)
MAPS: dict[str, tuple[npt.NDArray[np.int16], ...]] = {"next": (np.arange(LETTERS, dtype=np.int16)[None, :],)}
RECIPE = Recipe(
    epochs=6, batch=2, window=8, rate=0.03, average=0.8, seed=5, dropout=Dropout(0.0, 0.1, 0.1, 0.0)
)


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    """`train` sets the threads of the whole process."""
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def echoes(sequences: int, length: int, seed: int, delay: int = 1) -> Columns:
    """Random letters, of which each is to be said again `delay` steps later: it has to be remembered."""
    generator = np.random.default_rng(seed)
    letters = generator.integers(0, LETTERS, (sequences, length)).astype(np.int16)
    target = np.full_like(letters, IGNORED)
    target[:, delay:] = letters[:, : length - delay]
    total = sequences * length
    head = HeadColumns(np.zeros((total, 0), np.int16), np.zeros((total, 1), np.int16), target.reshape(-1))
    return Columns(
        letters.reshape(-1, 1), np.zeros((total, 0), np.uint8), {"next": head}, (length,) * sequences
    )


def train(
    spec: Spec,
    maps: dict[str, tuple[npt.NDArray[np.int16], ...]],
    variants: list[Columns],
    validation: Columns,
    recipe: Recipe,
    folder: Path,
    report: Callable[[Progress], None],
    save_every: float = 120.0,
) -> dict[str, npt.NDArray[np.float32]]:
    """Train on sequences in a shuffled order."""
    streams = Streams(variants, recipe.batch, recipe.seed)
    return train_on(spec, maps, streams, validation, recipe, folder, report, save_every)


def quiet(_: Progress) -> None:
    pass


def same(a: dict[str, npt.NDArray[np.float32]], b: dict[str, npt.NDArray[np.float32]]) -> bool:
    return a.keys() == b.keys() and all(np.array_equal(a[name], b[name]) for name in a)


class StoppedError(Exception):
    pass


def stopping_at(report: int) -> Callable[[Progress], None]:
    """A report that ends the training when it is called for the n-th time."""
    left = [report]

    def tell(_: Progress) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise StoppedError

    return tell


def test_it_learns_what_has_to_be_remembered(tmp_path: Path) -> None:
    learned, validation = echoes(16, 32, 0), echoes(4, 32, 1)
    weights = train(SPEC, MAPS, [learned], validation, replace(RECIPE, epochs=12), tmp_path, quiet)
    network = Network(SPEC, weights, MAPS)
    rng = np.random.default_rng(9)
    network.forget()
    right = 0
    letters = rng.integers(0, LETTERS, 100).tolist()
    for t, letter in enumerate(letters):
        network.step((letter,))
        right += t > 0 and int(np.argmax(network.logits("next", (), (0,)))) == letters[t - 1]
    assert right >= 90, "chance would be 25"


@pytest.mark.parametrize("save_every", [0.0, 1e9], ids=["saved at every step", "saved at epochs only"])
@pytest.mark.parametrize("stop", [1, 7, 20])
def test_a_run_stopped_and_resumed_gives_the_same_weights_bit_for_bit(
    tmp_path: Path, stop: int, save_every: float
) -> None:
    variants, validation = [echoes(5, 20, 0), echoes(5, 20, 7)], echoes(2, 20, 1)
    recipe = replace(RECIPE, epochs=4)
    whole = train(SPEC, MAPS, variants, validation, recipe, tmp_path / "whole", quiet)
    with pytest.raises(StoppedError):
        train(SPEC, MAPS, variants, validation, recipe, tmp_path / "cut", stopping_at(stop), save_every)
    torch.manual_seed(999)
    resumed = train(SPEC, MAPS, variants, validation, recipe, tmp_path / "cut", quiet, save_every)
    assert same(whole, resumed)


def test_another_seed_gives_other_weights(tmp_path: Path) -> None:
    learned, validation = echoes(4, 16, 0), echoes(2, 16, 1)
    recipe = replace(RECIPE, epochs=2)
    first = train(SPEC, MAPS, [learned], validation, recipe, tmp_path / "a", quiet)
    again = train(SPEC, MAPS, [learned], validation, recipe, tmp_path / "b", quiet)
    other = train(SPEC, MAPS, [learned], validation, replace(recipe, seed=6), tmp_path / "c", quiet)
    assert same(first, again)
    assert not same(first, other)


def test_a_finished_run_returns_at_once(tmp_path: Path) -> None:
    learned, validation = echoes(4, 16, 0), echoes(2, 16, 1)
    first = train(SPEC, MAPS, [learned], validation, RECIPE, tmp_path, quiet)
    reports: list[Progress] = []
    again = train(SPEC, MAPS, [learned], validation, RECIPE, tmp_path, reports.append)
    assert same(first, again)
    assert not reports


def test_a_run_goes_on_only_with_the_recipe_and_data_it_began_with(tmp_path: Path) -> None:
    learned, validation = echoes(4, 16, 0), echoes(2, 16, 1)
    train(SPEC, MAPS, [learned], validation, RECIPE, tmp_path, quiet)
    with pytest.raises(ResumeError, match=r"resume\.pt: was trained with other batch, seed; delete"):
        train(SPEC, MAPS, [learned], validation, replace(RECIPE, seed=6, batch=1), tmp_path, quiet)
    with pytest.raises(ResumeError, match="other steps"):
        train(SPEC, MAPS, [echoes(5, 16, 0)], validation, RECIPE, tmp_path, quiet)
    train(SPEC, MAPS, [learned], validation, replace(RECIPE, threads=2), tmp_path, quiet)


def test_reports_go_up_to_the_end_and_the_best_epoch_is_kept(tmp_path: Path) -> None:
    learned, validation = echoes(8, 24, 0), echoes(3, 24, 1)
    reports: list[Progress] = []
    weights = train(SPEC, MAPS, [learned], validation, RECIPE, tmp_path, reports.append)
    shares = [report.share for report in reports]
    assert shares == sorted(shares)
    assert shares[-1] >= 1
    scores = [sum(report.validation.values()) for report in reports if report.validation is not None]
    assert len(scores) == RECIPE.epochs
    assert [r.best for r in reports if r.validation is not None] == [
        score < min(scores[:i], default=math.inf) for i, score in enumerate(scores)
    ]
    assert sum(evaluate(twin_of(weights), validation).values()) == pytest.approx(min(scores), abs=1e-6)


def twin_of(weights: dict[str, npt.NDArray[np.float32]]) -> Twin:
    twin = Twin(SPEC, MAPS, Dropout())
    with torch.no_grad():
        for name, value in weights.items():
            twin.parameter(name).copy_(torch.from_numpy(value))
    return twin.eval()


def test_evaluation_is_that_of_the_network_that_plays() -> None:
    torch.manual_seed(2)
    twin = Twin(SPEC, MAPS, Dropout()).eval()
    parts = [echoes(3, 17, 0), echoes(2, 5, 1), echoes(1, 31, 2)]
    columns = parts[0]
    lengths = tuple(length for part in parts for length in part.lengths)
    head = HeadColumns(
        *(
            np.concatenate([getattr(p.heads["next"], f) for p in parts])
            for f in ("inputs", "shifts", "target")
        )
    )
    columns = Columns(
        np.concatenate([part.ids for part in parts]),
        np.concatenate([part.dense for part in parts]),
        {"next": head},
        lengths,
    )
    network = Network(SPEC, twin.arrays(), MAPS)
    losses = []
    for start, length in zip(columns.starts, lengths, strict=True):
        network.forget()
        for t in range(start, start + length):
            network.step(columns.ids[t].tolist())
            target = int(head.target[t])
            if target != IGNORED:
                losses.append(-float(log_softmax(network.logits("next", (), (0,)))[target]))
    assert evaluate(twin, columns)["next"] == pytest.approx(np.mean(losses), abs=1e-5)


def test_steps_without_a_target_break_nothing(tmp_path: Path) -> None:
    """The last window of a solo can hold its last note only, which has no next onset."""
    learned = echoes(3, 9, 0)
    recipe = replace(RECIPE, batch=1, window=1, epochs=2)
    weights = train(SPEC, MAPS, [learned], echoes(2, 1, 1), recipe, tmp_path, quiet)
    assert weights
    assert all(np.isfinite(value).all() for value in weights.values())


def test_a_sequence_starts_from_an_empty_memory_and_goes_on_from_its_own(tmp_path: Path) -> None:
    met: list[tuple[bool, torch.Tensor]] = []

    class Watched(Twin):
        def forward(self, batch: Batch, state: State) -> tuple[dict[str, torch.Tensor], State]:
            met.append((len(met) % 2 == 0, torch.cat([part for layer in state for part in layer])))
            return super().forward(batch, state)

    recipe = replace(RECIPE, window=8)
    streams = Streams([echoes(4, 12, 0)], recipe.batch, recipe.seed)
    run = Training(Watched(SPEC, MAPS, Dropout()), streams, recipe)
    for _ in range(6):  # windows of 6 to 10 steps: each sequence of 12 takes two
        run.step()
    for first, state in met:
        assert bool((state == 0).all()) == first


def test_the_average_follows_the_weights(tmp_path: Path) -> None:
    learned, validation = echoes(4, 16, 0), echoes(2, 16, 1)
    train(SPEC, MAPS, [learned], validation, replace(RECIPE, average=0.0), tmp_path, quiet)
    state = torch.load(tmp_path / RESUME, weights_only=False)
    assert all((state["average"][name] == value).all() for name, value in state["twin"].items())


def test_a_resume_file_of_another_shape_is_named_and_kept(tmp_path: Path) -> None:
    learned, validation = echoes(2, 8, 0), echoes(2, 8, 1)
    train(SPEC, MAPS, [learned], validation, replace(RECIPE, epochs=1), tmp_path, quiet)
    before = (tmp_path / RESUME).read_bytes()
    with pytest.raises(ResumeError, match=RESUME):
        train(replace(SPEC, hidden=5), MAPS, [learned], validation, RECIPE, tmp_path, quiet)
    assert (tmp_path / RESUME).read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", b"PK\x03\x04 half a zip"])
def test_a_damaged_resume_file_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / RESUME).write_bytes(content)
    with pytest.raises(ResumeError, match=RESUME):
        train(SPEC, MAPS, [echoes(2, 8, 0)], echoes(2, 8, 1), RECIPE, tmp_path, quiet)
