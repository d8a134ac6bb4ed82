"""How a word may be spoken in verse.

Conventions: a `Way` is a pronunciation and what it costs: 0 is the ordinary one, a liberty of the
verse costs more the further it goes: sounding "-ed" as a syllable of its own ("unlearnèd"), running
two vowels into one ("glorious" in two), dropping a weak vowel ("heaven" in one, "every" in two).

A word that the dictionary lacks is taken apart: "feel'st" is "feel" and its ending, "self-same" comes
as two words, "honour" is looked up as "honor". What is left over goes by the letters.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Final, NamedTuple, TypeAlias

from improv.verse.letters import pronounce
from improv.verse.sounds import (
    LESSER,
    MAIN,
    Lookup,
    Pronunciation,
    distinct,
    is_vowel,
    plain,
    vowels,
    with_stress,
)


class Way(NamedTuple):
    """One way to speak a word."""

    sounds: Pronunciation
    cost: float


Speaker: TypeAlias = Callable[[str], tuple[Way, ...]]
"""A word's ways, at least one, the cheapest first."""
Attach: TypeAlias = Callable[[Pronunciation], Pronunciation]
"""What speaks an ending after its word."""

LIBERTY: Final = 0.4
"""What a liberty costs: as much as a little roughness in the meter."""

IRREGULAR: Final = {
    word: tuple(sounds.split())
    for word, sounds in {
        "o'er": "ˈɔ ɹ",
        "e'er": "ˈɛ ɹ",
        "ne'er": "n ˈɛ ɹ",
        "where'er": "w ɛ ɹ ˈɛ ɹ",
        "whate'er": "w ə t ˈɛ ɹ",
        "howe'er": "h aʊ ˈɛ ɹ",
        "whoe'er": "h u ˈɛ ɹ",
        "ta'en": "t ˈeɪ n",
        "i'": "ˈɪ",
        "a'": "ə",
        "o'": "ˈʌ",
        "th'": "ð",
        "'em": "ə m",
        "e'en": "ˈi n",
        "dost": "d ˈʌ s t",
        "doth": "d ˈʌ θ",
        "durst": "d ˈɚ s t",
        "wast": "w ˈɑ s t",
        "wert": "w ˈɚ t",
        "wot": "w ˈɑ t",
        "hie": "h ˈaɪ",
        "hies": "h ˈaɪ z",
        "prithee": "p ɹ ˈɪ ð i",
        "withal": "w ɪ ð ˈɔ l",
        "unless": "ə n l ˈɛ s",
        "me": "m ˈi",
        "our": "ˈaʊ ɹ",
        "ours": "ˈaʊ ɹ z",
        "hour": "ˈaʊ ɹ",
        "hours": "ˈaʊ ɹ z",
        "jewel": "d͡ʒ ˈu ə l",
        "jewels": "d͡ʒ ˈu ə l z",
    }.items()
}

APHETIC: Final = {"'tis": "it is", "'twas": "it was", "'twere": "it were", "'twill": "it will"} | {
    "'twould": "it would",
    "'twixt": "betwixt",
    "'gainst": "against",
    "'mongst": "amongst",
    "'bout": "about",
}

SPELLINGS: Final = (
    ("our", "or"),
    ("ence", "ense"),
    ("aine", "ain"),
    ("tre", "ter"),
    ("ise", "ize"),
    ("isd", "ized"),
)
"""How words are spelt here, and in the dictionary."""

