import numpy as np
import pytest

from models.dataset import IGNORED, Columns, HeadColumns
from models.language import CHARACTER, language_spec

pytest.importorskip("torch", reason="needs the extra 'train'")

import torch

from models.scores import total_nats
from models.teachers import Lessons
from models.twin import Dropout, Twin

pytestmark = pytest.mark.torch

SIZE, END, LONGEST, BATCH = 5, 1, 7, 6
MAPS = {CHARACTER: (np.arange(SIZE, dtype=np.int16)[None, :],)}


def teacher(seed: int) -> Twin:
    torch.manual_seed(seed)
    return Twin(language_spec(SIZE, 3, 8, 2, "lstm"), MAPS, Dropout())


def lines(*written: list[int]) -> Columns:
    """Lines of ids, each ended."""
    ids = np.array([i for line in written for i in (END, *line)], np.int16)
    targets = np.array([i for line in written for i in (*line, END)], np.int16)
    head = HeadColumns(np.zeros((len(ids), 0), np.int16), np.zeros((len(ids), 1), np.int16), targets)
    lengths = tuple(len(line) + 1 for line in written)
    return Columns(ids[:, None], np.zeros((len(ids), 0), np.uint8), {CHARACTER: head}, lengths)


REAL = lines([2, 3], [4, 4, 4], [2])


def test_every_line_is_whole_and_real_or_made_up() -> None:
    lessons = Lessons([teacher(0), teacher(1)], REAL, END, LONGEST, BATCH, 3)
    real = {(2, 3, END), (4, 4, 4, END), (2, END)}
    kinds = set()
    for _ in range(30):
        batch, fresh, steps = lessons.next(99)
        assert fresh.all()
        targets = batch.targets[CHARACTER]
        assert steps == int((targets != IGNORED).sum())
        met = set()
        for column in range(BATCH):
            asked = targets[:, column]
            line = asked[asked != IGNORED].tolist()
            assert 0 not in line, "the unknown id is never written"
            assert line[-1] == END or len(line) == LONGEST
            assert END not in line[:-1]
            assert batch.ids[: len(line), column, 0].tolist() == [END, *line[:-1]]
            met.add(tuple(line))
        kinds.add(met <= real)
    assert kinds == {True, False}


def test_the_opinion_is_the_teachers_mean() -> None:
    teachers = [teacher(seed) for seed in range(3)]
    batch, _, _ = Lessons(teachers, REAL, END, LONGEST, BATCH, 0).next(1)
    assert batch.opinions is not None
    opinion = batch.opinions[CHARACTER]
    assert torch.allclose(opinion.sum(-1), torch.ones(opinion.shape[:2]))
    with torch.no_grad():
        each = [one(batch, one.initial_state(BATCH))[0][CHARACTER].softmax(-1) for one in teachers]
    assert torch.allclose(opinion, torch.stack(each).mean(0), atol=1e-6)


def test_a_student_who_thinks_as_the_teachers_do_loses_least() -> None:
    batch, _, _ = Lessons([teacher(0)], REAL, END, LONGEST, BATCH, 0).next(1)
    assert batch.opinions is not None
    opinion, targets = batch.opinions[CHARACTER], batch.targets[CHARACTER]
    same = total_nats(opinion.log(), targets, opinion)
    scored = opinion[targets != IGNORED]
    assert float(same) == pytest.approx(float(-(scored * scored.log()).sum()), rel=1e-5)
    other = teacher(1)
    with torch.no_grad():
        logits = other(batch, other.initial_state(BATCH))[0][CHARACTER]
    assert float(total_nats(logits, targets, opinion)) > float(same)


def test_restored_lessons_go_on_as_the_first_would_have() -> None:
    first, second = (Lessons([teacher(0)], REAL, END, LONGEST, BATCH, seed) for seed in (0, 1))
    first.next(1)
    second.restore(first.state())
    for _ in range(5):
        assert bool((first.next(1)[0].ids == second.next(1)[0].ids).all())


def test_who_takes_some_lines_is_taught_what_they_are() -> None:
    whole, part = (Lessons([teacher(0)], REAL, END, LONGEST, BATCH, 0) for _ in range(2))
    for _ in range(5):
        all_, _, count = whole.next(1)
        some, fresh, some_count = part.next(1, slice(2, 5))
        assert count == some_count
        assert fresh.tolist() == [True] * 3
        assert bool((all_.ids[:, 2:5] == some.ids).all())
        assert all_.opinions is not None
        assert some.opinions is not None
        assert bool((all_.opinions[CHARACTER][:, 2:5] == some.opinions[CHARACTER]).all())


def test_without_teachers_there_is_no_lesson() -> None:
    with pytest.raises(ValueError, match="no teachers"):
        Lessons([], REAL, END, LONGEST, BATCH, 0)
