"""MIDI to WAV, with the embedded instrument's voices.

Conventions: times are seconds from the start; the file is stereo, 16 bits, at `sample_rate`.

The voices are always our own, also where a better synth is installed: the same notes give the same
bytes, on every run and with whatever else the machine has. (Across machines the last bit of a sine
may differ.) For another sound, render to MIDI and play that file with any synth.
"""

import os
import wave
from collections.abc import Callable, Iterable
from pathlib import Path
from struct import error as StructError

import mido
import numpy as np
from mido.midifiles.meta import KeySignatureError

from improv.errors import UserError
from improv.sound.synth import Synth

Event = tuple[float, bytes]
"""Seconds from the start, and a raw MIDI message."""

SAMPLE_RATE = 44_100

TAIL = 2.5
"""Seconds after the last event: for notes to die away and the room to fall silent."""

LONGEST = 6 * 3600.0
"""Seconds: a WAV file holds 4 GB; and a damaged MIDI file may claim to last for years."""

_BLOCK = 0.05


def render_wav(
    path: Path,
    source: Path | Iterable[Event],
    sample_rate: int = SAMPLE_RATE,
    progress: Callable[[float], None] | None = None,
) -> float:
    """Render a MIDI file, or events in any order, to `path`; return the length in seconds.

    Notes that nothing ends are ended at the last event. `progress` is called some times a second
    with the share done, 0 to 1. The file appears whole or not at all. Raises UserError for a source
    that is no MIDI file or lasts longer than a WAV file can, and for a path that cannot be written.
    """
    events = read_events(source) if isinstance(source, Path) else list(source)
    events.sort(key=lambda event: event[0])
    last = events[-1][0] if events else 0.0
    if last > LONGEST:
        raise UserError(f"{path}: would last {last / 3600:.0f} hours; {LONGEST / 3600:.0f} at most")
    events += [(last, bytes((0xB0 | channel, number, 0))) for channel in range(16) for number in (64, 123)]
    frames = round((last + TAIL) * sample_rate)
    partial = path.with_name(path.name + ".part")
    try:
        with partial.open("wb") as file, wave.open(file, "wb") as sound:
            sound.setnchannels(2)
            sound.setsampwidth(2)
            sound.setframerate(sample_rate)
            sound.setnframes(frames)
            _write(sound, events, frames, sample_rate, progress)
        os.replace(partial, path)
    except OSError as error:
        raise UserError(f"{path}: cannot be written: {error.strerror or error}") from error
    finally:
        partial.unlink(missing_ok=True)
    return frames / sample_rate


def read_events(path: Path) -> list[Event]:
    """A MIDI file's channel messages, all tracks merged. Raises UserError when it is none."""
    events: list[Event] = []
    seconds = 0.0
    try:
        for message in mido.MidiFile(path):
            seconds += message.time
            if not message.is_meta:
                events.append((seconds, bytes(message.bytes())))
    except FileNotFoundError:
        raise UserError(f"{path}: there is no such file") from None
    except (
        OSError,
        EOFError,
        ValueError,
        LookupError,
        TypeError,
        ArithmeticError,
        StructError,
        KeySignatureError,
    ) as error:
        detail = f" ({error})" if str(error) else ""
        raise UserError(f"{path}: not a readable MIDI file{detail}") from error
    return events


def _write(
    sound: wave.Wave_write,
    events: list[Event],
    frames: int,
    sample_rate: int,
    progress: Callable[[float], None] | None,
) -> None:
    synth = Synth(sample_rate)
    block = round(_BLOCK * sample_rate)
    done = upcoming = 0
    while done < frames:
        end = min(done + block, frames)
        while done < end:
            while upcoming < len(events) and round(events[upcoming][0] * sample_rate) <= done:
                synth.handle(events[upcoming][1])
                upcoming += 1
            until = round(events[upcoming][0] * sample_rate) if upcoming < len(events) else end
            until = min(until, end)
            samples = np.rint(synth.render(until - done) * np.float32(32767.0)).astype("<i2")
            sound.writeframesraw(samples.tobytes())
            done = until
        if progress is not None:
            progress(done / frames)
