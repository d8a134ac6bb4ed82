"""The two lessons that listen to lines, and what they hear."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import name_the_notes, which_chord
from examples.common import find_lines, improvised
from examples.hearing import SIZES, WIDTH, ahead, heard
from grammar.changes import changes_from_beats
from grammar.chords import parse_chord
from grammar.notes import Note
from improv.jazz.wjazzd import Solo
from models import classifier, tagger
from models.cells import CELLS

Main = Callable[[Sequence[str] | None], int]
LESSONS: dict[str, Main] = {"which_chord": which_chord.main, "name_the_notes": name_the_notes.main}
QUICK = ["--choruses", "1", "--steps", "10", "--hidden", "8"]


@pytest.fixture(autouse=True)
def _without_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("IMPROV_DATA", str(tmp_path))


@given(
    st.lists(st.tuples(st.integers(40, 80), st.sampled_from([0, 5, 9, None])), min_size=1, max_size=12),
    st.integers(-12, 12),
)
def test_what_is_heard_is_the_same_in_every_key(line: list[tuple[int, int | None]], up: int) -> None:
    notes = [Note(12 * t, pitch, 10) for t, (pitch, _) in enumerate(line)]
    roots = [root for _, root in line]
    moved = [Note(note.onset, note.pitch + up, 10) for note in notes]
    turned = [None if root is None else (root + up) % 12 for root in roots]
    assert np.array_equal(heard(notes, roots), heard(moved, turned))
    assert np.array_equal(ahead(notes, roots, 4), ahead(moved, turned, 4))
    x = heard(notes, roots)
    assert x.shape == (len(line), WIDTH)
    for part in np.split(x, np.cumsum(SIZES)[:-1], axis=1):
        assert (part.sum(axis=1) == 1).all()


def made_up(symbols: Sequence[str], degrees: Mapping[str, Sequence[int]], seed: int) -> Solo:
    """A line of eighths that keeps to each chord's degrees."""
    generator = np.random.default_rng(seed)
    chords = [parse_chord(symbol) for symbol in symbols for _ in range(4)]
    notes = []
    for onset in range(0, len(chords) * 24, 12):
        chord = chords[onset // 24]
        notes.append(Note(onset, 60 + (chord.root or 0) + int(generator.choice(degrees[chord.quality])), 11))
    beats = tuple(beat % 4 for beat in range(len(chords)))
    return Solo(0, "made up", "", 120.0, "SWING", tuple(notes), changes_from_beats(chords, 4), beats)


SYMBOLS = ["Cmaj7", "D-7", "G7", "Ebmaj7", "A7", "F-7", "Bb7", "Emaj7", "B-7", "Abmaj7", "C#-7", "F#7"]
THIRDS = {"maj7": (0, 4, 11), "min7": (0, 3, 10), "7": (0, 4, 10)}


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_chords_are_told_by_their_thirds_and_sevenths(cell: str) -> None:
    known = [p for seed in range(40) for p in which_chord.phrases(made_up(SYMBOLS, THIRDS, seed))]
    asked = [p for seed in range(90, 100) for p in which_chord.phrases(made_up(SYMBOLS, THIRDS, seed))]
    assert [which_chord.NAMES[phrase.answer] for phrase in asked[:3]] == ["major", "minor", "dominant"]
    weights = which_chord.trained(known, cell, hidden=24, steps=200, seed=0)
    x, lengths, answers = which_chord.read(asked)
    logits, _ = classifier.forward(x, lengths, weights, CELLS[cell])
    assert (logits.argmax(axis=1) == answers).mean() > 0.8  # a third by chance
    assert (which_chord.naive_bayes(known, asked) == answers).mean() > 0.8


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_a_tag_that_hangs_on_the_chord_is_told_by_the_notes_around(cell: str) -> None:
    degrees = {"maj7": (0, 4, 5, 11), "7": (0, 2, 5, 10), "min7": (0, 3, 5, 10)}  # 5: S, S and L
    known = [p for seed in range(8) for p in name_the_notes.passages(made_up(SYMBOLS, degrees, seed))]
    asked = name_the_notes.passages(made_up(SYMBOLS, degrees, 99))
    true = np.concatenate([passage.tags for passage in asked])
    plain = (np.concatenate(name_the_notes.by_degree(known, asked)) == true).mean()
    weights = name_the_notes.trained(known, cell, hidden=24, steps=250, seed=0)
    x, tags = name_the_notes.read(asked)
    said = tagger.forward(x, weights, CELLS[cell])[0].argmax(axis=-1)
    assert (said == tags)[tags >= 0].mean() > plain + 0.03


def test_charts_held_out_are_not_learned_from() -> None:
    lines = find_lines(None, 1)
    assert not {solo.title for solo in lines.known} & {solo.title for solo in lines.held_out}
    assert len(lines.held_out) == (len(lines.known) + len(lines.held_out)) // 4, "a quarter of the charts"
    assert "improvises" in lines.source


def test_chords_of_every_chorus_are_asked_about() -> None:
    once, twice = improvised("blues-f", 3, 1), improvised("blues-f", 3, 2)
    assert len(which_chord.phrases(twice)) > len(which_chord.phrases(once)) > 5


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_runs_without_data_and_tells_the_same_again(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main = LESSONS[name]
    assert main(QUICK) == 0
    first = capsys.readouterr().out
    assert main(QUICK) == 0
    assert capsys.readouterr().out == first
    assert "lines that the shipped model improvises" in first
    assert "the network (lstm)" in first
    assert main([*QUICK, "--cell", "rnn", "--seed", "1"]) == 0
    assert "the network (rnn)" in capsys.readouterr().out


@pytest.mark.parametrize("name", LESSONS)
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--data", "nowhere"], "no Weimar Jazz Database"),
        (["--cell", "lsm"], "lsm"),
        (["--hidden", "0"], "below 1"),
        (["--steps", "many"], "whole number"),
    ],
)
def test_bad_input_is_one_clear_line(
    name: str, words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert LESSONS[name](words) == 2
    told = capsys.readouterr()
    assert said in told.err
    assert told.err.count("\n") == 1
    assert not told.out
