"""Rhyme.

Conventions: words rhyme when they sound the same from the last stressed vowel on, and differ before
it; a word does not rhyme with itself, nor with another that sounds like it. Three kinds, the best
first:

    perfect   as above, by the ordinary pronunciations ("increase" and "decease")
    promoted  on a weak last syllable that the meter lifts, two or more from the stress, with the full
              vowel that its letter has: "ornament" and "content"; a final y is also long, as it was:
              "memory" and "die"
    eye       the same letters from the last vowel on, where the stress is there: "love" and "prove",
              which Shakespeare's London did rhyme, or nearly
"""

import re
from collections.abc import Iterator
from enum import IntEnum
from functools import cache
from typing import Final, NamedTuple

from improv.verse.sounds import MAIN, STRESSES, Pronunciation, is_vowel, plain, vowels
from improv.verse.speech import Speaker

_VOWEL_LETTERS: Final = re.compile("[aeiouy]+")


class Kind(IntEnum):
    """How good a rhyme is; the least is the best."""

    PERFECT = 0
    PROMOTED = 1
    EYE = 2


class Ending(NamedTuple):
    """What a word offers to a rhyme."""

    key: str
    """Equal for words that rhyme."""
    onset: str
    """What is before it, words that rhyme differ in it; of a lifted syllable the whole word."""
    kind: Kind


FULL: Final = {"a": "æ", "e": "ɛ", "i": "ɪ", "y": "ɪ", "o": "ɑ", "u": "ʌ"}
"""The full vowel that a letter has, where the weak one is lifted."""
LIKE: Final = {("ʊ", "ɹ"): "ɔ", ("oʊ", "ɹ"): "ɔ", ("i", "ɹ"): "ɪ", ("eɪ", "ɹ"): "ɛ"}
"""Vowels before an r that rhyme with others."""


def endings(word: str, speaker: Speaker) -> frozenset[Ending]:
    """All that a word offers to a rhyme."""
    found: set[Ending] = set()
    for way in speaker(word):
        if way.cost == 0 or word.endswith("ed"):
            found.update(_by_sound(word, way.sounds))
        if way.cost == 0:
            found.update(_by_letters(word, way.sounds))
    return frozenset(found)


def rhyme(first: str, second: str, speaker: Speaker) -> Kind | None:
    """The best kind of rhyme between two words, or none."""
    if first == second:
        return None
    best: Kind | None = None
    mine, yours = endings(first, speaker), endings(second, speaker)
    for one in mine:
        for other in yours:
            if one.key == other.key and one.onset != other.onset:
                kind = max(one.kind, other.kind)
                best = kind if best is None else min(best, kind)
    return best


def rhyming_part(sounds: Pronunciation) -> str:
    """What must be the same for a perfect rhyme; nothing where nothing sounds."""
    places = vowels(sounds)
    if not places:
        return ""
    main = next((place for place in reversed(places) if sounds[place].startswith(MAIN)), places[-1])
    return _ending(sounds, main, Kind.PERFECT).key


def _by_sound(word: str, sounds: Pronunciation) -> Iterator[Ending]:
    places = vowels(sounds)
    if not places:
        return
    last = places[-1]
    main = next((place for place in reversed(places) if sounds[place].startswith(MAIN)), last)
    yield _ending(sounds, main, Kind.PERFECT)
    if main != last and len(places) - places.index(main) > 2:  # next to the stress no syllable is lifted
        kind = Kind.PERFECT if sounds[last][0] in STRESSES else Kind.PROMOTED
        for vowel in _lifted(word, sounds[last]):
            ending = _ending((*sounds[:last], vowel, *sounds[last + 1 :]), last, kind)
            yield ending if kind is Kind.PERFECT else ending._replace(onset=word)


def _lifted(word: str, weak: str) -> tuple[str, ...]:
    """What the weak vowel of a last syllable becomes where it is lifted."""
    if weak == "i":
        return ("i", "aɪ")
    if weak not in {"ə", "ɪ"}:
        return (plain(weak),)
    letter = next((letter for letter in reversed(word.removesuffix("e")) if letter in FULL), "e")
    return ("eɪ",) if letter == "a" and word.endswith("e") else (FULL[letter],)


def _ending(sounds: Pronunciation, place: int, kind: Kind) -> Ending:
    first = place
    while first > 0 and not is_vowel(sounds[first - 1]):
        first -= 1
    onset = " ".join(sounds[first:place])
    if not onset and first and plain(sounds[first - 1]) == "ɚ":
        onset = "ɹ"  # "arise"
    return Ending(" ".join(_alike(sounds[place:])), onset, kind)


def _alike(sounds: Pronunciation) -> Iterator[str]:
    """The sounds as rhyme hears them: neither stress nor finer shades of a vowel."""
    bare = [plain(sound) for sound in sounds]
    for place, sound in enumerate(bare):
        following = bare[place + 1] if place + 1 < len(bare) else ""
        before = bare[place - 1] if place else ""
        if sound == "ɹ" and before in {"aɪ", "aʊ"}:
            yield "ɚ"
        elif (sound, following) in LIKE:
            yield LIKE[sound, following]
        elif sound == "ɔ" and following != "ɹ":
            yield "ɑ"
        elif sound in {"ə", "ɪ"} and place:
            yield "ə"
        else:
            yield sound


def _by_letters(word: str, sounds: Pronunciation) -> Iterator[Ending]:
    places = vowels(sounds)
    if not places:
        return
    body, silent = _without_silent(word)
    groups = list(_VOWEL_LETTERS.finditer(body))
    if sounds[places[-1]][0] in STRESSES and groups and (groups[-1].end() < len(body) or silent):
        yield Ending("=" + body[groups[-1].start() :] + silent, body[: groups[-1].start()], Kind.EYE)
    elif len(places) > 1 and sounds[places[-2]][0] in STRESSES and len(groups) > 1:
        yield Ending("=" + word[groups[-2].start() :], word[: groups[-2].start()], Kind.EYE)


@cache
def _without_silent(word: str) -> tuple[str, str]:
    """A word without its silent e and what follows that, and those; apostrophes stand for an e."""
    whole = word.replace("'d", "ed").replace("'st", "est").replace("'", "")
    for silent in ("es", "ed", "est", "e"):
        body = whole.removesuffix(silent)
        if body != whole and body and body[-1] not in "aeiouy" and any(letter in "aeiouy" for letter in body):
            return body, silent
    return whole, ""
