"""The process of the embedded instrument: MIDI on standard input, sound on the audio device.

Conventions: a message arrives as a packet of 12 bytes (`improv.sound.packet`). On standard output goes one
line, `ready NAME` or `failed REASON`. The end of input fades out and ends the process.

It is a process of its own because the device calls for samples from a thread that must have Python's
lock at once, and because audio libraries write to file descriptor 2 and sometimes never return.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Generator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from improv.garbage import keep_what_stands
from improv.sound.drums import prepare
from improv.sound.packet import PACKET
from improv.sound.stream import Stream
from improv.sound.synth import Synth

SAMPLE_RATE = 48_000
PERIOD = 8
"""Milliseconds the device is asked to take at a time; some take their own."""

_BACKENDS = ("PULSEAUDIO", "ALSA", "JACK", "COREAUDIO", "WASAPI", "DSOUND", "WINMM")
_FADE = 0.25
_STALLED = 3.0


def main(arguments: list[str]) -> int:
    """Run until standard input ends; the argument is a backend's name, or none for what there is."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group: our parent ends us
    prepare(SAMPLE_RATE)
    stream = Stream(Synth(SAMPLE_RATE))
    stream.block(0, 480)  # the first pass through NumPy is slow
    try:
        device, name = _open(arguments[0] if arguments else "")
    except ImportError:
        return _say("failed the Python package miniaudio is not installed")
    except Exception:
        # miniaudio raises its own class, whose text is a number; what went wrong is on descriptor 2
        return _say("failed no audio device was found")
    called = [time.monotonic()]
    samples = _samples(stream, called)
    next(samples)
    keep_what_stands()
    try:
        device.start(samples)
    except Exception:
        return _say("failed the audio device would not start")
    threading.Thread(target=_watch, args=(called,), daemon=True).start()
    _say(f"ready {name}")
    _feed(stream)
    stream.end()
    limit = time.monotonic() + _FADE
    while not stream.silent and time.monotonic() < limit:
        time.sleep(0.005)
    time.sleep(2 * PERIOD / 1000)  # what is silent here has not reached the loudspeaker yet
    device.close()
    return 0


def _say(line: str) -> int:
    print(line, flush=True)  # noqa: T201  # the protocol, not a message to a person
    return 0


def _open(name: str) -> tuple[Any, str]:
    import miniaudio

    enabled = {backend.name: backend for backend in miniaudio.get_enabled_backends()}
    chosen = [enabled[key] for key in ([name.upper()] if name else _BACKENDS) if key in enabled]
    if not chosen:  # an empty list would mean any, the null backend included
        raise OSError("no such backend")
    device = miniaudio.PlaybackDevice(
        output_format=miniaudio.SampleFormat.FLOAT32,
        nchannels=2,
        sample_rate=SAMPLE_RATE,
        buffersize_msec=PERIOD,
        backends=chosen,
        app_name="improv",
    )
    return device, str(device.backend)


def _samples(stream: Stream, called: list[float]) -> Generator[NDArray[np.float32] | bytes, int, None]:
    frames = yield b""
    while True:
        called[0] = time.monotonic()
        try:
            block = stream.block(time.perf_counter_ns(), frames)
        except Exception:
            os._exit(1)  # a lost port, which the engine reports, is better than silence unexplained
        frames = yield block


def _watch(called: list[float]) -> None:
    """End the process when the device has gone, so that the engine sees a lost port."""
    while time.monotonic() - called[0] < _STALLED:
        time.sleep(0.5)
    os._exit(1)


def _feed(stream: Stream) -> None:
    pending = b""
    while received := os.read(0, PACKET.size * 64):
        pending += received
        whole = len(pending) // PACKET.size * PACKET.size
        for stamp, length, message in PACKET.iter_unpack(pending[:whole]):
            stream.put(stamp, message[:length])
        pending = pending[whole:]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
