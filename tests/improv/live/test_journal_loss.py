"""What is left of a log when the program is killed, and when the disk is full: real processes, real files."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from improv.live.journal import Journal, read_journal
from improv.live.lock import is_held
from improv.takes.folder import read_log, recover

ROOT = Path(__file__).resolve().parents[3]
SECOND = 1_000_000_000
PATIENCE = 120.0
LIMIT = 20_000

PLAYING = """
import os, socket, sys, time
from pathlib import Path
from threading import Thread
from grammar.chart import parse_chart
from improv.live.clock import MonotonicClock
from improv.live.engine import Engine
from improv.live.far import FarFront, attend
from improv.live.front import Front
from improv.live.wire import Wire
from improv.session.events import NoteOff, NoteOn, encode
from improv.live.journal import Journal
from improv.live.options import Options
from improv.live.setting import make_session
from improv.ports.loopback import Recorder
from improv.requests import Start

class Hands:
    '''A key every 20 ms.'''
    name = "hands"
    count = 0
    def poll(self):
        self.count += 1
        time.sleep(0.02)
        pitch = 40 + self.count % 40
        t = clock.now()
        return [encode(NoteOn(t, pitch, 80)), encode(NoteOff(t, pitch))]
    def close(self): pass

class Told(Journal):
    '''Tells on stdout how many keys it has been handed, and when.'''
    keys = 0
    def event(self, event):
        super().event(event)
        if isinstance(event, NoteOn):
            self.keys += 1
            os.write(1, b"%d %d\\n" % (self.keys, time.perf_counter_ns()))

class View:
    asked = [Start()]
    def tell(self, news): pass
    def requests(self):
        asked, self.asked = self.asked, []
        return asked

clock = MonotonicClock()
options = Options(chart="title: Kill\\n| F7 | Bb7 |\\n", tempo=240.0, seed=1, bars=1)
session, digest = make_session(options)
head = {"options": options.as_json(), "weights": digest, "t": clock.now()}
journal = Told(Path(sys.argv[1]), head, print)
ours, theirs = map(Wire, socket.socketpair())
front = Front([Hands()], [Recorder(clock.now)], clock, say=theirs.post)
Thread(target=attend, args=(front, theirs, clock, lambda: False)).start()
far = FarFront(ours)
Engine(session, far, clock, View(), journal).run(far.wait)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
@pytest.mark.parametrize("seed", [1, 2])
def test_killed_at_any_moment_all_but_the_last_second_is_there(tmp_path: Path, seed: int) -> None:
    path = tmp_path / "night.jsonl"
    playing = subprocess.Popen(
        [sys.executable, "-c", PLAYING, str(path)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert playing.stdout is not None
    first = playing.stdout.readline()
    assert first, playing.communicate()[1].decode()
    time.sleep(random.Random(seed).uniform(1.1, 2.2))
    if seed == 1:
        assert is_held(path), "no one else may mend it meanwhile"
    killed = time.perf_counter_ns()
    playing.kill()
    told = [line.split() for line in (first + playing.communicate()[0]).splitlines() if line.count(b" ") == 1]
    handed_over = max(int(count) for count, t in told if int(t) < killed - SECOND)

    assert not is_held(path)
    done = recover(path)
    assert done is not None
    assert done.takes == 1
    (take,) = read_log(path)
    keys = [line["pitch"] for line in read_journal(path) if line.get("event") == "note_on"]
    assert len(keys) >= handed_over
    assert keys == [40 + number % 40 for number in range(1, len(keys) + 1)], "in order, none missing between"
    assert take.setting.ending == "recovered"


FULL = """
import resource, sys, time
from pathlib import Path
from improv.session.events import Tick
from improv.live.journal import Journal

limit, path = int(sys.argv[1]), Path(sys.argv[2])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
complaints = []
def complain(text):
    complaints.append(text)
    if len(complaints) == 2:
        print(text, flush=True)
journal = Journal(path, {}, complain)
for t in range(1000):
    journal.event(Tick(t))
while not complaints:
    time.sleep(0.01)
print(complaints[0], flush=True)
for t in range(1000, 1500):
    journal.event(Tick(t))
time.sleep(2.5)
assert len(complaints) == 1, complaints
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
while len(complaints) < 2:
    time.sleep(0.01)
journal.close()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on a file's size")
def test_a_disk_that_has_room_again_gets_every_line(tmp_path: Path) -> None:
    """Even those of which half a line had been written when it was full."""
    path = tmp_path / "night.jsonl"
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(LIMIT), str(path)],
        cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.splitlines()
    assert first == f"cannot write the log {path}: File too large; playing on, and trying again"
    assert second == f"the log {path} goes on, and nothing is missing"
    lines = list(read_journal(path))
    assert [line["t"] for line in lines[1:-1]] == list(range(1500))
    assert lines[-1] == {"kind": "end"}


def test_a_log_never_writes_over_another(tmp_path: Path) -> None:
    path = tmp_path / "night.jsonl"
    (tmp_path / "night-2.jsonl").write_text("mine")
    written = []
    for _ in range(3):
        journal = Journal(path, {}, pytest.fail)
        journal.close()
        written.append(journal.path.name)
    assert written == ["night.jsonl", "night-3.jsonl", "night-4.jsonl"]
    assert (tmp_path / "night-2.jsonl").read_text() == "mine"


PLAY = ["play", "--headless", "--chart", "two.txt", "--bars", "1", "--tempo", "400", "--seed", "5"]


@pytest.mark.parametrize("log", ["/dev/full", "/proc/improv/night.jsonl"])
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full and /proc")
def test_a_full_or_read_only_disk_is_told_once_and_it_plays_on(tmp_path: Path, log: str) -> None:
    (tmp_path / "two.txt").write_text("title: Two\n| F7 | Bb7 |\n")
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "JACK_DEFAULT_SERVER": "improv-nobody",
        "ALSA_CONFIG_PATH": os.devnull,
        "IMPROV_AUDIO": "off",
    }
    done = subprocess.run(
        [sys.executable, "-m", "improv", *PLAY, "--choruses", "2", "--json", "--log", log],
        cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=PATIENCE,
    )  # fmt: skip
    assert done.returncode == 0
    (told,) = done.stderr.splitlines()
    assert told.startswith("improv: ")
    assert log in told
    assert "playing on" in told
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["text"] for line in lines if line.get("trouble")] == [told.removeprefix("improv: ")]
    assert {"event": "finished"} in lines


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="needs SIGHUP")
def test_a_closed_window_ends_the_log_in_order(tmp_path: Path) -> None:
    """The terminal sends SIGHUP to the view and the engine alike."""
    log = tmp_path / "night.jsonl"
    (tmp_path / "two.txt").write_text("title: Two\n| F7 | Bb7 |\n")
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "JACK_DEFAULT_SERVER": "improv-nobody",
        "ALSA_CONFIG_PATH": os.devnull,
        "IMPROV_AUDIO": "off",
    }
    playing = subprocess.Popen(
        [sys.executable, "-m", "improv", *PLAY, "--log", str(log)],
        cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    deadline = time.monotonic() + PATIENCE
    while not (log.exists() and b"machine" in log.read_bytes()) and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(playing.pid, signal.SIGHUP)
    _, told = playing.communicate(timeout=PATIENCE)
    assert playing.returncode == 0, told.decode()
    assert list(read_journal(log))[-1] == {"kind": "end"}
