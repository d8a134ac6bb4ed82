"""Made-up bass lines."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

from grammar.changes import changes_from_beats
from grammar.chords import parse_chord
from improv.band.encoding import bass_spec, expert_maps
from improv.jazz.wjazzd import Solo
from models.network import Network

# a busy machine is no failure
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def make_line() -> Callable[..., Solo]:
    """A solo that has nothing but a bass: chords a bar of four beats, a pitch a beat."""

    def made(pitches: Sequence[int | None], chords: Sequence[str] = ("C7",), feel: str = "SWING") -> Solo:
        beats = [parse_chord(symbol) for symbol in chords for _ in range(4)]
        return Solo(
            melid=1,
            title="",
            performer="",
            tempo=150.0,
            feel=feel,
            notes=(),
            changes=changes_from_beats((beats * len(pitches))[: len(pitches)], 4),
            beats=tuple(i % 4 for i in range(len(pitches))),
            choruses=(1,) * len(pitches),
            bass=tuple(pitches),
        )

    return made


@pytest.fixture(scope="session")
def make_network() -> Callable[..., Network]:
    """A bass network of random weights, or of none."""

    def made(scale: float = 1.0, seed: int = 0) -> Network:
        generator = np.random.default_rng(seed)
        spec = bass_spec(8, 1)
        weights = {
            name: (scale * generator.normal(size=shape)).astype(np.float32)
            for name, shape in spec.shapes().items()
        }
        return Network(spec, weights, expert_maps())

    return made
