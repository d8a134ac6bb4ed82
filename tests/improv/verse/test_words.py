import pytest
from hypothesis import given
from hypothesis import strategies as st

from improv.verse.words import counted, words

LINES = (
    ("But thou, contracted to thine own bright eyes,", "but thou contracted to thine own bright eyes"),
    (
        "Feed'st thy light's flame with self-substantial fuel,",
        "feed'st thy light's flame with self substantial fuel",
    ),
    ("If thou couldst answer 'This fair child of mine", "if thou couldst answer this fair child of mine"),
    ("'Tis thee, (my self) that for my self I praise", "'tis thee my self that for my self i praise"),
    ("Th' expense of spirit; o'er and e’er", "th' expense of spirit o'er and e'er"),
    ("Shall sum my count, and make my old excuse,'", "shall sum my count and make my old excuse"),
    ("", ""),
    ("-- ' -- 14!", ""),
)


@pytest.mark.parametrize(("line", "expected"), LINES)
def test_words_keep_their_own_apostrophes(line: str, expected: str) -> None:
    assert words(line) == expected.split()


@given(st.lists(st.sampled_from(["love", "o'er", "lov'd", "beauty's", "'tis", "th'"])))
def test_words_joined_come_apart_again(given_words: list[str]) -> None:
    assert words(" ".join(given_words)) == given_words


def test_a_lexicon_counts() -> None:
    assert counted(["Love is not love", "LOVE's"]) == {"love": 2, "is": 1, "not": 1, "love's": 1}