SIBILANTS: Final = frozenset(["s", "z", "ʃ", "ʒ", "t͡ʃ", "d͡ʒ"])
VOICELESS: Final = frozenset(["p", "t", "k", "f", "θ", "s", "ʃ", "t͡ʃ"])
BEGINNINGS: Final = {
    "un": "ə n",
    "o'er": "ɔ ɹ",
    "over": "oʊ v ɚ",
    "out": "aʊ t",
    "under": "ʌ n d ɚ",
    "fore": "f ɔ ɹ",
    "be": "b ɪ",
    "dis": "d ɪ s",
    "mis": "m ɪ s",
    "en": "ɛ n",
    "re": "ɹ i",
    "up": "ʌ p",
    "ever": "ɛ v ɚ",
}
ENDINGS: Final = {
    "ness": "n ə s",
    "less": "l ə s",
    "ly": "l i",
    "ful": "f ə l",
    "ment": "m ə n t",
    "ship": "ʃ ɪ p",
    "dom": "d ə m",
    "hood": "h ʊ d",
    "like": "l aɪ k",
    "ward": "w ɚ d",
    "some": "s ə m",
    "ing": "ɪ ŋ",
    "eth": "ɪ θ",
    "est": "ɪ s t",
    "er": "ɚ",
    "ers": "ɚ z",
    "or": "ɚ",
    "y": "i",
    "'t": "t",
    "'ll": "l",
    "'ve": "v",
    "'rt": "ɹ t",
    "'re": "ɹ",
    "ings": "ɪ ŋ z",
}
LOST_E: Final = re.compile(r"(?:[vzcgu]|th|[aeiouy]s|(?:^|[^aeiou])[aeiouy][bdfklmnprt])$")
"""Stems that more often than not lost an e before their ending: "lov'd", but "touch'd" and "seem'd"."""
SECOND_PARTS: Final = frozenset(["to", "by", "in", "of", "on", "man", "men"])
"""Words shorter than `SHORTEST_SECOND` that are the second part of compounds: "whereto"."""
SHORTEST_SECOND: Final = 4
SHORTEST_PART: Final = 3
"""Letters a part of a compound word has at least."""


@cache
def speaker(lookup: Lookup) -> Speaker:
    """What tells a word's ways by this dictionary. It remembers what it was asked."""

    @cache
    def ways(word: str) -> tuple[Way, ...]:
        found = spoken(word, lookup)
        costs: dict[Pronunciation, float] = dict.fromkeys(found, 0.0)
        for sounds in found:
            for freer in liberties(word, sounds):
                costs.setdefault(freer, LIBERTY)
        return tuple(sorted((Way(*way) for way in costs.items()), key=lambda way: way.cost))

    return ways


def spoken(word: str, lookup: Lookup) -> tuple[Pronunciation, ...]:
    """The ordinary pronunciations of a word, at least one; empty itself only where nothing sounds."""
    found = _known(word, lookup) or _taken_apart(word, lookup) or (pronounce(word),)
    return distinct(map(with_stress, found))


def _known(word: str, lookup: Lookup) -> tuple[Pronunciation, ...]:
    """By the dictionary, or one of the tables above."""
    if word in IRREGULAR:
        return (IRREGULAR[word],)
    if word in APHETIC:
        parts = APHETIC[word].split()
        whole = lookup(parts[-1])
        return tuple(
            ("t", *sounds) if len(parts) > 1 else sounds[vowels(sounds)[0] + 1 :] for sounds in whole
        )
    if word.endswith(("'st", "'d")):
        return ()  # the dictionary has few, and "mak'st" wrongly in two syllables
    found = tuple(map(tuple, lookup(word)))
    if found or "'" in word:
        return found
    for here, there in SPELLINGS:
        if word.endswith(here) and (found := tuple(lookup(word.removesuffix(here) + there))):
            return found
    return ()


def _taken_apart(word: str, lookup: Lookup) -> tuple[Pronunciation, ...]:
    """By its parts, where the dictionary knows them: an ending, a beginning, or two words in one."""
    for base, attach in _endings(word):
        found = _known(base, lookup)
        if not found and len(base) > SHORTEST_PART:
            found = next(
                (f for inner, more in _endings(base) if (f := tuple(map(more, _known(inner, lookup))))), ()
            )
        if found:
            return tuple(attach(with_stress(sounds)) for sounds in found)
    for beginning, sounds in BEGINNINGS.items():
        if word.startswith(beginning) and len(word) - len(beginning) >= SHORTEST_PART:
            rest = word.removeprefix(beginning)
            found = _known(rest, lookup) or next(
                (f for base, more in _endings(rest) if (f := tuple(map(more, _known(base, lookup))))), ()
            )
            if found:
                return tuple((*sounds.split(), *with_stress(inner)) for inner in found)
    for cut in range(len(word) - 2, SHORTEST_PART - 1, -1):
        if len(word) - cut < SHORTEST_SECOND and word[cut:] not in SECOND_PARTS:
            continue
        if (first := lookup(word[:cut])) and (second := lookup(word[cut:])):
            return (tuple(first[0]) + tuple(_lowered(second[0])),)
    return ()


