"""Little models that learned nothing, and the dictionary."""

from collections.abc import Callable
from pathlib import Path

import pytest

from improv.text.model import TextModel, load_text
from improv.text.pronunciation import dictionary
from improv.verse.sounds import Lookup
from improv.verse.speech import Speaker, speaker

PLAY = "We came and we went,\nand we played.\n\nWho came? Nobody came, and nobody went.\n"

MakeModel = Callable[..., Path]


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
