"""An engine that is killed in mid-note, on a real JACK server: all is silent in a tenth of a second."""

import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import rtmidi  # type: ignore[import-untyped]

from improv.live.client import ENGINE, FRONT, EngineClient, start_engine
from improv.live.guard import LOOK_EVERY
from improv.live.link import Notice
from improv.live.options import Options
from improv.ports.base import panic_messages
from improv.ports.names import OUTPUT_CLIENT, PORT
from improv.requests import Start, Strike
from improv.session.events import NoteOff, NoteOn, decode

CHART = "title: Two bars\n| F7 | Bb7 |\n"
PATIENCE = 30.0
LIMIT = 0.1
KILLS = 3
"""At most: a machine that is shared may stand still for a while, though not three times in a row."""
KEYS = {(0, 60), (0, 67)}


class Ears:
    """A port that listens."""

    def __init__(self) -> None:
        self._midi = rtmidi.MidiIn(rtmidi.API_UNIX_JACK, name="ears", queue_size_limit=4096)
        self._midi.open_virtual_port("in")
        self.sounding: set[tuple[int, int]] = set()
        self.messages: list[bytes] = []

    def listen(self) -> None:
        while (got := self._midi.get_message()) is not None:
            self.messages.append(bytes(got[0]))
            event = decode(0, self.messages[-1])
            if isinstance(event, NoteOn):
                self.sounding.add((event.channel, event.pitch))
            elif isinstance(event, NoteOff):
                self.sounding.discard((event.channel, event.pitch))

    def close(self) -> None:
        self._midi.close_port()
        self._midi.delete()


@pytest.fixture
def ears(jack_server: str) -> Iterator[Ears]:
    assert os.environ["JACK_DEFAULT_SERVER"] == jack_server
    made = Ears()
    yield made
    for process in multiprocessing.active_children():
        process.kill()
        process.join()
    made.close()


def killed_in_mid_note(ears: Ears, out: str | None, victim: str) -> tuple[float, EngineClient]:
    """Seconds from the kill of one of the engine's processes until nothing sounds."""
    client = start_engine(Options(chart=CHART, tempo=120.0, seed=3, api="jack", output_name=out, sound=False))
    if out is None:
        subprocess.run(["jack_connect", f"{OUTPUT_CLIENT}:{PORT}", "ears:in"], check=True)
    time.sleep(1.3 * LOOK_EVERY)
    client.send(Start())
    for _, pitch in sorted(KEYS):
        client.send(Strike(pitch))
    deadline = time.monotonic() + PATIENCE
    while not ears.sounding >= KEYS:
        assert time.monotonic() < deadline, f"only {ears.sounding} sounds"
        ears.listen()
        time.sleep(0.0002)
    ears.messages.clear()
    next(child for child in multiprocessing.active_children() if child.name == victim).kill()
    killed = time.perf_counter()
    while ears.sounding:
        assert time.perf_counter() < killed + PATIENCE, f"{ears.sounding} sounds for ever"
        ears.listen()
        time.sleep(0.0002)
    return time.perf_counter() - killed, client


@pytest.mark.jack
@pytest.mark.parametrize(
    ("out", "victim"),
    [("ears", FRONT), (None, FRONT), (None, ENGINE)],
    ids=["named", "virtual", "its session alone"],
)
def test_what_sounds_ends_at_once(ears: Ears, out: str | None, victim: str) -> None:
    """On a named output, and on what is connected to a virtual one, which is gone with the engine."""
    for _ in range(KILLS):
        took, client = killed_in_mid_note(ears, out, victim)
        deadline = time.monotonic() + PATIENCE
        while client.alive:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        ears.listen()
        offs = [decode(0, message) for message in ears.messages]
        assert {(e.channel, e.pitch) for e in offs if isinstance(e, NoteOff)} >= KEYS
        assert set(panic_messages()) <= set(ears.messages)
        assert [n.text for n in client.news() if isinstance(n, Notice)] == [
            "the engine died; what it left sounding is silenced"
        ]
        assert client.close() is False
        if took < LIMIT:
            return
    pytest.fail(f"it took {took * 1e3:.0f} ms, three times")


@pytest.mark.jack
def test_an_engine_that_ends_in_order_is_left_in_peace(ears: Ears) -> None:
    client = start_engine(
        Options(chart=CHART, tempo=120.0, seed=3, api="jack", output_name="ears", sound=False)
    )
    client.send(Strike(60))
    assert client.close()
    time.sleep(0.2)
    ears.listen()
    assert not ears.sounding
    assert ears.messages.count(list(panic_messages())[-1]) == 1, "the engine's own, and no other"
    assert not [n for n in client.news() if isinstance(n, Notice) and "died" in n.text]


HOLDS = """
import sys, time
from improv.sound.instrument import Instrument, open_instrument
made = open_instrument("null")
assert isinstance(made, Instrument), made
made.send(bytes((0x93, 60, 100)))
print(made._process.pid, flush=True)
time.sleep(60)
"""


def test_the_built_in_sound_falls_silent_by_itself() -> None:
    """Its process ends when what fed it is killed."""
    pytest.importorskip("miniaudio", reason="needs miniaudio")
    engine = subprocess.Popen([sys.executable, "-c", HOLDS], stdout=subprocess.PIPE, text=True)
    assert engine.stdout is not None
    instrument = int(engine.stdout.readline())
    time.sleep(0.1)
    engine.kill()
    engine.communicate()
    deadline = time.monotonic() + 5
    while _runs(instrument):
        assert time.monotonic() < deadline, "it plays on"
        time.sleep(0.005)


def _runs(pid: int) -> bool:
    """Whether a process runs; one that waits to be buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
