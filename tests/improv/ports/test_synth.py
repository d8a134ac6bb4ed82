"""A real synth, played through a real port."""

import array
import math
import time
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest

from improv.live.scheduler import Scheduler
from improv.ports.rtmidi import open_output


class RecordingSynth(Protocol):
    """What the fixture `synth` gives."""

    @property
    def port(self) -> str:
        """Its input's name."""
        ...

    def stop(self) -> Path:
        """End it and give the WAV."""
        ...


def loudness(path: Path) -> Iterator[float]:
    """Root mean square of each tenth of a second, of 1."""
    with wave.open(str(path)) as sound:
        samples = array.array("h", sound.readframes(sound.getnframes()))
        tenth = sound.getframerate() * sound.getnchannels() // 10
    for start in range(0, len(samples) - tenth + 1, tenth):
        yield math.sqrt(sum(value * value for value in samples[start : start + tenth]) / tenth) / 32768


@pytest.mark.jack
@pytest.mark.synth
def test_what_is_played_sounds_and_what_is_silenced_does_not(synth: RecordingSynth) -> None:
    scheduler = Scheduler()
    for pitch in (60, 64, 67):
        scheduler.schedule_note(0, 10**12, pitch, 100)
    output = open_output(synth.port, "jack")
    assert output.name.startswith(synth.port)
    try:
        for due in scheduler.due(0):
            output.send(due.message)
        time.sleep(0.6)
        for _, message in scheduler.silence():
            output.send(message)
        time.sleep(1.0)
    finally:
        output.close()
    tenths = list(loudness(synth.stop()))
    assert max(tenths) > 0.01
    assert tenths[-1] < 0.0005, "it still sounds half a second after all was silenced"
