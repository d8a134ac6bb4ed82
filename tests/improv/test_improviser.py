from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grammar.changes import Changes, changes_from_beats
from grammar.chords import parse_chord
from grammar.notes import TICKS_PER_BEAT, Note, overlaps
from grammar.parse import parse_note
from grammar.rules import HISTORY, permitted
from improv.chance import Chance
from improv.improviser import Improviser, Taste
from improv.jazz.encoding import expert_maps, jazz_spec
from improv.jazz.model import load_jazz
from improv.jazz.touch import Touch
from improv.jazz.vocabulary import GAPS
from improv.measures.motifs import restated
from improv.measures.piece import Piece
from improv.mind import Choice, Mind
from improv.wish import Wish
from models.network import Network

# a busy machine is no failure
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

TEMPO = 160.0


def tiny_network(seed: int) -> Network:
    """Opinions drawn at random: what holds for these holds for any weights."""
    generator = np.random.default_rng(seed)
    spec = jazz_spec(hidden=6, layers=1)
    weights = {
        name: generator.normal(0, 0.8, shape).astype(np.float32) for name, shape in spec.shapes().items()
    }
    return Network(spec, weights, expert_maps())


NETWORKS = [tiny_network(seed) for seed in range(3)]
networks = st.sampled_from(range(len(NETWORKS)))
seeds = st.integers(0, 2**32)
SYMBOLS = ("F7", "Bb7", "C-7", "Ebj7", "Am7b5", "D79b", "Go7", "NC", "F7/C")


@st.composite
def changes_of(draw: st.DrawFn) -> Changes:
    meter = draw(st.sampled_from([3, 4, 5]))
    names = draw(st.lists(st.sampled_from(SYMBOLS), min_size=1, max_size=6))
    return changes_from_beats([parse_chord(name) for name in names for _ in range(meter)], meter)


@st.composite
def tastes(draw: st.DrawFn) -> Taste:
    low = draw(st.integers(40, 70))
    return Taste(
        temperature=draw(st.sampled_from([0.3, 1.0, 1.8])),
        rhythm_temperature=draw(st.sampled_from([0.5, 0.9, 1.5])),
        top_p=draw(st.sampled_from([0.5, 0.95, 1.0])),
        low=low,
        high=low + draw(st.integers(12, 36)),
    )


struck = st.lists(st.tuples(st.integers(1, 60), st.integers(30, 100), st.integers(1, 60)), max_size=12)


def heard(improviser: Improviser, mind: Mind, notes: Iterable[tuple[int, int, int]]) -> Mind:
    """Notes of the player as (ticks since the last, pitch, length)."""
    onset = mind.line[-1].onset if mind.line else 0
    for wait, pitch, length in notes:
        onset += wait
        mind = improviser.hear(mind, onset, pitch, 90, TEMPO)
        mind = improviser.release(mind, onset + length)
    return mind


def play(improviser: Improviser, mind: Mind, count: int, latest: int = 1 << 30) -> tuple[Mind, list[Choice]]:
    choices = []
    for _ in range(count):
        mind, choice = improviser.play(mind, latest, TEMPO)
        choices.append(choice)
    return mind, choices


def answer(improviser: Improviser, notes: list[tuple[int, int, int]], seed: int) -> list[Choice]:
    mind = heard(improviser, Mind(Chance(seed)), notes)
    start = (mind.line[-1].onset if mind.line else 0) + 10
    return play(improviser, improviser.intend(mind, start, start + 96, TEMPO), 12)[1]


@settings(max_examples=20)
@given(networks, changes_of(), tastes(), struck, seeds)
def test_the_same_seed_plays_the_same(
    which: int, changes: Changes, taste: Taste, notes: list[tuple[int, int, int]], seed: int
) -> None:
    improviser = Improviser(NETWORKS[which], changes, taste)
    first = answer(improviser, notes, seed)
    answer(improviser, [(5, 60, 5)], seed + 1)  # what else was played leaves no trace
    assert answer(improviser, notes, seed) == first


