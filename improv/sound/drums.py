"""The drum set of the embedded instrument: a readable table, and the samples made of it.

Conventions: times are seconds; a decay is a time constant (the level falls to 37 %); levels are linear, a
piece's loudest sample is 1 before its gain. Keys are General MIDI's.

A piece is tones, which fall in pitch as skins do, and bands of noise. What the stick adds is kept apart
from the body, for it grows with force: hard strokes are brighter. Samples are made once a rate, in some
tenths of a second in all, and then only added up: nothing is computed while a cymbal rings. The noise is
drawn from fixed seeds, so the same strokes give the same samples.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

BRUSHES = 40
"""The program, from 0, at which keys 38 and 40 are brushes."""
_HEARD = 7.0
"""Decays after which a part is 60 dB down, and is left out."""


@dataclass(frozen=True, slots=True)
class Tone:
    """A sine that dies away."""

    hertz: float
    level: float
    decay: float
    fall: float = 0.0
    """How much higher it begins, as a share of its frequency; the fall takes an eighth of the decay."""


@dataclass(frozen=True, slots=True)
class Noise:
    """A band of noise that dies away."""

    low: float
    """Hertz; so is `high`."""
    high: float
    level: float
    decay: float
    attack: float = 0.0005
    """Seconds to its loudest."""


@dataclass(frozen=True, slots=True)
class Drum:
    """A piece of the kit."""

    gain: float
    """Level at velocity 127."""
    pan: float
    """-1 left to 1 right, as the audience sees the kit."""
    reverb: float
    """Share sent to the room."""
    seconds: float
    """After which it is silent."""
    body: tuple[Tone | Noise, ...]
    stick: tuple[Tone | Noise, ...] = ()
    """What grows with force."""
    chokes: tuple[int, ...] = ()
    """Keys that it silences: one hi-hat has one state."""


def _cymbal(lowest: float, spread: float, decay: float, level: float = 0.2) -> tuple[Tone, ...]:
    """Partials of a plate, crowded and in no ratio to each other; the higher die sooner."""
    places = [(n * 0.618034) % 1.0 for n in range(24)]
    return tuple(
        Tone(lowest * spread**place * (1.0 + 0.37 * place), level * (1.1 - place), decay * (1.2 - place))
        for place in places
    )


KICK = Drum(
    0.80,
    0.0,
    0.05,
    0.9,
    (Tone(54, 1.0, 0.13, 0.9), Tone(92, 0.2, 0.05, 0.5)),
    (Noise(900, 3500, 0.14, 0.006),),
)
SNARE = Drum(
    0.42,
    0.05,
    0.16,
    0.6,
    (Tone(186, 0.6, 0.055, 0.2), Tone(331, 0.3, 0.035, 0.1), Noise(1500, 9000, 1.5, 0.085)),
    (Noise(2500, 12000, 0.5, 0.012),),
)
CROSS_STICK = Drum(
    0.34,
    0.08,
    0.18,
    0.25,
    (Tone(455, 0.5, 0.016), Tone(1180, 0.8, 0.014), Tone(1730, 0.6, 0.010)),
    (Noise(2000, 7000, 0.4, 0.004),),
)
CLOSED_HAT = Drum(
    0.20, 0.28, 0.06, 0.3, (Noise(6500, 15000, 0.8, 0.026), *_cymbal(3400, 2.6, 0.03, 0.06)), chokes=(46,)
)
FOOT_HAT = Drum(
    0.26,
    0.28,
    0.08,
    0.3,
    (Noise(3800, 10500, 0.8, 0.030, 0.002), *_cymbal(2600, 2.4, 0.035, 0.07)),
    chokes=(46,),
)
OPEN_HAT = Drum(
    0.20, 0.28, 0.10, 1.6, (Noise(5000, 14000, 0.8, 0.30), *_cymbal(2900, 3.0, 0.4, 0.08)), chokes=(42, 44)
)
RIDE = Drum(
    0.24,
    -0.30,
    0.12,
    2.2,
    (*_cymbal(620, 9.0, 0.55, 0.07), Noise(5000, 12000, 0.20, 0.30)),
    (Tone(3350, 0.5, 0.045), Tone(5210, 0.35, 0.030), Noise(4500, 13000, 0.45, 0.020)),
)
RIDE_TWO = Drum(
    0.24,
    -0.42,
    0.12,
    2.2,
    (*_cymbal(510, 8.0, 0.50, 0.08), Noise(3800, 10000, 0.20, 0.26)),
    (Tone(2870, 0.5, 0.045), Tone(4480, 0.30, 0.030), Noise(3800, 11000, 0.40, 0.020)),
)
BELL = Drum(
    0.24,
    -0.30,
    0.12,
    2.0,
    (Tone(812, 0.5, 0.7), Tone(1377, 0.6, 0.6), Tone(2210, 0.5, 0.4), Tone(3090, 0.3, 0.3)),
    (Noise(3000, 11000, 0.3, 0.012),),
)
CRASH = Drum(
    0.34,
    -0.15,
    0.16,
    3.0,
    (Noise(2200, 13000, 0.8, 0.55, 0.004), *_cymbal(430, 14.0, 0.8, 0.09)),
    (Noise(4000, 14000, 0.6, 0.08),),
)
HIGH_TOM = Drum(
    0.50, 0.22, 0.12, 0.9, (Tone(196, 1.0, 0.16, 0.35), Tone(342, 0.2, 0.06)), (Noise(900, 5000, 0.2, 0.008),)
)
MIDDLE_TOM = Drum(
    0.52, 0.0, 0.12, 1.0, (Tone(143, 1.0, 0.19, 0.35), Tone(251, 0.2, 0.07)), (Noise(800, 4500, 0.2, 0.008),)
)
LOW_TOM = Drum(
    0.56, -0.25, 0.12, 1.1, (Tone(98, 1.0, 0.22, 0.35), Tone(170, 0.2, 0.08)), (Noise(700, 4000, 0.2, 0.008),)
)
BRUSH_TAP = Drum(
    0.70,
    0.05,
    0.18,
    0.5,
    (Noise(1300, 7500, 0.8, 0.045, 0.003), Tone(188, 0.25, 0.05, 0.1)),
    (Noise(3000, 10000, 0.3, 0.010),),
)
BRUSH_SWIRL = Drum(0.60, 0.05, 0.18, 1.2, (Noise(1800, 8000, 0.8, 0.22, 0.14),))

BY_KEY: dict[int, Drum] = {
    **dict.fromkeys((35, 36), KICK),
    37: CROSS_STICK,
    **dict.fromkeys((38, 40), SNARE),
    **dict.fromkeys((41, 43), LOW_TOM),
    42: CLOSED_HAT,
    44: FOOT_HAT,
    **dict.fromkeys((45, 47), MIDDLE_TOM),
    46: OPEN_HAT,
    **dict.fromkeys((48, 50), HIGH_TOM),
    **dict.fromkeys((49, 52, 55, 57), CRASH),
    51: RIDE,
    53: BELL,
    59: RIDE_TWO,
}
"""The standard kit; other keys of the percussion channel are blocks of wood (`improv.sound.voices`)."""
BRUSHED: dict[int, Drum] = {**BY_KEY, 38: BRUSH_TAP, 40: BRUSH_SWIRL}


def drum_of(key: int, program: int) -> Drum | None:
    """The piece that a key of the percussion channel strikes; None: it strikes wood."""
    return (BRUSHED if program == BRUSHES else BY_KEY).get(key)


@lru_cache(maxsize=256)
def samples(drum: Drum, sample_rate: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The body and the stick of a piece, equally long; read-only."""
    frames = round(drum.seconds * sample_rate)
    body, stick = np.zeros((2, frames), np.float32)
    for parts, whole in ((drum.body, body), (drum.stick, stick)):
        for part in parts:
            sound = _sound(part, frames, sample_rate)
            whole[: len(sound)] += sound
    closing = round(0.02 * sample_rate)  # so that it ends without a click
    for whole in (body, stick):
        whole[-closing:] *= np.linspace(1.0, 0.0, closing, dtype=np.float32)
    loudest = np.abs(body + stick).max()
    for whole in (body, stick):
        whole /= loudest
        whole.setflags(write=False)
    return body, stick


