from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from improv.verse.letters import pronounce
from improv.verse.rhyme import rhyming_part
from improv.verse.sounds import (
    CONSONANTS,
    VOWELS,
    Lookup,
    Pronunciation,
    plain,
    stresses,
    syllables,
    with_stress,
)
from improv.verse.spelling import RULES, Rule
from improv.verse.words import counted


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.before}({rule.letters}){rule.after}")
def test_a_rule_gives_sounds_there_are(rule: Rule) -> None:
    assert set(rule.sounds.split()) <= VOWELS | CONSONANTS


@pytest.mark.parametrize("first", "abcdefghijklmnopqrstuvwxyz")
def test_every_letter_has_a_rule_that_always_fits(first: str) -> None:
    assert any(rule.letters == first and not rule.before and not rule.after for rule in RULES)


@given(st.text("abcdefghijklmnopqrstuvwxyz'", max_size=20))
def test_there_is_one_main_stress_where_there_is_a_syllable(word: str) -> None:
    sounds = pronounce(word)
    assert {*map(plain, sounds)} <= VOWELS | CONSONANTS
    assert stresses(sounds).count("1") == min(1, syllables(sounds))


@pytest.mark.parametrize(
    ("word", "sounds"),
    [
        ("brake", "b ɹ ˈeɪ k"),
        ("blight", "b l ˈaɪ t"),
        ("shade", "ʃ ˈeɪ d"),
        ("unborn", "ʌ n b ˈɔ ɹ n"),
        ("planted", "p l ˈæ n t ɪ d"),
        ("thrown", "θ ɹ ˈoʊ n"),
        ("nation", "n ˈeɪ ʃ ə n"),
    ],
)
def test_words_by_their_letters(word: str, sounds: str) -> None:
    assert pronounce(word) == tuple(sounds.split())


def test_the_rules_are_mostly_right_on_words_that_are_known(lookup: Lookup, sonnets: list[str]) -> None:
    known = {word: list(map(with_stress, lookup(word))) for word in counted(sonnets) if "'" not in word}
    longer = {word: found for word, found in known.items() if found and len(word) > 3}
    assert len(longer) > 1500

    def share(part: Callable[[Pronunciation], object]) -> float:
        right = sum(part(pronounce(word)) in set(map(part, found)) for word, found in longer.items())
        return right / len(longer)

    assert share(syllables) > 0.95
    assert share(rhyming_part) > 0.7
    assert share(lambda sounds: stresses(sounds).find("1")) > 0.85
