"""How long what sounds goes on when a process is killed with SIGKILL in mid-note, on a JACK server.

    python benchmarks/kill.py [--kills 12] [--json]

Three ways to die: the engine, playing on a named output; the engine, playing on its virtual output, which
dies with it, and to which a listener is connected; and the view, `improv play --headless`, whose engine then
ends by itself. Each time is from the signal to the arrival of the last off of what sounded, and of the last
message of the panic. The server is one of our own, without hardware, period 64 at 48 kHz.
"""

import argparse
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import rtmidi  # type: ignore[import-untyped]

from improv.live.client import ENGINE, FRONT, start_engine
from improv.live.guard import LOOK_EVERY
from improv.live.options import Options
from improv.ports.base import panic_messages
from improv.ports.names import OUTPUT_CLIENT, PORT
from improv.requests import Start, Strike
from improv.session.events import NoteOff, NoteOn, decode

SERVER = "improv-kill"
LIMIT = 100.0
"""Milliseconds."""
PATIENCE = 10.0
CHART = "title: Kill\n| F7 | Bb7 |\n"
LAST = list(panic_messages())[-1]
EAR = "ears:in"


@dataclass
class Ears:
    """A listening port, and what sounds on it."""

    sounding: set[tuple[int, int]] = field(default_factory=set)
    panicked: float = 0.0
    """When the last message of a panic came, in seconds of `perf_counter`."""

    def __post_init__(self) -> None:
        self._midi = rtmidi.MidiIn(rtmidi.API_UNIX_JACK, name="ears", queue_size_limit=4096)
        self._midi.open_virtual_port("in")

    def listen(self) -> None:
        """Take what has come."""
        while (got := self._midi.get_message()) is not None:
            event = decode(0, bytes(got[0]))
            if isinstance(event, NoteOn):
                self.sounding.add((event.channel, event.pitch))
            elif isinstance(event, NoteOff):
                self.sounding.discard((event.channel, event.pitch))
            if bytes(got[0]) == LAST:
                self.panicked = time.perf_counter()

    def until(self, found: Callable[[], bool]) -> float:
        """Listen until something is so, and give the time, in seconds. Raises TimeoutError."""
        deadline = time.perf_counter() + PATIENCE
        while not found():
            if time.perf_counter() > deadline:
                raise TimeoutError("it never came")
            self.listen()
            time.sleep(0.0002)
        return time.perf_counter()

    def after_kill(self, pid: int) -> tuple[float, float]:
        """Kill a process and give the milliseconds until nothing sounds, and until the panic is over."""
        self.panicked = 0.0
        killed = time.perf_counter()
        os.kill(pid, signal.SIGKILL)
        silent = self.until(lambda: not self.sounding)
        self.until(lambda: self.panicked > 0)
        return (silent - killed) * 1e3, (self.panicked - killed) * 1e3

    def close(self) -> None:
        """Give the port back."""
        self._midi.close_port()
        self._midi.delete()


def kill_engine(ears: Ears, virtual: bool, victim: str = FRONT) -> tuple[float, float]:
    """One process of an engine's, killed while a computer key sounds."""
    out = None if virtual else "ears"
    client = start_engine(Options(chart=CHART, tempo=160.0, seed=1, api="jack", output_name=out, sound=False))
    try:
        if virtual:
            subprocess.run(["jack_connect", f"{OUTPUT_CLIENT}:{PORT}", EAR], check=True)
        time.sleep(1.5 * LOOK_EVERY)
        client.send(Start())
        client.send(Strike(60))
        client.send(Strike(67))
        ears.until(lambda: (0, 67) in ears.sounding)
        (engine,) = (child for child in multiprocessing.active_children() if child.name == victim)
        assert engine.pid is not None
        return ears.after_kill(engine.pid)
    finally:
        client.close()


def kill_view(ears: Ears) -> tuple[float, float]:
    """One view, killed while the engine it started plays the count-in."""
    with tempfile.TemporaryDirectory() as folder:
        chart = Path(folder) / "kill.txt"
        chart.write_text(CHART, "utf-8")
        words = [
            sys.executable,
            "-m",
            "improv",
            "play",
            "--headless",
            "--json",
            "--api",
            "jack",
            "--out",
            "ears",
        ]
        words += ["--out", "ears", "--chart", str(chart), "--log", str(Path(folder) / "take.jsonl")]
        view = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            ears.until(lambda: bool(ears.sounding))
            times = ears.after_kill(view.pid)
            time.sleep(0.5)  # the engine writes the end of its log
            return times
        finally:
            with suppress(OSError):
                view.kill()
            view.wait()


@contextmanager
def jack() -> Iterator[None]:
    """A server of our own."""
    os.environ |= {
        "JACK_NO_AUDIO_RESERVATION": "1",
        "JACK_NO_START_SERVER": "1",
        "JACK_DEFAULT_SERVER": SERVER,
    }
    # without --sync, as people run it: waiting for a client that was killed, such a server now and then hangs
    words = ["jackd", "-R", "-n", SERVER, "-d", "dummy", "-r", "48000", "-p", "64"]
    server = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        time.sleep(1.0)
        yield
    finally:
        server.terminate()
        server.wait()


def main() -> int:
    """Kill, listen, and print a table; 1 where a limit is broken."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--kills", type=int, default=12, help="of each kind (%(default)s)")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    ways: dict[str, Callable[[Ears], tuple[float, float]]] = {
        "engine, named output": lambda ears: kill_engine(ears, virtual=False),
        "engine, virtual output": lambda ears: kill_engine(ears, virtual=True),
        "its session alone": lambda ears: kill_engine(ears, virtual=True, victim=ENGINE),
        "view": kill_view,
    }
    figures: dict[str, dict[str, float]] = {}
    with jack():
        ears = Ears()
        for way, kill in ways.items():
            offs, panics = zip(*(kill(ears) for _ in range(arguments.kills)), strict=True)
            figures[way] = {
                "kills": len(offs),
                "offs_p50": sorted(offs)[len(offs) // 2],
                "offs_p95": sorted(offs)[len(offs) * 95 // 100],
                "offs_max": max(offs),
                "panic_max": max(panics),
            }
            if not arguments.json:
                print(f"{way:24}" + "  ".join(f"{k} {v:.1f}" for k, v in figures[way].items()), flush=True)
        ears.close()
    if arguments.json:
        print(json.dumps(figures))
    return int(any(figure["panic_max"] > LIMIT for figure in figures.values()))


if __name__ == "__main__":
    sys.exit(main())
