"""A jazz model trained from arrays, apart from the program, is the model that the program trains."""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from improv.cli import main
from improv.jazz.model import load_jazz
from models.checkpoint import META, WEIGHTS

pytest.importorskip("torch", reason="needs the extra 'train'")

import torch

from models.train import main as train_main

if TYPE_CHECKING:
    from tests.improv.conftest import Row, Transcription

    MakeRow = type[Row]
    MakeSolo = type[Transcription]
    Write = Callable[[Path, Sequence[Transcription], bool], Path]

pytestmark = pytest.mark.torch

TINY = ["--epochs", "2", "--hidden", "8", "--layers", "1", "--batch", "2", "--threads", "1", "--seed", "3"]


@pytest.fixture(autouse=True)
def _threads() -> Iterator[None]:
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def data(tmp_path: Path, write_wjazzd: "Write", make_row: "MakeRow", make_solo: "MakeSolo") -> Path:
    """A folder with six scales over a blues' first bars, and a split."""
    folder = tmp_path / "data"
    folder.mkdir()
    solos = []
    for melid in range(1, 7):
        places = [(1 + k // 8, 1 + k // 2 % 4, 1 + k % 2, 2, 55 + melid + 2 * (k % 8)) for k in range(24)]
        solos.append(make_solo(melid, ["F7"] * 4 + ["Bb7"] * 8, [make_row(*place) for place in places]))
    write_wjazzd(folder / "wjazzd.db", solos, True)
    (folder / "split.json").write_text('{"train": [1, 2, 3, 4], "validation": [5, 6]}')
    return folder


def refusal(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    assert main(words) == 2
    error = capsys.readouterr().err
    assert error.startswith("improv: ")
    assert error.count("\n") == 1
    return error


def test_exported_trained_and_brought_back_it_is_the_same_model(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan, run, model, here = (tmp_path / name for name in ("plan", "run", "model", "here"))
    assert main(["train", "jazz", str(data), "--export", str(plan), *TINY]) == 0
    assert f"-m models.train {plan} -o RUN" in capsys.readouterr().out
    assert train_main([str(plan), "-o", str(run)]) == 0
    assert main(["train", "jazz", str(data), "--from-run", str(run), "-o", str(model)]) == 0
    assert f"improv play --model {model}" in capsys.readouterr().out
    assert main(["train", "jazz", str(data), "-o", str(here), *TINY, "--part", "all"]) == 0
    assert (model / WEIGHTS).read_bytes() == (here / WEIGHTS).read_bytes()
    assert json.loads((model / META).read_text()) == json.loads((here / META).read_text())
    assert load_jazz(model).parts["all"].spec.hidden == 8


def test_what_is_no_run_is_one_line(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["train", "jazz", str(data), "-o", str(tmp_path / "model"), "--from-run"]
    assert "nowhere: not a checkpoint" in refusal([*words, str(tmp_path / "nowhere")], capsys)
    shipped = Path(__file__).parents[3] / "checkpoints" / "jazz" / "pitch"
    assert "not a checkpoint of kind 'run'" in refusal([*words, str(shipped)], capsys)
    assert not (tmp_path / "model").exists()
    (tmp_path / "file").write_text("")
    export = ["train", "jazz", str(data), "--export", str(tmp_path / "file" / "plan"), *TINY]
    assert "cannot save there" in refusal(export, capsys)
    assert "not allowed with" in refusal([*export, "--from-run", "x"], capsys)
