"""`improv evaluate text` and `improv train text`."""

import json
import math
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from improv.cli import main
from improv.text.evaluation import evaluate_dynamic, evaluate_text
from improv.text.model import load_text
from models.numeric import log_softmax

MakeModel = Callable[..., Path]
SONG = "We came, and we played, and we went home again.\n" * 60
NAMES = "".join(
    f"{first}{middle}{last}\n" for first in "ABCDEFGH" for middle in ("ell", "or") for last in "aio"
)
TINY = ["--epochs", "2", "--hidden", "12", "--layers", "2", "--threads", "1", "--seed", "3"]


def figures(words: list[str], capsys: pytest.CaptureFixture[str]) -> dict[str, float]:
    capsys.readouterr()
    assert main(["evaluate", "text", *words, "--json"]) == 0
    printed = capsys.readouterr()
    assert printed.out.count("\n") == 1, "one JSON object and nothing else"
    found: dict[str, float] = json.loads(printed.out)
    return found


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
@pytest.mark.parametrize("unit", ["text", "line"])
def test_every_character_is_scored_once_by_the_network_that_writes(
    make_model: MakeModel, tmp_path: Path, capsys: pytest.CaptureFixture[str], cell: str, unit: str
) -> None:
    folder = make_model(NAMES, unit, cell=cell)
    model = load_text(folder)
    file = tmp_path / "scored.txt"
    file.write_text("Bella\nAoro\nHella\n")
    network = model.network()
    nats = 0.0
    whole = file.read_text()
    for piece in [whole] if unit == "text" else whole.splitlines(keepends=True):
        network.forget()
        for before, after in pairwise(model.alphabet.encode("\n" + piece).tolist()):
            network.step((before,))
            nats -= float(log_softmax(network.logits("char", (), (0,)))[after])
    found = figures([str(folder), str(file)], capsys)
    assert found["chars"] == 17
    assert found["nll_per_char"] == pytest.approx(nats / 17, abs=1e-5)


