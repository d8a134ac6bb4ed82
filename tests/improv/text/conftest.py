"""Little models that learned nothing, and the dictionary."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from improv.text.alphabet import alphabet_of
from improv.text.model import KIND, TextModel, beside, load_text
from improv.text.pronunciation import dictionary
from improv.verse.sounds import Lookup
from improv.verse.speech import Speaker, speaker
from models.checkpoint import save
from models.language import initial_weights, language_spec

NAMES = "Anna\nBertha\nGerda\nHanna\nMartha\nAmanda\nBernhard\nEdgar\nArmand\n"
PLAY = "We came and we went,\nand we played.\n\nWho came? Nobody came, and nobody went.\n"

MakeModel = Callable[..., Path]


@pytest.fixture(scope="session")
def make_model(tmp_path_factory: pytest.TempPathFactory) -> MakeModel:
    """A model of random weights in a folder of its own: its text, its unit, its cell."""

    def made(text: str = NAMES, unit: str = "line", cell: str = "lstm", form: str | None = None) -> Path:
        folder = tmp_path_factory.mktemp("model")
        alphabet = alphabet_of(text)
        spec = language_spec(alphabet.size, 6, 12, 2, cell)
        weights = initial_weights(spec, np.random.default_rng(0))
        meta = {
            "kind": KIND,
            "vocabulary": alphabet.digest,
            "characters": alphabet.characters,
            "unit": unit,
            "form": form,
        }
        save(folder, spec, weights, meta)
        for name, content in beside(text).items():
            (folder / name).write_bytes(content)
        return folder

    return made


@pytest.fixture(scope="session")
def names_model(make_model: MakeModel) -> TextModel:
    """A model of names."""
    return load_text(make_model())


@pytest.fixture(scope="session")
def play_model(make_model: MakeModel) -> TextModel:
    """A model of running text."""
    return load_text(make_model(PLAY, "text"))


@pytest.fixture(scope="session")
def lookup() -> Lookup:
    """The pronouncing dictionary."""
    return dictionary()


@pytest.fixture(scope="session")
def spoken(lookup: Lookup) -> Speaker:
    """How words may be spoken, by the dictionary."""
    return speaker(lookup)
