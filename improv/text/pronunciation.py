"""The pronouncing dictionary: the one place that reads the library it is in.

Conventions: pronunciations as in `improv.verse.sounds`. The dictionary is gruut-lang-en's: an SQLite
table of 125,000 English words, without an index, so that one word costs a tenth of what all cost. All
are read when the first is asked for (0.15 s), and what a word sounds like is only taken apart when
that word is asked for.

The file is found without importing the library, which would cost as much again.
"""

import sqlite3
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from improv.errors import UserError
from improv.verse.sounds import Lookup, Pronunciation, distinct

LIBRARY: Final = "gruut_lang_en"


def dictionary_path() -> Path:
    """Where the dictionary is.

    Raises:
        UserError: the library is not installed.
    """
    spec = find_spec(LIBRARY)
    path = Path(spec.origin).parent / "lexicon.db" if spec is not None and spec.origin else None
    if path is None or not path.is_file():
        raise UserError("the pronouncing dictionary is missing: pip install gruut-lang-en")
    return path


def read(path: Path) -> dict[str, list[str]]:
    """Every word and its pronunciations, sounds apart by spaces, the commonest first."""
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    found: dict[str, list[str]] = {}
    try:
        for word, sounds in connection.execute("SELECT word, phonemes FROM word_phonemes ORDER BY id"):
            found.setdefault(word, []).append(sounds)
    finally:
        connection.close()
    return found


@cache
def dictionary(path: Path | None = None) -> Lookup:
    """A lookup in the dictionary, which is read once, when the first word is asked for."""

    @cache
    def whole() -> dict[str, list[str]]:
        return read(path or dictionary_path())

    @cache
    def lookup(word: str) -> tuple[Pronunciation, ...]:
        return distinct(tuple(sounds.split()) for sounds in whole().get(word, ()))

    return lookup
