import pytest

from improv.text.samples import NameFigures, copied, name_figures, runs, sonnet_figures
from improv.verse.speech import Speaker

FOUR = (
    "The sun is high today,\nAnd all the world is bright,\nAnd I am far away,\nAnd waiting for the night.\n"
)


def test_names() -> None:
    names = ["Abcosaurus", "Rex", "Abcosaurus", "Xqtrvbsaurus"]
    figures = name_figures(names, {"Rex"}.__contains__)
    assert figures == NameFigures(count=4, new=0.75, distinct=0.75, sane_length=0.75, pronounceable=0.75)


def test_runs_go_over_the_ends_of_lines() -> None:
    assert runs("One two, three\nfour five six") == [
        ("one", "two", "three", "four", "five"),
        ("two", "three", "four", "five", "six"),
    ]
    assert runs("only four words here") == []


def test_copied_is_the_share_of_runs_that_were_learned() -> None:
    learned = frozenset(runs("a b c d e f"))
    assert copied(["a b c d e f"], learned) == 1.0
    assert copied(["a b c d e x", "b c d e f"], learned) == pytest.approx(2 / 3)
    assert copied(["a b"], learned) == 0.0
    assert copied(["a b c", "d e f"], learned) == 0.0


def test_a_text_that_is_no_sonnet(spoken: Speaker) -> None:
    figures = sonnet_figures([FOUR], spoken, {"the", "and"}.__contains__, frozenset(runs(FOUR)))
    assert figures.count == 1
    assert figures.scheme_kept == figures.lines_kept == 0
    assert figures.length_kept == 0
    assert figures.lines_in_length == 0  # six syllables a line
    assert figures.rhymes_kept == pytest.approx(2 / 7)
    assert figures.real_words == pytest.approx(6 / 21)
    assert figures.copied_runs == 1


def test_shares_are_over_all_sonnets(spoken: Speaker) -> None:
    line = "And all the world is silent in the night"
    figures = sonnet_figures(["\n".join([line] * 14), line], spoken, lambda _: True, frozenset())
    assert figures.lines_kept == 0.5
    assert figures.scheme_kept == figures.rhymes_kept == 0  # a word does not rhyme with itself
    assert figures.length_kept == figures.lines_in_length == 1
    assert figures.copied_runs == 0
    assert figures.real_words == 1
