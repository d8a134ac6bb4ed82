"""deepjazz on the command line: trained from a file or a solo, and rendered from."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grammar.terminals import parse_text
from improv.cli import main
from improv.deepjazz.card import CARD
from improv.deepjazz.midi import midi_lesson
from improv.deepjazz.model import CORPUS, load_deepjazz
from improv.deepjazz.seeds import COUNT, Seeds, write_seeds
from improv.jazz.wjazzd import CITATION
from improv.midifile import read_midi
from models.checkpoint import META, WEIGHTS

if TYPE_CHECKING:
    from tests.improv.conftest import Row, Transcription

    MakeRow = type[Row]
    MakeSolo = type[Transcription]
    Write = Callable[[Path, Sequence[Transcription], bool], Path]

ROOT = Path(__file__).resolve().parents[3]
TINY = ["--epochs", "2", "--hidden", "8", "--layers", "1", "--threads", "1", "--seed", "3"]


@pytest.fixture
def _torch() -> Iterator[None]:
    """Skip without torch, and give the process its threads back afterwards."""
    torch = pytest.importorskip("torch", reason="needs the extra 'train'")
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A MIDI file with a melody and chords."""
    path = tmp_path_factory.mktemp("song") / "song.mid"
    assert main(["render", "blues-f", "-o", str(path), "--choruses", "2", "--seed", "1"]) == 0
    return path


