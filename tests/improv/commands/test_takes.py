"""`improv takes` and `improv replay` by name, from a folder of logs that the shipped model played."""

import json
import shutil
import wave
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from improv.cli import main
from improv.live.journal import Journal
from improv.live.lines import clock_lines
from improv.live.options import Options
from improv.live.setting import make_session
from improv.midifile import read_midi
from improv.requests import Keep, Mark, Start, Stop, UndoTake
from improv.session.events import NoteOff, NoteOn, Tick
from improv.session.session import Asked, SessionEvent

CHART = "title: Short\n| F7 | Bb7 |\n"
SECOND = 1_000_000_000
PLAYED: list[SessionEvent] = [
    Asked(0, Start()),
    NoteOn(2 * SECOND, 65, 80),
    NoteOff(2 * SECOND + SECOND // 4, 65),
    NoteOn(3 * SECOND, 69, 90),
    NoteOff(3 * SECOND + SECOND // 4, 69),
    Asked(4 * SECOND, Mark("bridge")),
    *(Tick(t * SECOND) for t in range(4, 10)),
    Asked(10 * SECOND, Keep(2, "encore")),
    Asked(11 * SECOND, Stop()),
    Asked(20 * SECOND, Start()),
    NoteOn(23 * SECOND, 60, 80),
    NoteOff(24 * SECOND, 60),
    Asked(25 * SECOND, Stop()),
    Asked(26 * SECOND, UndoTake()),
]
Say = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a log of two takes, one of them undone, and a stretch that was kept."""
    folder = tmp_path_factory.mktemp("takes")
    options = Options(chart=CHART, tempo=240.0, seed=8, bars=1)
    session, digest = make_session(options)
    head = {"version": "0", "options": options.as_json(), "weights": digest, "t": 0}
    head["began"] = "2026-03-04T21:14:05+01:00"
    journal = Journal(folder / "night.jsonl", head, pytest.fail)
    state = session.initial()
    for event in PLAYED:
        before = state.map
        journal.event(event)
        state, commands = session.update(state, event)
        journal.lines(clock_lines(before, state.map, event.t))
        for command in commands:
            journal.command(command)
    journal.close()
    return folder


@pytest.fixture
def folder(played: Path, tmp_path: Path) -> Path:
    """The same folder, to change."""
    return Path(shutil.copytree(played, tmp_path / "takes"))


@pytest.fixture
def say(folder: Path, capsys: pytest.CaptureFixture[str]) -> Say:
    """Runs a command on the folder: its exit code, what it printed, and what it told on stderr."""

    def run(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main([*words, "--folder", str(folder)])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


def test_the_list(say: Say) -> None:
    code, out, err = say("takes", "list")
    assert code == 0
    lines = out.splitlines()
    assert lines[0].split() == ["NAME", "CHART", "TEMPO", "BARS", "YOU", "IMPROV"]
    assert [line.split()[:2] for line in lines[1:]] == [["1", "night"], ["3", "encore"]]
    assert all(len(line) <= 80 for line in lines)
    assert lines[1].endswith("1 mark, 2026-03-04 21:14")
    assert "1 undone or silent take is left out; --all" in err
    _, out, err = say("takes", "list", "--all")
    assert "night-2" in out
    assert "undone" in out
    assert err == ""


def test_the_list_as_json(say: Say) -> None:
    code, out, err = say("takes", "list", "--all", "--json")
    assert (code, err) == (0, "")
    takes = json.loads(out)
    assert [take["name"] for take in takes] == ["night", "night-2", "encore"]
    assert takes[0]["when"] == "2026-03-04T21:14:06+01:00"
    assert (takes[0]["you"], takes[0]["marks"]) == (2, 1)
    assert takes[0]["improv"] > 0
    assert [take["undone"] for take in takes] == [False, True, False]


def test_a_folder_without_takes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["takes", "list", "--folder", str(tmp_path / "none")]) == 0
    assert capsys.readouterr().err == "improv: no takes yet: improv play makes them\n"
    assert main(["takes", "show", "last", "--folder", str(tmp_path)]) == 2


def test_shown_as_a_picture(say: Say) -> None:
    code, out, err = say("takes", "show", "1")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "night (take 1)"
    assert lines[1].startswith("Short, 240 bpm, 4/4, swing; 2026-03-04 21:14:06, 0:0")
    assert "1:01  F7" in out
    assert "▼bridge" in out
    assert "▀" in out
    assert "\x1b" not in out
    assert [line for line in lines if len(line) > 80 and not line.startswith("seed")] == []


def test_shown_as_json(say: Say) -> None:
    take = json.loads(say("takes", "show", "night", "--json")[1])
    assert take["places"] == [{"tick": pytest.approx(96 * 2.9, abs=96), "label": "bridge"}]
    assert [note["pitch"] for note in take["notes"] if note["part"] == "you"] == [65, 69]
    parts = Counter(note["part"] for note in take["notes"])
    assert take["band"] == {part: parts[part] for part in ("click", "comp", "bass", "drums")}
    assert take["chords"][0] == {"tick": 0, "symbol": "F7"}
    assert take["seed"] == 8


def test_exported_as_each_kind(say: Say, tmp_path: Path) -> None:
    for suffix in ("mid", "musicxml", "wav"):
        code, out, _ = say("takes", "export", "last", "-o", str(tmp_path / f"x.{suffix}"))
        assert code == 0
        assert out.startswith(f"{tmp_path / f'x.{suffix}'}: encore, ")
    contents = read_midi(tmp_path / "x.mid")
    assert {"F7", "Bb7"} <= {text for _, text in contents.markers}
    assert ET.parse(tmp_path / "x.musicxml").getroot().tag == "score-partwise"
    with wave.open(str(tmp_path / "x.wav")) as sound:
        assert sound.getnframes() > 44_100
    code, _, err = say("takes", "export", "last", "-o", str(tmp_path / "x.mp3"))
    assert code == 2
    assert "a file that ends in .mid, .midi, .musicxml or .wav" in err


@pytest.mark.parametrize("word", ["encore", "3", "last", "enc"])
def test_replayed_by_any_word(say: Say, word: str) -> None:
    code, out, _ = say("replay", word)
    assert code == 0
    assert out.startswith("the same, note for note: ")


def test_words_that_mean_no_take(say: Say) -> None:
    for command in (["takes", "show"], ["takes", "undo"], ["replay"]):
        code, _, err = say(*command, "encoer")
        assert code == 2
        assert err == "improv: no take 'encoer'; did you mean 'encore'?\n"
    code, _, err = say("takes", "show", "nowhere/night.jsonl")
    assert code == 2
    assert "No such file" in err


def test_a_path(say: Say, folder: Path, tmp_path: Path) -> None:
    code, out, err = say("takes", "show", str(folder / "night.jsonl"))
    assert code == 0
    assert out.startswith("encore (take 3, kept)")
    assert "holds 3 takes; this is encore" in err
    old = tmp_path / "old.jsonl"
    head, *rest = (folder / "night.jsonl").read_text().splitlines()
    lines = [head.replace('"format":2', '"format":1')]
    lines += [line for line in rest if '"kind":"clock"' not in line and '"kind":"stopped"' not in line]
    lines = [line for line in lines if '"Keep"' not in line]
    old.write_text("\n".join(lines) + "\n")
    code, _, err = say("takes", "show", str(old))
    assert code == 2
    assert "improv replay" in err
    assert main(["replay", str(old)]) == 0


def test_undone_restored_and_named(say: Say) -> None:
    assert say("takes", "undo", "encore")[:2] == (0, "encore: undone\n")
    assert "encore" not in say("takes", "list")[1]
    assert say("takes", "restore", "encore")[:2] == (0, "encore: back\n")
    assert say("takes", "name", "encore", "the good one")[:2] == (0, "encore: now the good one\n")
    assert "the good one" in say("takes", "list")[1]
    code, _, err = say("takes", "name", "night", "the good one")
    assert code == 2
    assert "take 3 is called 'the good one' already" in err
    assert say("replay", "the good one")[0] == 0, "the log is still the same, note for note"


def test_recovered(say: Say, folder: Path) -> None:
    path = folder / "night.jsonl"
    path.write_bytes(path.read_bytes()[:-40])
    _, out, err = say("takes", "list")
    assert "cut off" in out
    assert "improv takes recover" in err
    code, out, _ = say("takes", "recover")
    assert code == 0
    assert out.startswith(f"{path}: 3 takes, 25.0 s; ")
    assert say("takes", "recover")[1] == "nothing to recover: every log is whole\n"
    assert "recovered" in say("takes", "list")[1]
    assert "(the log was cut off)" in say("replay", "last")[1]
    assert json.loads(say("takes", "recover", "--json")[1]) == []


def test_one_damaged_file_does_not_hide_the_others(say: Say, folder: Path) -> None:
    (folder / "damaged.jsonl").write_text("not a log\n")
    code, out, err = say("takes", "list")
    assert code == 0
    assert "encore" in out
    assert "damaged.jsonl:1: not a line of a take's log" in err
