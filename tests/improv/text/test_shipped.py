"""The text models that ship."""

from dataclasses import replace
from importlib.resources import files

import numpy as np
import pytest

from improv.text.model import SHIPPED, load_text
from improv.text.names import sane
from improv.text.writer import WriteOptions, write
from improv.verse.form import judge
from improv.verse.speech import Speaker

LARGEST = 25_000_000
"""Bytes that all of them may take together."""


def test_together_they_are_small() -> None:
    sizes = [
        len(path.read_bytes()) for name in SHIPPED for path in files("checkpoints").joinpath(name).iterdir()
    ]
    assert sum(sizes) < LARGEST


@pytest.mark.parametrize("name", SHIPPED)
def test_each_loads_with_a_card_and_figures(name: str) -> None:
    model = load_text(name)
    assert model.spec.cell == "lstm"
    assert all(np.isfinite(value).all() for value in model.weights.values())
    assert model.meta["figures"]["validation_nll_per_char"] < 2
    card = files("checkpoints").joinpath(name, "README.md").read_text("utf-8")
    assert card.startswith(f"# {name}\n")
    assert "@" not in card


def test_dinosaurs_are_new_and_can_be_said() -> None:
    model = load_text("dinos")
    taken: set[str] = set()
    for index in range(40):
        name = "".join(write(model, WriteOptions(seed=1, index=index), taken)).strip()
        assert sane(name)
        assert not model.known(name)
        taken.add(name)
    assert len(taken) == 40
    assert sum(name.endswith("saurus") for name in taken) > 5


def test_one_that_is_known_is_known() -> None:
    model = load_text("dinos")
    assert model.known("Tyrannosaurus")
    assert not model.known("Improvisaurus")


def test_a_sonnet_keeps_its_form_and_its_prime(spoken: Speaker) -> None:
    model = load_text("sonnets")
    text = "".join(write(model, WriteOptions(seed=2, prime="Shall I compare")))
    found = judge(text, spoken)
    assert text.startswith("Shall I compare")
    assert found.scheme_kept
    assert found.length_kept
    assert not any(model.known(line) for line in text.splitlines())


def test_scenes_have_speakers() -> None:
    model = load_text("shakespeare")
    options = WriteOptions(seed=5, length=600)
    text = "".join(write(model, options))
    assert any(line.isupper() and line.endswith(":") for line in text.splitlines())
    assert "".join(write(model, replace(options, seed=6))) != text
