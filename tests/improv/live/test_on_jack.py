"""The whole program on a real JACK server: one process plays, `improv play` answers, another records."""

import json
import os
import signal
import subprocess
import sys
import time
import wave
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rtmidi  # type: ignore[import-untyped]

from improv.channels import CLICK, IMPROV
from improv.midifile import read_midi
from improv.session.events import NoteOff, NoteOn, decode

pytestmark = pytest.mark.jack

MILLISECOND = 1_000_000
CHART = (
    "title: Proof\nfeel: straight\n| F7 | Bb7 | F7 | C-7 F7 | Bb7 | Bb7 | F7 | D7 | G-7 | C7 | F7 | C7 |\n"
)
FIRST = (
    (0.0, 65),
    (0.5, 69),
    (1.0, 72),
    (2.0, 74),
    (2.5, 72),
    (3.5, 69),
    (4.0, 67),
    (6.0, 65),
    (8.0, 60),
    (11.5, 62),
)
"""Beats from the top, and pitches: what is played of them before the last two beats of the turn."""
LAST = ((-2.0, 63), (-1.0, 65), (-0.25, 66))
"""Beats from the answer's bar line, up to the last sixteenth before it."""

PLAYER = """
import sys, time, rtmidi
out = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, name="hands"); out.open_virtual_port("keys")
print("ready", flush=True)
plan = sorted(eval(sys.stdin.readline()))
for t, message in plan:
    while (left := t - time.perf_counter_ns()) > 0:
        time.sleep(max(0.0, left / 1e9 - 0.0005))
    out.send_message(message)
sys.stdin.readline()
"""


CONTROL = """
import json, os, signal, sys, time
os.sched_setaffinity(0, {int(sys.argv[1])})
stalls, ended = [], []
signal.signal(signal.SIGTERM, lambda *_: ended.append(True))
try:
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(90))
except OSError:
    ended.append(True)  # an ordinary process waits for others too: it would prove nothing
t = time.perf_counter_ns()
while not ended:
    t += 1_000_000
    time.sleep(max(0, t - time.perf_counter_ns()) / 1e9)
    now = time.perf_counter_ns()
    if now - t > 2_000_000:
        stalls.append((t, now))
        t = now
print(json.dumps(stalls), flush=True)
"""
"""A bare timer on one core, above all that is tested: it is late only when the machine stands still."""
QUICK = 240.0
"""The tempo of takes whose end is what is tried."""
TAKES = 3
"""Takes at most, where the machine stood still at the very moment that is measured."""


def phrase(bars: int) -> list[tuple[float, int]]:
    """What is played in a turn of so many bars: beats from the top, and pitches."""
    end = 4.0 * bars
    return [note for note in FIRST if note[0] < end - 2] + [(end + place, pitch) for place, pitch in LAST]


@dataclass
class Take:
    """What the recorder heard, and what improv said of it."""

    messages: list[tuple[int, bytes]] = field(default_factory=list)
    """(nanoseconds, message), as they arrived."""
    events: list[dict[str, Any]] = field(default_factory=list)
    """The lines of --headless --json."""
    returncode: int | None = None
    stalls: list[tuple[int, int]] = field(default_factory=list)
    """When the machine itself stood still for 2 ms or more, from and to, in nanoseconds."""

    def stalled_at(self, t: float) -> bool:
        """Whether the machine stood still within 20 ms of a time."""
        return any(begin - 20 * MILLISECOND < t < end + 20 * MILLISECOND for begin, end in self.stalls)

    def ons(self, channel: int) -> list[tuple[int, int]]:
        """(time, pitch) of every note that began on a channel."""
        found = [(t, decode(t, message)) for t, message in self.messages]
        return [(t, e.pitch) for t, e in found if isinstance(e, NoteOn) and e.channel == channel]

    def hanging(self) -> set[tuple[int, int]]:
        """Notes that were begun and never ended, as (channel, pitch)."""
        sounding: set[tuple[int, int]] = set()
        for t, message in self.messages:
            event = decode(t, message)
            if isinstance(event, NoteOn):
                assert (event.channel, event.pitch) not in sounding, "struck again without an off"
                sounding.add((event.channel, event.pitch))
            elif isinstance(event, NoteOff):
                sounding.discard((event.channel, event.pitch))
        return sounding

    def grid(self) -> tuple[float, float]:
        """When the first beat of the first bar fell, and a beat's nanoseconds: a line through the clicks."""
        times = np.array([t for t, _ in self.ons(CLICK)], dtype=float)
        beats = np.arange(len(times)) - 4
        slope, start = np.polyfit(beats, times - times[0], 1)
        return float(start + times[0]), float(slope)


