"""A model loaded, its measures, its solos."""

import json
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grammar.changes import changes_from_beats
from grammar.chords import parse_chord
from grammar.parse import classify
from grammar.terminals import Kind
from improv.deepjazz.card import CARD, NOTES, format_card
from improv.deepjazz.generator import Generator
from improv.deepjazz.model import CORPUS, WINDOW, DeepjazzModel, load_deepjazz, opens
from improv.deepjazz.seeds import COUNT
from improv.deepjazz.soloist import RULES, Manner, Rules, improvise
from improv.errors import UserError
from models.checkpoint import META, WEIGHTS

ROOT = Path(__file__).parents[3]
CHANGES = changes_from_beats([parse_chord(s) for s in ["F7"] * 4 + ["Bb7"] * 4 + ["G-7"] * 2 + ["C7"] * 2], 4)


@pytest.fixture(scope="module")
def model(make_deepjazz: Callable[..., Path]) -> DeepjazzModel:
    return load_deepjazz(make_deepjazz())


@settings(max_examples=30)
@given(seed=st.integers(0, 999), beats=st.integers(2, 7), temperature=st.floats(0.05, 5))
def test_a_measure_begins_with_a_note_and_is_long_enough(
    model: DeepjazzModel, seed: int, beats: int, temperature: float
) -> None:
    bar = 24 * beats
    terminals = Generator(model, temperature).measure(bar, Random(seed))
    assert opens(terminals[0])
    total = sum(terminal.duration for terminal in terminals)
    assert total > bar + 2.4
    assert total - terminals[-1].duration <= bar + 2.4
    assert set(terminals) <= set(model.vocabulary.terminals)
    assert Generator(model, temperature).measure(bar, Random(seed)) == terminals


def test_a_first_note_that_no_draw_gives_is_taken_from_the_corpus(make_deepjazz: Callable[..., Path]) -> None:
    """A model that is sure of a rest, at next to temperature 0."""
    lines = ["R,1.000 R,0.500 R,1.000 R,0.500 " * 6 + "C,1.000", "S,1.000"]
    found = load_deepjazz(make_deepjazz(lines))
    drawn = {str(Generator(found, 0.001).measure(96, Random(seed))[0]) for seed in range(5)}
    assert drawn <= {"C,1.000", "S,1.000"}


@pytest.mark.parametrize("rules", RULES)
@settings(max_examples=20)
@given(seed=st.integers(0, 999), bars=st.integers(1, 8))
def test_a_solo(model: DeepjazzModel, rules: Rules, seed: int, bars: int) -> None:
    ticks = bars * 96
    line = improvise(model, CHANGES, ticks, Manner(rules=rules), seed)
    assert line == improvise(model, CHANGES, ticks, Manner(rules=rules), seed)
    assert line == sorted(line)
    assert all(0 <= note.onset < ticks and note.duration > 0 for note in line)
    if rules == "ours":
        assert all(a.end <= b.onset for a, b in pairwise(line)), "one voice"
        assert all(note.end <= ticks for note in line)
        assert {note.onset // 96 for note in line} == set(range(bars)), "every bar begins with a note"


def test_another_seed_temperature_or_rule_plays_another_solo(model: DeepjazzModel) -> None:
    base = improvise(model, CHANGES, 8 * 96, Manner(), 1)
    assert improvise(model, CHANGES, 8 * 96, Manner(), 2) != base
    assert improvise(model, CHANGES, 8 * 96, Manner(temperature=2.0), 1) != base
    assert improvise(model, CHANGES, 8 * 96, Manner(rules="ours"), 1) != base


def test_by_our_rules_approach_tones_sound(model: DeepjazzModel) -> None:
    triad = changes_from_beats([parse_chord("C")] * 4, 4)
    line = [note for seed in range(12) for note in improvise(model, triad, 4 * 96, Manner(2.0, "ours"), seed)]
    kinds = {classify(note.pitch, triad.at(note.onset)) for note in line}
    assert {Kind.APPROACH, Kind.ARBITRARY} <= kinds


def test_the_one_that_ships() -> None:
    model = load_deepjazz()
    assert (model.spec.hidden, model.spec.layers, model.spec.skip) == (128, 2, False)
    assert all(measure for measure in model.measures)
    assert "ODbL" in model.meta["credit"]
    assert model.meta["own_seeds"], "what is the database's is not shipped"
    assert len(model.measures) == model.meta["figures"]["own_measures"] == COUNT
    assert list(model.vocabulary.words) == sorted(model.vocabulary.words)
    card = (ROOT / "checkpoints" / "deepjazz" / CARD).read_text("utf-8")
    notes = (ROOT / "checkpoints" / "deepjazz" / NOTES).read_text("utf-8")
    assert card == format_card("deepjazz", dict(model.meta), notes)


def damage_nothing(folder: Path) -> None:
    (folder / META).unlink()


def damage_weights(folder: Path) -> None:
    data = (folder / WEIGHTS).read_bytes()
    (folder / WEIGHTS).write_bytes(data[:-1] + bytes([data[-1] ^ 1]))


def change_meta(**changes: object) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        meta = json.loads((folder / META).read_text())
        (folder / META).write_text(json.dumps({**meta, **changes}))

    return change


def write_corpus(text: str) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        (folder / CORPUS).write_text(text)

    return write


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (damage_nothing, "not a checkpoint"),
        (damage_weights, "damaged"),
        (change_meta(kind="text"), "not a checkpoint of kind 'deepjazz'"),
        (change_meta(words=["R,0.250"]), "another shape"),
        (change_meta(words=["hello"]), "hello"),
        (lambda folder: (folder / CORPUS).unlink(), CORPUS),
        (write_corpus("C,0.500\n"), "ends too early"),
        (write_corpus("C,0.123\n" * 40), "do not agree"),
        (write_corpus("nonsense\n" * 40), "nonsense"),
        (write_corpus("\xff"), "damaged"),
    ],
)
def test_a_damaged_model_is_one_line(
    make_deepjazz: Callable[..., Path], damage: Callable[[Path], None], told: str
) -> None:
    folder = make_deepjazz()
    damage(folder)
    with pytest.raises(UserError, match=told) as error:
        load_deepjazz(folder)
    assert "\n" not in str(error.value)


def test_the_window_is_what_a_measure_goes_on_from(model: DeepjazzModel, corpus_lines: Sequence[str]) -> None:
    assert len(model.corpus()) == sum(len(line.split()) for line in corpus_lines) > WINDOW