def refusal(words: Sequence[object], capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    assert main([str(word) for word in words]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("improv: ")
    assert printed.err.count("\n") == 1
    return printed.err


@pytest.mark.torch
def test_from_a_file_to_a_solo_in_a_process_of_its_own(song: Path, tmp_path: Path) -> None:
    def improv(*words: object) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "improv", *map(str, words)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)

    out = tmp_path / "mine"
    trained = improv("train", "deepjazz", song, "-o", out, *TINY)
    assert trained.returncode == 0, trained.stderr
    assert "the melody is part 1 'improv', the chords come from 2 'piano', 3 'bass'" in trained.stderr
    assert trained.stderr.count("validation") == 2, "a line an epoch"
    assert "train_nll_per_terminal" in trained.stdout
    assert f"saved to {out}; play it with: improv render" in trained.stdout

    solos = []
    for name in ("a.mid", "b.mid"):
        done = improv("render", "waltz", "-o", tmp_path / name, "--model", out, "--choruses", 1)
        assert done.returncode == 0, done.stderr
        assert "notes by deepjazz's own rules" in done.stdout
        solos.append((tmp_path / name).read_bytes())
    assert solos[0] == solos[1]


@pytest.mark.torch
@pytest.mark.usefixtures("_torch")
def test_what_was_trained_is_written_down(song: Path, tmp_path: Path) -> None:
    out = tmp_path / "mine"
    assert main(["train", "deepjazz", str(song), "-o", str(out), *TINY]) == 0
    meta = json.loads((out / META).read_text())
    model = load_deepjazz(out)
    assert (model.spec.hidden, model.spec.layers) == (8, 1)
    assert meta["data"] == "song.mid (Blues in F)"
    assert meta["recipe"]["epochs"] == 2
    dropped = {name: share for name, share in meta["recipe"]["dropout"].items() if share}
    assert dropped == {"layer": 0.2}
    assert meta["figures"]["words"] == model.vocabulary.size == len(meta["words"])
    assert meta["figures"]["validation_terminals"] > 0
    lines = (out / CORPUS).read_text().splitlines()
    assert [tuple(parse_text(line)) for line in lines] == list(model.measures)
    assert list(model.measures) == list(midi_lesson(song)[0].measures[: len(lines)]), "the user's own piece"
    assert "song.mid" in (out / CARD).read_text()
    assert "cite" not in (out / CARD).read_text(), "a file of the user's needs no citation of ours"


@pytest.mark.torch
@pytest.mark.usefixtures("_torch")
def test_a_model_to_give_away_has_measures_of_its_own(
    song: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "mine"
    words = ["train", "deepjazz", str(song), "-o", str(folder), *TINY, "--own-seeds"]
    assert main(words) == 0
    left_out = re.search(r"^own_measures_left_out +(\d+)$", capsys.readouterr().out, re.MULTILINE)
    assert left_out is not None
    model, piece = load_deepjazz(folder), midi_lesson(song)[0].measures
    assert len(model.measures) == COUNT
    assert not set(model.measures) & set(piece)
    assert write_seeds(model, piece, 3) == Seeds(model.measures, int(left_out[1]))
    card = (folder / CARD).read_text()
    assert f"{COUNT} measures, in terminals, that the trained network wrote by itself" in card
    assert "`improv train deepjazz --own-seeds`" in card
    corpus = (folder / CORPUS).read_bytes()
    assert main(words) == 0
    assert (folder / CORPUS).read_bytes() == corpus
    render(tmp_path / "a.mid", "--model", str(folder))


@pytest.mark.torch
@pytest.mark.usefixtures("_torch")
def test_run_again_it_returns_at_once_and_can_be_made_longer(
    song: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["train", "deepjazz", str(song), "-o", str(tmp_path / "mine"), *TINY]
    assert main(words) == 0
    weights = (tmp_path / "mine" / WEIGHTS).read_bytes()
    capsys.readouterr()
    assert main(words) == 0
    assert "epoch" not in capsys.readouterr().err
    assert (tmp_path / "mine" / WEIGHTS).read_bytes() == weights
    assert main([*words, "--epochs", "3"]) == 0
    assert "epoch 3" in capsys.readouterr().err


@pytest.mark.torch
@pytest.mark.usefixtures("_torch")
def test_a_solo_of_the_database(
    tmp_path: Path,
    write_wjazzd: "Write",
    make_row: "MakeRow",
    make_solo: "MakeSolo",
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows = [make_row(1 + k // 8, 1 + k // 2 % 4, 1 + k % 2, 2, 60 + 5 * k % 12) for k in range(96)]
    path = write_wjazzd(tmp_path / "w.db", [make_solo(7, ["F7"] * 48, rows)], True)
    out = tmp_path / "mine"
    assert main(["train", "deepjazz", str(path), "--solo", "7", "-o", str(out), *TINY]) == 0
    meta = json.loads((out / META).read_text())
    assert "melid 7" in meta["data"]
    assert meta["figures"]["measures"] == 12
    assert CITATION in (out / CARD).read_text()
    assert "no solo 8" in refusal(["train", "deepjazz", path, "--solo", 8, "-o", out, *TINY], capsys)
    words = ["train", "deepjazz", path, "--solo", 7, "--melody-track", 1, *TINY]
    assert "--melody-track is for MIDI files" in refusal(words, capsys)


@pytest.mark.torch
@pytest.mark.usefixtures("_torch")
def test_what_cannot_be_trained_is_one_line(
    song: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = ["-o", tmp_path / "mine", *TINY]
    told = refusal(["train", "deepjazz", song, "--melody-track", "pianno", *out], capsys)
    assert "no part 'pianno'; did you mean 'piano'?" in told
    assert "cannot read" in refusal(["train", "deepjazz", tmp_path / "none.mid", *out], capsys)
    assert "say which solo: --solo MELID" in refusal(["train", "deepjazz", tmp_path, *out], capsys)
    for option, value in (("--dropout", "1"), ("--held-out", "0"), ("--batch", "0"), ("--rate", "2")):
        assert option in refusal(["train", "deepjazz", song, *out, option, value], capsys)
    short = tmp_path / "short.mid"
    assert main(["render", "vamp", "-o", str(short), "--choruses", "1"]) == 0
    capsys.readouterr()
    words = ["train", "deepjazz", str(short), "--held-out", "0.9", *map(str, out)]
    assert main(words) == 2
    assert "too short" in capsys.readouterr().err.splitlines()[-1]


def render(out: Path, *words: str) -> bytes:
    assert main(["render", "blues-f", "-o", str(out), "--choruses", "1", *words]) == 0
    return out.read_bytes()


def test_the_model_that_ships_plays_by_either_rules(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    original = render(tmp_path / "a.mid", "--model", "deepjazz")
    assert "notes by deepjazz's own rules" in capsys.readouterr().out
    assert render(tmp_path / "b.mid", "--model", "deepjazz", "--rules", "original") == original
    capsys.readouterr()
    ours = render(tmp_path / "c.mid", "--model", "deepjazz", "--rules", "ours")
    assert "deepjazz's terminals, our rules" in capsys.readouterr().out
    assert ours != original
    for name in ("a.mid", "c.mid"):
        contents = read_midi(tmp_path / name)
        assert contents.tempo == pytest.approx(130, rel=1e-4)
        assert [track.name for track in contents.tracks] == ["improv", "piano", "bass", "drums"]
        (solo,) = (track for track in contents.tracks if track.name == "improv")
        assert all(0 <= note.onset < 12 * 96 for note in solo.notes)
        assert all(note.onset + note.duration <= 12 * 96 + 1e-6 for note in solo.notes)


def test_his_settings_give_way_to_the_users(tmp_path: Path) -> None:
    base = render(tmp_path / "a.mid", "--model", "deepjazz")
    assert render(tmp_path / "b.mid", "--model", "deepjazz", "--seed", "1") != base
    assert render(tmp_path / "c.mid", "--model", "deepjazz", "--temperature", "1.5") != base
    assert render(tmp_path / "d.mid", "--model", "deepjazz", "--temperature", "0.5") == base
    render(tmp_path / "e.mid", "--model", "deepjazz", "--tempo", "90", "--no-band")
    contents = read_midi(tmp_path / "e.mid")
    assert contents.tempo == pytest.approx(90, rel=1e-4)
    assert [track.name for track in contents.tracks] == ["improv"]


def test_a_wav_too(tmp_path: Path) -> None:
    assert render(tmp_path / "a.wav", "--model", "deepjazz").startswith(b"RIFF")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ["--model", "deepjaz"],
            "no model 'deepjaz'; those that ship are jazz, deepjazz, others are folders; ",
        ),
        (["--model", "deepjaz"], "did you mean 'deepjazz'?"),
        (["--model", "deepjazz", "--rules", "orignal"], "no rules 'orignal'; original or ours; did you mean"),
        (["--model", "deepjazz", "--no-grammar"], "--no-grammar is for the jazz model"),
        (["--rules", "ours"], "--rules is for --model deepjazz"),
        (["--model", str(ROOT / "checkpoints" / "dinos")], "a model of kind 'text' does not play"),
        (["--model", str(ROOT / "tests")], "not a checkpoint"),
    ],
)
def test_what_cannot_be_played_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], told: str
) -> None:
    assert told in refusal(["render", "blues-f", "-o", tmp_path / "a.mid", *words], capsys)
    assert not (tmp_path / "a.mid").exists()


def test_a_folder_of_either_kind_is_told_by_its_meta(tmp_path: Path) -> None:
    for kind in ("jazz", "deepjazz"):
        folder = str(ROOT / "checkpoints" / kind)
        assert render(tmp_path / "a.mid", "--model", folder) == render(tmp_path / "b.mid", "--model", kind)


def test_playing_deepjazz_needs_no_torch(tmp_path: Path) -> None:
    words = ["render", "blues-f", "-o", str(tmp_path / "a.mid"), "--choruses", "1", "--model", "deepjazz"]
    code = (
        "import sys\nfrom improv.cli import main\n"
        f"assert main({words!r}) == 0\nassert not {{'torch', 'music21'}} & set(sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_help_says_whose_rules_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["render", "--help"])
    told = " ".join(capsys.readouterr().out.split())
    assert "original, his own rules with all their flaws" in told
    assert "ours, which puts notes where they start and plays A and X as what they are" in told