def _endings(word: str) -> Iterator[tuple[str, Attach]]:
    """What a word may be an ending on, and how that ending is spoken after it."""
    regular: tuple[tuple[str, Attach], ...] = (
        ("'d", _past),
        ("ed", _past),
        ("'s", _plural),
        ("s'", _plural),
        ("s", _plural),
    )
    for ending, attach in regular:
        if word.endswith(ending) and not word.endswith("ss"):
            for base in _bases(word.removesuffix(ending), ending in {"'d", "ed"}):
                yield base, attach
    for ending in ("'st", "st", "'t"):
        if word.endswith(ending):
            tail: Pronunciation = ("t",) if ending == "'t" else ("s", "t")
            for base in _bases(word.removesuffix(ending), ending != "'t"):
                yield base, _tail(tail)
    for ending, heard in ENDINGS.items():
        if word.endswith(ending) and len(word) > len(ending) + 1 and word[-2:] not in {"ay", "ey", "oy"}:
            tail = tuple(heard.split())
            for base in _bases(word.removesuffix(ending), ending[0] in "aeiouy"):
                yield base, _tail(tail)


def _bases(stem: str, lost_e: bool) -> Iterator[str]:
    """What a stem may have been before its ending: "lov" "love", "stopp" "stop", "cri" "cry"."""
    if not stem:
        return
    bases = (stem + "e", stem) if lost_e and LOST_E.search(stem) else (stem, stem + "e")
    yield from bases if lost_e else (stem,)
    if stem.endswith("i"):
        yield stem[:-1] + "y"
    if len(stem) > 2 and stem[-1] == stem[-2]:
        yield stem[:-1]


def _tail(tail: Pronunciation) -> Attach:
    return lambda sounds: (*sounds, *tail)


def _past(sounds: Pronunciation) -> Pronunciation:
    last = sounds[-1]
    if last in {"t", "d"}:
        return (*sounds, "ɪ", "d")
    return (*sounds, "t" if last in VOICELESS else "d")


def _plural(sounds: Pronunciation) -> Pronunciation:
    last = sounds[-1]
    if last in SIBILANTS:
        return (*sounds, "ɪ", "z")
    return (*sounds, "s" if last in VOICELESS else "z")


def _lowered(sounds: Pronunciation) -> Iterator[str]:
    """The second part of a compound: its stress is the lesser."""
    return (LESSER + plain(sound) if sound.startswith(MAIN) else sound for sound in sounds)


def liberties(word: str, sounds: Pronunciation) -> Iterator[Pronunciation]:
    """The freer ways to speak a pronunciation of a word, each by one liberty."""
    if word.endswith("ed") and len(sounds) > 2 and sounds[-1] in {"d", "t"} and sounds[-2] not in {"ɪ", "ə"}:
        yield (*sounds[:-1], "ɪ", "d")  # unlearn-ed
    places = vowels(sounds)
    if len(places) < 2:
        return
    for place in places:
        sound, following = sounds[place], sounds[place + 1 : place + 2]
        if place + 1 < len(sounds) and is_vowel(following[0]):
            if sound in {"i", "ɪ"} and following[0][0] not in MAIN + LESSER:
                yield (*sounds[:place], "j", *sounds[place + 1 :])  # glor-ious
            elif following[0] in {"ə", "ɪ", "ɚ"}:
                tail = ("ɹ",) if following[0] == "ɚ" else ()
                yield (*sounds[: place + 1], *tail, *sounds[place + 2 :])  # pow'r, be'ng
        if sound in {"ə", "ɪ"} and 0 < place < len(sounds) - 1:
            before, after = sounds[place - 1], sounds[place + 1]
            if before in {"v", "ð"} and after in {"n", "l"} and place + 2 >= len(sounds) - 1:
                yield (*sounds[:place], *sounds[place + 1 :])  # heav'n, ev'l
            elif (
                after in {"ɹ", "l", "n"}
                and not is_vowel(before)
                and place + 2 < len(sounds)
                and is_vowel(sounds[place + 2])
                and sounds[place + 2][0] not in MAIN
            ):
                yield (*sounds[:place], *sounds[place + 1 :])  # dang'rous
        if (
            sound == "ɚ"
            and 0 < place < len(sounds) - 1
            and not is_vowel(sounds[place - 1])
            and is_vowel(sounds[place + 1])
            and sounds[place + 1][0] not in MAIN
        ):
            yield (*sounds[:place], "ɹ", *sounds[place + 1 :])  # mem'ry
