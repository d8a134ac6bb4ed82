import sqlite3
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grammar.chords import ALIASES, EXTENSIONS, NO_CHORD, QUALITIES, ROOTS, Chord, ChordError, parse_chord

symbols = st.builds(
    lambda root, suffix, extension, bass: root + suffix + extension + bass,
    st.sampled_from([*ROOTS, "C#", "F#", "Cb", "Ebb"]),
    st.sampled_from(sorted(ALIASES)),
    st.sampled_from(["", *(f"({name})" for name in EXTENSIONS if not name[0].isdigit())]),
    st.sampled_from(["", "/C", "/F#", "/Bb"]),
)


def names(classes: frozenset[int], root: int = 0) -> list[int]:
    return sorted((found - root) % 12 for found in classes)


def test_the_order_of_the_qualities_is_what_models_were_trained_with() -> None:
    assert " ".join(QUALITIES) == (
        "maj 6 maj7 min min6 min7 minmaj7 7 7alt 7sus sus aug aug7 augmaj7 m7b5 dim dim7 5 NC"
    )


@pytest.mark.parametrize("quality", QUALITIES)
def test_a_quality_is_twelve_letters_with_its_root_a_chord_tone(quality: str) -> None:
    degrees = QUALITIES[quality]
    assert len(degrees) == 12
    assert set(degrees) <= set("CLS.")
    assert degrees[0] == ("S" if quality == "NC" else "C")


@pytest.mark.parametrize("alias", ALIASES)
def test_every_alias_parses_on_every_root(alias: str) -> None:
    quality = ALIASES[alias].split("+")[0]
    for number, root in enumerate(ROOTS):
        suffix = f"({alias})" if alias.startswith("#") else alias  # C#5 is a fifth on C#
        chord = parse_chord(root + suffix)
        assert (chord.root, chord.bass, chord.quality) == (number, number, quality)
        assert chord.degrees == parse_chord("C" + suffix).degrees
        assert number in chord.tones


@given(symbols)
def test_tones_and_colours_are_of_the_scale_and_apart(symbol: str) -> None:
    chord = parse_chord(symbol)
    assert chord.tones | chord.colours <= chord.scale
    assert not chord.tones & chord.colours
    assert {chord.root, chord.bass} <= chord.tones
    for note in range(128):
        assert (chord.letter(note) in "CLS") == (note % 12 in chord.scale)


@given(symbols, st.integers(-24, 24), st.integers(-24, 24))
def test_transposition_commutes(symbol: str, up: int, further: int) -> None:
    chord = parse_chord(symbol)
    moved = chord.transposed(up)
    assert moved == parse_chord(moved.symbol)
    assert moved.degrees == chord.degrees
    assert moved.scale == {(note + up) % 12 for note in chord.scale}
    assert moved.transposed(further) == chord.transposed(up + further)


def test_no_chord_stays_itself_and_lets_every_note_be_a_scale_tone() -> None:
    for symbol in ("NC", "N.C.", "nc"):
        assert parse_chord(symbol) is NO_CHORD
    assert NO_CHORD.transposed(5) is NO_CHORD
    assert NO_CHORD.scale == frozenset(range(12))
    assert not NO_CHORD.tones


