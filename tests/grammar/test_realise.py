import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grammar.changes import Changes
from grammar.chords import NO_CHORD, ROOTS, parse_chord
from grammar.notes import Note, overlaps
from grammar.parse import classify, parse_line
from grammar.prune import monophonic
from grammar.realise import HIGHEST, LOWEST, fallback_phrase, realise
from grammar.terminals import Bounds, Kind, Terminal, parse_text

SUFFIXES = ["", "-7", "7", "maj7", "7alt", "7b9", "m7b5", "o7", "7sus", "+7", "-j7", "5", "6", "7/E"]
chords = st.builds(
    lambda root, suffix: parse_chord(root + suffix), st.sampled_from(ROOTS), st.sampled_from(SUFFIXES)
)


def form(found: list[str], meter: int = 4) -> Changes:
    chords = tuple(map(parse_chord, found))
    return Changes(tuple(i * meter * 24 for i in range(len(found))), chords, len(found) * meter * 24, meter)


changes = st.builds(
    lambda found, meter: form([chord.symbol for chord in found], meter),
    st.lists(chords | st.just(NO_CHORD), min_size=1, max_size=4),
    st.sampled_from([3, 4, 5]),
)
lines = st.lists(
    st.builds(Note, st.integers(-48, 500), st.integers(30, 100), st.integers(1, 60)), max_size=30
).map(monophonic)
bounds = st.builds(lambda low, width: Bounds(low, low + width), st.integers(-20, 14), st.integers(0, 12))
terminals = st.lists(
    st.builds(Terminal, st.just(Kind.REST), st.integers(1, 40))
    | st.builds(
        Terminal,
        st.sampled_from([kind for kind in Kind if kind is not Kind.REST]),
        st.integers(1, 40),
        st.none() | bounds,
    ),
    max_size=25,
)
registers = st.builds(lambda low, width: (low, low + width), st.integers(0, 100), st.integers(0, 27))
seeds = st.integers(0, 1000).map(random.Random)


def transposed(found: Changes, up: int) -> Changes:
    return Changes(
        found.onsets, tuple(chord.transposed(up) for chord in found.chords), found.length, found.meter
    )


def pitched(found: list[Terminal]) -> list[Terminal]:
    return [terminal for terminal in found if terminal.kind is not Kind.REST]


def check_law(line: list[Note], found: Changes, rng: random.Random, low: int, high: int) -> None:
    """realise(parse(line)) parses to the same kinds and durations, and each note keeps its bounds."""
    given_terminals = parse_line(line, found)
    notes = realise(given_terminals, found, line[0].onset if line else 0, rng, None, low, high)
    again = parse_line(notes, found)
    assert [(t.kind, t.duration) for t in again] == [(t.kind, t.duration) for t in given_terminals]
    assert [note.onset for note in notes] == [note.onset for note in line]
    assert not overlaps(notes)
    assert all(low <= note.pitch <= high for note in notes)
    for (before, after), terminal in zip(pairwise(notes), pitched(given_terminals)[1:], strict=True):
        assert terminal.bounds is not None
        assert terminal.bounds.allow(after.pitch - before.pitch)


@given(lines, changes, seeds)
def test_a_parsed_line_is_realised_in_its_kinds_durations_and_bounds(
    line: list[Note], found: Changes, rng: random.Random
) -> None:
    pitches = [note.pitch for note in line] or [60]
    check_law(line, found, rng, min(pitches), max(pitches))


@given(terminals, changes, st.integers(-100, 400), seeds, st.none() | st.integers(0, 127), registers)
def test_any_terminals_are_placed_at_the_start_of_their_slots_inside_the_register(
    found: list[Terminal],
    over: Changes,
    start: int,
    rng: random.Random,
    previous: int | None,
    register: tuple[int, int],
) -> None:
    notes = realise(found, over, start, rng, previous, *register)
    expected, tick = [], start
    for terminal in found:
        if terminal.kind is not Kind.REST:
            expected.append((tick, terminal.duration))
        tick += terminal.duration
    assert [(note.onset, note.duration) for note in notes] == expected
    assert not overlaps(notes)
    assert all(register[0] <= note.pitch <= register[1] for note in notes)


@given(terminals, changes, seeds, registers)
def test_a_kind_gives_way_before_bounds_and_bounds_before_the_register(
    found: list[Terminal], over: Changes, rng: random.Random, register: tuple[int, int]
) -> None:
    low, high = register
    notes = realise(found, over, 0, rng, None, low, high)
    for (before, after), terminal in zip(pairwise(notes), pitched(found)[1:], strict=False):
        if terminal.bounds is None:
            continue
        interval = after.pitch - before.pitch
        if not terminal.bounds.allow(interval):
            # then no pitch of the register was near enough, and the kind stands if the chord has it there
            assert before.pitch + terminal.bounds.low > high or before.pitch + terminal.bounds.high < low
            chord = over.at(after.onset)
            had = any(classify(pitch, chord) is terminal.kind for pitch in range(low, high + 1))
            assert not had or classify(after.pitch, chord) is terminal.kind


