"""The drum set: each piece sounds like itself, as loud as it is struck, and stops when told to."""

import numpy as np
import pytest
from numpy.typing import NDArray

from improv.band.kit import PIECES
from improv.sound.drums import BRUSHED, BRUSHES, BY_KEY, Drum, prepare, samples
from improv.sound.drumset import STROKES
from improv.sound.synth import Synth

RATE = 48_000
KICK, SNARE, CLOSED, FOOT, OPEN = 36, 38, 42, 44, 46
RIDE, BELL, CRASH, SWIRL = 51, 53, 49, 40


@pytest.fixture(scope="module", autouse=True)
def made() -> None:
    prepare(RATE)


def strike(synth: Synth, key: int, velocity: int = 90) -> None:
    synth.handle(bytes((0x99, key, velocity)))


def heard(key: int, seconds: float = 0.5, velocity: int = 90, program: int = 0) -> NDArray[np.float32]:
    synth = Synth(RATE)
    synth.handle(bytes((0xC9, program)))
    strike(synth, key, velocity)
    return synth.render(round(seconds * RATE))


def rms(sound: NDArray[np.float32]) -> float:
    return float(np.sqrt(np.mean(sound.astype(np.float64) ** 2)))


def brightness(sound: NDArray[np.float32]) -> float:
    """The frequency below which half of the power lies."""
    power = np.abs(np.fft.rfft(sound.sum(axis=1))) ** 2
    return float(np.searchsorted(np.cumsum(power), power.sum() / 2)) * RATE / len(sound)


def test_every_piece_that_the_band_strikes_is_a_drum() -> None:
    assert {key for key, _ in PIECES.values()} <= BY_KEY.keys()


@pytest.mark.parametrize("drum", {*BY_KEY.values(), *BRUSHED.values()}, ids=lambda drum: f"{drum.gain}")
def test_a_sample_is_whole_and_ends_in_silence(drum: Drum) -> None:
    body, stick = samples(drum, RATE)
    whole = body + stick
    assert np.isfinite(whole).all()
    assert np.abs(whole).max() == pytest.approx(1.0, abs=1e-3)
    assert np.abs(whole[-RATE // 200 :]).max() < 0.02
    assert not body.flags.writeable


def test_low_skins_and_high_metal() -> None:
    order = [brightness(heard(key)) for key in (KICK, 43, 47, 50, SNARE, CLOSED)]
    assert order == sorted(order)
    assert order[0] < 120
    assert order[-1] > 5000


def test_cymbals_ring_and_hats_do_not() -> None:
    for key, rings in ((RIDE, True), (CRASH, True), (OPEN, True), (CLOSED, False), (FOOT, False)):
        sound = heard(key, 0.6)
        assert (rms(sound[RATE // 4 :]) > 0.05 * rms(sound[: RATE // 20])) == rings


@pytest.mark.parametrize("key", [KICK, SNARE, RIDE, BELL])
def test_harder_is_louder_and_brighter(key: int) -> None:
    soft, hard = heard(key, velocity=40), heard(key, velocity=120)
    assert rms(hard) > 3 * rms(soft)
    assert brightness(hard) >= brightness(soft)


def test_a_hat_that_closes_ends_the_open_one() -> None:
    synth = Synth(RATE)
    strike(synth, OPEN)
    synth.render(RATE // 10)
    strike(synth, FOOT)
    synth.render(RATE // 2)
    assert synth.sounding == 0


def test_note_off_does_not_end_it_and_all_sound_off_does() -> None:
    synth = Synth(RATE)
    strike(synth, RIDE)
    synth.handle(bytes((0x89, RIDE, 0)))
    assert rms(synth.render(RATE // 4)) > 0.003
    synth.handle(b"\xb9\x78\x00")
    synth.render(RATE // 50)
    assert synth.sounding == 0


def test_the_swirl_is_a_brush_in_its_own_kit_alone() -> None:
    plain, brushed = heard(SWIRL), heard(SWIRL, program=BRUSHES)
    assert np.argmax(np.abs(plain).max(axis=1)) < RATE // 100
    assert np.argmax(np.abs(brushed).max(axis=1)) > RATE // 20, "it swells"


def test_a_roll_keeps_to_its_strokes() -> None:
    synth = Synth(RATE)
    for _ in range(5 * STROKES):
        strike(synth, CRASH, 127)
        assert np.abs(synth.render(64)).max() <= 1.0
    assert synth.sounding <= 2 * STROKES
