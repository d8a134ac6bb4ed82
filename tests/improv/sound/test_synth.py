import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from improv.sound.synth import POLYPHONY, Synth

RATE = 48_000

messages = st.lists(
    st.one_of(
        st.tuples(st.integers(0x80, 0xEF), st.integers(0, 127), st.integers(0, 127)).map(bytes),
        st.binary(max_size=4),
    ),
    max_size=40,
)


def rms(samples: NDArray[np.float32]) -> float:
    return float(np.sqrt(np.mean(samples.astype(np.float64) ** 2)))


def pitch(samples: NDArray[np.float32]) -> float:
    mono = samples.sum(axis=1) * np.hanning(len(samples))
    spectrum = np.abs(np.fft.rfft(mono, 8 * len(mono)))
    return float(np.argmax(spectrum)) * RATE / (8 * len(mono))


@given(messages)
@settings(max_examples=60, deadline=None)
def test_whatever_comes_in_what_goes_out_is_sound(given: list[bytes]) -> None:
    synth = Synth(RATE)
    for message in given:
        synth.handle(message)
        samples = synth.render(64)
        assert np.isfinite(samples).all()
        assert np.abs(samples).max() <= 1.0


@given(messages)
@settings(max_examples=30, deadline=None)
def test_silence_ends_every_note(given: list[bytes]) -> None:
    synth = Synth(RATE)
    for message in given:
        synth.handle(message)
    synth.silence()
    synth.render(RATE // 20)
    assert synth.sounding == 0
    synth.render(3 * RATE)
    assert rms(synth.render(RATE // 10)) < 1e-5  # the room has emptied too


@given(st.lists(st.integers(1, 1500), min_size=1, max_size=12))
@settings(max_examples=30, deadline=None)
def test_how_the_stream_is_cut_does_not_matter(cuts: list[int]) -> None:
    whole, cut = Synth(RATE), Synth(RATE)
    for synth in (whole, cut):
        for message in (b"\x90\x3c\x60", b"\x92\x24\x50", b"\x99\x4c\x70"):
            synth.handle(message)
    pieces = np.concatenate([cut.render(frames) for frames in cuts])
    np.testing.assert_allclose(whole.render(sum(cuts)), pieces, atol=2e-4)


@pytest.mark.parametrize("channel", [0, 1, 2, 3, 15])
@pytest.mark.parametrize(("key", "hertz"), [(69, 440.0), (45, 110.0), (81, 880.0)])
def test_a_key_sounds_its_pitch(channel: int, key: int, hertz: float) -> None:
    synth = Synth(RATE)
    synth.handle(bytes((0x90 | channel, key, 90)))
    synth.render(RATE // 10)
    assert pitch(synth.render(RATE)) == pytest.approx(hertz, abs=0.5)


def test_the_wheel_bends_by_two_semitones() -> None:
    synth = Synth(RATE)
    synth.handle(b"\xe0\x7f\x7f")
    synth.handle(b"\x90\x45\x5a")
    assert pitch(synth.render(RATE)) == pytest.approx(440 * 2 ** (2 / 12), abs=1.0)


def test_a_note_ends_when_its_key_is_lifted() -> None:
    synth = Synth(RATE)
    synth.handle(b"\x90\x3c\x60")
    assert rms(synth.render(RATE // 2)) > 0.01
    synth.handle(b"\x80\x3c\x40")
    synth.render(RATE)
    assert synth.sounding == 0


def test_the_pedal_holds_what_the_keys_let_go() -> None:
    synth = Synth(RATE)
    for message in (b"\xb0\x40\x7f", b"\x90\x3c\x60", b"\x90\x3c\x00"):
        synth.handle(message)
    synth.render(RATE)
    assert synth.sounding == 1
    synth.handle(b"\xb0\x40\x00")
    synth.render(RATE)
    assert synth.sounding == 0


def test_all_sound_off_does_not_wait_for_the_pedal() -> None:
    synth = Synth(RATE)
    for message in (b"\xb0\x40\x7f", b"\x90\x3c\x60", b"\x92\x24\x60", b"\xb0\x78\x00"):
        synth.handle(message)
    synth.render(RATE // 20)
    assert synth.sounding == 1  # the other channel's


def test_all_notes_off_lets_go_of_one_channel() -> None:
    synth = Synth(RATE)
    for message in (b"\x90\x3c\x60", b"\x90\x40\x60", b"\x92\x24\x60", b"\xb0\x7b\x00"):
        synth.handle(message)
    synth.render(RATE)
    assert synth.sounding == 1


def test_a_click_is_short_and_needs_no_off() -> None:
    synth = Synth(RATE)
    synth.handle(b"\x99\x4c\x64")
    assert rms(synth.render(RATE // 50)) > 0.02
    synth.render(RATE // 3)
    assert synth.sounding == 0


def test_too_many_notes_choke_the_oldest() -> None:
    synth = Synth(RATE)
    for key in range(30, 30 + POLYPHONY + 8):
        synth.handle(bytes((0x90, key, 60)))
    synth.render(RATE // 20)
    assert synth.sounding == POLYPHONY
    synth.handle(b"\x80\x1e\x00")  # the oldest, gone already
    synth.handle(bytes((0x80, 30 + POLYPHONY + 7, 0)))
    synth.render(RATE)
    assert synth.sounding == POLYPHONY - 1


@pytest.mark.parametrize("ending", [b"\x80\x3c\x00", b"\xb0\x78\x00", b"\x90\x3c\x01"])
def test_no_ending_clicks(ending: bytes) -> None:
    """A jump of the waveform is a step between samples far above any within the note."""
    synth = Synth(RATE)
    synth.handle(b"\x90\x3c\x7f")
    synth.render(RATE // 7)
    before = synth.render(RATE // 50)
    synth.handle(ending)
    after = synth.render(RATE // 50)
    largest = np.abs(np.diff(before, axis=0)).max()
    joined = np.concatenate([before[-1:], after])
    assert np.abs(np.diff(joined, axis=0)).max() < 1.3 * largest


def test_volume_scales_and_glides() -> None:
    loud, soft = Synth(RATE), Synth(RATE)
    soft.handle(b"\xb0\x07\x32")
    soft.render(RATE // 5)
    for synth in (loud, soft):
        synth.handle(b"\x90\x45\x60")
    assert rms(soft.render(RATE // 2)) == pytest.approx(rms(loud.render(RATE // 2)) / 4, rel=0.1)


def test_played_harder_is_louder_and_brighter() -> None:
    def listen(velocity: int) -> tuple[float, float]:
        synth = Synth(RATE)
        synth.handle(bytes((0x90, 57, velocity)))
        samples = synth.render(RATE // 4)
        power = np.abs(np.fft.rfft(samples.sum(axis=1) * np.hanning(len(samples)))) ** 2
        fundamental = 220 * len(samples) // RATE
        return rms(samples), float(power[2 * fundamental - 5 :].sum() / power[: 2 * fundamental - 5].sum())

    soft, hard = listen(40), listen(120)
    assert hard[0] > 2 * soft[0]
    assert hard[1] > 2 * soft[1]