@settings(max_examples=20)
@given(networks, changes_of(), tastes(), struck, seeds)
def test_an_answer_is_one_voice_in_its_register(
    which: int, changes: Changes, taste: Taste, notes: list[tuple[int, int, int]], seed: int
) -> None:
    choices = answer(Improviser(NETWORKS[which], changes, taste), notes, seed)
    line = [choice.note for choice in choices]
    assert all(taste.low <= note.pitch <= taste.high for note in line)
    assert all(a.onset < b.onset for a, b in pairwise(line))
    assert all(1 <= a.duration <= b.onset - a.onset for a, b in pairwise(line))
    assert not overlaps(line)


@settings(max_examples=20)
@given(networks, changes_of(), tastes(), struck, seeds)
def test_every_pitch_is_permitted_at_its_place_and_the_grammar_is_named_when_it_chose(
    which: int, changes: Changes, taste: Taste, notes: list[tuple[int, int, int]], seed: int
) -> None:
    improviser = Improviser(NETWORKS[which], changes, taste)
    mind = heard(improviser, Mind(Chance(seed)), notes)
    start = (mind.line[-1].onset if mind.line else 0) + 10
    mind = improviser.intend(mind, start, start + 96, TEMPO)
    for _ in range(12):
        before = mind
        mind, choice = improviser.play(mind, 1 << 30, TEMPO)
        line = [
            replace(note, duration=max(1, min(note.duration, choice.note.onset - note.onset)))
            for note in before.line
        ]
        verdict = permitted(line, choice.note.onset, changes, taste.low, taste.high)
        assert verdict.allowed[choice.note.pitch]
        # without the grammar the same draw gives the model's first proposal
        free = Improviser(NETWORKS[which], changes, replace(taste, grammar=False))
        _, proposed = free.play(before, 1 << 30, TEMPO)
        reason = verdict.reason(proposed.note.pitch)
        assert choice.refused == reason
        assert choice.source == ("grammar" if reason else "model")
        assert reason or proposed.note.pitch == choice.note.pitch


@settings(max_examples=20)
@given(networks, changes_of(), tastes(), struck, seeds)
def test_every_terminal_is_what_the_grammar_reads(
    which: int, changes: Changes, taste: Taste, notes: list[tuple[int, int, int]], seed: int
) -> None:
    choices = answer(Improviser(NETWORKS[which], changes, taste), notes, seed)
    previous = notes[-1][1] if notes else None
    for choice in choices:
        assert choice.terminal == parse_note(choice.note, changes, previous)
        previous = choice.note.pitch


@settings(max_examples=12)
@given(networks, changes_of(), tastes(), struck, seeds)
def test_a_mind_is_a_value(
    which: int, changes: Changes, taste: Taste, notes: list[tuple[int, int, int]], seed: int
) -> None:
    """A phrase can be tried and taken back."""
    improviser = Improviser(NETWORKS[which], changes, taste)
    mind, _ = play(improviser, improviser.intend(Mind(Chance(seed)), 0, 96, TEMPO), 3)
    memory = None if mind.memory is None else mind.memory.copy()
    saved = mind
    _, first = play(improviser, saved, 6)
    intended = improviser.intend(saved, saved.line[-1].onset + 5, 1 << 30, TEMPO).next_onset
    heard(improviser, saved, [(5, 45, 5), (40, 90, 30), *notes])
    assert improviser.intend(saved, saved.line[-1].onset + 5, 1 << 30, TEMPO).next_onset == intended
    _, second = play(improviser, saved, 6)
    assert first == second
    assert memory is not None
    assert saved.memory is not None
    assert np.array_equal(memory, saved.memory)


@settings(max_examples=12)
@given(networks, changes_of(), tastes(), seeds, st.integers(0, 20))
def test_what_is_remembered_stays_bounded(
    which: int, changes: Changes, taste: Taste, seed: int, count: int
) -> None:
    improviser = Improviser(NETWORKS[which], changes, taste)
    mind = heard(improviser, Mind(Chance(seed)), [(12, 60 + k % 5, 10) for k in range(count)])
    assert len(mind.line) == min(count, HISTORY + 2)
    last = mind.line[-1].onset if mind.line else 0
    mind, _ = play(improviser, improviser.intend(mind, last + 6, last + 90, TEMPO), count)
    assert len(mind.line) <= HISTORY + 2


