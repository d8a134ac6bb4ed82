"""Measures that a model writes by itself."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grammar.terminals import Terminal
from improv.deepjazz.generator import Generator
from improv.deepjazz.model import WINDOW, DeepjazzModel, load_deepjazz, opens
from improv.deepjazz.seeds import BAR, write_seeds


@pytest.fixture(scope="module")
def model(make_deepjazz: Callable[..., Path]) -> DeepjazzModel:
    return load_deepjazz(make_deepjazz())


@settings(max_examples=20)
@given(seed=st.integers(0, 999), count=st.integers(1, 12))
def test_so_many_measures_of_what_the_model_knows(model: DeepjazzModel, seed: int, count: int) -> None:
    seeds = write_seeds(model, (), seed, count)
    assert len(seeds.measures) == count
    assert seeds.left_out == 0
    assert all(opens(measure[0]) for measure in seeds.measures)
    assert all(sum(t.duration for t in measure[:-1]) <= BAR + 2.4 for measure in seeds.measures)
    assert {t for measure in seeds.measures for t in measure} <= set(model.vocabulary.terminals)
    assert write_seeds(model, (), seed, count + 1).measures[:count] == seeds.measures
    assert write_seeds(model, (), seed, count) == seeds


def test_another_seed_writes_others(model: DeepjazzModel) -> None:
    assert write_seeds(model, (), 0, 8) != write_seeds(model, (), 1, 8)


@settings(max_examples=20)
@given(seed=st.integers(0, 999), data=st.data())
def test_what_the_piece_has_is_left_out(model: DeepjazzModel, seed: int, data: st.DataObject) -> None:
    freely = write_seeds(model, (), seed, 6)
    piece = data.draw(st.lists(st.sampled_from(freely.measures), min_size=1))
    seeds = write_seeds(model, piece, seed, 6)
    assert len(seeds.measures) == 6
    assert not set(seeds.measures) & set(piece)
    assert seeds.left_out >= 1


def test_a_model_that_can_but_copy_comes_to_an_end(make_deepjazz: Callable[..., Path]) -> None:
    """Of one note there is one measure."""
    sure = load_deepjazz(make_deepjazz(["C,5.000 " * (WINDOW + 1)]))
    (note,) = sure.vocabulary.terminals
    seeds = write_seeds(sure, [(note,)], 0, 3)
    assert seeds.measures == ((note,),) * 3
    assert seeds.left_out > 3


def test_each_goes_on_from_those_before_and_the_first_from_nothing(model: DeepjazzModel) -> None:
    generator, rng = Generator(model, 1.0), Random("deepjazz seeds:5")
    line: list[Terminal] = []
    for measure in write_seeds(model, (), 5, 6).measures:
        assert tuple(generator.measure_after(line, BAR, rng)) == measure
        line += measure


@settings(max_examples=20)
@given(seed=st.integers(0, 999), cut=st.integers(0, 20))
def test_no_more_than_the_window_is_read(model: DeepjazzModel, seed: int, cut: int) -> None:
    generator, corpus = Generator(model, 1.0), model.corpus()
    whole = generator.measure_after(corpus, BAR, Random(seed))
    assert generator.measure_after(corpus[-WINDOW - cut :], BAR, Random(seed)) == whole


def test_what_came_before_matters(model: DeepjazzModel) -> None:
    generator = Generator(model, 1.0)
    drawn = [generator.measure_after([t] * WINDOW, BAR, Random(0)) for t in model.vocabulary.terminals]
    assert any(a != b for a, b in pairwise(drawn))
