import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from improv.cli import main
from improv.jazz.card import CARD
from improv.jazz.encoding import PARTS
from improv.jazz.model import load_jazz
from improv.jazz.wjazzd import CITATION
from models.checkpoint import META, WEIGHTS

if TYPE_CHECKING:
    from tests.improv.conftest import Row, Transcription

    MakeRow = type[Row]
    MakeSolo = type[Transcription]
    Write = Callable[[Path, Sequence[Transcription], bool], Path]

ROOT = Path(__file__).resolve().parents[3]
TINY = ["--epochs", "2", "--hidden", "8", "--layers", "1", "--batch", "2", "--threads", "1", "--seed", "3"]


@pytest.fixture
def _torch() -> Iterator[None]:
    """Skip without torch, and give the process its threads back afterwards."""
    torch = pytest.importorskip("torch", reason="needs the extra 'train'")
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


def solos(make_row: "MakeRow", make_solo: "MakeSolo", count: int) -> "list[Transcription]":
    """Scales over a blues' first bars, each from another note."""
    found = []
    for melid in range(1, count + 1):
        rows = [
            make_row(1 + k // 8, 1 + k // 2 % 4, 1 + k % 2, 2, 55 + melid + 2 * (k % 8)) for k in range(24)
        ]
        found.append(make_solo(melid, ["F7"] * 4 + ["Bb7"] * 4 + ["F7"] * 4, rows))
    return found


@pytest.fixture
def data(tmp_path: Path, write_wjazzd: "Write", make_row: "MakeRow", make_solo: "MakeSolo") -> Path:
    """A folder with six made-up solos and a split."""
    folder = tmp_path / "data"
    folder.mkdir()
    write_wjazzd(folder / "wjazzd.db", solos(make_row, make_solo, 6), True)
    (folder / "split.json").write_text('{"train": [1, 2, 3, 4], "validation": [5, 6]}')
    return folder


@pytest.mark.torch
@pytest.mark.usefixtures("_torch")
def test_from_a_database_to_a_model_that_plays(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "model"
    assert main(["train", "jazz", str(data), "-o", str(out), *TINY]) == 0
    printed = capsys.readouterr()
    assert f"saved to {out}" in printed.out
    assert "pitch_nll" in printed.out
    assert printed.err.count("epoch") == 2 * len(PARTS), "a line an epoch where there is no terminal"
    assert "validation" in printed.err

    told: dict[str, float] = {}
    model = load_jazz(out)
    for part in PARTS:
        meta = json.loads((out / part / META).read_text())
        assert meta["figures"]["notes"] == 48
        assert meta["seed"] == 3
        assert meta["recipe"]["epochs"] == 2
        assert CITATION in meta["data"]
        assert "4 solos to train on, 2 to choose the epoch by (split.json)" in meta["data"]
        assert model.parts[part].spec.hidden == 8
        assert model.parts[part].meta == meta
        told |= meta["figures"]
    assert CITATION in (out / CARD).read_text()

    assert (
        main(
            [
                "evaluate",
                "jazz",
                str(data),
                "--solos",
                str(data / "split.json"),
                "--model",
                str(out),
                "--json",
            ]
        )
        == 0
    )
    figures = json.loads(capsys.readouterr().out)
    for name in set(figures) - {"joint_nll"}:
        assert told[name] == pytest.approx(figures[name], abs=1e-4), name
    assert figures["joint_nll"] == pytest.approx(told["pitch_nll"] + told["rhythm_nll"], abs=1e-3)


@pytest.mark.torch
@pytest.mark.usefixtures("_torch")
def test_teachers_speak_of_what_they_were_trained_without(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["train", "jazz", str(data), *TINY, "--part", "pitch"]
    for k in (1, 2):
        out = str(tmp_path / f"teacher{k}")
        assert main([*words, "-o", out, "--leave-out", f"{k}/2"]) == 0
    left = [json.loads((tmp_path / f"teacher{k}" / "pitch" / META).read_text())["left_out"] for k in (1, 2)]
    assert left == [[1, 3], [2, 4]]
    assert "to play it, train the other part too" in capsys.readouterr().out

    both = [str(tmp_path / f"teacher{k}" / "pitch") for k in (1, 2)]
    student = [*words, "-o", str(tmp_path / "student"), "--teachers"]
    assert "no teacher left out solo 2" in refusal([*student, both[0]], capsys)
    assert main([*student, *both]) == 0
    meta = json.loads((tmp_path / "student" / "pitch" / META).read_text())
    assert len(meta["teachers"]) == 2
    plain = [*words, "-o", str(tmp_path / "plain")]
    assert main(plain) == 0
    weights = [(tmp_path / name / "pitch" / WEIGHTS).read_bytes() for name in ("student", "plain")]
    assert weights[0] != weights[1]
    capsys.readouterr()
    assert "another part" in refusal(
        [
            "train",
            "jazz",
            str(data),
            *TINY,
            "--part",
            "rhythm",
            "-o",
            str(tmp_path / "r"),
            "--teachers",
            *both,
        ],
        capsys,
    )


@pytest.mark.torch
@pytest.mark.usefixtures("_torch")
def test_run_again_it_goes_on_and_finished_it_returns_at_once(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["train", "jazz", str(data), "-o", str(tmp_path / "model"), *TINY, "--part", "all"]
    assert main(words) == 0
    weights = (tmp_path / "model" / WEIGHTS).read_bytes()
    capsys.readouterr()
    assert main(words) == 0
    assert "epoch" not in capsys.readouterr().err
    assert (tmp_path / "model" / WEIGHTS).read_bytes() == weights
    assert main([*words, "--epochs", "9"]) == 0
    assert "epoch 9" in capsys.readouterr().err
    assert json.loads((tmp_path / "model" / META).read_text())["recipe"]["epochs"] == 9


@pytest.mark.torch
@pytest.mark.usefixtures("_torch")
def test_stopped_by_ctrl_c_it_says_how_to_go_on_and_ends_where_it_would_have(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from improv.commands.training_bar import TrainingBar

    whole, cut = tmp_path / "whole", tmp_path / "cut"
    assert main(["train", "jazz", str(data), "-o", str(whole), *TINY, "--part", "all"]) == 0
    show = TrainingBar.show

    def interrupted(bar: "TrainingBar", progress: object) -> None:
        show(bar, progress)  # type: ignore[arg-type]
        if progress.validation is not None:  # type: ignore[attr-defined]
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(TrainingBar, "show", interrupted)
        capsys.readouterr()
        assert main(["train", "jazz", str(data), "-o", str(cut), *TINY, "--part", "all"]) == 2
    assert f"improv: stopped; the same command goes on from {cut}" in capsys.readouterr().err
    assert not (cut / WEIGHTS).exists()
    assert main(["train", "jazz", str(data), "-o", str(cut), *TINY, "--part", "all"]) == 0
    assert (cut / WEIGHTS).read_bytes() == (whole / WEIGHTS).read_bytes()


def refusal(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    assert main(words) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("improv: ")
    assert printed.err.count("\n") == 1
    return printed.err


@pytest.mark.torch
@pytest.mark.usefixtures("_torch")
def test_what_cannot_be_trained_is_one_line(
    data: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    write_wjazzd: "Write",
    make_row: "MakeRow",
    make_solo: "MakeSolo",
) -> None:
    out = ["-o", str(tmp_path / "model"), *TINY]
    assert "no Weimar Jazz Database" in refusal(["train", "jazz", str(tmp_path), *out], capsys)
    (data / "split.json").write_text('{"train": [1, 2], "validation": [77]}')
    assert "solo 77" in refusal(["train", "jazz", str(data), *out], capsys)
    (data / "split.json").write_text('{"train": [1, 2]}')
    assert "split.json: no list 'validation'" in refusal(["train", "jazz", str(data), *out], capsys)
    few = write_wjazzd(tmp_path / "few.db", solos(make_row, make_solo, 3), False)
    assert "too few solos" in refusal(["train", "jazz", str(few), *out], capsys)


@pytest.mark.torch
@pytest.mark.usefixtures("_torch")
@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--epochs", "0"),
        ("--hidden", "-1"),
        ("--threads", "0"),
        ("--rate", "0"),
        ("--rate", "nan"),
        ("--dropout", "1"),
        ("--weight-drop", "-0.1"),
        ("--part", "pich"),
        ("--leave-out", "1/4"),
        ("--leave-out", "5/4"),
        ("--leave-out", "half"),
    ],
)
def test_a_number_out_of_range_is_named(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str, value: str
) -> None:
    words = ["train", "jazz", str(data), "-o", str(tmp_path / "model"), *TINY, option, value]
    assert option in refusal(words, capsys)


@pytest.mark.torch
@pytest.mark.usefixtures("_torch")
def test_a_folder_that_it_cannot_go_on_from_or_save_to_is_named(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "model"
    assert main(["train", "jazz", str(data), "-o", str(out), *TINY, "--part", "all"]) == 0
    weights = (out / WEIGHTS).read_bytes()
    words = ["train", "jazz", str(data), "-o", str(out), *TINY, "--part", "all", "--hidden", "9"]
    assert str(out / "resume.pt") in refusal(words, capsys)
    assert (out / WEIGHTS).read_bytes() == weights, "nothing is lost"
    (tmp_path / "file").write_text("")
    words = ["train", "jazz", str(data), "-o", str(tmp_path / "file"), *TINY]
    assert str(tmp_path / "file") in refusal(words, capsys)


def test_without_torch_one_line_says_what_to_install(tmp_path: Path) -> None:
    words = ["train", "jazz", str(tmp_path)]
    code = f"import sys\nsys.modules['torch'] = None\nfrom improv.cli import main\nsys.exit(main({words!r}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == "improv: training needs torch: pip install 'jazz-improv[train]'\n"