@settings(max_examples=20)
@given(networks, changes_of(), struck.filter(len), seeds, st.integers(0, 150), st.integers(1, 96))
def test_an_answer_starts_in_its_window_after_what_was_heard(
    which: int,
    changes: Changes,
    notes: list[tuple[int, int, int]],
    seed: int,
    wait: int,
    width: int,
) -> None:
    improviser = Improviser(NETWORKS[which], changes, Taste())
    mind = heard(improviser, Mind(Chance(seed)), notes)
    last = mind.line[-1].onset
    earliest = last + 1 + wait
    mind = improviser.intend(mind, earliest, earliest + width, TEMPO)
    assert mind.next_onset is not None
    assert mind.next_onset >= earliest
    offered = [gap for gap in GAPS if gap <= 96 and wait + 1 <= gap < wait + 1 + width]
    if offered:
        assert mind.next_onset < earliest + width
    mind, choice = improviser.play(mind, 1 << 30, TEMPO)
    assert choice.note.onset > last
    assert mind.line[-2].end <= choice.note.onset, "the player's note is over in the model's ear"


@settings(max_examples=12)
@given(networks, changes_of(), struck, seeds, st.integers(1, 40))
def test_a_note_ends_by_the_end_of_the_turn(
    which: int, changes: Changes, notes: list[tuple[int, int, int]], seed: int, left: int
) -> None:
    improviser = Improviser(NETWORKS[which], changes, Taste())
    mind = heard(improviser, Mind(Chance(seed)), notes)
    start = (mind.line[-1].onset if mind.line else 0) + 10
    mind = improviser.intend(mind, start, start + 48, TEMPO)
    assert mind.next_onset is not None
    latest = mind.next_onset + left
    _, choice = improviser.play(mind, latest, TEMPO)
    assert choice.note.end <= latest


def test_what_was_heard_changes_the_answer() -> None:
    changes = changes_from_beats([parse_chord("F7")] * 8, 4)
    improviser = Improviser(NETWORKS[0], changes, Taste())
    low, high = (answer(improviser, [(12, pitch + k, 10) for k in range(4)], 3) for pitch in (50, 75))
    assert [choice.note.pitch for choice in low] != [choice.note.pitch for choice in high]


def test_without_the_grammar_nothing_is_refused() -> None:
    changes = changes_from_beats([parse_chord("F7")] * 8, 4)
    improviser = Improviser(NETWORKS[1], changes, Taste(grammar=False, temperature=2.0, top_p=1.0))
    choices = answer(improviser, [], 5)
    assert {choice.source for choice in choices} == {"model"}
    assert not any(choice.refused for choice in choices)


def test_releasing_ends_the_newest_note_and_nothing_held_changes_nothing() -> None:
    improviser = Improviser(NETWORKS[0], changes_from_beats([parse_chord("F7")] * 4, 4), Taste())
    silent = Mind(Chance(0))
    assert improviser.release(silent, 10) is silent
    mind = improviser.hear(silent, 24, 60, 70, TEMPO)
    assert improviser.release(mind, 30).line == (Note(24, 60, 6, 70),)
    assert improviser.release(mind, 24).line == (Note(24, 60, 1, 70),), "a note sounds for a tick at least"
    overtaken = improviser.hear(mind, 27, 62, 70, TEMPO)
    assert overtaken.line[0] == Note(24, 60, 3, 70)


def test_the_touch_of_what_is_heard_is_remembered_and_of_what_is_played_only_how_long_it_is() -> None:
    improviser = Improviser(NETWORKS[0], changes_from_beats([parse_chord("F7")] * 4, 4), Taste())
    mind = improviser.hear(Mind(Chance(1)), 24, 60, 70, TEMPO, late=2.5)
    assert mind.touch == Touch(70, 1, 70, struck=26.5, lasted=12)
    mind = improviser.release(mind, 30.25)
    assert mind.line[-1].duration == 6
    assert mind.touch.lasted == 3.75, "nearer than the grid has it"
    following = improviser.hear(mind, 36, 62, 90, TEMPO, late=-1.0)
    assert following.encoded is not None
    assert following.encoded.ids[-3:] == mind.touch.ids(36, -1.0)
    assert following.touch == Touch(90, 2, 160, struck=35.0, lasted=12)
    played, choice = improviser.play(improviser.intend(following, 60, 96, TEMPO), 192, TEMPO)
    note = choice.note
    assert played.touch == Touch(None, 2, 160, struck=note.onset, lasted=note.duration)
    struck, choice = improviser.strike(played, note.end + 12, 55, TEMPO, Wish(near=64))
    assert struck.touch == Touch(55, 3, 215, struck=note.end + 12, lasted=12)


