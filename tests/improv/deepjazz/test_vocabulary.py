"""Terminals as text and as ids."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grammar.terminals import Bounds, Kind, Terminal, TerminalError, parse_terminal, parse_text
from improv.deepjazz.model import corpus_text
from improv.deepjazz.vocabulary import vocabulary_from_words, vocabulary_of

bounds = st.none() | st.tuples(st.integers(-40, 40), st.integers(-40, 40)).map(
    lambda pair: Bounds(min(pair), max(pair))
)
terminals = st.builds(
    lambda kind, duration, found: Terminal(kind, duration, None if kind is Kind.REST else found),
    st.sampled_from(Kind),
    st.integers(1, 500),
    bounds,
)
corpora = st.lists(st.lists(terminals, min_size=1, max_size=6), min_size=1, max_size=6)


@given(terminals)
def test_a_terminal_reads_back_from_its_text(terminal: Terminal) -> None:
    assert parse_terminal(str(terminal)) == terminal


def test_the_text_is_deepjazzs() -> None:
    assert str(Terminal(Kind.CHORD, 8, Bounds(-6, 0))) == "C,0.333,<P1,d-5>"
    assert str(Terminal(Kind.REST, 6)) == "R,0.250"


@given(corpora, st.randoms())
def test_ids_tell_nothing_of_the_order_of_the_corpus(corpus: list[list[Terminal]], rng: Random) -> None:
    vocabulary = vocabulary_of(corpus)
    ids = vocabulary.encode(terminal for measure in corpus for terminal in measure).tolist()
    assert set(ids) == set(range(vocabulary.size))
    assert vocabulary_of(rng.sample(corpus, len(corpus))) == vocabulary
    assert list(vocabulary.words) == sorted(vocabulary.words)
    assert [vocabulary.terminals[number] for number in ids] == [t for measure in corpus for t in measure]


@given(corpora)
def test_vocabulary_and_corpus_read_back_from_their_text(corpus: list[list[Terminal]]) -> None:
    vocabulary = vocabulary_of(corpus)
    assert vocabulary_from_words(vocabulary.words) == vocabulary
    assert [parse_text(line) for line in corpus_text(corpus).splitlines()] == corpus


def test_what_is_no_vocabulary() -> None:
    with pytest.raises(TerminalError, match="twice"):
        vocabulary_from_words(["R,0.250", "R,0.25"])
    with pytest.raises(TerminalError, match="H"):
        vocabulary_from_words(["H,0.250"])
    with pytest.raises(KeyError):
        vocabulary_of([parse_text("R,0.250")]).encode(parse_text("R,0.500"))
