import sqlite3
from pathlib import Path

import pytest

from improv.errors import UserError
from improv.text import pronunciation
from improv.text.pronunciation import dictionary, dictionary_path
from improv.verse.sounds import CONSONANTS, VOWELS, Lookup, plain


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "a folder" / "words.db"
    path.parent.mkdir()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE word_phonemes (id INTEGER PRIMARY KEY, word TEXT, phonemes TEXT)")
    rows = [("read", "ɹ ˈi d"), ("love", "l ˈʌ v"), ("read", "ɹ ˈɛ d"), ("read", "ɹ ˈi d")]
    connection.executemany("INSERT INTO word_phonemes (word, phonemes) VALUES (?, ?)", rows)
    connection.commit()
    connection.close()
    return path


def test_pronunciations_come_in_their_order_and_once(small: Path) -> None:
    lookup = dictionary(small)
    assert lookup("read") == (("ɹ", "ˈi", "d"), ("ɹ", "ˈɛ", "d"))
    assert lookup("love") == (("l", "ˈʌ", "v"),)
    assert lookup("hate") == ()


def test_nothing_is_read_before_a_word_is_asked_for(tmp_path: Path) -> None:
    lookup = dictionary(tmp_path / "none.db")
    with pytest.raises(sqlite3.OperationalError):
        lookup("love")


def test_the_real_dictionary_speaks_our_alphabet(lookup: Lookup) -> None:
    for word in ("memory", "judgment", "exchange", "thought", "pleasure", "poison"):
        found = lookup(word)
        assert found
        assert {plain(sound) for sounds in found for sound in sounds} <= VOWELS | CONSONANTS


def test_a_missing_library_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pronunciation, "LIBRARY", "no_such_library")
    with pytest.raises(UserError, match="pip install gruut-lang-en"):
        dictionary_path()
