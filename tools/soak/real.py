"""An hour over real ports: the whole engine in its process, on a JACK server without hardware.

Conventions: this process is the player, on the port `hands:keys`, the listener, on the port `ears:in`, and
the view. A cable that is pulled is a listener whose client leaves the server; the engine hears of it from
JACK, and opens it again when it is back. A message's time is JACK's, to a period.
"""

import multiprocessing
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import rtmidi  # type: ignore[import-untyped]

from improv.errors import UserError
from improv.live.client import ENGINE, FRONT, start_engine
from improv.live.ledger import Ledger
from improv.live.link import Notice
from improv.live.options import Options
from improv.requests import SetMode
from improv.session.commands import ModeChange, TurnChange
from improv.session.events import NoteOff, NoteOn, decode
from tools.soak.clicks import is_click
from tools.soak.figures import Figures, resident
from tools.soak.script import SECOND, Happening, script

SERVER = "improv-soak"
WARM = 300 * SECOND
LOOK = 0.001
"""Seconds between looks at the ears."""
SETTLE = 1.0
TENTH = 10
"""Clicks that a tenth of a grid must have for its median to say anything."""
FREE = "answer"
"""The mode in which the beat is the player's."""


class Ear:
    """A port that listens, and can leave."""

    def __init__(self) -> None:
        self.ledger = Ledger(time.perf_counter_ns, "ears")
        self._midi = self._open()
        self._t: int | None = None
        """When the newest message came; JACK tells what passes between one and the next."""

    def listen(self, heard: Callable[[int, bytes], None]) -> None:
        """Take what has come."""
        while self._midi is not None and (got := self._midi.get_message()) is not None:
            message, since = bytes(got[0]), got[1]
            self._t = time.perf_counter_ns() if self._t is None else self._t + round(since * SECOND)
            self.ledger.send(message)
            heard(self._t, message)

    def leave(self) -> None:
        """The cable is pulled."""
        if self._midi is not None:
            self._midi.close_port()
            self._midi.delete()
            self._midi = None
            self.ledger.lose()

    def come_back(self) -> None:
        """It is plugged in again."""
        if self._midi is None:
            self.ledger.come_back()
            self._midi, self._t = self._open(), None

    def _open(self) -> "rtmidi.MidiIn | None":
        midi = rtmidi.MidiIn(rtmidi.API_UNIX_JACK, name="ears", queue_size_limit=8192)
        midi.open_virtual_port("in")
        return midi


class Beats:
    """The clicks as they arrive, against a grid that begins anew with each start and tempo."""

    def __init__(self) -> None:
        self.count = 0
        self.drift = 0.0
        """Milliseconds between the first tenth of a grid and the last, at the worst."""
        self._late: list[float] = []
        self._grid: int | None = None

    def retime(self) -> None:
        """The next click begins a new grid."""
        tenth = len(self._late) // 10
        if tenth >= TENTH:
            begins, ends = (statistics.median(part) for part in (self._late[:tenth], self._late[-tenth:]))
            self.drift = max(self.drift, abs(ends - begins))
        self._late, self._grid = [], None

    def heard(self, t: int, tempo: float) -> None:
        """A click at `t` nanoseconds."""
        self.count += 1
        if self._grid is None:
            self._grid = t
        beats = round((t - self._grid) * tempo / 60e9)
        self._late.append((t - self._grid) / 1e6 - beats * 60e3 / tempo)


def play(
    options: Options, hours: float, seed: int, progress: Callable[[Figures], bool]
) -> tuple[Figures, list[str]]:
    """Play so many hours in real time; the figures, and the first laws that were broken.

    Raises UserError where there is no JACK.
    """
    with _jack(), tempfile.TemporaryDirectory(prefix="improv-soak-") as folder:
        return _Soak(options, Path(folder)).run(round(hours * 3600 * SECOND), seed, progress)


