"""Sonnets of models that learned nothing: whatever the network thinks, the form is kept."""

from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from improv.errors import UserError
from improv.text.model import TextModel, load_text
from improv.text.sonnet import sonnet, write_sonnet
from improv.text.writer import WriteOptions
from improv.verse.form import judge, verses
from improv.verse.sounds import Lookup
from improv.verse.speech import Speaker
from improv.verse.words import words

VERSE = """\
The light of day is come to end the night,
And love is in the heart and in the eye,
O never was the moon so fair, so bright,
And never was so clear the morning sky.
I see the rose, I see the summer's day,
The bird, the tree, the river and the sea,
And all the world is green along the way,
And all the way my love will walk with me.
Let us then go where gentle breezes blow,
And leave behind the sorrow and the pain;
For what we were before we do not know:
We are what we will never be again!
  So take my hand and let us both be true?
  For you have me, and I have only you.
"""
RHYMES = (
    "mind find kind land sand stand hand fate late gate state hate ring sing king thing old cold gold bold\n"
)


@pytest.fixture(scope="session")
def poet(make_model: Callable[..., Path]) -> TextModel:
    """A model of random weights that knows some words, and that there are sonnets."""
    return load_text(make_model(VERSE + RHYMES + VERSE.lower() + RHYMES, "text", form="sonnet"))


@pytest.fixture(scope="session")
def written(poet: TextModel) -> list[str]:
    return ["".join(write_sonnet(poet, WriteOptions(seed=seed))) for seed in range(2)]


def test_every_sonnet_keeps_the_form(written: list[str], spoken: Speaker) -> None:
    for text in written:
        judged = judge(text, spoken)
        assert judged.scheme_kept, text
        assert judged.length_kept, text


def test_it_is_laid_out_as_sonnets_are(written: list[str]) -> None:
    for text in written:
        lines = text.split("\n")
        assert lines.pop() == ""
        assert len(lines) == 14
        assert [line.startswith("  ") for line in lines] == [False] * 12 + [True] * 2
        assert all(line.lstrip()[0].isupper() for line in lines)
        assert not any("  " in line.lstrip() or line.endswith(" ") for line in lines)
        assert lines[-1][-1] in ".?!"


def test_only_words_it_knows_and_no_ending_twice(written: list[str], poet: TextModel) -> None:
    for text in written:
        assert set(words(text)) <= set(poet.lexicon)
        endings = [words(line)[-1] for line in verses(text)]
        assert len(set(endings)) == 14


def test_no_line_is_one_that_it_learned_from(poet: TextModel, lookup: Lookup) -> None:
    refused = set()

    def remembered(line: str) -> bool:
        known = len(words(line)) % 2 == 0
        if known:
            refused.add(tuple(words(line)))
        return known

    text = "".join(sonnet(poet, WriteOptions(seed=5), lookup, remembered))
    assert refused
    assert not refused & {tuple(words(line)) for line in verses(text)}


def test_the_same_seed_gives_the_same_sonnet_and_another_another(written: list[str], poet: TextModel) -> None:
    assert "".join(write_sonnet(poet, WriteOptions(seed=1))) == written[1]
    assert len(set(written)) == len(written)


@pytest.mark.parametrize(
    "prime", ["Let us", "Let us ", "The summ", "Tush, the", "O never was the moon", "let"]
)
def test_the_prime_begins_the_sonnet(poet: TextModel, spoken: Speaker, prime: str) -> None:
    text = "".join(write_sonnet(poet, WriteOptions(seed=2, prime=prime)))
    assert text.startswith(prime)
    assert judge(text, spoken).kept


def test_it_streams_the_first_word_then_line_by_line(poet: TextModel) -> None:
    first, rest = islice(write_sonnet(poet, WriteOptions(seed=0)), 2)
    assert len(words(first)) == 1
    assert first.endswith(" ")
    assert rest.endswith("\n")
    assert rest.count("\n") == 1


@pytest.mark.parametrize(
    ("prime", "said"),
    [
        ("Let us\ngo", "beginning of its first line"),
        ("The light of day is come to end the night", "leaves no room"),
    ],
)
def test_a_prime_that_is_no_beginning_of_a_line(poet: TextModel, prime: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        list(write_sonnet(poet, WriteOptions(prime=prime)))


def test_a_model_without_rhymes_says_so(poet: TextModel) -> None:
    silent = replace(poet, lexicon={"orange": 9, "month": 9, "the": 9})
    with pytest.raises(UserError, match="too few words that rhyme"):
        list(write_sonnet(silent, WriteOptions()))
