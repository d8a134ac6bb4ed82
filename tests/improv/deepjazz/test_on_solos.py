"""The real solos, where they are at hand."""

import os
import random
from pathlib import Path

import pytest

from improv.deepjazz.model import load_deepjazz
from improv.deepjazz.original import as_deepjazz, every_bar, measures
from improv.deepjazz.solo import bar_lines, solo_lesson
from improv.jazz.solos import read_split
from improv.jazz.wjazzd import read_solos

ROOT = Path(__file__).parents[3]
SHIPPED = 342
"""The melid that the shipped model learned from."""

pytestmark = pytest.mark.data


@pytest.fixture(scope="module")
def data() -> Path:
    """The folder of the database, or a skip."""
    path = Path(os.environ.get("IMPROV_DATA") or ROOT.parent / "shared" / "data") / "wjazzd"
    if not path.exists():
        pytest.skip(f"{path} is not there (IMPROV_DATA names the folder of the data)")
    return path


def test_the_shipped_corpus_is_that_of_its_solo(data: Path) -> None:
    model, lesson = load_deepjazz(), solo_lesson(data, SHIPPED)
    assert model.meta["data"] == lesson.title
    kept = len(model.measures)
    assert lesson.measures[:kept] == model.measures
    assert kept == len(lesson.measures) - round(len(lesson.measures) * model.meta["held_out"])
    assert SHIPPED in read_split(data, []).train


def test_solos_go_through_the_original_rules(data: Path) -> None:
    """Every twentieth training solo: not one note more, all in order, the same for the same chance."""
    for solo in read_solos(data, read_split(data, []).train[::20]):
        played = as_deepjazz(solo.notes, solo.changes, random.Random(1))
        assert 0 < len(played) <= len(solo.notes)
        assert played == as_deepjazz(solo.notes, solo.changes, random.Random(1))
        lines = bar_lines(solo)
        inside = [note for note in solo.notes if lines[0] <= note.onset < lines[-1]]
        found = [t for _, _, terminals in measures(solo.notes, solo.changes, lines) for t in terminals]
        assert sum(terminal.kind.letter != "R" for terminal in found) == len(inside)
        assert every_bar(solo.notes, solo.changes.bar)[0] <= solo.notes[0].onset