class _Soak:
    def __init__(self, options: Options, folder: Path) -> None:
        self.figures = Figures()
        self._hands = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, name="hands")
        self._hands.open_virtual_port("keys")
        self._ear = Ear()
        self._beats = Beats()
        self._tempo, self._mode = options.tempo, options.mode
        names = {"input_name": "hands", "output_name": "ears", "api": "jack"}
        self._client = start_engine(replace(options, log=folder / "soak.jsonl", **names))  # type: ignore[arg-type]
        children = multiprocessing.active_children()
        self._engine = [child for child in children if child.name in (ENGINE, FRONT)]
        self._warm: float | None = None

    def run(self, until: int, seed: int, progress: Callable[[Figures], bool]) -> tuple[Figures, list[str]]:
        """Play what the script says, when it says so."""
        began = shown = time.perf_counter_ns()
        for t, happening in script(seed):
            while (now := time.perf_counter_ns()) < began + min(t, until):
                self._listen()
                if now - shown > 10 * SECOND:
                    shown = now
                    self._measure(now - began)
                    if not progress(self.figures):
                        until = 0
                time.sleep(LOOK)
            if t >= until or not self._client.alive:
                break
            self._happen(happening)
        self._beats.retime()
        self._measure(time.perf_counter_ns() - began)
        ended = self._client.close()
        deadline = time.monotonic() + SETTLE
        while time.monotonic() < deadline:
            self._listen()
            time.sleep(LOOK)
        faults = list(self._ear.ledger.faults)
        if not ended:
            faults.append("the engine did not end in order")
        self.figures.stuck = len(self._ear.ledger.sounding)
        self.figures.broken = self._ear.ledger.broken + (not ended)
        self._ear.leave()
        self._hands.close_port()
        self._hands.delete()
        return self.figures, faults

    def _listen(self) -> None:
        self._ear.listen(self._heard)
        snapshot = self._client.poll()
        if snapshot is not None:
            self.figures.missed = snapshot.timing.missed
            if snapshot.tempo != self._tempo:
                self._tempo = snapshot.tempo
                self._beats.retime()
        for news in self._client.news():
            if isinstance(news, TurnChange) and news.turn == "count-in":
                self.figures.takes += 1
                self._beats.retime()
            elif isinstance(news, ModeChange) and not news.coming:
                if FREE in (news.mode, self._mode):
                    self._beats.retime()
                self._mode = news.mode
            elif isinstance(news, Notice) and news.trouble:
                print(f"  {self.figures.hours:.3f} h: {news.text}", flush=True)

    def _heard(self, t: int, message: bytes) -> None:
        if is_click(message):
            self._beats.heard(t, self._tempo)

    def _happen(self, happening: Happening) -> None:
        figures = self.figures
        if happening.request is not None:
            figures.switches += isinstance(happening.request, SetMode)
            self._client.send(happening.request)
        elif happening.cable == "pulled":
            self._ear.leave()
        elif happening.cable == "back":
            figures.losses += 1
            self._ear.come_back()
            self._beats.retime()
        else:
            event = decode(0, happening.message)
            figures.struck += isinstance(event, NoteOn)
            if isinstance(event, NoteOff):
                self._ear.ledger.let_go(event.channel, event.pitch)
            self._hands.send_message(happening.message)

    def _measure(self, played: int) -> None:
        figures = self.figures
        figures.hours, figures.seconds = played / 3600 / SECOND, played / SECOND
        ledger = self._ear.ledger
        figures.notes, figures.messages, figures.broken = ledger.ons, ledger.messages, ledger.broken
        figures.clicks, figures.drift = self._beats.count, self._beats.drift
        if all(process.is_alive() for process in self._engine):
            held = sum(resident(process.pid) for process in self._engine)
            if self._warm is None and played > WARM:
                self._warm = held
            if self._warm is not None:
                figures.resident = held - self._warm


@contextmanager
def _jack() -> Iterator[None]:
    """A server of our own, without hardware."""
    if shutil.which("jackd") is None:
        raise UserError("a soak over real ports needs jackd (Debian: jackd2)")
    os.environ |= {
        "JACK_NO_AUDIO_RESERVATION": "1",
        "JACK_NO_START_SERVER": "1",
        "JACK_DEFAULT_SERVER": SERVER,
    }
    words = ["jackd", "-R", "--sync", "-n", SERVER, "-d", "dummy", "-r", "48000", "-p", "64"]
    server = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        time.sleep(1.5)
        yield
    finally:
        server.terminate()
        server.wait()