def prepare(sample_rate: int) -> None:
    """Make every sample of a rate now, so that none has to be made when it is struck."""
    for drum in {*BY_KEY.values(), *BRUSHED.values()}:
        samples(drum, sample_rate)


def _sound(part: Tone | Noise, frames: int, sample_rate: int) -> NDArray[np.float32]:
    """One part of a piece, as long as it can be heard."""
    attack = part.attack if isinstance(part, Noise) else 0.0
    length = min(frames, round((attack + _HEARD * part.decay) * sample_rate))
    time = np.arange(length, dtype=np.float32) / np.float32(sample_rate)
    envelope = part.level * np.exp(time * np.float32(-1.0 / part.decay))
    if isinstance(part, Noise):
        band = _band(part.low, part.high, length, sample_rate)
        return np.asarray(band * envelope * np.minimum(time / np.float32(part.attack), 1), np.float32)
    glide = part.decay / 8.0
    turns = part.hertz * (time + part.fall * glide * (1.0 - np.exp(time * np.float32(-1.0 / glide))))
    return np.asarray(envelope * np.sin(np.float32(2.0 * np.pi) * (turns % 1.0)), np.float32)


def _band(low: float, high: float, length: int, sample_rate: int) -> NDArray[np.float64]:
    """Noise between two frequencies, its effective value a third."""
    white = np.random.default_rng(round(low + high)).standard_normal(length)
    spectrum = np.fft.rfft(white, 1 << (length - 1).bit_length())
    hertz = np.fft.rfftfreq(1 << (length - 1).bit_length(), 1.0 / sample_rate)
    # edges of a third of an octave or so: steep ones would ring
    spectrum *= 1.0 / np.sqrt(1.0 + (low / np.maximum(hertz, 1.0)) ** 8 + (hertz / high) ** 8)
    band: NDArray[np.float64] = np.fft.irfft(spectrum)[:length]
    band *= 0.35 / float(np.sqrt(np.mean(band**2)))
    return band
