"""deepjazz's rules, case by case, with their flaws."""

import random
from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grammar.changes import Changes, changes_from_beats
from grammar.chords import parse_chord
from grammar.notes import Note
from grammar.terminals import Kind, Terminal, format_line, parse_text
from improv.deepjazz.original import (
    FIRST_OCTAVE,
    VELOCITY,
    Element,
    as_deepjazz,
    clean_up_notes,
    every_bar,
    measures,
    play_measure,
    prune_grammar,
    prune_notes,
    unparse_grammar,
    without_approach,
)
from improv.deepjazz.spelling import Spelled, spell
from improv.deepjazz.struck import OCTAVE, Struck, kind_of, last_chord, struck_chords

if TYPE_CHECKING:
    from _typeshed import SupportsLenAndGetItem

T = TypeVar("T")
BAR = 96


class Always(random.Random):
    """Chance that takes the same place of every choice."""

    def __init__(self, place: int) -> None:
        super().__init__(0)
        self.place = place

    def choice(self, seq: "SupportsLenAndGetItem[T]") -> T:
        return seq[self.place]


def down() -> random.Random:
    """Every coin falls so that durations go down, and the lowest pitch is drawn."""
    return Always(0)


def up() -> random.Random:
    """Every coin falls so that durations go up, and the highest pitch is drawn."""
    return Always(-1)


def over(symbols: str, meter: int = 4) -> Changes:
    """Changes of one chord a beat."""
    return changes_from_beats([parse_chord(symbol) for symbol in symbols.split()], meter)


def bar_of(symbol: str) -> Changes:
    return over(" ".join([symbol] * 4))


def struck(symbol: str) -> list[Struck]:
    return struck_chords(bar_of(symbol), 0, BAR)


def text(notes: Sequence[tuple[int, int, int]], changes: Changes) -> list[str]:
    """The text of each measure's terminals."""
    line = [Note(onset, pitch, duration) for onset, pitch, duration in notes]
    return [
        format_line(terminals) for _, _, terminals in measures(line, changes, every_bar(line, changes.bar))
    ]


def pitches(words: str, symbol: str, rng: random.Random) -> list[int | None]:
    pruned = [(terminal, terminal.duration) for terminal in parse_text(words)]
    elements = unparse_grammar(pruned, struck(symbol), rng)
    return [None if element.spelled is None else element.spelled.pitch for element in elements]


@pytest.mark.parametrize(
    ("symbol", "kinds"),
    [
        # over C, C#, D, E-, …: what music21 10.5 says of a file's notes, asked beforehand
        ("C", "CASACASCASXS"),  # F# is a scale tone: the scale derived is G major
        ("C7", "CASACSACASCA"),  # F major
        ("C-7", "CAACASACAACA"),  # B flat Dorian, whose D- and A- are not what a file calls them
        ("Db7", "ACAXACSACAAC"),  # F sharp major: of seven notes F# alone is met as a scale tone
        ("Db", "ACAXACAACAXX"),  # G sharp major: none
        ("Ab7", "CAACASCACASA"),
        ("D-7", "CACASCASACSA"),
    ],
)
def test_kinds_are_by_name(symbol: str, kinds: str) -> None:
    found = "".join(kind_of(60 + pitch, struck(symbol)[0]).letter for pitch in range(12))
    assert found == kinds


@pytest.mark.parametrize(
    ("notes", "expected"),
    [
        # the first note has no bounds; those after reach a minor third to either side; rests are skipped
        ([(0, 60, 8), (12, 59, 12)], ["C,0.333 R,0.167 C,0.500,<M2,M-3>"]),
        ([(12, 64, 12)], ["R,0.500 C,0.500"]),
        # nothing is remembered over the bar line
        ([(0, 60, 96), (96, 60, 24)], ["C,4.000", "C,1.000"]),
        # a note lasts as long as it sounds: the bar after has no rest in its place
        ([(48, 60, 72), (120, 62, 24)], ["R,2.000 C,3.000", "S,1.000"]),
        ([(48, 60, 60), (120, 62, 24)], ["R,2.000 C,2.500", "R,0.500 S,1.000"]),
        # bars that nothing starts in are left out; a bar before the top of the form is one
        ([(-24, 60, 24), (288, 60, 24)], ["R,3.000 C,1.000", "C,1.000"]),
    ],
)
def test_measures_as_text(notes: list[tuple[int, int, int]], expected: list[str]) -> None:
    assert text(notes, bar_of("Cmaj7")) == expected


def test_a_chord_counts_from_its_place_in_the_bar() -> None:
    chords = struck_chords(over("C7 C7 F7 F7"), 0, BAR)
    assert [chord.onset for chord in chords] == [0, 48]
    assert last_chord(chords, 47) == chords[0]
    assert last_chord(chords, 48) == last_chord(chords, 500) == chords[1], "the last one, past the bar too"
    assert chords[0].pitches == (48, 52, 55, 58)


