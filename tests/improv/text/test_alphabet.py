from hypothesis import given
from hypothesis import strategies as st

from improv.text.alphabet import LARGEST, NEWLINE, UNKNOWN, Alphabet, alphabet_of

texts = st.text(max_size=200)


@given(texts)
def test_a_text_comes_back_from_its_ids(text: str) -> None:
    alphabet = alphabet_of(text)
    assert alphabet.unknown(text) is None
    assert alphabet.decode(alphabet.encode(text).tolist()) == text


@given(texts, texts)
def test_what_is_not_in_the_alphabet_is_unknown_and_is_named(learned: str, text: str) -> None:
    alphabet = alphabet_of(learned)
    ids = alphabet.encode(text).tolist()
    strangers = [c for c in text if c not in learned + NEWLINE]
    assert [c for c, i in zip(text, ids, strict=True) if i == UNKNOWN] == strangers
    assert alphabet.unknown(text) == (strangers[0] if strangers else None)


@given(texts)
def test_the_newline_is_always_known(text: str) -> None:
    alphabet = alphabet_of(text)
    assert NEWLINE in alphabet.characters
    assert len(set(alphabet.characters)) + 1 == alphabet.size


@given(texts, texts)
def test_an_extended_alphabet_keeps_all_ids(first: str, second: str) -> None:
    before = alphabet_of(first)
    after = before.extended(alphabet_of(second))
    assert after.characters.startswith(before.characters)
    assert after.unknown(first + second) is None
    assert after.encode(first).tolist() == before.encode(first).tolist()


def test_a_character_too_rare_in_a_long_text_is_not_worth_an_id() -> None:
    long = "ab" * 3_000_000
    assert "é" not in alphabet_of("é" + long).characters
    assert "é" in alphabet_of("éééé" + long).characters
    assert "é" in alphabet_of("é" + long[:1000]).characters


def test_of_too_many_characters_the_commonest_are_kept() -> None:
    many = "".join(chr(0x4E00 + i) for i in range(LARGEST + 50))
    alphabet = alphabet_of(many + many[-10:])
    assert alphabet.size <= LARGEST + 1
    assert set(many[-10:]) <= set(alphabet.characters)


def test_two_alphabets_are_told_apart() -> None:
    assert Alphabet("\nab").digest != Alphabet("\nac").digest
