"""The dictionary, and the real sonnets where they are at hand."""

import os
from pathlib import Path

import pytest

from improv.text.pronunciation import dictionary
from improv.verse.form import SCHEME, verses
from improv.verse.sounds import Lookup
from improv.verse.speech import Speaker, speaker

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def lookup() -> Lookup:
    """The pronouncing dictionary."""
    return dictionary()


@pytest.fixture(scope="session")
def spoken(lookup: Lookup) -> Speaker:
    """How words may be spoken, by the dictionary."""
    return speaker(lookup)


@pytest.fixture(scope="session")
def sonnets() -> list[str]:
    """Shakespeare's, those of fourteen lines."""
    path = Path(os.environ.get("IMPROV_DATA") or ROOT.parent / "shared" / "data") / "text" / "sonnets.txt"
    if not path.exists():
        pytest.skip(f"{path} is not there (IMPROV_DATA names the folder of the data)")
    return [text for text in path.read_text().split("\n\n") if len(verses(text)) == len(SCHEME)]
