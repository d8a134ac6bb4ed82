import json
import runpy
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from improv.listening.free import (
    LONGEST,
    MOST,
    RING,
    SHORTEST,
    USUAL,
    Listener,
    close,
    due,
    pedal,
    pulse_now,
    released,
    struck,
)
from improv.listening.phrase import Phrase

MS = 1_000_000
Move = tuple[int, str, int]
"""Milliseconds, what happens (on, off, down, up), and the pitch."""


def played(notes: list[tuple[int, int, int]]) -> list[Move]:
    """Moves of notes given as onset, end and pitch."""
    moves: list[Move] = [(end, "off", pitch) for _, end, pitch in notes]
    moves += [(onset, "on", pitch) for onset, _, pitch in notes]
    return sorted(moves, key=lambda move: (move[0], move[1] == "on"))


def follow(moves: list[Move], look_every: int | None = None) -> list[tuple[int, Phrase]]:
    """The phrases heard, and when each is known to be over, in ms; `look_every` cuts time up besides."""
    listener, found = Listener(), list[tuple[int, Phrase]]()

    def until(listener: Listener, t: int) -> Listener:
        while (at := due(listener)) is not None and at <= t:
            listener, phrase = close(listener, at)
            assert phrase is not None
            found.append((at // MS, phrase))
        return listener

    now = 0
    for at, kind, pitch in [*moves, ((moves[-1][0] if moves else 0) + 5000, "", 0)]:
        for between in range(now, at, look_every or 1 << 40):
            listener = until(listener, between * MS)
        listener = until(listener, at * MS)
        match kind:
            case "on":
                listener = struck(listener, at * MS, pitch, 80)
            case "off":
                listener = released(listener, at * MS, pitch)
            case "down" | "up":
                listener = pedal(listener, at * MS, kind == "down")
        now = at
    return found


def eighths(start: int, count: int, gap: int = 250) -> list[tuple[int, int, int]]:
    return [(start + i * gap, start + i * gap + gap * 9 // 10, 60 + i % 12) for i in range(count)]


moves_at_random = st.lists(
    st.tuples(st.integers(0, 900), st.sampled_from(["on", "off", "down", "up"]), st.integers(55, 62)),
    max_size=25,
)


def test_a_silence_ends_a_phrase_and_the_next_is_another() -> None:
    found = follow(played([*eighths(0, 8), *eighths(4000, 6)]))
    assert [len(phrase.notes) for _, phrase in found] == [8, 6]
    over, phrase = found[0]
    assert phrase.ends == (7 * 250 + 225) * MS
    assert over * MS - phrase.ends == 625 * MS  # two and a half eighths
    assert (phrase.low, phrase.high, phrase.middle, phrase.velocity) == (60, 67, 63.5, 80)


@pytest.mark.parametrize(("gap", "silence"), [(100, SHORTEST), (500, 1250 * MS), (1500, LONGEST)])
def test_the_silence_is_that_of_the_phrase_within_bounds(gap: int, silence: int) -> None:
    over, phrase = follow(played(eighths(0, 8, gap)))[0]
    assert over == (phrase.ends + silence) // MS


def test_what_sounds_is_no_silence() -> None:
    held = played([*eighths(0, 4), (1000, 9000, 72)])
    assert [(over > 9000, len(phrase.notes)) for over, phrase in follow(held)] == [(True, 5)]
    moves: list[Move] = [(0, "down", 0), *played(eighths(0, 4)), (6000, "up", 0)]
    assert [over >= 6600 for over, _ in follow(moves)] == [True]


def test_a_foot_left_on_the_pedal_ends_a_phrase_when_it_has_died_away() -> None:
    (over, phrase), *_ = follow([(0, "down", 0), *played(eighths(0, 4)), (20_000, "", 0)])
    assert over * MS == phrase.ends + RING + 625 * MS


def test_the_pedal_catches_nothing_that_has_ended() -> None:
    notes = played(eighths(0, 4))
    without = follow(notes)
    assert follow([*notes, (1200, "down", 0)]) == without
    assert follow([*notes, (1200, "down", 0), (5000, "up", 0)]) == without


@given(moves_at_random)
def test_the_pedal_puts_an_end_off_and_never_brings_it_on(gaps: list[Move]) -> None:
    """Of keys alone; no later than `RING`."""
    now, moves = 0, list[Move]()
    for gap, kind, pitch in gaps:
        now += gap
        moves.append((now, kind, pitch))
    keys = [move for move in moves if move[1] in ("on", "off")]
    let_go: list[Move] = [(now + 1, "off", pitch) for pitch in range(55, 63)]
    let_go.append((now + 20_000, "", 0))
    plain, pedalled = follow([*keys, *let_go]), follow([*moves, *let_go])
    ends = [over for over, _ in pedalled]
    assert len(ends) <= len(plain)
    if plain:
        assert plain[-1][0] <= ends[-1] <= plain[-1][0] + (RING + LONGEST) // MS


def test_the_tempo_is_kept_from_phrase_to_phrase() -> None:
    notes = [note for start in (0, 8000, 16000, 24000) for note in eighths(start, 16, 214)]  # 140 bpm
    tempi = [phrase.pulse.tempo for _, phrase in follow(played(notes))]
    assert tempi[-1] == pytest.approx(140, rel=0.03)
    lone = follow(played([*notes, (40000, 40400, 60)]))[-1][1]
    assert lone.pulse.tempo == tempi[-1]
    assert follow(played([(0, 400, 60)]))[0][1].pulse.tempo == USUAL


def test_the_pulse_is_known_while_a_phrase_is_played() -> None:
    listener = Listener()
    assert pulse_now(listener).tempo == USUAL
    for at, kind, pitch in played(eighths(0, 20, 214)):
        move = struck(listener, at * MS, pitch, 80) if kind == "on" else released(listener, at * MS, pitch)
        listener = move
    assert pulse_now(listener).tempo == pytest.approx(140, rel=0.03)


def test_chords_struck_in_a_phrase_are_named() -> None:
    chords = [(0, (62, 65, 69, 72)), (1000, (55, 65, 69, 71)), (2000, (48, 64, 67, 71))]
    notes = [(t + i, t + 900, pitch) for t, pitches in chords for i, pitch in enumerate(pitches)]
    _, phrase = follow(played(notes))[0]
    assert [chord.symbol for _, chord in phrase.chords] == ["D-7", "G9", "Cmaj7"]
    changes = phrase.harmony()
    assert [chord.symbol for chord in changes.chords] == ["D-7", "G9", "Cmaj7"]
    assert changes.onsets[0] == 0
    assert changes.length % changes.bar == 0


def test_a_line_implies_a_chord_and_a_key() -> None:
    line = [65, 67, 69, 72, 70, 69, 67, 65, 64, 60, 64, 67, 70, 69, 65]  # F major, a C7 towards the end
    _, phrase = follow(played([(i * 250, i * 250 + 225, pitch) for i, pitch in enumerate(line)]))[0]
    assert phrase.key is not None
    assert phrase.key.tonic == 5
    (chord,) = [chord for _, chord in phrase.chords]
    assert {pitch % 12 for pitch in line} <= chord.scale
    assert phrase.harmony().chords == (chord,)


def test_a_line_on_the_grid_has_the_rhythm_that_was_played() -> None:
    _, phrase = follow(played(eighths(1000, 12)))[0]
    onsets = [note.onset for note in phrase.line()]
    assert [b - a for a, b in pairwise(onsets)] == [12] * 11


@given(moves_at_random, st.integers(20, 300))
def test_how_time_is_cut_up_does_not_matter(gaps: list[Move], look_every: int) -> None:
    now, moves = 0, list[Move]()
    for gap, kind, pitch in gaps:
        now += gap
        moves.append((now, kind, pitch))
    assert follow(moves, look_every) == follow(moves)


@given(moves_at_random)
def test_every_phrase_is_a_line_over_changes(gaps: list[Move]) -> None:
    now, moves = 0, list[Move]()
    for gap, kind, pitch in gaps:
        now += gap
        moves.append((now, kind, pitch))
    moves += [(now + 1, "up", 0), *((now + 1, "off", pitch) for pitch in range(55, 63))]
    found = follow(moves)
    assert sum(len(phrase.notes) for _, phrase in found) == sum(kind == "on" for _, kind, _ in moves)
    for over, phrase in found:
        assert over * MS + MS - phrase.ends >= SHORTEST
        line = phrase.line()
        assert all(a.onset < b.onset and a.end <= b.onset for a, b in pairwise(line))
        assert all(note.duration >= 1 for note in line)
        changes = phrase.harmony()
        assert changes.onsets[0] == 0
        assert list(changes.onsets) == sorted(set(changes.onsets))
        assert changes.onsets[-1] < changes.length


def test_a_phrase_without_end_stays_bounded() -> None:
    listener = Listener()
    for i in range(3 * MOST):
        listener = struck(listener, i * 100 * MS, 40 + i % 40, 80)
        listener = released(listener, (i * 100 + 90) * MS, 40 + i % 40)
    assert len(listener.notes) == MOST


@pytest.mark.data
def test_real_solos_are_understood(data_folder: Path) -> None:
    benchmark = runpy.run_path(str(Path(__file__).parents[3] / "benchmarks" / "free_time.py"))
    tally = benchmark["Tally"]()
    for notes, beats in benchmark["_solos"](data_folder, 24):
        benchmark["listen"](notes, beats, tally)
    figures = benchmark["summary"](tally)
    assert figures["ends heard that are annotated"] > 0.95, json.dumps(figures)
    assert figures["tempo right, all phrases"] > 0.75
    assert figures["next phrase in the implied chord's scale"] > 0.65
