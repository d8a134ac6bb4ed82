import random
from itertools import combinations

import pytest

from improv.verse.form import pairs, verses
from improv.verse.rhyme import Kind, rhyme
from improv.verse.speech import Speaker
from improv.verse.words import words

RHYMES = (
    ("increase", "decease", Kind.PERFECT),
    ("day", "away", Kind.PERFECT),
    ("flowing", "knowing", Kind.PERFECT),
    ("us'd", "abus'd", Kind.PERFECT),
    ("arise", "eyes", Kind.PERFECT),
    ("memory", "die", Kind.PROMOTED),
    ("memory", "thee", Kind.PROMOTED),
    ("ornament", "content", Kind.PROMOTED),
    ("temperate", "date", Kind.PROMOTED),
    ("love", "prove", Kind.EYE),
    ("are", "prepare", Kind.EYE),
    ("love", "love", None),
    ("eye", "i", None),
    ("sun", "son", None),
    ("love", "hate", None),
    ("story", "thee", None),
    ("thee", "day", None),
)


@pytest.mark.parametrize(("first", "second", "kind"), RHYMES)
def test_rhymes(spoken: Speaker, first: str, second: str, kind: Kind | None) -> None:
    assert rhyme(first, second, spoken) is kind


def test_rhyme_goes_both_ways(spoken: Speaker) -> None:
    known = sorted({word for first, second, _ in RHYMES for word in (first, second)})
    for first, second in combinations(known, 2):
        assert rhyme(first, second, spoken) is rhyme(second, first, spoken)


def test_shakespeares_rhymes_are_heard_and_chance_is_not(spoken: Speaker, sonnets: list[str]) -> None:
    endings = [[words(line)[-1] for line in verses(sonnet)] for sonnet in sonnets]
    own = [rhyme(of[first], of[second], spoken) for of in endings for first, second in pairs()]
    assert sum(kind is not None for kind in own) / len(own) > 0.9
    generator = random.Random(0)
    every = [word for of in endings for word in of]
    by_chance = [rhyme(generator.choice(every), generator.choice(every), spoken) for _ in range(4000)]
    assert sum(kind is not None for kind in by_chance) / len(by_chance) < 0.025
