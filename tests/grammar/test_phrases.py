import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grammar.phrases import GRAMMAR, phrase
from grammar.terminals import Kind, parse_text


def test_every_word_is_a_rule_or_a_terminal_and_every_rule_is_used() -> None:
    used = {"phrase"}
    for alternatives in GRAMMAR.values():
        for weight, body in alternatives:
            assert weight >= 0
            for word in body.split():
                if word in GRAMMAR:
                    used.add(word)
                else:
                    parse_text(word)
    assert used == set(GRAMMAR)


@pytest.mark.parametrize("name", GRAMMAR)
def test_a_figure_is_two_beats_from_a_chord_tone(name: str) -> None:
    if name not in {body for _, body in GRAMMAR["figure"]}:
        return
    for _, body in GRAMMAR[name]:
        terminals = parse_text(body)
        assert sum(terminal.duration for terminal in terminals) == 48
        assert terminals[0].kind in (Kind.CHORD, Kind.REST)


@given(st.integers(-100, 1000), st.integers(1, 2000), st.integers(0, 1000))
def test_a_phrase_lasts_no_longer_than_asked_and_ends_on_a_chord_tone(
    start: int, ticks: int, seed: int
) -> None:
    terminals = phrase(start, ticks, random.Random(seed))
    assert sum(terminal.duration for terminal in terminals) <= ticks
    assert [terminal for terminal in terminals if terminal.kind is not Kind.REST][-1].kind is Kind.CHORD
    assert phrase(start, ticks, random.Random(seed)) == terminals


@given(st.integers(0, 23), st.integers(96, 400), st.integers(0, 100))
def test_a_phrase_falls_on_the_beat_wherever_it_starts(start: int, ticks: int, seed: int) -> None:
    tick = start
    for terminal in phrase(start, ticks, random.Random(seed)):
        if terminal.kind is not Kind.REST:
            assert tick % 24 in (0, 4, 8, 12, 16)  # beats, halves and triplets of beats or of half notes
        tick += terminal.duration


def test_no_time_is_an_error() -> None:
    with pytest.raises(ValueError, match="1 tick"):
        phrase(0, 0, random.Random(1))
