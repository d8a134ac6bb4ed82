"""Small deepjazz models and MIDI files."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

from grammar.terminals import parse_text
from improv.deepjazz.model import CORPUS, KIND, corpus_text, deepjazz_spec
from improv.deepjazz.vocabulary import vocabulary_of
from models.checkpoint import save
from models.language import initial_weights

# a busy machine is no failure
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

CORPUS_LINES = (
    "C,0.500 S,0.500,<P4,m-2> C,0.333,<P1,d-5> R,0.667 A,1.000,<m3,m-3> X,1.000,<M3,M-2>",
    "R,1.000 C,1.000 L,0.500,<M2,M-3> R,0.500 C,1.000,<m2,M-3>",
    "S,0.250 C,0.250,<P4,m-2> C,3.500,<m3,m-3>",
    "C,1.000 C,1.000,<P4,m-2> S,1.000,<P4,m-2> C,1.000,<P5,m2>",
    "A,0.500 C,0.500,<P4,m-2> R,3.000",
)


@pytest.fixture(scope="session")
def corpus_lines() -> Sequence[str]:
    """The measures that the models of `make_deepjazz` say they learned from."""
    return CORPUS_LINES


@pytest.fixture(scope="session")
def make_deepjazz(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """A deepjazz model of random weights in a folder of its own."""

    def made(lines: Sequence[str] = CORPUS_LINES, scale: float = 3.0) -> Path:
        folder = tmp_path_factory.mktemp("deepjazz")
        measures = [parse_text(line) for line in lines]
        vocabulary = vocabulary_of(measures)
        spec = deepjazz_spec(vocabulary.size, 12, 2)
        weights = initial_weights(spec, np.random.default_rng(0))
        scaled = {name: value * scale for name, value in weights.items()}
        meta = {"kind": KIND, "vocabulary": vocabulary.digest, "words": vocabulary.words}
        save(folder, spec, scaled, meta)
        (folder / CORPUS).write_text(corpus_text(measures))
        return folder

    return made
