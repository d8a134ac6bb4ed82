"""Voicings: in range, clear, of the chord, and led."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grammar.chords import ALIASES, QUALITIES, ROOTS, Chord, parse_chord
from grammar.voicings import (
    FORMS,
    HIGH,
    LOW,
    LOWEST_OF_INTERVAL,
    NEAREST,
    SHELLS,
    TONES,
    WIDEST,
    lead,
    movement,
    sounds,
    spelled,
    voicings,
)
from improv.library import chart_names, load_chart

ALTERED = (
    "7b9",
    "7#9",
    "7#11",
    "7b9#11",
    "A7b9b13"[1:],
    "13b9",
    "7#5#9",
    "13#11",
    "maj7#11",
    "-11",
    "7sus/C",
)
SLASHES = ("/E", "/G", "/D", "/Bb", "7/G", "-7/F", "maj7/A", "-7b5/Eb", "7alt/C", "sus/B")
symbols = st.builds(
    lambda root, suffix: parse_chord(root + suffix),
    st.sampled_from(ROOTS),
    st.sampled_from([*ALIASES, *ALTERED, *SLASHES]),
)
MOVED = 32
"""Semitones that all voices together move at most, as from a chord of four notes to a bare fifth."""


def degrees(chord: Chord, voicing: tuple[int, ...]) -> set[int]:
    return {(pitch - (chord.root or 0)) % 12 for pitch in voicing}


@given(symbols, st.booleans())
def test_every_voicing_says_the_chord_and_nothing_else(chord: Chord, shell: bool) -> None:
    found = voicings(chord, shell)
    assert found
    assert chord.root is not None
    assert chord.bass is not None
    low = (chord.bass - chord.root) % 12
    for voicing in found:
        assert voicing == tuple(sorted(set(voicing)))
        played = degrees(chord, voicing)
        assert all(sounds(chord, degree) for degree in played)
        for tones in ((3, 4), (9, 10, 11)):  # third and seventh, unless the bass has them
            there = {degree for degree in tones if chord.degrees[degree] == "C"}
            assert not there or played & there or low in there
        if not any(chord.degrees[degree] == "C" for degree in (3, 4)):
            assert chord.degrees[5] != "C" or 5 in played, "a suspended chord has its fourth"


@given(symbols, st.booleans())
def test_none_is_muddy_or_out_of_range(chord: Chord, shell: bool) -> None:
    for voicing in voicings(chord, shell):
        assert LOW <= voicing[0] < voicing[-1] <= HIGH
        assert voicing[-1] - voicing[0] < WIDEST
        for below, above in pairwise(voicing):
            assert above - below < NEAREST
            assert below >= LOWEST_OF_INTERVAL.get(above - below, 0)


@given(symbols, symbols, st.booleans(), st.sampled_from((-1, 0, 1)))
def test_voices_move_little(first: Chord, second: Chord, shell: bool, rise: int) -> None:
    before = lead(first, (), shell)
    after = lead(second, before, shell, rise)
    assert after in voicings(second, shell)
    assert movement(before, after) == movement(after, before)
    assert movement(before, after) <= MOVED
    assert abs(after[-1] - before[-1]) <= 9, "the top is a melody"
    if not rise and first == second:
        assert movement(before, after) == 0


@given(symbols, st.integers(1, 11))
def test_it_is_the_same_in_every_key(chord: Chord, up: int) -> None:
    for form in FORMS[chord.quality]:
        assert spelled(chord.transposed(up), form) == spelled(chord, form)


def test_nothing_sounds_without_a_chord() -> None:
    none = parse_chord("N.C.")
    assert voicings(none) == ()
    assert lead(none, (60, 64)) == ()


def test_the_tables_are_whole() -> None:
    assert FORMS.keys() == QUALITIES.keys()
    for quality, forms in (*FORMS.items(), *SHELLS.items()):
        chord = parse_chord("C" + next(s for s, q in ALIASES.items() if q == quality)) if forms else None
        for form in forms:
            assert chord is not None
            assert set(form.split()) <= TONES.keys()
    for quality in FORMS.keys() - {"NC"}:
        chord = parse_chord("C" + next(s for s, q in ALIASES.items() if q == quality))
        assert any(spelled(chord, form) for form in FORMS[quality])
        assert spelled(chord, FORMS[quality][0]), "the plainest form fits the plain chord"


@pytest.mark.parametrize(
    ("symbol", "form", "names"),
    [
        ("Cmaj7", "3 5 7 9", "E G B D"),
        ("C7", "3 13 7 9", "E A Bb D"),
        ("C7b9", "3 13 7 9", "E A Bb Db"),
        ("C7alt", "7 3 b13 1 #9", "Bb E Ab C Eb"),
        ("C7#11", "3 7 9 #11 13", "E Bb D Gb A"),
        ("C-7", "11 7 3 5", "F Bb Eb G"),
        ("C7sus", "7 9 4 13", "Bb D F A"),
        ("Cm7b5", "7 1 3 5", "Bb C Eb Gb"),
    ],
)
def test_forms_are_spelled_from_the_bottom_up(symbol: str, form: str, names: str) -> None:
    chord = parse_chord(symbol)
    found = spelled(chord, form)
    assert [ROOTS[degree % 12] for degree in found] == names.split()
    assert list(found) == sorted(found)


@pytest.mark.parametrize(
    ("symbol", "classes"), [("F/G", "F A C"), ("D/C", "D Gb A"), ("A-7/D", "A C E G"), ("C/E", "D E G A")]
)
def test_over_a_foreign_bass_the_plain_chord_is_played(symbol: str, classes: str) -> None:
    chord = parse_chord(symbol)
    assert {ROOTS[pitch % 12] for pitch in lead(chord)} <= set(classes.split())


def test_a_major_chord_avoids_its_fourth() -> None:
    assert not sounds(parse_chord("Cmaj7"), 5)
    assert sounds(parse_chord("Csus"), 5)


@pytest.mark.parametrize("name", chart_names())
def test_a_chart_is_led_through_with_a_melody_on_top(name: str) -> None:
    before: tuple[int, ...] = ()
    moved, tops = list[float](), list[int]()
    for chord in load_chart(name).changes().chords:
        after = lead(chord, before)
        if before:
            moved.append(movement(before, after) / len(after))
            tops.append(abs(after[-1] - before[-1]))
        before = after
    if moved:
        assert sum(moved) / len(moved) < 2
        assert sum(top <= 2 for top in tops) / len(tops) > 0.7