class Hall:
    """A recorder's input, a player's process, and improv between them."""

    def __init__(
        self, tmp_path: Path, tempo: float, bars: int, *more: str, out: str | None = "recorder"
    ) -> None:
        self.take = Take()
        self.tempo, self.bars = tempo, bars
        self.path = tmp_path
        self._ears = rtmidi.MidiIn(rtmidi.API_UNIX_JACK, name="recorder", queue_size_limit=4096)
        self._ears.open_virtual_port("in")
        self.player = subprocess.Popen(
            [sys.executable, "-c", PLAYER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self.player.stdout is not None
        assert self.player.stdout.readline() == "ready\n"
        cores = sorted(os.sched_getaffinity(0))
        self.controls = [
            subprocess.Popen([sys.executable, "-c", CONTROL, str(core)], stdout=subprocess.PIPE)
            for core in cores
        ]
        chart = tmp_path / "proof.txt"
        chart.write_text(CHART, "utf-8")
        command = [
            sys.executable,
            "-m",
            "improv",
            "play",
            "--headless",
            "--json",
            "--no-band",  # whose drums share the click's channel, by which the beat is told here
            "--api",
            "jack",
            "--chart",
            chart,
        ]
        command += ["--in", "hands", "--tempo", str(tempo), "--bars", str(bars), "--seed", "11"]
        command += ["--out", out] if out is not None else []
        command += ["--log", tmp_path / "take.jsonl", "--record", tmp_path / "take.mid", *more]
        self._lines = (tmp_path / "lines.jsonl").open("w+b")
        self.improv = subprocess.Popen(
            [str(word) for word in command], stdout=self._lines, stderr=subprocess.PIPE
        )

    def listen(self, seconds: float) -> Iterator[None]:
        """Record for so long, or until whoever iterates has heard enough."""
        deadline = time.perf_counter_ns() + int(seconds * 1e9)
        while time.perf_counter_ns() < deadline:
            while (got := self._ears.get_message()) is not None:
                self.take.messages.append((time.perf_counter_ns(), bytes(got[0])))
            yield
            time.sleep(0.0001)

    def play_along(self) -> None:
        """Hear the count-in, and have the player's process play the phrase on the grid."""
        for _ in self.listen(40):
            if len(self.take.ons(CLICK)) == 2:
                break
        first = self.take.ons(CLICK)[0][0]
        beat = 60e9 / self.tempo
        plan: list[tuple[int, list[int]]] = []
        for place, pitch in phrase(self.bars):
            t = first + round((4 + place) * beat)
            plan += [(t, [0x90, pitch, 90]), (t + round(0.2 * beat), [0x80, pitch, 64])]
        assert self.player.stdin is not None
        self.player.stdin.write(repr(plan) + "\n")
        self.player.stdin.flush()

    def until_answered(self, notes: int) -> None:
        """Record until improv has begun so many notes."""
        for _ in self.listen((4 + 2 * self.bars * 4 + 2) * 60 / self.tempo + 5):
            if len(self.take.ons(IMPROV)) >= notes:
                return

    def end(self, number: int = signal.SIGTERM) -> Take:
        """End improv with a signal, and record what still comes."""
        self.improv.send_signal(number)
        for _ in self.listen(8):
            if self.improv.poll() is not None:
                break
        for _ in self.listen(0.3):
            pass
        self.take.returncode = self.improv.wait(5)
        for control in self.controls:
            control.terminate()
            self.take.stalls += [tuple(stall) for stall in json.loads(control.communicate()[0] or b"[]")]
        self._lines.seek(0)
        self.take.events = [json.loads(line) for line in self._lines.read().decode().splitlines()]
        return self.take

    def close(self) -> None:
        """End what still runs; again is harmless."""
        if self._lines.closed:
            return
        processes: list[subprocess.Popen[Any]] = [self.improv, self.player, *self.controls]
        for process in processes:
            if process.poll() is None:
                process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout, process.stderr):
                if pipe is not None:
                    pipe.close()
        self._lines.close()
        self._ears.close_port()
        self._ears.delete()


@pytest.fixture
def halls(jack_server: str) -> Iterator[list[Hall]]:
    """A place to put halls that are cleared afterwards."""
    assert os.environ["JACK_DEFAULT_SERVER"] == jack_server
    open_halls: list[Hall] = []
    yield open_halls
    for hall in open_halls:
        hall.close()


@pytest.mark.parametrize(("tempo", "bars"), [(60.0, 1), (180.0, 2), (320.0, 4)])
def test_the_answer_is_on_the_bar(
    halls: list[Hall], tmp_path: Path, tempo: float, bars: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """A turn in, a turn out: the first note within 5 ms of its place, then SIGTERM in mid-note.

    A take is played again only where a bare timer above it shows that the machine itself stood still.
    """
    for attempt in range(TAKES):
        hall = Hall(tmp_path, tempo, bars)
        halls.append(hall)
        hall.play_along()
        hall.until_answered(4 if tempo > 100 else 2)
        take = hall.end()
        hall.close()
        top, beat = take.grid()
        played = [e for e in take.events if e["event"] == "play"]
        place = top + played[0]["onset"] / 24 * beat
        late = abs(take.ons(IMPROV)[0][0] - place) / MILLISECOND
        if late < 5 or not take.stalled_at(place):
            break
        with capsys.disabled():
            print(f"\ntake {attempt + 1}: {late:.2f} ms, while the machine stood still", end=" ")  # noqa: T201

    heard = [e["pitch"] for e in take.events if e["event"] == "heard"]
    pitches = [pitch for _, pitch in phrase(bars)]
    assert heard[: len(pitches)] == pitches
    answer = take.ons(IMPROV)
    assert bars * 4 * 24 <= played[0]["onset"] < (bars + 1) * 4 * 24
    errors = [
        (t - (top + event["onset"] / 24 * beat)) / MILLISECOND
        for (t, pitch), event in zip(answer, played, strict=False)
        if pitch == event["pitch"]
    ]
    assert len(errors) == len(answer)
    with capsys.disabled():
        rest = ", ".join(f"{error:+.2f}" for error in errors[1:])
        print(  # noqa: T201 - the figures are the point
            f"\n{tempo:g} bpm: the answer's first note {errors[0]:+.2f} ms from its place (then {rest})",
            end=" ",
        )
    assert abs(errors[0]) < 5
    assert take.returncode == 0
    assert take.hanging() == set()
    assert bytes((0xB0 | IMPROV, 123, 0)) in [message for _, message in take.messages]

    replayed = subprocess.run(
        [sys.executable, "-m", "improv", "replay", tmp_path / "take.jsonl"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert replayed.returncode == 0, replayed.stdout + replayed.stderr
    tracks = {track.name: track for track in read_midi(tmp_path / "take.mid").tracks}
    assert [note.pitch for note in tracks["player"].notes][: len(heard)] == heard
    assert [note.pitch for note in tracks["improv"].notes][: len(answer)] == [pitch for _, pitch in answer]


def test_interrupted_in_mid_note(halls: list[Hall], tmp_path: Path) -> None:
    hall = Hall(tmp_path, QUICK, 2)
    halls.append(hall)
    hall.play_along()
    hall.until_answered(1)
    assert hall.take.hanging()
    take = hall.end(signal.SIGINT)
    assert take.returncode == 0
    assert take.hanging() == set()


def test_a_view_that_is_killed_leaves_nothing_sounding(halls: list[Hall], tmp_path: Path) -> None:
    hall = Hall(tmp_path, QUICK, 2)
    halls.append(hall)
    hall.play_along()
    hall.until_answered(1)
    take = hall.end(signal.SIGKILL)
    for _ in hall.listen(1.0):
        if not take.hanging():
            break
    assert take.hanging() == set()


def processes_of(view: int) -> list[int]:
    """The processes of the engine that a view has started: the session's, and that of the ports."""
    children = Path(f"/proc/{view}/task/{view}/children").read_text().split()
    found = [pid for pid in children if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    return sorted(map(int, found))


def test_an_engine_that_is_killed_is_silenced(halls: list[Hall], tmp_path: Path) -> None:
    """The process of the ports; `test_guard` kills both."""
    hall = Hall(tmp_path, QUICK, 2, "--no-resume")
    halls.append(hall)
    hall.play_along()
    hall.until_answered(1)
    os.kill(processes_of(hall.improv.pid)[1], signal.SIGKILL)
    for _ in hall.listen(10):
        if hall.improv.poll() is not None:
            break
    for _ in hall.listen(0.3):
        pass
    silenced = [message for _, message in hall.take.messages]
    assert bytes((0xB0 | IMPROV, 123, 0)) in silenced
    assert hall.take.hanging() == set()
    assert hall.improv.returncode == 1


def test_an_engine_that_is_killed_is_started_again_in_the_same_bar(halls: list[Hall], tmp_path: Path) -> None:
    """The session's process; `test_client` kills both."""
    hall = Hall(tmp_path, QUICK, 2)
    halls.append(hall)
    hall.play_along()
    hall.until_answered(1)
    dead = processes_of(hall.improv.pid)
    os.kill(dead[0], signal.SIGKILL)
    killed = time.perf_counter_ns()
    for _ in hall.listen(15):
        if any(t > killed + 500 * MILLISECOND for t, _ in hall.take.ons(CLICK)):
            break
    assert not {*processes_of(hall.improv.pid)} & {*dead}
    take = hall.end()
    assert take.returncode == 0
    assert take.hanging() == set()
    told = [event["text"] for event in take.events if event["event"] == "notice"]
    assert any("silenced" in text for text in told)
    bars = [int(text.split("at bar ")[1].split(";")[0]) for text in told if "started again at bar" in text]
    played = [event["onset"] for event in take.events if event["event"] == "play"]
    assert len(bars) == 1
    assert played[0] // 96 <= bars[0] <= played[0] // 96 + 3, f"{told}: it died in the answer"
    assert (tmp_path / "take-2.jsonl").exists()
    assert (tmp_path / "take.mid").exists()


@pytest.mark.synth
def test_a_take_through_a_real_synth(halls: list[Hall], tmp_path: Path, synth: Any) -> None:
    """The same take, heard: fluidsynth's recording is not silent, and is louder while someone plays."""
    hall = Hall(tmp_path, 400.0, 2, "--choruses", "1", out=synth.port)
    halls.append(hall)
    hall.improv.wait(60)  # a chorus, and it ends by itself
    take = hall.end()
    assert take.returncode == 0
    with wave.open(str(synth.stop())) as recording:
        frames = np.frombuffer(recording.readframes(recording.getnframes()), np.int16)
    assert np.sqrt(np.mean(np.square(frames.astype(float) / 32768))) > 0.003
