from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grammar.changes import changes_from_beats
from grammar.chords import parse_chord
from grammar.notes import Note
from improv.jazz.continuation import (
    BARS,
    CANDIDATES,
    LEAST_NOTES,
    PLACES,
    Question,
    best_key,
    continued,
    evaluate_continuation,
    nats,
    questions,
)
from improv.jazz.encoding import expert_maps, jazz_spec
from improv.jazz.evaluation import evaluate
from improv.jazz.model import JazzModel
from improv.jazz.wjazzd import Solo
from models.network import Network


def random_model(seed: int = 0) -> JazzModel:
    generator = np.random.default_rng(seed)
    spec = jazz_spec(6)
    weights = {
        name: generator.normal(0, 0.5, shape).astype(np.float32) for name, shape in spec.shapes().items()
    }
    return JazzModel(Network(spec, weights, expert_maps()), {})


def solo(melid: int, bars: int = 40, chord: str = "C7", pickup: int = 0, title: str = "") -> Solo:
    """A note a beat, up and down its own scale, over one chord."""
    beats = pickup + 4 * bars
    notes = tuple(Note(24 * k, 55 + melid % 3 + (melid + 2) * k % 17, 20) for k in range(beats))
    changes = changes_from_beats([parse_chord(chord)] * beats, 4)
    places = tuple((beat - pickup) % 4 for beat in range(beats))
    return Solo(melid, title or f"Tune {melid}", "", 150.0, "", notes, changes, places)


SOLOS = [solo(1), solo(2, pickup=2), solo(3, chord="F7"), solo(4), solo(5)]


def test_prompts_and_continuations_are_eight_bars_from_bar_line_to_bar_line() -> None:
    asked = questions(SOLOS, 0)
    assert len(asked) == 5 * 2  # forty bars hold sixteen twice
    for question in asked:
        prompt, true = question.prompt, question.candidates[0]
        assert prompt.end == true.start
        assert prompt.solo is true.solo
        for passage in (prompt, *question.candidates):
            assert passage.end - passage.start == BARS * 96
            assert passage.solo.beats[passage.start // 24] == 0
            assert len(passage.notes) >= LEAST_NOTES


def test_wrong_ones_are_of_other_solos_and_tunes() -> None:
    solos = [*SOLOS, solo(6, title="Tune 1")]
    for question in questions(solos, 0):
        true, *wrong = question.candidates
        assert len(wrong) == CANDIDATES - 1
        assert len({(passage.solo.melid, passage.start) for passage in wrong}) == len(wrong)
        assert all(passage.solo.title != true.solo.title for passage in wrong)
        assert len(question.elsewhere) == PLACES
        assert all(prompt.solo.title != true.solo.title for prompt in question.elsewhere)


def test_the_same_seed_asks_the_same() -> None:
    assert questions(SOLOS, 3) == questions(SOLOS, 3)
    assert questions(SOLOS, 3) != questions(SOLOS, 4)


def test_without_three_others_or_notes_nothing_is_asked() -> None:
    assert questions(SOLOS[:3], 0) != []  # three pairs of bars of two tunes are enough
    assert questions(SOLOS[:1], 0) == []
    silent = Solo(9, "Tune 9", "", 150.0, "", SOLOS[0].notes[:36], SOLOS[0].changes, SOLOS[0].beats)
    assert all(question.prompt.solo.melid != 9 for question in questions([*SOLOS, silent], 0))


@given(st.integers(0, 9), st.integers(0, CANDIDATES - 1), st.booleans(), st.booleans())
def test_a_candidate_goes_on_from_the_prompt(
    number: int, candidate: int, same_key: bool, whole: bool
) -> None:
    question: Question = questions(SOLOS, 0)[number]
    joined, first = continued(question, candidate, same_key, whole)
    true, passage = question.candidates[0], question.candidates[candidate]
    assert joined.changes is true.solo.changes
    assert all(before.end <= after.onset for before, after in pairwise(joined.notes))
    assert joined.notes[first].onset - true.start == passage.notes[0].onset - passage.start
    moved = {a.pitch - b.pitch for a, b in zip(joined.notes[first:], passage.notes, strict=True)}
    assert len(moved) == 1
    if candidate == 0 or not same_key:
        assert moved == {0}
    given = [note for note in true.solo.notes if note.onset < true.start]
    assert first == (len(given) if whole else len(question.prompt.notes))


def test_the_best_key_has_the_most_chord_tones() -> None:
    changes = changes_from_beats([parse_chord("D7")] * 4, 4)
    arpeggio = [Note(24 * k, pitch, 12) for k, pitch in enumerate((60, 64, 67, 70))]
    assert best_key(arpeggio, changes) == 2
    assert best_key([Note(0, 62, 12)], changes) == 0  # where more keys fit it stays
    assert best_key([Note(0, 61, 12)], changes) in (-1, 1)


def test_nats_are_those_of_the_evaluation() -> None:
    model = random_model()
    costs = nats(model, SOLOS[0])
    figures = evaluate(model, SOLOS[:1])
    assert np.isnan(costs[-1, 1])
    assert np.isfinite(np.delete(costs.ravel(), costs.size - 2)).all()
    notes = len(SOLOS[0].notes)
    for place, name in enumerate(("pitch_nll", "gap_nll", "length_nll")):
        assert np.nansum(costs[:, place]) / notes == pytest.approx(figures[name], abs=1e-6)


def test_what_is_not_asked_changes_nothing_after_it() -> None:
    model = random_model()
    everything, some = nats(model, SOLOS[1]), nats(model, SOLOS[1], 7)
    assert np.isnan(some[:7]).all()
    np.testing.assert_array_equal(some[7:], everything[7:])


def test_shares_are_of_the_questions_asked() -> None:
    told: list[tuple[int, int]] = []
    found = evaluate_continuation(random_model(), SOLOS, 0, lambda done, total: told.append((done, total)))
    assert found.pop("questions") == 10
    assert found.keys() == {
        "continuation",
        "continuation_same_key",
        "continuation_whole",
        "continuation_plain",
    }
    assert all(0 <= share <= 1 for share in found.values())
    assert told == [(k, 10) for k in range(1, 11)]
    assert evaluate_continuation(random_model(), [], 0)["questions"] == 0
