import pytest
from hypothesis import given
from hypothesis import strategies as st

from improv.verse.sounds import Lookup, stresses, syllables
from improv.verse.speech import Speaker, speaker, spoken
from improv.verse.speech import spoken as plainly_spoken

COUNTS = (
    # a word, its syllables, those that a liberty gives it
    ("love", 1, ()),
    ("beauty", 2, ()),
    ("memory", 3, (2,)),
    ("heaven", 2, (1,)),
    ("even", 2, (1,)),
    ("power", 2, (1,)),
    ("glorious", 3, (2,)),
    ("lov'd", 1, ()),
    ("loved", 1, (2,)),
    ("contracted", 3, ()),
    ("buried", 2, (3,)),
    ("deserv'd", 2, ()),
    ("remember'd", 3, ()),
    ("feel'st", 1, ()),
    ("mak'st", 1, ()),
    ("viewest", 2, (1,)),
    ("o'er", 1, ()),
    ("'tis", 1, ()),
    ("th'", 0, ()),
    ("beauty's", 2, ()),
    ("honour'd", 2, ()),
    ("unthrifty", 3, ()),
    ("cheeks", 1, ()),
    ("churchyard", 2, ()),
    ("loveliness", 3, ()),
    ("hour", 1, ()),
)


@pytest.mark.parametrize(("word", "count", "free"), COUNTS)
def test_syllables(spoken: Speaker, word: str, count: int, free: tuple[int, ...]) -> None:
    ways = spoken(word)
    assert syllables(ways[0].sounds) == count
    assert {syllables(way.sounds) for way in ways} == {count, *free}


@pytest.mark.parametrize(
    ("word", "sounds"),
    [
        ("us'd", "j ˈu z d"),
        ("stopp'd", "s t ˈɑ p t"),
        ("touch'd", "t ˈʌ t͡ʃ t"),
        ("seem'd", "s ˈi m d"),
        ("rang'd", "ɹ ˈeɪ n d͡ʒ d"),
        ("whereto", "w ˈɛ ɹ t ə"),
        ("pluck'd", "p l ˈʌ k t"),
        ("cried", "k ɹ ˈaɪ d"),
        ("'twixt", "t w ˈɪ k s t"),
        ("thou'rt", "ð ˈaʊ ɹ t"),
    ],
)
def test_a_word_taken_apart_sounds_as_its_parts(lookup: Lookup, word: str, sounds: str) -> None:
    assert plainly_spoken(word, lookup)[0] == tuple(sounds.split())


@given(st.text("abcdefghijklmnopqrstuvwxyz'", min_size=1, max_size=14))
def test_every_word_has_a_way_and_every_way_that_sounds_a_stress(word: str) -> None:
    ways = speaker(lambda _: ())(word)
    assert ways
    assert ways[0].cost == 0
    assert [way.cost for way in ways] == sorted(way.cost for way in ways)
    assert all("1" in stresses(way.sounds) for way in ways if syllables(way.sounds))


def test_what_the_dictionary_says_comes_first() -> None:
    known = {"vlim": (("v", "l", "ˈaɪ", "m"),)}
    assert spoken("vlim", lambda word: known.get(word, ())) == known["vlim"]
    assert spoken("vlims", lambda word: known.get(word, ())) == (("v", "l", "ˈaɪ", "m", "z"),)
