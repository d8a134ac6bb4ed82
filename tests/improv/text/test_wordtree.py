from hypothesis import given
from hypothesis import strategies as st

from improv.text.alphabet import Alphabet
from improv.text.wordtree import WordTree

ALPHABET = Alphabet("\n ABabcd'")
word_sets = st.sets(st.text("abcd'", min_size=1, max_size=6), max_size=20)


@given(word_sets, st.text("abcd'", max_size=6))
def test_the_tree_knows_the_words_and_their_beginnings(words: set[str], letters: str) -> None:
    tree = WordTree(words, ALPHABET)
    longer = {word[len(letters)] for word in words if word.startswith(letters) and word != letters}
    assert tree.is_word(letters) == (letters in words)
    assert tree.continues(letters) == bool(longer)
    assert tree.following(letters) == sorted(longer)
    assert {ALPHABET.characters[i - 1] for i in tree.mask(letters).nonzero()[0]} == longer


def test_a_word_begins_with_or_without_a_capital() -> None:
    tree = WordTree(["ad", "cab", "'d"], ALPHABET)
    assert ALPHABET.decode(tree.first.nonzero()[0].tolist()) == "Aac'"  # there is no C
    assert ALPHABET.decode(tree.first_capital.nonzero()[0].tolist()) == "A"


def test_what_the_alphabet_lacks_is_left_out() -> None:
    tree = WordTree([], ALPHABET)
    assert not tree.first.any()
    assert ALPHABET.decode(tree.mask_of("xayz?").nonzero()[0].tolist()) == "a"