@pytest.mark.parametrize(
    ("symbols", "expected"),
    [
        ("NC NC F7 F7", [(0, 53), (48, 53)]),  # the form comes round: F7 sounded before
        ("F7 F7 NC NC C7 C7 C7 C7", [(0, 53)]),
        ("C7 C7 F7 F7 NC NC NC NC NC NC NC NC", [(0, 48), (48, 53)]),
        ("NC NC NC NC", [(0, 48)]),
    ],
)
def test_where_no_chord_is_stated_the_one_before_stays(symbols: str, expected: list[tuple[int, int]]) -> None:
    assert [(chord.onset, chord.pitches[0]) for chord in struck_chords(over(symbols), 0, BAR)] == expected


def test_approach_tones_become_chord_tones_but_the_first() -> None:
    changed = without_approach(parse_text("A,0.5 A,0.5 R,0.5 X,0.5 S,0.5"))
    assert format_line(changed) == "A,0.500 C,0.500 R,0.500 C,0.500 S,0.500"
    assert format_line(without_approach(parse_text("R,0.5 A,0.5"))) == "R,0.500 C,0.500"


@pytest.mark.parametrize(
    ("words", "lower", "upper"),
    [("C,0.5", 12, 18), ("C,0.333", 6, 12), ("C,0.167", 0, 6), ("R,0.25", 6, 12), ("C,1.125", 24, 30)],
)
def test_durations_go_down_or_up_to_a_quarter_beat(words: str, lower: int, upper: int) -> None:
    assert [duration for _, duration in prune_grammar(parse_text(words), down())] == [lower]
    assert [duration for _, duration in prune_grammar(parse_text(words), up())] == [upper]


def test_a_note_stands_at_the_end_of_its_slot_over_the_chord_there() -> None:
    chords = struck_chords(over("C7 C7 F#7 F#7"), 0, BAR)
    pruned = [(terminal, terminal.duration) for terminal in parse_text("C,2.0 R,1.0 C,1.0,<m3,m-3>")]
    first, rest, last = unparse_grammar(pruned, chords, down())
    assert (first.onset, first.duration) == (48, 48)
    assert first.spelled == Spelled("F#", FIRST_OCTAVE), "at its slot's start C7 sounded"
    assert (rest.onset, rest.spelled) == (72, None)
    assert (last.onset, last.spelled) == (96, Spelled("E", FIRST_OCTAVE))


@pytest.mark.parametrize(
    ("words", "symbol", "lowest", "highest"),
    [
        # C: chord tones within the bounds, the note before left out; voiced C3 E3 G3 B-3, raised to octave 4
        ("C,1.0 C,1.0,<P5,m2>", "C7", [60, 64], [70, 76]),
        ("C,1.0 C,1.0,<m3,m-3>", "C7", [60, 58], [70, 72]),
        # S: F major from C7
        ("C,1.0 S,1.0,<M2,m-3>", "C7", [60, 57], [70, 72]),
        # A and X alike: a semitone from a chord tone
        ("C,1.0 A,1.0,<M2,m-3>", "C7", [60, 57], [70, 71]),
        ("C,1.0 X,1.0,<M2,m-3>", "C7", [60, 57], [70, 71]),
        # the one pitch that fits may be the one before
        ("C,1.0 C,1.0,<m2,m-2>", "C", [60, 60], [67, 67]),
        # where none fits, a whole tone down or up
        ("C,1.0 C,1.0,<m3,M2>", "C", [60, 58], [67, 69]),
        # in octave 3 at least: G2 goes up to G3
        ("C,1.0 C,1.0,<P-15,m-24>", "C", [60, 48], [67, 55]),
        # rests do not reset what bounds count from
        ("C,1.0 R,1.0 C,1.0,<M3,M2>", "C", [60, None, 64], [67, None, 69]),
        # without bounds S is of the scale, G A B C D E F#, in an octave of the chord or the fourth
        ("S,1.0", "C", [67], [66]),
        # A a semitone above or below such a tone
        ("A,1.0", "C", [68], [65]),
        # bounds with nothing before them count for nothing
        ("C,1.0,<P-15,m-24>", "C", [60], [67]),
    ],
)
def test_which_pitches_are_drawn_from(
    words: str, symbol: str, lowest: list[int | None], highest: list[int | None]
) -> None:
    assert pitches(words, symbol, down()) == lowest
    assert pitches(words, symbol, up()) == highest


def test_without_a_major_chord_a_scale_tone_is_of_a_blues_scale() -> None:
    drawn = {pitches("S,1.0", "C-7", random.Random(seed))[0] for seed in range(200)}
    # C minor pentatonic with its blue note, or F's, which holds C, E- and B- too, where chance leaves G out
    assert {pitch % 12 for pitch in drawn if pitch is not None} <= {0, 3, 5, 6, 7, 10}
    assert 6 in {pitch % 12 for pitch in drawn if pitch is not None}, "the blue note, every other time"


