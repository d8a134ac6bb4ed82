"""Suggestions for words that are nearly right."""

from hypothesis import given
from hypothesis import strategies as st

from improv.errors import suggest

WORDS = st.text("abcdefgh-", min_size=3, max_size=12)


@given(st.lists(WORDS, min_size=1, max_size=6), st.data())
def test_a_known_word_in_any_case_suggests_itself(known: list[str], data: st.DataObject) -> None:
    word = data.draw(st.sampled_from(known))
    assert suggest(word.upper(), known) == f"; did you mean {word!r}?"


@given(WORDS, st.lists(WORDS, max_size=6))
def test_only_known_words_are_suggested(word: str, known: list[str]) -> None:
    hint = suggest(word, known)
    assert hint == "" or hint in [f"; did you mean {name!r}?" for name in known]


def test_a_typo_is_found_and_a_stranger_is_not() -> None:
    known = ["blues-f", "minor-blues", "waltz"]
    assert suggest("blus-f", known) == "; did you mean 'blues-f'?"
    assert suggest("WALZ", known) == "; did you mean 'waltz'?"
    assert suggest("zzzz", known) == ""
    assert suggest("", known) == ""
    assert suggest("anything", []) == ""
