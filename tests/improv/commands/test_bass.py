"""The bass on the command line: trained, evaluated, rendered."""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from improv.band.card import CARD
from improv.band.model import load_bass
from improv.channels import BASS
from improv.cli import main
from improv.jazz.wjazzd import CITATION
from improv.library import load_chart
from improv.midifile import read_midi
from models.checkpoint import META, WEIGHTS, save

if TYPE_CHECKING:
    from tests.improv.conftest import Row, Transcription

    MakeRow = type[Row]
    MakeSolo = type[Transcription]
    Write = Callable[[Path, Sequence[Transcription], bool], Path]

TINY = ["--epochs", "2", "--hidden", "8", "--layers", "1", "--batch", "2", "--threads", "1", "--seed", "3"]
CHART = "title: Short\ntempo: 240\n| F7 | Bb7 C7 | F7 D7 | G-7 C7 |\n"


@pytest.fixture
def _torch() -> Iterator[None]:
    """Skip without torch, and give the process its threads back afterwards."""
    torch = pytest.importorskip("torch", reason="needs the extra 'train'")
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def data(tmp_path: Path, write_wjazzd: "Write", make_row: "MakeRow", make_solo: "MakeSolo") -> Path:
    """A folder with seven made-up solos, the last without a bass, and a split."""
    folder = tmp_path / "data"
    folder.mkdir()
    chords = ["F7"] * 8 + ["Bb7"] * 8
    solos = [
        make_solo(
            melid,
            chords,
            [make_row(1, 1, 1, 1, 60)],
            bass=[41, 45, 48, 45 + melid] * 2 + [46, 50, 53, 47] * 2 if melid < 7 else [],
        )
        for melid in range(1, 8)
    ]
    write_wjazzd(folder / "wjazzd.db", solos, True)
    (folder / "split.json").write_text('{"train": [1, 2, 3, 4, 7], "validation": [5, 6]}')
    return folder


def evaluated(words: list[str], capsys: pytest.CaptureFixture[str]) -> dict[str, float]:
    capsys.readouterr()
    assert main(["evaluate", "bass", *words, "--json"]) == 0
    printed = capsys.readouterr()
    assert printed.out.count("\n") == 1
    assert printed.err == ""
    found: dict[str, float] = json.loads(printed.out)
    return found


@pytest.mark.torch
@pytest.mark.usefixtures("_torch")
def test_from_a_database_to_a_bass_that_plays(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "model"
    words = ["train", "bass", str(data), "-o", str(out), *TINY]
    assert main(words) == 0
    printed = capsys.readouterr()
    assert f"saved to {out}" in printed.out
    assert printed.err.count("epoch") == 2
    meta = json.loads((out / META).read_text())
    assert meta["figures"]["beats"] == 32
    assert "the bass lines of 4 solos to train on, of 2 to choose the epoch by (split.json)" in meta["data"]
    assert CITATION in (out / CARD).read_text()
    weights = (out / WEIGHTS).read_bytes()
    assert main(words) == 0, "run again it returns at once"
    assert (out / WEIGHTS).read_bytes() == weights

    found = evaluated([str(data), "--solos", str(data / "split.json"), "--model", str(out)], capsys)
    for name, value in found.items():
        assert meta["figures"][name] == pytest.approx(value, abs=1e-4), name
    render(tmp_path / "mine.mid", "--bass", str(out))


@pytest.mark.torch
@pytest.mark.usefixtures("_torch")
def test_lines_that_are_not_there_are_told_in_a_line(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for split, told in (
        ('{"train": [7], "validation": [5]}', "too few bass lines"),
        ('{"train": [1], "validation": [99]}', "solo 99"),
    ):
        (data / "split.json").write_text(split)
        assert main(["train", "bass", str(data), "-o", str(tmp_path / "model"), *TINY]) == 2
        printed = capsys.readouterr()
        assert told in printed.err
        assert printed.err.count("\n") == 1


def test_the_shipped_model_is_measured_beside_an_ngram(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ids = tmp_path / "ids.json"
    ids.write_text("[5, 6, 7]")
    found = evaluated([str(data), "--solos", str(ids)], capsys)
    assert found["beats"] == 32
    assert found.keys() == {"beats", "pitch_nll", "pitch_top1", "pitch_top3", "told_nll", "ngram_nll"}
    everything = evaluated([str(data)], capsys)
    assert everything["beats"] == 96
    assert "ngram_nll" not in everything, "nothing is left for it to learn from"
    assert main(["evaluate", "bass", str(data), "--model", str(tmp_path)]) == 2
    assert "not a checkpoint" in capsys.readouterr().err


def render(out: Path, *words: str, chart: str = "") -> bytes:
    short = out.with_name("short.txt")
    short.write_text(CHART)
    assert main(["render", chart or str(short), "-o", str(out), "--choruses", "2", *words]) == 0
    return out.read_bytes()


def bass_of(path: Path) -> list[tuple[float, int]]:
    track = next(track for track in read_midi(path).tracks if track.channel == BASS)
    return [(note.onset, note.pitch) for note in track.notes]


def test_the_model_walks_by_default_and_the_rules_are_a_word_away(tmp_path: Path) -> None:
    names = ("default", "again", "model", "rules", "other")
    paths = {name: tmp_path / f"{name}.mid" for name in names}
    default = render(paths["default"])
    assert render(paths["again"]) == default
    assert render(paths["model"], "--bass", "model") == default
    assert render(paths["rules"], "--bass", "rules") != default
    render(paths["other"], "--seed", "1")
    lines = {name: bass_of(path) for name, path in paths.items()}
    assert len(lines["default"]) == len(lines["rules"]) == 2 * 4 * 4
    assert len({tuple(lines[name]) for name in ("default", "rules", "other")}) == 3
    rest = [
        [track for track in read_midi(paths[name]).tracks if track.channel != BASS]
        for name in ("default", "rules")
    ]
    assert rest[0] == rest[1], "the bass alone differs"


def test_a_bossa_is_the_rules(tmp_path: Path) -> None:
    assert load_chart("bossa").feel == "bossa"
    assert render(tmp_path / "a.mid", chart="bossa") == render(
        tmp_path / "b.mid", "--bass", "rules", chart="bossa"
    )


def test_in_two_it_plays_half_as_many(tmp_path: Path) -> None:
    render(tmp_path / "two.mid", "--bass", "two")
    line = bass_of(tmp_path / "two.mid")
    assert len(line) == 2 * 4 * 2
    assert {onset % 48 for onset, _ in line} == {0}


def test_a_bass_of_ones_own(tmp_path: Path) -> None:
    _, checkpoint = load_bass()
    flatter = {name: weights * 0.5 for name, weights in checkpoint.weights.items()}
    save(tmp_path / "mine", checkpoint.spec, flatter, checkpoint.meta)
    assert render(tmp_path / "a.mid", "--bass", str(tmp_path / "mine")) != render(tmp_path / "b.mid")


def test_a_bass_that_is_none_is_told_before_anything_is_played(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for wanted, told in (("rule", "did you mean 'rules'?"), (str(tmp_path / "nowhere"), "no bass")):
        assert main(["render", "blues-f", "-o", str(tmp_path / "a.mid"), "--bass", wanted]) == 2
        printed = capsys.readouterr()
        assert told in printed.err
        assert printed.err.count("\n") == 1
    assert not (tmp_path / "a.mid").exists()
