import pytest

from improv.verse.form import COUPLET, SCHEME, judge, pairs, partner, verses
from improv.verse.rhyme import Kind
from improv.verse.speech import Speaker

KEPT = """\
The sun goes down upon the weary day,
And all the birds are silent in the tree,
The light is gone, the colours fade away,
And none is left to keep me company.
I walk alone beside the quiet shore,
And hear the water moving on the sand,
I think of those who walk with me no more,
And how we went together hand in hand.
But morning comes, and with it comes the light,
The birds awake and sing upon the bough,
Forgotten are the sorrows of the night,
And all that matters is the here and now.
  So let me sing as long as I have breath,
  For song alone can keep us out of death.
"""


def test_the_scheme_pairs_every_line_with_one_other() -> None:
    assert "ABAB CDCD EFEF GG".replace(" ", "") == SCHEME
    assert sorted(line for pair in pairs() for line in pair) == [*range(14)]
    assert pairs() == ((0, 2), (1, 3), (4, 6), (5, 7), (8, 10), (9, 11), (12, 13))
    assert [partner(line) for line in range(14)] == [
        None,
        None,
        0,
        1,
        None,
        None,
        4,
        5,
        None,
        None,
        8,
        9,
        None,
        12,
    ]
    assert COUPLET == 12


def test_a_sonnet_that_keeps_the_form(spoken: Speaker) -> None:
    judged = judge(KEPT, spoken)
    assert judged.kept
    assert judged.lines == 14
    assert judged.rhymes == (Kind.PERFECT, Kind.PROMOTED, *[Kind.PERFECT] * 5)
    assert judged.syllables == (10,) * 14


@pytest.mark.parametrize(
    ("old", "new", "scheme", "length"),
    [
        ("the here and now", "the here and then", False, True),  # one rhyme fewer
        ("  For song alone can keep us out of death.\n", "", False, True),  # a line fewer
        ("weary day", "very weary and the dreary day", True, False),  # a line too long
        ("the colours fade away", "and day", False, False),  # a word with itself
        ("\nI walk", "\n\nI walk", True, True),  # a blank line is none
    ],
)
def test_what_breaks_the_form(spoken: Speaker, old: str, new: str, scheme: bool, length: bool) -> None:
    assert old in KEPT
    judged = judge(KEPT.replace(old, new), spoken)
    assert (judged.scheme_kept, judged.length_kept, judged.kept) == (scheme, length, scheme and length)


def test_nothing_is_no_sonnet(spoken: Speaker) -> None:
    assert not judge("", spoken).scheme_kept
    assert not judge("- -\n" * 14, spoken).scheme_kept
    assert verses("\n  \nlove\n") == ["love"]
