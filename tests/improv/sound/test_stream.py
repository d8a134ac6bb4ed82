import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from improv.sound.stream import GRAIN, MARGIN, Stream
from improv.sound.synth import Synth

RATE = 48_000
LOUD = 0.02  # above the room's echo of an earlier click


def run(stream: Stream, blocks: list[tuple[int, int]]) -> NDArray[np.float32]:
    return np.concatenate([stream.block(now, frames) for now, frames in blocks])


def onset(samples: NDArray[np.float32]) -> int:
    return int(np.argmax(np.abs(samples).max(axis=1) > LOUD))


@given(st.integers(0, 30_000_000), st.integers(0, 3_000_000), st.sampled_from([128, 256, 384, 480]))
@settings(max_examples=40, deadline=None)
def test_a_message_sounds_a_block_and_a_margin_after_its_stamp(stamp: int, jitter: int, frames: int) -> None:
    length = frames * 1_000_000_000 // RATE
    stream = Stream(Synth(RATE))
    stream.put(stamp, b"\x99\x4c\x7f")
    blocks = [(i * length + (jitter if i % 2 else 0), frames) for i in range(60_000_000 // length)]
    place = onset(run(stream, blocks)) * 1_000_000_000 / RATE
    late = place - (stamp + length + MARGIN)
    assert -GRAIN * 1e9 / RATE - 200_000 - jitter <= late <= jitter + 400_000


def test_two_notes_keep_their_distance() -> None:
    frames, length = 480, 10_000_000
    stream = Stream(Synth(RATE))
    stream.put(3_000_000, b"\x99\x4c\x7f")
    stream.put(203_000_000, b"\x99\x4c\x7f")
    samples = run(stream, [(i * length, frames) for i in range(40)])
    first = onset(samples)
    gap = onset(samples[first + 9_000 :]) + 9_000
    assert gap == pytest.approx(9_600, abs=GRAIN)


def test_the_end_forgets_what_waits_and_fades_what_sounds() -> None:
    stream = Stream(Synth(RATE))
    stream.put(0, b"\x90\x3c\x64")
    run(stream, [(i * 10_000_000, 480) for i in range(4)])
    stream.put(10**12, b"\x90\x40\x64")
    assert not stream.silent
    stream.end()
    run(stream, [(i * 10_000_000, 480) for i in range(4, 8)])
    assert stream.silent


def test_after_a_pause_of_the_machine_nothing_waits() -> None:
    stream = Stream(Synth(RATE))
    stream.block(0, 480)
    stream.put(5_000_000_000, b"\x99\x4c\x7f")
    samples = run(stream, [(5_000_000_000 + i * 10_000_000, 480) for i in range(4)])
    assert onset(samples) < 1_000
