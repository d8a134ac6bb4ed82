from hypothesis import given
from hypothesis import strategies as st

from improv.verse.sounds import (
    CONSONANTS,
    LESSER,
    MAIN,
    VOWELS,
    distinct,
    plain,
    stresses,
    syllables,
    with_stress,
)

marked = st.builds(
    lambda mark, vowel: mark + vowel, st.sampled_from(["", MAIN, LESSER]), st.sampled_from(sorted(VOWELS))
)
pronunciations = st.lists(marked | st.sampled_from(sorted(CONSONANTS)), max_size=12).map(tuple)


def test_vowels_and_consonants_are_apart() -> None:
    assert not VOWELS & CONSONANTS


@given(pronunciations)
def test_every_syllable_has_a_stress(sounds: tuple[str, ...]) -> None:
    assert len(stresses(sounds)) == syllables(sounds)


@given(pronunciations)
def test_whoever_has_a_vowel_gets_a_main_stress_and_keeps_its_sounds(sounds: tuple[str, ...]) -> None:
    stressed = with_stress(sounds)
    assert [*map(plain, stressed)] == [*map(plain, sounds)]
    assert ("1" in stresses(stressed)) == (syllables(sounds) > 0)
    if "1" in stresses(sounds):
        assert stressed == sounds


def test_a_lesser_stress_becomes_the_main_one() -> None:
    assert with_stress(("ə", "b", "ˌaʊ", "t")) == ("ə", "b", "ˈaʊ", "t")


def test_memory() -> None:
    memory = tuple(["m", "ˈɛ", "m", "ɚ", "i"])
    assert syllables(memory) == 3
    assert stresses(memory) == "100"


def test_distinct_keeps_the_order() -> None:
    assert distinct([("a",), ("b",), ("a",)]) == (("a",), ("b",))