def test_an_unknown_character_is_counted_and_scored(
    make_model: MakeModel, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "scored.txt"
    file.write_text("Bella☃\n")
    found = figures([str(make_model(NAMES)), str(file)], capsys)
    assert found["unknown_chars"] == 1
    assert math.isfinite(found["nll_per_char"])


def test_dynamic_evaluation_learns_what_repeats_and_is_told_apart(
    make_model: MakeModel, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make_model(SONG, "text")
    file = tmp_path / "scored.txt"
    file.write_text(SONG)
    found = figures([str(folder), str(file), "--dynamic", "0.5"], capsys)
    assert found["nll_per_char"] == pytest.approx(figures([str(folder), str(file)], capsys)["nll_per_char"])
    assert found["dynamic_nll_per_char"] < found["nll_per_char"] - 0.2


def test_dynamic_evaluation_leaves_the_model_as_it_was(make_model: MakeModel) -> None:
    model = load_text(make_model(SONG, "text"))
    before = {name: value.copy() for name, value in model.weights.items()}
    evaluate_dynamic(model, SONG[:200], 0.5)
    assert all(np.array_equal(before[name], value) for name, value in model.weights.items())
    assert evaluate_text(model, SONG[:200])["chars"] == 200


def test_what_cannot_be_scored_is_one_clear_line(
    make_model: MakeModel, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty, binary = tmp_path / "empty.txt", tmp_path / "binary"
    empty.write_bytes(b"")
    binary.write_bytes(bytes(range(256)))
    folder = str(make_model())
    for words, complaint in (
        ([folder, str(empty)], "empty"),
        ([folder, str(binary)], "not a text"),
        ([folder, str(tmp_path / "none")], "cannot read"),
        (["sonets", str(empty)], "did you mean 'sonnets'?"),
        ([folder, str(empty), "--dynamic", "0"], "--dynamic"),
    ):
        assert main(["evaluate", "text", *words]) == 2
        assert complaint in capsys.readouterr().err


@pytest.fixture
def _torch() -> Iterator[None]:
    """Skip without torch, and give the process its threads back afterwards."""
    torch = pytest.importorskip("torch", reason="needs the extra 'train'")
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


@pytest.mark.torch
@pytest.mark.usefixtures("_torch")
@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_from_a_text_to_a_model_that_writes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], cell: str
) -> None:
    file, folder = tmp_path / "song.txt", tmp_path / "model"
    file.write_text(SONG)
    assert main(["train", "text", str(file), "-o", str(folder), "--cell", cell, *TINY]) == 0
    printed = capsys.readouterr()
    assert f"improv text --model {folder}" in printed.out
    told = float(next(line for line in printed.out.splitlines() if "validation_nll" in line).split()[-1])
    model = load_text(folder)
    assert model.spec.cell == cell
    assert model.meta["figures"]["validation_nll_per_char"] == told
    assert (folder / "README.md").read_text().startswith("# model")
    assert main(["text", "--model", str(folder), "--seed", "1", "--length", "50"]) == 0
    assert len(capsys.readouterr().out) > 50
    assert main(["text", "--model", str(folder), "--prime", "Ü"]) == 2


@pytest.mark.torch
@pytest.mark.usefixtures("_torch")
def test_it_learns_a_song_by_heart_and_goes_on_from_where_it_stopped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, folder = tmp_path / "song.txt", tmp_path / "model"
    file.write_text(SONG)
    words = ["train", "text", str(file), "-o", str(folder), *TINY[2:], "--dropout", "0", "--weight-drop", "0"]
    quick = ["--rate", "0.02", "--window", "30", "--batch", "10"]
    assert main([*words, *quick, "--epochs", "2"]) == 0
    early = load_text(folder).meta["figures"]["validation_nll_per_char"]
    assert main([*words, *quick, "--epochs", "40"]) == 0
    assert "epoch 1 " not in capsys.readouterr().err.split("epoch 2 ")[-1], "it goes on, not anew"
    late = load_text(folder).meta["figures"]["validation_nll_per_char"]
    assert late < 0.5 < early


@pytest.mark.torch
@pytest.mark.usefixtures("_torch")
def test_a_list_of_names_and_then_more_of_them_from_its_weights(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, folder = tmp_path / "names.txt", tmp_path / "names"
    file.write_text(NAMES * 3)
    assert main(["train", "text", str(file), "-o", str(folder), *TINY]) == 0
    first = load_text(folder)
    assert first.unit == "line"
    more = tmp_path / "more.txt"
    more.write_text(NAMES.replace("ell", "ül") * 3)
    words = [
        "train",
        "text",
        str(more),
        "--from",
        str(folder),
        "-o",
        str(tmp_path / "more"),
        *TINY[:2],
        *TINY[6:],
    ]
    assert main(words) == 0
    second = load_text(tmp_path / "more")
    assert second.alphabet.characters == first.alphabet.characters + "ü"
    assert second.meta["trained_from"]["digest"] == first.digest
    capsys.readouterr()
    other = ["train", "text", str(more), "--from", str(folder), "--hidden", "9", "-o", str(tmp_path / "x")]
    assert main(other) == 2
    assert "has hidden 12" in capsys.readouterr().err


@pytest.mark.torch
@pytest.mark.usefixtures("_torch")
def test_a_list_is_learned_from_the_opinion_of_teachers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "names.txt"
    file.write_text(NAMES * 12)
    folders = [str(tmp_path / name) for name in ("first", "second", "student")]
    common = ["train", "text", str(file), *TINY[2:6], "--seed", "1", "--rate", "0.02", "--average", "0.9"]
    for folder in folders[:2]:
        assert main([*common, "-o", folder, "--epochs", "4"]) == 0
    assert main([*common, "-o", folders[2], "--epochs", "4", "--teachers", *folders[:2]]) == 0
    teachers, student = [load_text(Path(folder)) for folder in folders[:2]], load_text(Path(folders[2]))
    assert [entry["digest"] for entry in student.meta["teachers"]] == [one.digest for one in teachers]
    untaught = evaluate_text(load_text(Path(folders[0])), NAMES)["nll_per_char"]
    assert evaluate_text(student, NAMES)["nll_per_char"] < untaught + 0.3
    song = tmp_path / "song.txt"
    song.write_text(SONG)
    capsys.readouterr()
    words = ["train", "text", str(song), "-o", str(tmp_path / "x"), "--teachers", folders[0]]
    assert main(words) == 2
    assert "teachers teach lists" in capsys.readouterr().err


@pytest.mark.torch
@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--cell", "lstn"], "did you mean 'lstm'?"),
        (["--unit", "lines"], "did you mean 'line'?"),
        (["--epochs", "0"], "--epochs must be 1 or more"),
        (["--rate", "2"], "--rate must be above 0"),
        (["--held-out", "0"], "--held-out must be"),
        (["--dropout", "1"], "--dropout must be"),
        (["--from", "nobody"], "no text model 'nobody'"),
    ],
)
def test_a_mistake_is_one_clear_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], complaint: str
) -> None:
    pytest.importorskip("torch", reason="needs the extra 'train'")
    file = tmp_path / "song.txt"
    file.write_text(SONG)
    assert main(["train", "text", str(file), "-o", str(tmp_path / "x"), *words]) == 2
    printed = capsys.readouterr()
    assert complaint in printed.err
    assert printed.err.count("\n") == 1
