"""The whole program in time with a foreign master on a real JACK server, and its clock as others hear it."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import rtmidi  # type: ignore[import-untyped]

from improv.channels import CLICK, CLICK_DOWNBEAT
from improv.session.events import NoteOn, decode
from improv.sync.rehearsed import percentile

if TYPE_CHECKING:
    from tests.improv.sync.conftest import Transport

pytestmark = pytest.mark.jack

MILLISECOND = 1_000_000
TEMPO = 130.0
BEAT, BAR = 24, 96
MASTER = "jack_midi_clock"
CLOCK, START, CONTINUE, STOP = b"\xf8", b"\xfa", b"\xfb", b"\xfc"
CHART = "title: In time\nfeel: straight\n| F7 | Bb7 | F7 | C-7 F7 |\n"
LATE = 6.0
"""Milliseconds: a poll, a JACK cycle each way, and the listener's own."""


class Ears:
    """An input that hears with the time, and the program beside it."""

    def __init__(self, path: Path, *options: str) -> None:
        self._midi = rtmidi.MidiIn(rtmidi.API_UNIX_JACK, name="recorder", queue_size_limit=4096)
        self._midi.open_virtual_port("in")
        self._midi.ignore_types(timing=False)
        self.heard: list[tuple[int, bytes]] = []
        self._log = path / "take.jsonl"
        chart = path / "chart.txt"
        chart.write_text(CHART, "utf-8")
        command = [sys.executable, "-m", "improv", "play", "--headless", "--json", "--api", "jack"]
        command += ["--chart", str(chart), "--out", "recorder", "--mode", "layout", "--no-band"]
        command += ["--log", str(path / "take.jsonl"), "--seed", "1", *options]
        self.improv = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self.improv.stdout is not None
        for line in self.improv.stdout:  # its first words are said when it plays
            if "out: " in line:
                break

    def listen(self, seconds: float, transport: "Transport | None" = None) -> None:
        """Hear, and look at the transport, for so long."""
        deadline = time.perf_counter_ns() + int(seconds * 1e9)
        while time.perf_counter_ns() < deadline:
            while (got := self._midi.get_message()) is not None:
                self.heard.append((time.perf_counter_ns(), bytes(got[0])))
            if transport is not None:
                transport.look()
            time.sleep(0.0002)

    def clicks(self) -> list[tuple[int, bool]]:
        """When each click came, and whether it is a downbeat's."""
        notes = [(t, decode(t, message)) for t, message in self.heard]
        return [
            (t, note.pitch == CLICK_DOWNBEAT)
            for t, note in notes
            if isinstance(note, NoteOn) and note.channel == CLICK
        ]

    def told(self) -> list[str]:
        """What the session was told, as the log has it: for whoever looks into a failure."""
        lines = self._log.read_text("utf-8").splitlines()
        return [line for line in lines if '"asked"' in line or '"followed"' in line]

    def times(self, message: bytes) -> list[int]:
        """When a message came."""
        return [t for t, heard in self.heard if heard == message]

    def end(self) -> None:
        """End the program."""
        self.improv.send_signal(signal.SIGTERM)
        self.improv.communicate(timeout=10)
        self._midi.close_port()
        self._midi.delete()


@pytest.fixture
def ears(jack_server: str, tmp_path: Path) -> Iterator[Any]:
    opened: list[Ears] = []

    def open_ears(*options: str) -> Ears:
        opened.append(Ears(tmp_path, *options))
        return opened[-1]

    yield open_ears
    for each in opened:
        each.end()


def test_a_foreign_master_is_followed_in_phase(
    transport: "Transport", ears: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """Start, stop, a position and continue; each click against the true beat of JACK's transport."""
    transport.tell("stop", "master", f"tempo {TEMPO:g}", "locate 0")
    us: Ears = ears("--sync-in", MASTER, "--tempo", "100")
    us.listen(0.3)
    assert us.clicks() == [], us.told()

    transport.tell("play")
    us.listen(4.0, transport)
    clicks = [(t, transport.tick(t), downbeat) for t, downbeat in us.clicks()]
    transport.tell("stop")
    us.heard.clear()
    us.listen(0.7)
    stopped = us.clicks()

    places = [round(tick / BEAT) * BEAT for _, tick, _ in clicks]
    assert places == [BEAT * beat for beat in range(len(places))]
    assert [downbeat for _, _, downbeat in clicks] == [place % BAR == 0 for place in places]
    milliseconds = 60_000 / TEMPO / BEAT
    errors = [(tick - place) * milliseconds for (_, tick, _), place in zip(clicks, places, strict=True)]
    assert len(errors) > 6
    assert percentile(sorted(map(abs, errors[1:])), 0.5) < LATE
    assert stopped == []

    transport.tell(f"locate {transport.frame(8 * BAR)}")
    us.listen(0.3)
    transport.tell("play")
    us.listen(3.0, transport)
    further = [(transport.tick(t), downbeat) for t, downbeat in us.clicks()]
    # the master sends Continue with the clock after the one of the position that it told: our tick is the
    # one that the standard makes of that, and so all is a clock late against JACK's own count
    late = [tick - 1 - round((tick - 1) / BEAT) * BEAT for tick, _ in further]
    assert percentile(sorted(abs(each) * milliseconds for each in late), 0.5) < LATE
    first = round((further[0][0] - 1) / BEAT) * BEAT
    assert 8 * BAR <= first <= 8 * BAR + BEAT
    assert [downbeat for _, downbeat in further] == [
        (first + BEAT * beat) % BAR == 0 for beat in range(len(further))
    ]
    with capsys.disabled():
        told = ", ".join(f"{error:+.2f}" for error in errors)
        again = ", ".join(f"{each * milliseconds:+.2f}" for each in late)
        print(f"\nclicks after JACK's beat, ms: {told}; from bar 9: {again}", end=" ")  # noqa: T201


def test_our_clock_as_others_hear_it(ears: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """Twenty-four a beat, even, with our clicks, and without drift."""
    us: Ears = ears("--sync-out", "recorder", "--tempo", str(TEMPO))
    us.listen(6.0)
    (start,) = us.times(START)
    clocks = [t for t in us.times(CLOCK) if t > start]
    periods = [(b - a) / MILLISECOND for a, b in pairwise(clocks)]
    true = 60_000 / TEMPO / BEAT
    jitter = sorted(abs(period - true) for period in periods)
    drift = (clocks[-1] - clocks[0]) / MILLISECOND / true / (len(clocks) - 1) - 1
    apart = []
    for t, _ in us.clicks():
        if t > start:  # each on its clock
            apart.append(min(abs(t - clock) for clock in clocks[::BEAT]) / MILLISECOND)
    with capsys.disabled():
        print(  # noqa: T201 - the figures are the point
            f"\n{len(clocks)} clocks: period off by {percentile(jitter, 0.5):.3f} ms (p50), "
            f"{percentile(jitter, 0.99):.3f} (p99); drift {drift * 1e6:+.0f} ppm; clicks off their clocks "
            f"by {max(apart):.2f} ms at most",
            end=" ",
        )
    assert len(us.times(CONTINUE)) == len(us.times(STOP)) == 0
    assert len(apart) > 6
    assert percentile(sorted(apart), 0.5) < 1.0
    assert percentile(jitter, 0.5) < 1.0
    assert abs(drift) < 0.001