def elements(*described: tuple[int, int, int | None]) -> list[Element]:
    return [
        Element(onset, duration, None if pitch is None else spell(pitch))
        for onset, duration, pitch in described
    ]


@pytest.mark.parametrize(
    ("before", "kept"),
    [
        ([60, 60, 62], [60, 62]),
        ([62, 60, 60], [62, 60, 60]),  # second and third: missed
        ([62, 60, 60, 60], [62, 60, 60]),
        ([60, 60, 60, 60], [60, 60]),
        ([None, 60, 60, None], [None, 60, 60, None]),  # rests count as elements
        ([None, None], [None, None]),
        ([60, 72], [60, 72]),
        ([60], [60]),
    ],
)
def test_repeats_are_found_in_disjoint_pairs_only(before: list[int | None], kept: list[int | None]) -> None:
    found = prune_notes(elements(*((12 * i, 12, pitch) for i, pitch in enumerate(before))))
    assert [None if e.spelled is None else e.spelled.pitch for e in found] == kept


def test_a_repeat_by_another_name_is_none() -> None:
    flat, sharp = Element(12, 12, Spelled("D-", 4)), Element(24, 12, Spelled("C#", 4))
    assert prune_notes([flat, sharp]) == [flat, sharp]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([(12, 0, 60)], [(12, 6, 60)]),
        ([(12, 0, None)], [(12, 6, None)]),
        # two that start together: the first stays; a rest is no note
        ([(12, 12, 60), (12, 0, 62), (24, 12, 64)], [(12, 12, 60), (24, 12, 64)]),
        ([(12, 12, 60), (12, 0, 62), (12, 0, 64)], [(12, 12, 60)]),
        ([(12, 12, 60), (12, 0, None)], [(12, 12, 60), (12, 6, None)]),
        ([(12, 12, None), (12, 0, 60)], [(12, 12, None)]),
    ],
)
def test_cleaning_up(
    before: list[tuple[int, int, int | None]], after: list[tuple[int, int, int | None]]
) -> None:
    assert clean_up_notes(elements(*before)) == elements(*after)


def test_a_measure_from_beginning_to_end() -> None:
    """Half beats stay so: each note a slot late, the A a chord tone, the repeat gone."""
    terminals = parse_text("C,0.5 C,0.5,<m2,m-2> A,0.5,<P4,m-2> R,0.5")
    played = play_measure(terminals, struck("C"), down())
    assert played == [
        Element(12, 12, Spelled("C", 4)),
        Element(36, 12, Spelled("E", 4)),
        Element(48, 12, None),
    ]


lines = st.lists(
    st.builds(Note, st.integers(-200, 700), st.integers(0, 127), st.integers(1, 200)), max_size=30
)
charts = st.lists(
    st.sampled_from(["C7", "F#-7b5", "NC", "Db/F", "Esus7", "Aaug7", "Bo7", "G5", "Ab7913"]),
    min_size=1,
    max_size=12,
)


@given(lines, charts, st.integers(2, 7), st.integers(0, 99))
def test_whatever_the_line_it_plays_notes(
    line: list[Note], symbols: list[str], meter: int, seed: int
) -> None:
    changes = changes_from_beats([parse_chord(symbol) for symbol in symbols], meter)
    played = as_deepjazz(line, changes, random.Random(seed))
    assert played == sorted(played)
    assert as_deepjazz(line, changes, random.Random(seed)) == played
    bars = {note.onset // changes.bar for note in line}
    for note in played:
        assert note.duration >= 6
        assert note.duration % 6 == 0
        assert 12 * (OCTAVE + 1) <= note.pitch <= 127
        assert note.velocity == VELOCITY
        assert note.onset % changes.bar % 6 == 0 or changes.bar % 6
        assert any(bar * changes.bar <= note.onset for bar in bars)
    assert len(played) <= len(line)


@given(lines, charts)
def test_each_measure_stands_alone(line: list[Note], symbols: list[str]) -> None:
    """The bar's first note has no bounds, every other has them around its interval, and durations hold."""
    changes = changes_from_beats([parse_chord(symbol) for symbol in symbols], 4)
    for _, _, terminals in measures(line, changes, every_bar(line, changes.bar)):
        notes = [terminal for terminal in terminals if terminal.kind is not Kind.REST]
        assert notes[0].bounds is None
        assert all(terminal.bounds is not None for terminal in notes[1:])
        assert all(terminal.kind is not Kind.COLOUR for terminal in terminals)
        rests = [
            len(list(group)) for kind, group in groupby(terminals, lambda t: t.kind) if kind is Kind.REST
        ]
        assert set(rests) <= {1}


@given(st.lists(st.builds(Terminal, st.sampled_from([k for k in Kind if k is not Kind.REST]), st.just(12))))
def test_only_the_first_terminal_keeps_an_approach(terminals: list[Terminal]) -> None:
    changed = without_approach(terminals)
    assert changed[:1] == terminals[:1]
    assert all(terminal.kind.letter in "CLS" for terminal in changed[1:])
