"""Keys: a tonic, major or minor, and the chords that are at home there.

Conventions: pitch class 0 is C. The chords of a minor key are those that jazz takes from the harmonic,
melodic and natural minor scales together; each major key also has the dominants that lead to its second,
fifth and sixth degree, which a tune uses as freely as its own chords.

A key is found by comparing how long each pitch class sounds with a profile of each of the 24 keys, by
correlation, after Krumhansl and Schmuckler (Krumhansl, *Cognitive Foundations of Musical Pitch*, Oxford 1990,
chapter 4), with the profiles of Temperley (*Music and Probability*, MIT Press 2007): how many of the
segments of the Kostka-Payne corpus have each degree of the scale.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt

MAJOR = (0.748, 0.060, 0.488, 0.082, 0.670, 0.460, 0.096, 0.715, 0.104, 0.366, 0.057, 0.400)
MINOR = (0.712, 0.084, 0.474, 0.618, 0.049, 0.460, 0.105, 0.747, 0.404, 0.067, 0.133, 0.330)
"""Temperley's profiles, from the tonic up."""

AT_HOME: dict[bool, dict[int, tuple[str, ...]]] = {
    # minor or not: the qualities at home on each degree above the tonic
    False: {
        0: ("maj", "6", "maj7"),
        2: ("min", "min7", "7"),
        4: ("min7", "7"),
        5: ("maj", "maj7", "6"),
        7: ("7", "7sus", "maj"),
        9: ("min", "min7", "7"),
        11: ("m7b5",),
    },
    True: {
        0: ("min", "min6", "min7", "minmaj7"),
        2: ("m7b5",),
        3: ("maj", "maj7"),
        5: ("min", "min7"),
        7: ("7", "7alt", "aug7"),
        8: ("maj7", "7"),
        10: ("7",),
        11: ("dim", "dim7"),
    },
}


@dataclass(frozen=True, slots=True)
class Key:
    """A major or minor key."""

    tonic: int
    """Pitch class."""
    minor: bool = False

    def transposed(self, semitones: int) -> "Key":
        """The key moved up by so many semitones."""
        return Key((self.tonic + semitones) % 12, self.minor)

    def at_home(self, root: int, quality: str) -> bool:
        """Whether a chord belongs to the key."""
        return quality in AT_HOME[self.minor].get((root - self.tonic) % 12, ())


def find_key(weights: Sequence[float]) -> tuple[Key, float] | None:
    """The key that correlates best with how much each of the twelve pitch classes sounds, and how well.

    None where fewer than three pitch classes sound: that is no evidence of a key.
    """
    if sum(weight > 0 for weight in weights) < 3:
        return None
    heard = _standardised(tuple(weights))
    scored = (
        (sum(a * b for a, b in zip(heard, _profile(key), strict=True)), -key.tonic, key) for key in KEYS
    )
    fit, _, key = max(scored, key=lambda entry: entry[:2])
    return key, fit


KEYS: tuple[Key, ...] = tuple(Key(tonic, minor) for minor in (False, True) for tonic in range(12))
"""All 24."""


@lru_cache(maxsize=24)
def _profile(key: Key) -> tuple[float, ...]:
    profile = MINOR if key.minor else MAJOR
    return _standardised(tuple(profile[(pitch - key.tonic) % 12] for pitch in range(12)))


def _standardised(values: tuple[float, ...]) -> tuple[float, ...]:
    """Shifted to a mean of 0 and scaled to a length of 1; zeros where all are equal."""
    mean = sum(values) / len(values)
    shifted = [value - mean for value in values]
    length = sqrt(sum(value * value for value in shifted))
    return tuple(value / length if length else 0.0 for value in shifted)