def test_playing_needs_an_intention_that_hearing_takes_away() -> None:
    improviser = Improviser(NETWORKS[0], changes_from_beats([parse_chord("F7")] * 4, 4), Taste())
    mind = improviser.intend(Mind(Chance(0)), 0, 96, TEMPO)
    assert mind.next_onset is not None
    with pytest.raises(ValueError, match="intend"):
        improviser.play(improviser.hear(mind, 5, 60, 80, TEMPO), 96, TEMPO)


def test_passages_come_back_as_often_as_is_asked() -> None:
    model = load_jazz()
    changes = changes_from_beats([parse_chord(s) for s in ("F7", "Bb7", "F7", "C-7") for _ in range(4)], 4)
    shares = []
    for restate in (0.0, 1.0):
        improviser = Improviser(model.network, changes, Taste(restate=restate), model.corpus)
        found = []
        for seed in range(4):
            mind = improviser.intend(Mind(Chance(seed)), 0, 96, TEMPO)
            notes = tuple(choice.note for choice in play(improviser, mind, 200)[1])
            found.append(restated(Piece("a line", notes, changes, TEMPO, 32)) or 0.0)
        shares.append(sum(found) / len(found))
    without, taking_up = shares
    assert taking_up > without + 0.05


def test_the_shipped_model_plays_what_players_play() -> None:
    """Loosely, so that other weights pass: mostly steps and thirds, mostly of the chord's scale."""
    network = load_jazz().network
    changes = changes_from_beats([parse_chord(s) for s in ("F7", "Bb7", "F7", "C-7") for _ in range(4)], 4)
    choices = []
    for seed in range(3):
        improviser = Improviser(network, changes, Taste())
        mind = improviser.intend(Mind(Chance(seed)), 0, 96, TEMPO)
        choices += play(improviser, mind, 60)[1]
    letters = [choice.terminal.kind.letter for choice in choices]
    assert sum(letter in "CLS" for letter in letters) / len(letters) > 0.6
    intervals = [abs(b.note.pitch - a.note.pitch) for a, b in pairwise(choices)]
    assert sum(interval <= 4 for interval in intervals) / len(intervals) > 0.5
    gaps = [b.note.onset - a.note.onset for a, b in pairwise(choices) if b.note.onset > a.note.onset]
    assert 4 <= np.median(gaps) <= 2 * TICKS_PER_BEAT


@pytest.mark.parametrize("shipped", [False, True])
def test_what_a_key_does_not_wait_for_is_read_afterwards_all_the_same(shipped: bool) -> None:
    network = load_jazz().network if shipped else NETWORKS[0]
    improviser = Improviser(network, changes_from_beats([parse_chord("F7")] * 4, 4), Taste())
    mind = Mind(Chance(3))
    for number, pitch in enumerate((60, 63, 65)):
        mind = improviser.hear(mind, 12 * number, pitch, 80, TEMPO)
    heard = improviser.hear(mind, 40, 67, 80, TEMPO)
    struck, _ = improviser.strike(mind, 40, 80, TEMPO, Wish(67))
    caught_up = improviser.catch_up(struck)
    assert not caught_up.behind
    assert heard.memory is not None
    assert caught_up.memory is not None
    assert (np.asarray(caught_up.memory) == np.asarray(heard.memory)).all()
    again = improviser.hear(improviser.release(struck, 50), 60, 70, 80, TEMPO)
    later = improviser.hear(improviser.release(caught_up, 50), 60, 70, 80, TEMPO)
    assert again.memory is not None
    assert later.memory is not None
    assert (np.asarray(again.memory) == np.asarray(later.memory)).all(), "whoever is behind catches up"
