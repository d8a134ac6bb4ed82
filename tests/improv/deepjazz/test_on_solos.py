"""The real solos, where they are at hand."""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from grammar.terminals import Terminal
from improv.deepjazz.model import load_deepjazz
from improv.deepjazz.original import as_deepjazz, every_bar, measures
from improv.deepjazz.seeds import write_seeds
from improv.deepjazz.solo import bar_lines, solo_lesson
from improv.deepjazz.vocabulary import vocabulary_of
from improv.jazz.solos import read_split
from improv.jazz.wjazzd import read_solos

SHIPPED = 342
"""The melid that the shipped model learned from."""
LONGEST_RUN = 4
"""What the card says that its seeds have in common with the solo."""

pytestmark = pytest.mark.data


def test_the_shipped_model_learned_from_its_solo_and_has_no_measure_of_it(data_folder: Path) -> None:
    model, lesson = load_deepjazz(), solo_lesson(data_folder, SHIPPED)
    assert model.meta["data"] == lesson.title
    assert model.vocabulary == vocabulary_of(lesson.measures)
    assert not set(lesson.measures) & set(model.measures)
    assert longest_run(model.corpus(), [t for m in lesson.measures for t in m]) == LONGEST_RUN
    assert SHIPPED in read_split(data_folder, []).train


def test_the_shipped_seeds_are_what_the_network_writes(data_folder: Path) -> None:
    model, lesson = load_deepjazz(), solo_lesson(data_folder, SHIPPED)
    seeds = write_seeds(model, lesson.measures, model.meta["seed"])
    assert seeds.measures == model.measures
    assert seeds.left_out == model.meta["figures"]["own_measures_left_out"]


def longest_run(line: Sequence[Terminal], piece: Sequence[Terminal]) -> int:
    """Terminals in a row of a line that are in a row in the piece too, at most."""
    length = 0
    while set(windowed(line, length + 1)) & set(windowed(piece, length + 1)):
        length += 1
    return length


def windowed(line: Sequence[Terminal], size: int) -> Iterator[tuple[Terminal, ...]]:
    """Every run of so many."""
    return (tuple(line[i : i + size]) for i in range(len(line) - size + 1))


def test_solos_go_through_the_original_rules(data_folder: Path) -> None:
    """Every twentieth training solo: not one note more, all in order, the same for the same chance."""
    for solo in read_solos(data_folder, read_split(data_folder, []).train[::20]):
        played = as_deepjazz(solo.notes, solo.changes, random.Random(1))
        assert 0 < len(played) <= len(solo.notes)
        assert played == as_deepjazz(solo.notes, solo.changes, random.Random(1))
        lines = bar_lines(solo)
        inside = [note for note in solo.notes if lines[0] <= note.onset < lines[-1]]
        found = [t for _, _, terminals in measures(solo.notes, solo.changes, lines) for t in terminals]
        assert sum(terminal.kind.letter != "R" for terminal in found) == len(inside)
        assert every_bar(solo.notes, solo.changes.bar)[0] <= solo.notes[0].onset