@given(st.lists(st.sampled_from([kind for kind in Kind if kind is not Kind.REST]), max_size=20), seeds)
def test_every_kind_sounds_as_itself_where_the_chord_has_it(found: list[Kind], rng: random.Random) -> None:
    over = form(["C"])  # has all five
    notes = realise([Terminal(kind, 6, Bounds(-11, 11)) for kind in found], over, 0, rng)
    assert [classify(note.pitch, over.at(note.onset)) for note in notes] == found


@given(terminals, changes, st.integers(0, 1000), registers)
def test_the_same_seed_gives_the_same_notes(
    found: list[Terminal], over: Changes, seed: int, register: tuple[int, int]
) -> None:
    first = realise(found, over, 0, random.Random(seed), 60, *register)
    assert realise(found, over, 0, random.Random(seed), 60, *register) == first


def test_looking_ahead_finds_the_only_way() -> None:
    # from G4 a major second up is A4, and only C4 to its left can be followed by G4
    found = parse_text("C,1.000 C,1.000,<P5,P5> L,1.000,<M2,M2>")
    for seed in range(20):
        notes = realise(found, form(["C"]), 0, random.Random(seed), None, 48, 72)
        assert [note.pitch % 12 for note in notes] == [0, 7, 9]


def test_a_chord_without_the_kind_gets_a_stand_in() -> None:
    notes = realise(
        parse_text("C,1.000 A,1.000,<m3,m-3> X,1.000,<m3,m-3>"), form(["N.C."]), 0, random.Random(1)
    )
    assert len(notes) == 3


def test_a_register_without_pitches_is_an_error() -> None:
    with pytest.raises(ValueError, match="register from 70 to 60"):
        realise([], form(["C"]), 0, random.Random(1), None, 70, 60)


@given(
    changes,
    st.integers(-200, 600),
    st.integers(1, 800),
    seeds,
    st.none() | st.integers(0, 127),
    st.integers(20, 90),
    st.integers(14, 36),
)
def test_a_fallback_phrase_fits_and_ends_on_a_chord_tone(
    over: Changes, start: int, ticks: int, rng: random.Random, previous: int | None, low: int, width: int
) -> None:
    notes = fallback_phrase(over, start, ticks, rng, previous, low, low + width)
    assert notes
    assert not overlaps(notes)
    assert all(start <= note.onset and note.end <= start + ticks for note in notes)
    assert all(low <= note.pitch <= low + width for note in notes)
    last = classify(notes[-1].pitch, over.at(notes[-1].onset))
    assert last is (Kind.SCALE if over.at(notes[-1].onset).root is None else Kind.CHORD)


@given(st.integers(0, 300))
def test_a_fallback_phrase_of_four_bars_is_a_phrase(seed: int) -> None:
    over = form(["D-7", "G7", "Cmaj7", "A7alt"])
    notes = fallback_phrase(over, 0, over.length, random.Random(seed))
    assert 10 <= len(notes) <= 40
    assert notes[0].onset <= 12
    assert over.length - 48 <= notes[-1].end <= over.length
    assert all(LOWEST <= note.pitch <= HIGHEST for note in notes)
    assert all(abs(after.pitch - before.pitch) <= 9 for before, after in pairwise(notes))


@pytest.mark.data
def test_the_law_holds_for_every_training_solo(training_solos: list[tuple[list[Note], Changes]]) -> None:
    for number, (line, found) in enumerate(training_solos):
        up = number % 12 - 6  # every solo in one key; test_parse shows that a key changes no terminal
        moved = [Note(note.onset, note.pitch + up, note.duration) for note in line]
        pitches = [note.pitch for note in moved]
        check_law(moved, transposed(found, up), random.Random(number), min(pitches), max(pitches))


@pytest.mark.data
def test_the_law_holds_in_every_key(training_solos: list[tuple[list[Note], Changes]]) -> None:
    for number, (line, found) in enumerate(training_solos[::125]):
        terminals = parse_line(line, found)
        for up in range(-6, 6):
            moved = [Note(note.onset, note.pitch + up, note.duration) for note in line]
            assert parse_line(moved, transposed(found, up)) == terminals
            pitches = [note.pitch for note in moved]
            check_law(moved, transposed(found, up), random.Random(number), min(pitches), max(pitches))
