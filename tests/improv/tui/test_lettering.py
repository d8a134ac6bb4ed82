import pytest

from improv.tui.banner import LOST, WORDS
from improv.tui.lettering import LETTERS, big


@pytest.mark.parametrize("letter", LETTERS)
def test_the_rows_of_a_letter_are_equally_long(letter: str) -> None:
    assert len({len(row) for row in LETTERS[letter]}) == 1


@pytest.mark.parametrize("word", [*WORDS.values(), LOST, "1234567890"])
@pytest.mark.parametrize(("scale", "lines"), [(1, 3), (2, 5)])
def test_every_word_of_the_banner_has_its_letters(word: str, scale: int, lines: int) -> None:
    rows = big(word, scale)
    assert len(rows) == lines
    assert len({len(row) for row in rows}) == 1


def test_a_one_in_half_blocks() -> None:
    assert big("1") == ("▄█ ", " █ ", "▀▀▀")
