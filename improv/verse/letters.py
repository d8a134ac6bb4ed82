"""Letters to sounds, by rule, for words that no dictionary has.

Conventions: the rules are in `improv.verse.spelling`. They are tried in order, the first that fits is
used, and reading goes on after its letters. Then the main stress is set, by the ending ("-ation"), or
on the last syllable but one, or but two where that is weak; endings like "-ness" leave it where it was.

The way is that of Elovitz and others, "Letter-to-Sound Rules for Automatic Translation of English Text
to Phonetics" (1976); the rules are our own.
"""

import re
from typing import Final

from improv.verse.sounds import MAIN, Pronunciation, vowels
from improv.verse.spelling import RULES, Rule

WEAK: Final = frozenset(["ə", "ɪ", "i", "ɚ"])
BEFORE_ENDING: Final = re.compile(
    r"((?:[cst]i|i|gi)on|(?:[cst]|)ious|i[ao]n|ic|ical|ity|ial|eous|ify|ulous|logy|graphy)s?$"
)
"""Endings before which the stress falls."""
SYLLABLES: Final = dict.fromkeys(
    ("ical", "ity", "ify", "ulous", "ious", "eous", "ian", "ial", "able"), 2
) | dict.fromkeys(("s", "'s", "'d"), 0)
"""Those of an ending, where they are not one."""
LIGHT_BEGINNING: Final = re.compile(
    r"(?:a(?:[cdfglnprst](?=[^aeiouhlr])|b|d)?|be|co[lmnr]|de|dis|e[fmnx]|e|for|im|in|mis|o[bcfp]|per|pr[eo]|re"
    r"|su[bcfprs]|un|up|with)(?=[bcdfghjklmnpqrstvwxz].*[aeiouy])"
)
"""Beginnings that leave the stress of a word of two syllables to what follows."""
LIGHT_ENDING: Final = re.compile(r"(?:[eo]r|y|ey|le|en|on|ow|us|ic|in|id|et|[ae]l|ure|our|a|o)s?$")
"""Endings that no word of two syllables is stressed on."""
NEUTRAL: Final = re.compile(r"(?:ness|less|ly|ful|ing|ings|er|ers|ed|'d|'s|s|est|eth|able|ment|y|ies)$")
"""Endings that leave the stress of a word where it was."""


def _compiled(rule: Rule) -> tuple[str, re.Pattern[str] | None, re.Pattern[str] | None, tuple[str, ...]]:
    return (
        rule.letters,
        re.compile(f"(?:{rule.before})$") if rule.before else None,
        re.compile(f"(?:{rule.after})") if rule.after else None,
        tuple(rule.sounds.split()),
    )


_COMPILED: Final = tuple(map(_compiled, RULES))


def pronounce(word: str) -> Pronunciation:
    """How a written word probably sounds; empty only where it has no letter that sounds.

    Args:
        word: in lower case, apostrophes kept.
    """
    sounds: list[str] = []
    place = 0
    while place < len(word):
        before, rest = word[:place], word[place:]
        for letters, ahead, behind, heard in _COMPILED:
            if not rest.startswith(letters) or (ahead and not ahead.search(before)):
                continue
            if behind and not behind.match(rest[len(letters) :]):
                continue
            sounds.extend(heard)
            place += len(letters)
            break
        else:
            place += 1
    return _stressed(word, sounds)


def _stressed(word: str, sounds: list[str]) -> Pronunciation:
    """The sounds with a main stress."""
    places = vowels(sounds)
    if not places:
        return tuple(sounds)
    stressed = list(sounds)
    chosen = places[_place_of_stress(word, [sounds[place] for place in places])]
    full = (
        "ɛ" if sounds[chosen] == "ə" and len(places) > 1 else sounds[chosen]
    )  # the weak vowel is never stressed
    stressed[chosen] = MAIN + full
    return tuple(stressed)


def _place_of_stress(word: str, heard: list[str]) -> int:
    """Which of the vowels heard bears the main stress."""
    count = len(heard)
    if count == 1:
        return 0
    if ending := BEFORE_ENDING.search(word):
        return max(0, count - SYLLABLES.get(ending[1], 1) - 1)
    neutral = NEUTRAL.search(word)
    if neutral and neutral.start() > 2 and any(letter in "aeiouy" for letter in word[: neutral.start()]):
        stem = heard[: count - SYLLABLES.get(neutral[0], 1)]
        if 0 < len(stem) < count:
            return _place_of_stress(word[: neutral.start()], stem)
    if count == 2:
        return 1 if LIGHT_BEGINNING.match(word) and not LIGHT_ENDING.search(word) else 0
    return count - 2 if heard[-2] not in WEAK else count - 3
