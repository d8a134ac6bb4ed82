"""JACK's transport, and the clock that a foreign program makes of it."""

import ctypes
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from improv.ports.rtmidi import list_ports

MASTER = "jack_midi_clock"
RATE = 48_000
ROLLING = 1
NEAR = 150_000_000
"""Nanoseconds."""
BIG = 256
"""Bytes after what we read of a position: the library writes all of it."""


class _Position(ctypes.Structure):
    """`jack_position_t` of jack/types.h, as far as it is read here."""

    _pack_ = 1
    _fields_ = (
        ("unique_1", ctypes.c_uint64),
        ("usecs", ctypes.c_uint64),
        ("frame_rate", ctypes.c_uint32),
        ("frame", ctypes.c_uint32),
        ("rest", ctypes.c_byte * BIG),
    )


@dataclass
class Transport:
    """JACK's transport: told through `jack_transport`, and read from the library itself."""

    library: ctypes.CDLL
    client: int
    teller: subprocess.Popen[str]
    tempo: float = 0.0
    seen: list[tuple[int, int]] = field(default_factory=list)
    """(nanoseconds of perf_counter, frame), while it rolled, since it was last told something."""

    def tell(self, *commands: str) -> None:
        """Tell it something, a line each."""
        assert self.teller.stdin is not None
        self.seen.clear()
        for command in commands:
            if command.startswith("tempo"):
                self.tempo = float(command.split()[1])
            self.teller.stdin.write(command + "\n")
        self.teller.stdin.flush()

    def look(self) -> None:
        """See where it is."""
        position = _Position()
        state = self.library.jack_transport_query(self.client, ctypes.byref(position))
        now, ours = self.library.jack_get_time(), time.perf_counter_ns()
        if state == ROLLING:
            self.seen.append((ours - (now - position.usecs) * 1000, position.frame))

    def tick(self, t: int) -> float:
        """The tick that its tempo makes of a time, in nanoseconds of perf_counter.

        From the frames: the bars and beats that `jack_transport` counts lose a part of each short cycle. And
        from those seen about that time: a server on a busy machine misses cycles.
        """
        near = [(seen, frame) for seen, frame in self.seen if abs(seen - t) < NEAR] or self.seen
        behind = sorted(frame - seen * RATE / 1e9 for seen, frame in near)
        frame = t * RATE / 1e9 + behind[len(behind) // 2]
        return frame / RATE * self.tempo / 60 * 24

    def frame(self, tick: int) -> int:
        """The frame of a tick: the first that is not before it."""
        return -int(-tick * RATE * 60 / (24 * self.tempo) // 1)


@pytest.fixture
def transport(jack_server: str) -> Iterator[Transport]:
    """JACK's transport, with somebody who counts bars, and `jack_midi_clock` beside it."""
    for program, package in ((MASTER, "jack-midi-clock"), ("jack_transport", "jackd2")):
        if shutil.which(program) is None:
            (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(
                f"needs {program}: apt install {package}"
            )
    library = ctypes.CDLL("libjack.so.0")
    library.jack_client_open.restype = ctypes.c_void_p
    library.jack_get_time.restype = ctypes.c_uint64
    for function in ("jack_activate", "jack_client_close", "jack_transport_query"):
        getattr(library, function).argtypes = [ctypes.c_void_p]
    library.jack_transport_query.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
    library.jack_client_open.argtypes = [ctypes.c_char_p, ctypes.c_int, ctypes.c_void_p]
    client = library.jack_client_open(b"truth", 1, None)
    library.jack_activate(client)
    quiet = subprocess.DEVNULL
    teller = subprocess.Popen(
        ["jack_transport"], stdin=subprocess.PIPE, stdout=quiet, stderr=quiet, text=True
    )
    # no delay between a position and Continue: it would be counted in the bars that lose time
    master = subprocess.Popen([MASTER, "-d", "0"], stdout=quiet, stderr=quiet)
    try:
        deadline = time.monotonic() + 10
        while not any(name.startswith(MASTER) for name in list_ports("jack").inputs):
            assert time.monotonic() < deadline, f"{MASTER} does not answer"
            time.sleep(0.05)
        yield Transport(library, client, teller)
    finally:
        for process in (teller, master):
            process.terminate()
            process.communicate()
        library.jack_client_close(client)