@pytest.mark.parametrize(
    ("spellings", "tones", "colours"),
    [
        ("C CM Cmaj", [0, 4, 7], [2, 9]),
        ("C-7 Cm7 Cmin7 Cmi7 C−7", [0, 3, 7, 10], [2, 5]),
        ("CΔ CΔ7 Cmaj7 CM7 Cj7 C^7 C△", [0, 4, 7, 11], [2, 9]),
        ("C7", [0, 4, 7, 10], [2, 9]),
        ("C7b9 C79b C9b C7(b9) C7-9 C7♭9", [0, 4, 7, 10], [1, 9]),
        ("C7#9 C79# C7+9 C9#", [0, 4, 7, 10], [3, 9]),
        ("C7913 C13 C7(9,13)", [0, 4, 7, 10], [2, 9]),
        ("C7#11 C7+11 C711#", [0, 4, 7, 10], [2, 6, 9]),
        ("C7b13 C13b", [0, 4, 7, 10], [2, 8]),
        ("C7alt Calt", [0, 4, 10], [1, 3, 6, 8]),
        ("Cø Cm7b5 C-7b5 Ch7", [0, 3, 6, 10], [5, 8]),
        ("Cdim Co C°", [0, 3, 6], []),
        ("Cdim7 Co7 C°7", [0, 3, 6, 9], [2, 5, 8, 11]),
        ("Csus4 Csus", [0, 5, 7], [2]),
        ("C7sus4 Csus7 C7sus", [0, 5, 7, 10], [2, 9]),
        ("C7susadd3", [0, 4, 5, 7, 10], [2, 9]),
        ("C9bsus C7b9sus", [0, 5, 7, 10], [1, 9]),
        ("C+ Caug C(#5) C+5", [0, 4, 8], [2]),
        ("C+7 C7#5", [0, 4, 8, 10], [2, 6]),
        ("C79b+ C9b+", [0, 4, 8, 10], [1, 9]),
        ("Cmaj7+ C+j7 Cmaj7#5", [0, 4, 8, 11], [2, 6]),
        ("C13b9b C7b9b13", [0, 4, 7, 10], [1, 8]),
        ("C9b11#", [0, 4, 7, 10], [1, 6, 9]),
        ("C9b5", [0, 4, 6, 10], [2, 9]),
        ("Cmin Cm C-", [0, 3, 7], [2]),
        ("Cminb6 C-b6", [0, 3, 7], [2, 8]),
        ("C-6 Cm6", [0, 3, 7, 9], [2]),
        ("C-j7 CmMaj7 Cm(maj7)", [0, 3, 7, 11], [2]),
        ("C6", [0, 4, 7, 9], [2]),
        ("C69 C6/9", [0, 4, 7, 9], [2]),
        ("C5", [0, 7], []),
        ("C#5 Db5", [1, 8], []),
        ("C7/G", [0, 4, 7, 10], [2, 9]),
        ("C/D", [0, 2, 4, 7], [9]),
        ("N.C. NC", [], []),
    ],
)
def test_common_spellings(spellings: str, tones: list[int], colours: list[int]) -> None:
    for symbol in spellings.split():
        chord = parse_chord(symbol)
        assert (symbol, names(chord.tones), names(chord.colours)) == (symbol, tones, colours)


def test_a_slash_bass_is_the_lowest_note() -> None:
    assert parse_chord("F-7/Bb").bass == 10
    assert parse_chord("F-7").bass == 5


@pytest.mark.parametrize(
    "symbol", ["", "H7", "c7", "Cfoo", "C7b", "C7x9", "C9b#", "C/H", "7", "Cmaj77", "C#b7", "C7913#", "C911b"]
)
def test_an_unknown_symbol_is_named(symbol: str) -> None:
    with pytest.raises(ChordError, match="unknown chord") as caught:
        parse_chord(symbol)
    assert repr(symbol) in str(caught.value)


@given(st.text("ABCGb#m-7913+6susadlt()/Δø° ", max_size=12) | st.text(max_size=5))
def test_any_text_is_a_chord_or_a_chord_error(text: str) -> None:
    try:
        chord = parse_chord(text)
    except ChordError as error:
        message = str(error)
    else:
        assert isinstance(chord, Chord)
        assert len(chord.degrees) == 12
        return
    assert repr(text) in message


@pytest.mark.data
def test_every_symbol_of_the_weimar_database_parses(
    wjazzd_symbols: set[str], database: sqlite3.Connection
) -> None:
    played = {row[0] for row in database.execute("select distinct chord from melody") if row[0]}
    assert len(wjazzd_symbols) > 400
    for symbol in wjazzd_symbols | played:
        parse_chord(symbol)


@pytest.mark.data
def test_the_symbols_of_the_irb_corpus_parse(irb_symbols: Counter[str]) -> None:
    failing: Counter[str] = Counter()
    for symbol, count in irb_symbols.items():
        try:
            parse_chord(symbol)
        except ChordError:
            failing[symbol] = count
    assert failing.total() <= 0.001 * irb_symbols.total(), failing.most_common(10)
