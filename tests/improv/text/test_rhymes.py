from improv.text.rhymes import Rhymes
from improv.verse.rhyme import Kind, rhyme
from improv.verse.speech import Speaker

WORDS = ("day", "away", "say", "love", "prove", "dove", "memory", "die", "thee", "sun", "son", "orange", "a")


def test_partners_are_the_words_that_rhyme(spoken: Speaker) -> None:
    index = Rhymes(WORDS, spoken)
    for word in (*WORDS, "decay", "above"):
        expected = {other: kind for other in WORDS if (kind := rhyme(word, other, spoken)) is not None}
        assert index.partners(word) == expected


def test_rich_words_have_many_perfect_rhymes(spoken: Speaker) -> None:
    index = Rhymes(WORDS, spoken)
    assert index.partners("love") == {"dove": Kind.PERFECT, "prove": Kind.EYE}
    assert index.perfect("love") == 1
    assert "orange" not in index.rich(1)
    assert {"day", "away", "say"} <= set(index.rich(2))
    assert set(index.rich(2)) <= set(index.rich(1)) <= set(index.rich(0)) == set(WORDS)
