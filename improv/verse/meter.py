"""Meter: how many syllables a line has, and how rough it is to speak in iambs.

Conventions: syllables are counted from 0; in an iambic line the odd ones are strong. A `Scansion`
says, for each number of syllables a line (or the beginning of one) can have, the least roughness it
has at that number. Roughness is a sum, 0 for a line that goes by itself: the main stress of a longer
word on a weak syllable, a little word on a strong one, and what liberties cost (`speech.Way`). A line
may begin with a foot turned round, as "Making a famine where abundance lies" does.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeAlias

from improv.verse.sounds import stresses
from improv.verse.speech import Speaker, Way

Scansion: TypeAlias = Mapping[int, float]

EMPTY: Final[Scansion] = {0: 0.0}
MOST: Final = 12
"""Syllables beyond which no line is followed."""
WRONG_STRESS, WEAK_LIFTED, LITTLE_LIFTED = 1.0, 0.2, 0.3

_LITTLE = """
the a an of and to in but or as at by for from if is my his her its our their thy with be am are was th' i' o'
so that than
"""
LITTLE: Final = frozenset(_LITTLE.split())
"""Words of one syllable that rarely bear a stress."""


def extended(scansion: Scansion, word: str, speaker: Speaker, most: int = MOST) -> dict[int, float]:
    """The scansion with one more word; empty where that is more than `most` syllables."""
    found: dict[int, float] = {}
    for way in speaker(word):
        marks = stresses(way.sounds)
        for start, rough in scansion.items():
            end = start + len(marks)
            if end <= most:
                total = rough + way.cost + _roughness(word, marks, start)
                found[end] = min(found.get(end, total), total)
    return found


def scan(words: Iterable[str], speaker: Speaker) -> Scansion:
    """The scansion of a line."""
    scansion: Scansion = EMPTY
    for word in words:
        scansion = extended(scansion, word, speaker)
    return scansion


def natural(words: Sequence[str], speaker: Speaker) -> int:
    """The syllables of a line without liberties, by each word's commonest pronunciation."""
    return sum(len(stresses(speaker(word)[0].sounds)) for word in words)


def counts(word: str, speaker: Speaker) -> tuple[int, ...]:
    """The numbers of syllables a word can have, ascending."""
    return tuple(sorted({len(stresses(way.sounds)) for way in speaker(word)}))


def feminine(ways: Sequence[Way]) -> bool:
    """Whether a word can end on an unstressed syllable after a stressed one: "flowing"."""
    return any(len(marks) > 1 and marks[-1] == "0" for marks in (stresses(way.sounds) for way in ways))


def _roughness(word: str, marks: str, start: int) -> float:
    if len(marks) == 1:
        return LITTLE_LIFTED if start % 2 and word in LITTLE else 0.0
    total = 0.0
    for place, mark in enumerate(marks, start):
        strong = place % 2 == 1
        if mark == "1" and not strong and place > 0:
            total += WRONG_STRESS
        elif mark == "0" and strong and not (start == 0 and marks[0] == "1"):
            total += WEAK_LIFTED
    return total
