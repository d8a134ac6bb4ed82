"""The sounds of a word.

Conventions: a `Pronunciation` is a tuple of sounds in the International Phonetic Alphabet, one string
a sound (`"ɹ"`, `"t͡ʃ"`, `"aɪ"`), as General American has them; a vowel that bears the word's main
stress begins with `ˈ`, one with a lesser stress with `ˌ`. A syllable is a vowel and what is around it.
A `Lookup` gives a written word's pronunciations, the commonest first, and none where the word is not
in the dictionary. Words are in lower case.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

Pronunciation: TypeAlias = tuple[str, ...]
Lookup: TypeAlias = Callable[[str], Sequence[Pronunciation]]

MAIN, LESSER = "ˈ", "ˌ"
STRESSES = MAIN + LESSER
_VOWELS, _CONSONANTS = (
    "ɑ æ ɛ ɪ i ə ʌ ɔ ʊ u ɚ eɪ aɪ ɔɪ oʊ aʊ",
    "b d f ɡ h j k l m n p s t v w z ð ŋ ɹ ʃ ʒ θ d͡ʒ t͡ʃ",
)
VOWELS = frozenset(_VOWELS.split())
CONSONANTS = frozenset(_CONSONANTS.split())


def plain(sound: str) -> str:
    """The sound without its stress."""
    return sound.lstrip(STRESSES)


def is_vowel(sound: str) -> bool:
    """Whether the sound is a vowel, stressed or not."""
    return plain(sound) in VOWELS


def vowels(pronunciation: Sequence[str]) -> list[int]:
    """The places of the vowels, one a syllable."""
    return [place for place, sound in enumerate(pronunciation) if is_vowel(sound)]


def syllables(pronunciation: Sequence[str]) -> int:
    """How many syllables."""
    return len(vowels(pronunciation))


def stresses(pronunciation: Sequence[str]) -> str:
    """A digit a syllable: 1 the main stress, 2 a lesser one, 0 none."""
    digits = {MAIN: "1", LESSER: "2"}
    return "".join(digits.get(pronunciation[place][0], "0") for place in vowels(pronunciation))


def with_stress(pronunciation: Sequence[str]) -> Pronunciation:
    """The same, with a main stress on the first vowel that has a lesser one, or the first, if it has none."""
    places = vowels(pronunciation)
    if not places or any(sound.startswith(MAIN) for sound in pronunciation):
        return tuple(pronunciation)
    chosen = next((place for place in places if pronunciation[place].startswith(LESSER)), places[0])
    sounds = list(pronunciation)
    sounds[chosen] = MAIN + plain(sounds[chosen])
    return tuple(sounds)


def distinct(pronunciations: Iterable[Pronunciation]) -> tuple[Pronunciation, ...]:
    """Each once, in the order they came."""
    return tuple(dict.fromkeys(pronunciations))
