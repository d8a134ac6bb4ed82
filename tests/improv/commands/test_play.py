"""`improv play`, whole: without a screen through pipes, and on a real terminal in tmux."""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from improv.live.journal import read_journal
from improv.midifile import read_midi

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 120.0
CHART = "title: Two bars of F\nfeel: straight\n| F7 | Bb7 |\n"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a chart of two bars; no MIDI and no sound, whatever this machine has."""
    (tmp_path / "two.txt").write_text(CHART)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "improv-nobody")
    monkeypatch.setenv("ALSA_CONFIG_PATH", os.devnull)
    monkeypatch.setenv("IMPROV_AUDIO", "off")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "improv", *words]


SHORT = ["play", "--headless", "--chart", "two.txt", "--bars", "1", "--tempo", "400", "--seed", "5"]


def test_a_take_from_start_to_end_and_again_from_its_log(place: Path) -> None:
    """One line an event; recorded and logged; replayed to the same bytes."""
    words = ["--json", "--choruses", "2", "--record", "take.mid", "--log", "take.jsonl"]
    done = subprocess.run(command(*SHORT, *words), capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    turns = [(line["turn"], line["onset"]) for line in lines if line["event"] == "turnchange"]
    assert turns == [("count-in", -96), ("player", 0), ("machine", 96), ("player", 192), ("machine", 288)]
    notes = [line for line in lines if line["event"] == "play"]
    assert {note["role"] for note in notes} == {"improv"}
    assert lines[-1] == {"event": "notice", "text": "recorded take.mid", "trouble": False}
    assert {"event": "finished"} in lines

    recorded = {track.name: track.notes for track in read_midi(place / "take.mid").tracks}
    assert [note.pitch for note in recorded["improv"]] == [note["pitch"] for note in notes]

    log = list(read_journal(place / "take.jsonl"))
    assert log[0]["options"]["seed"] == 5
    assert log[-1] == {"kind": "end"}
    replayed = subprocess.run(
        command("replay", "take.jsonl", "-o", "again.mid", "--json"),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert replayed.returncode == 0, replayed.stdout + replayed.stderr
    assert json.loads(replayed.stdout)["notes"] == len(notes)
    assert (place / "again.mid").read_bytes() == (place / "take.mid").read_bytes()
    assert not (place / "state").exists(), "a log that is named goes nowhere else"


def wait_for(found: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not found():
        assert time.monotonic() < deadline, f"no {what}"
        time.sleep(0.05)


@pytest.mark.skipif(os.name != "posix", reason="signals are posix's")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_in_order(place: Path, number: int) -> None:
    """Text for people; the log, in its own folder, has its end."""
    with (place / "out.txt").open("wb") as out:
        process = subprocess.Popen(command(*SHORT), stdout=out, stderr=subprocess.STDOUT)
    text = place / "out.txt"
    wait_for(lambda: "improv's turn" in text.read_text(), "answer")
    process.send_signal(number)
    assert process.wait(PATIENCE) == 0
    lines = text.read_text().splitlines()
    assert "Traceback" not in text.read_text()
    assert any(line.startswith("0:00:1:00 count-in") for line in lines)
    (log,) = (place / "state").rglob("*.jsonl")
    assert f"log: {log}" in lines
    assert list(read_journal(log))[-1] == {"kind": "end"}


@pytest.mark.skipif(os.name != "posix", reason="signals are posix's")
@pytest.mark.parametrize("after", [0.0, 0.4])
def test_an_early_interrupt_leaves_no_process_and_no_traceback(place: Path, after: float) -> None:
    """Ctrl-C reaches the whole group, also while the engine is still loading."""
    process = subprocess.Popen(
        command(*SHORT), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    wait_for(lambda: len(children(process.pid)) > 0, "engine")
    time.sleep(after)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE)  # ends only when nobody holds the pipes any more
    assert process.returncode in (0, 130)
    assert "Traceback" not in out + err
    assert err in ("", "improv: interrupted\n")


def children(pid: int) -> list[str]:
    """The ids of a process's children, where the system tells."""
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return path.read_text().split() if path.exists() else [""]


