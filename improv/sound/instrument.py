"""The embedded instrument as an output port: sound without a synthesiser.

Conventions: as `improv.ports.base`: whole raw MIDI messages; times are nanoseconds of
`perf_counter_ns`, which all processes of the machine share.
"""

import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from improv.errors import UserError, suggest
from improv.sound.packet import PACKET

BACKENDS = ("pulseaudio", "alsa", "jack", "coreaudio", "wasapi", "dsound", "winmm", "null")
"""What may be named in IMPROV_AUDIO; `null` plays to nobody, in real time."""

OFF = "off"

_PATIENCE = 4.0
_FAREWELL = 1.5


@dataclass(frozen=True, slots=True)
class NoSound:
    """There is no embedded instrument."""

    reason: str
    """Why, for the player to read: a clause without a full stop."""


class Instrument:
    """The running instrument; an OutPort. Closing it fades out and leaves nothing sounding."""

    def __init__(self, process: "subprocess.Popen[bytes]", device: str) -> None:
        """Take over a process that has said it is ready."""
        assert process.stdin is not None
        self._process = process
        self._feed = process.stdin.fileno()
        self._device = device
        self._closed = False
        if os.name == "posix":  # a stalled instrument must never hold up the engine
            os.set_blocking(self._feed, False)

    @property
    def name(self) -> str:
        """The port's stable name, with what it sounds through."""
        return f"built-in sound ({self._device})"

    def send(self, message: bytes) -> None:
        """Play one channel message, about two periods (16 ms) from now; longer ones are ignored.

        Raises OSError when the instrument is closed, has died, or has stopped listening.
        """
        if len(message) > 3:
            return
        if self._closed:
            raise OSError("the built-in sound is closed")
        # one write of fewer than PIPE_BUF bytes: threads may send at once without mixing packets
        os.write(self._feed, PACKET.pack(time.perf_counter_ns(), len(message), message))

    def close(self) -> None:
        """Fade out and end the process, within two seconds at worst; again is harmless."""
        if self._closed:
            return
        self._closed = True
        _end(self._process, _FAREWELL)


def open_instrument(backend: str | None = None) -> Instrument | NoSound:
    """Start the instrument on the machine's audio device, or say in a word why there is none.

    `backend` is one of BACKENDS, or `off`; without it the environment's IMPROV_AUDIO, else whatever
    the machine has. Takes two thirds of a second, four seconds at worst; writes nothing anywhere.
    Raises UserError for a backend that does not exist.
    """
    chosen = (backend if backend is not None else os.environ.get("IMPROV_AUDIO", "")).strip().lower()
    if chosen == OFF:
        return NoSound("the built-in sound is switched off")
    if chosen and chosen not in BACKENDS:
        known = (*BACKENDS, OFF)
        hint = suggest(chosen, known) or "; it is one of " + ", ".join(known)
        raise UserError(f"IMPROV_AUDIO: unknown audio system {chosen!r}{hint}")
    try:
        process = _start(chosen)
    except OSError as error:
        return NoSound(f"the built-in sound could not start: {error.strerror or error}")
    word, _, rest = _first_line(process).partition(" ")
    if word == "ready":
        return Instrument(process, rest)
    _end(process, 0.0)
    return NoSound(rest or "the built-in sound did not start")


def _start(backend: str) -> "subprocess.Popen[bytes]":
    root = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH", ""))))
    return subprocess.Popen(
        # -P: a numpy.py in the player's folder is not ours to import
        [sys.executable, "-P", "-m", "improv.sound.process", *([backend] if backend else [])],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        env=os.environ | {"PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1"},
    )


def _first_line(process: "subprocess.Popen[bytes]") -> str:
    """The process's first line, or a failure when it takes too long."""
    lines: list[bytes] = []
    stdout = process.stdout
    assert stdout is not None
    reader = threading.Thread(target=lambda: lines.append(stdout.readline()), daemon=True)
    reader.start()
    reader.join(_PATIENCE)
    if reader.is_alive():
        return "failed the audio device did not answer"
    return lines[0].decode(errors="replace").strip() if lines else ""


def _end(process: "subprocess.Popen[bytes]", patience: float) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    process.stdout.close()
