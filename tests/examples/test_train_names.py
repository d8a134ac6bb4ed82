import os
from pathlib import Path

import numpy as np
import pytest

from examples import train_names
from examples.common import SHARED
from examples.train_names import BATCH, NumPyLearner, batches, cost, encoded, invented, prepare
from models.cells import CELLS
from models.loss import IGNORED

ONSETS, VOWELS, ENDS = ("br", "t", "st", "m", "g"), ("a", "o", "ei"), ("saurus", "raptor", "don")
NAMES = [
    (a + u + b + v + end).capitalize()
    for a in ONSETS
    for u in VOWELS
    for b in ONSETS
    for v in VOWELS[:2]
    for end in ENDS
]
FLOOR = np.log(len(NAMES)) / np.mean([len(name) + 1 for name in NAMES])
"""Nats a character that chance costs: every name is as likely as any other."""
TEXT = "\n".join(NAMES) + "\n"
every_cell = pytest.mark.parametrize("cell", list(CELLS))


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    """A file of regular names."""
    path = tmp_path / "names.txt"
    path.write_text(TEXT)
    return path


@every_cell
def test_regular_names_are_learned_and_new_ones_made_up(
    cell: str, capsys: pytest.CaptureFixture[str]
) -> None:
    task = prepare(TEXT, cell, 32, 0)
    untrained = cost(task.held_out, task.alphabet, task.weights, task.spec)
    assert untrained == pytest.approx(np.log(len(task.alphabet)), abs=0.2)
    learner = NumPyLearner(task.spec, task.weights)
    reached = train_names.run(task, learner, 40, 0)
    assert FLOOR < reached.held_out < 1.15 * FLOOR
    made = invented(100, task.alphabet, learner.weights(), task.spec, np.random.default_rng(0))
    assert sum(name.endswith(ENDS) for name in made) > 60
    told = capsys.readouterr().out.splitlines()
    assert [line[:9] for line in told[:3]] == ["epoch   1", "epoch   4", "epoch   8"]
    assert told[-1].startswith(f"{reached.held_out:.3f} nats a character held out")


@pytest.mark.torch
@every_cell
def test_torch_reaches_the_same_loss_from_the_same_weights_and_batches(cell: str) -> None:
    pytest.importorskip("torch")
    from examples.names_twin import TorchLearner

    task = prepare(TEXT, cell, 32, 1)
    ours = train_names.run(task, NumPyLearner(task.spec, task.weights), 6, 1)
    theirs = train_names.run(task, TorchLearner(task.spec, task.weights), 6, 1)
    assert ours == pytest.approx(theirs, rel=0.01)


@pytest.mark.data
@pytest.mark.torch
def test_torch_reaches_the_same_loss_on_dinosaurs(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("torch")
    path = Path(os.environ.get("IMPROV_DATA") or SHARED) / "text" / "dinos.txt"
    if not path.exists():
        pytest.skip(f"{path} is not there (IMPROV_DATA names the folder of the data)")
    assert train_names.main([str(path), "--epochs", "3", "--hidden", "48", "--against-torch"]) == 0
    figures = [line for line in capsys.readouterr().out.splitlines() if line.endswith("apart")]
    assert [line.split(":")[0] for line in figures] == ["training", "held out"]
    for line in figures:
        mine, other = float(line.split()[-8]), float(line.split()[-5])
        assert mine == pytest.approx(other, rel=0.01)
        assert 1.5 < mine < 3


def test_a_batch_reads_from_newline_to_newline() -> None:
    batch = encoded(["ab", "b"], "\nab")
    assert batch.ids.T.tolist() == [[0, 1, 2], [0, 2, 0]]
    assert batch.targets.T.tolist() == [[1, 2, 0], [2, 0, IGNORED]]


def test_an_epoch_meets_every_name_once_in_an_order_of_its_own() -> None:
    task = prepare(TEXT, "rnn", 4, 0)
    generator = np.random.default_rng(0)

    def epoch() -> list[str]:
        found = [batch.targets.T for batch in batches(task.names, task.alphabet, generator)]
        assert all(len(batch) == BATCH for batch in found[:-1])
        rows = [row for batch in found for row in batch]
        return ["".join(task.alphabet[i] for i in row if i != IGNORED).strip() for row in rows]

    first, second = epoch(), epoch()
    assert sorted(first) == sorted(second) == sorted(task.names)
    assert first != second
    assert not set(task.names) & set(task.held_out)
    assert sorted(task.names + task.held_out) == sorted(NAMES)


def test_the_same_seed_tells_the_same(listed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = []
    for seed in ("3", "3", "4"):
        assert train_names.main([str(listed), "--epochs", "1", "--hidden", "8", "--seed", seed]) == 0
        told.append(capsys.readouterr().out.split(" in ")[0])
    assert told[0] == told[1] != told[2]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere.txt"], "nowhere.txt"),
        (["--cell", "lstn"], "did you mean 'lstm'?"),
        (["--epochs", "0"], "0 is below 1"),
        (["--hidden", "many"], "--hidden"),
    ],
)
def test_what_makes_no_sense_is_one_line(
    words: list[str], said: str, listed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [] if words[0] == "nowhere.txt" else [str(listed)]
    assert train_names.main([*files, *words]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert err.count("\n") == 1


def test_a_list_too_short_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "few.txt"
    for content in ("", "Ada\n"):
        path.write_text(content)
        assert train_names.main([str(path)]) == 2
        assert capsys.readouterr().err.count("\n") == 1
