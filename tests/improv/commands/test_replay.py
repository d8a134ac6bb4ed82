"""`improv replay`: a take checked against its log."""

import json
from pathlib import Path

import pytest

from improv.cli import main
from improv.jazz.model import load_jazz
from improv.live.journal import Journal, read_journal
from improv.live.options import Options
from improv.live.setting import make_session
from improv.midifile import read_midi
from improv.requests import Start, Stop
from improv.session.events import NoteOff, NoteOn, Tick
from improv.session.session import Asked, SessionEvent
from models.checkpoint import save

CHART = "title: Short\n| F7 | Bb7 |\n"
SECOND = 1_000_000_000
KEYS: list[SessionEvent] = [
    Asked(0, Start()),
    NoteOn(2 * SECOND, 65, 80),
    NoteOff(2 * SECOND + SECOND // 4, 65),
    NoteOn(3 * SECOND + SECOND // 4, 69, 90),
    *(Tick(t * SECOND) for t in range(4, 10)),
    NoteOff(10 * SECOND, 69),
    Asked(11 * SECOND, Stop()),
]


def write_log(path: Path, checkpoint: Path | None = None) -> Path:
    """A take of the shipped model's, as the engine logs it."""
    options = Options(chart=CHART, tempo=240.0, seed=8, bars=1, log=path, checkpoint=checkpoint)
    session, digest = make_session(options)
    journal = Journal(path, {"version": "0", "options": options.as_json(), "weights": digest}, pytest.fail)
    state = session.initial()
    for event in KEYS:
        journal.event(event)
        state, commands = session.update(state, event)
        for command in commands:
            journal.command(command)
    journal.close()
    return path


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """The log of a short take."""
    return write_log(tmp_path / "take.jsonl")


def test_the_same(log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", str(log)]) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith(f"the same, note for note: {len(KEYS)} events, ")
    assert printed.out.count("\n") == 1
    assert printed.err == ""
    assert [path.name for path in tmp_path.iterdir()] == ["take.jsonl"]


def test_as_json_and_as_a_file(log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "take.mid"
    assert main(["replay", str(log), "--json", "-o", str(out)]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["same"]
    assert figures["complete"]
    assert figures["difference"] == ""
    tracks = {track.name: track.notes for track in read_midi(out).tracks}
    assert [note.pitch for note in tracks["player"]] == [65, 69]
    planned = [line for line in read_journal(log) if line.get("role") == "improv"]
    sounded = [line["pitch"] for line in planned if line["at"] <= KEYS[-1].t]  # then it was stopped
    assert [note.pitch for note in tracks["improv"]] == sounded
    assert figures["notes"] == len(planned) > 0


def test_a_note_that_was_changed(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    next(line for line in lines if line.get("role") == "improv")["pitch"] += 1
    log.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert main(["replay", str(log)]) == 1
    assert "differs" in capsys.readouterr().out
    assert main(["replay", str(log), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["same"] is False


def test_cut_off_by_a_crash(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = log.read_bytes()
    for share in (0.5, 0.9):
        log.write_bytes(data[: int(len(data) * share)])
        assert main(["replay", str(log)]) == 0
        assert "(the log was cut off)" in capsys.readouterr().out


def test_other_weights_are_refused_until_they_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also where the folder that the log names holds other weights by now."""
    mine = tmp_path / "mine"
    for part, shipped in load_jazz().parts.items():
        softer = {name: weights * 0.5 for name, weights in shipped.weights.items()}
        save(mine / part, shipped.spec, softer, shipped.meta)
    log = write_log(tmp_path / "take.jsonl", mine)
    assert main(["replay", str(log)]) == 0

    mine.rename(tmp_path / "moved")
    for part, shipped in load_jazz().parts.items():
        save(mine / part, shipped.spec, shipped.weights, shipped.meta)
    capsys.readouterr()
    assert main(["replay", str(log)]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert "played with other weights" in printed.err
    assert "--model" in printed.err
    assert main(["replay", str(log), "--model", str(tmp_path / "moved")]) == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("chart", "title: T\n| H7 |\n"),
        ("chart", 5),
        ("tempo", "fast"),
        ("tempo", 1e9),
        ("bars", 0),
        ("temperature", -1),
        ("checkpoint", "nowhere"),
        ("surprise", 1),
    ],
)
def test_a_head_that_was_damaged_is_one_line(
    log: Path, capsys: pytest.CaptureFixture[str], name: str, value: object
) -> None:
    lines = log.read_text().splitlines()
    head = json.loads(lines[0])
    head["options"][name] = value
    log.write_text("\n".join([json.dumps(head), *lines[1:]]) + "\n")
    capsys.readouterr()
    assert main(["replay", str(log)]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("improv: ")
    assert printed.err.count("\n") == 1


@pytest.mark.parametrize("weights", [None, 5, [], "00"])
def test_a_digest_that_was_damaged_is_one_line(
    log: Path, capsys: pytest.CaptureFixture[str], weights: object
) -> None:
    lines = log.read_text().splitlines()
    head = {**json.loads(lines[0]), "weights": weights}
    log.write_text("\n".join([json.dumps(head), *lines[1:]]) + "\n")
    assert main(["replay", str(log)]) == 2
    assert "played with other weights" in capsys.readouterr().err