def test_a_reader_that_goes_ends_the_take(place: Path) -> None:
    process = subprocess.Popen(command(*SHORT), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline()
    process.stdout.close()
    assert process.wait(PATIENCE) == 0
    assert process.stderr is not None
    assert process.stderr.read() == ""
    process.stderr.close()


class Tmux:
    """A terminal of a given size with a shell in it."""

    def __init__(self, tmux: str, folder: Path, width: int, height: int) -> None:
        self._tmux = [tmux, "-L", f"improv-test-{os.getpid()}-{width}", "-f", os.devnull]
        self.run("new-session", "-d", "-x", str(width), "-y", str(height), "-c", str(folder), "sh")

    def run(self, *words: str) -> str:
        done = subprocess.run([*self._tmux, *words], capture_output=True, text=True, timeout=PATIENCE)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def screen(self) -> str:
        return self.run("capture-pane", "-p")

    def keys(self, *names: str) -> None:
        self.run("send-keys", *names)

    def close(self) -> None:
        subprocess.run([*self._tmux, "kill-server"], capture_output=True, timeout=PATIENCE)


@pytest.fixture
def terminals() -> Iterator[Callable[[Path, int, int], Tmux]]:
    """Opens terminals, which are closed afterwards."""
    tmux = shutil.which("tmux")
    if tmux is None:
        if os.environ.get("CI") == "true":
            pytest.fail("needs tmux: apt install tmux")
        pytest.skip("needs tmux: apt install tmux")
    opened: list[Tmux] = []

    def open_one(folder: Path, width: int, height: int) -> Tmux:
        opened.append(Tmux(tmux, folder, width, height))
        return opened[-1]

    yield open_one
    for terminal in opened:
        terminal.close()


@pytest.mark.parametrize(("width", "height"), [(80, 24), (160, 50)])
def test_on_a_real_terminal(
    place: Path, terminals: Callable[[Path, int, int], Tmux], width: int, height: int
) -> None:
    """Start, count-in, a key that sounds, quit; and the terminal as it was before."""
    terminal = terminals(place, width, height)
    log = place / "take.jsonl"
    words = command("play", "--chart", "two.txt", "--tempo", "240", "--log", str(log))
    terminal.keys("-l", f"{shlex.join(words)}; printf 'ended %d\\n' $?")
    terminal.keys("Enter")
    wait_for(lambda: "start/stop" in terminal.screen(), "stage")
    assert "Two bars of F" in terminal.screen()
    assert terminal.run("display-message", "-p", "#{alternate_on}").strip() == "1"
    assert len(terminal.screen().splitlines()) <= height

    def logged(**wanted: object) -> bool:
        if not log.exists():
            return False
        return any(wanted.items() <= line.items() for line in read_journal(log))

    terminal.keys("Space")
    wait_for(lambda: logged(command="TurnChange", turn="count-in"), "count-in")
    wait_for(lambda: logged(command="TurnChange", turn="player"), "turn")
    terminal.keys("z")
    wait_for(lambda: logged(event="note_on", pitch=48), "note")
    wait_for(lambda: logged(event="note_off", pitch=48), "note's end")
    terminal.keys("C-q")
    wait_for(lambda: re.search(r"ended \d", terminal.screen()) is not None, "exit")
    shown = terminal.screen()
    assert "ended 0" in shown
    assert "the take's log:" in shown
    assert "take.jsonl" in shown.replace("\n", "")  # wherever the line is wrapped
    assert "Traceback" not in shown
    assert terminal.run("display-message", "-p", "#{alternate_on}").strip() == "0"
    assert terminal.run("display-message", "-p", "#{cursor_flag}").strip() == "1"
    assert terminal.run("display-message", "-p", "#{mouse_any_flag}").strip() == "0"
    assert list(read_journal(log))[-1] == {"kind": "end"}
