"""Chords in a row: what was held before tells readings apart, and what needs no telling stays as it was."""

from collections.abc import Mapping
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grammar.chords import Chord, parse_chord
from grammar.keys import KEYS
from grammar.naming import Expected, read_chord
from grammar.positions import POSITIONS, ROOTLESS, Voicing, guide_shells, root_position
from grammar.progression import BEAM, MOTIONS, NOTHING_HELD, Progression, follow
from grammar.shapes import SHAPES

C3 = 48
held_keys = st.frozensets(st.integers(36, 84), min_size=1, max_size=7)
rows = st.lists(held_keys, min_size=1, max_size=6)
CADENCES = {
    "major": ((2, "min7"), (7, "7"), (0, "maj7")),
    "minor": ((2, "m7b5"), (7, "7alt"), (0, "min6")),
}


def through(row: list[frozenset[int]], begun: Progression = NOTHING_HELD) -> list[Progression]:
    """The progression after each chord."""
    return list(accumulate(row, lambda before, held: follow(before, held) or before, initial=begun))[1:]


def rightly(named: Chord | None, root: int, quality: str) -> bool:
    return (
        named is not None
        and named.root == root % 12
        and (SHAPES[named.quality].family == SHAPES[quality].family)
    )


def placed(form: Voicing, root: int) -> frozenset[int]:
    return frozenset(C3 + root % 12 + degree for degree in form)


@given(rows, st.integers(-12, 12))
def test_transposing_transposes_every_name(row: list[frozenset[int]], up: int) -> None:
    moved = [frozenset(pitch + up for pitch in held) for held in row]
    for one, other in zip(through(row), through(moved), strict=True):
        assert (one.chord and one.chord.transposed(up)) == (other.chord and other.chord.transposed(0))


@given(rows)
def test_it_stays_as_large_however_long_one_plays(row: list[frozenset[int]]) -> None:
    for progression in through(row):
        assert len(progression.ways) <= BEAM
        assert max((way.score for way in progression.ways), default=0.0) == 0
        assert len(progression.held) <= 7


@given(held_keys, st.none() | st.sampled_from(KEYS))
def test_the_first_chord_is_named_as_it_is_alone(held: frozenset[int], key: object) -> None:
    expected = Expected(key=key)  # type: ignore[arg-type]
    alone, found = read_chord(held, expected, count=1), follow(NOTHING_HELD, held, expected)
    assert (found and found.chord) == (alone[0].chord if alone else None)


@given(rows)
def test_what_is_held_again_is_the_same_chord(row: list[frozenset[int]]) -> None:
    for before in through(row):
        if before.chord is not None:
            assert follow(before, before.held) is before


@given(rows, held_keys, st.sampled_from(["C7", "F#-7b5", "Bbmaj7"]))
def test_where_there_is_a_chart_its_word_counts(
    row: list[frozenset[int]], held: frozenset[int], chart: str
) -> None:
    expected = Expected(parse_chord(chart))
    alone, found = read_chord(held, expected, count=1), follow(through(row)[-1], held, expected)
    assert (found and found.chord) == (alone[0].chord if alone else None)
    assert found is None or len(found.ways) == 1, "and what follows goes on from there"


def cadences(cadence: str, forms: Mapping[str, tuple[Voicing, ...]]) -> list[tuple[Chord | None, int, str]]:
    """What is named of a cadence in four keys, each a whole step lower, in two forms; and the truth."""
    row = [(up - 2 * down, quality) for down in range(4) for up, quality in CADENCES[cadence]]
    held = [placed(forms[quality][turn % 2], root) for turn, (root, quality) in enumerate(row)]
    return [(found.chord, *truth) for found, truth in zip(through(held), row, strict=True)]


@pytest.mark.parametrize("cadence", CADENCES)
def test_rootless_cadences_are_understood_from_the_second_on(cadence: str) -> None:
    forms = {q: (form, (*form[2:], *(tone + 12 for tone in form[:2]))) for q, form in ROOTLESS.items()}
    assert all(rightly(*chord) for chord in cadences(cadence, forms)[4:])


def test_thirds_and_sevenths_alone_tell_dominants_and_tonics_from_the_second_cadence_on() -> None:
    forms = {quality: tuple(guide_shells(quality)) for quality in ("min7", "7", "maj7")}
    named = cadences("major", forms)
    assert all(rightly(*chord) for chord in (*named[4::3], *named[5::3]))


@pytest.mark.parametrize("manner", ["root position", "spread"])
@pytest.mark.parametrize("cadence", CADENCES)
def test_roots_in_the_bass_are_believed(manner: str, cadence: str) -> None:
    row = [(up - 2 * step, quality) for step in range(6) for up, quality in CADENCES[cadence]]
    held = [placed(POSITIONS[manner](quality)[0], root) for root, quality in row]
    for progression, (root, quality) in zip(through(held), row, strict=True):
        assert progression.chord is not None
        assert progression.chord.root == root % 12, quality


def test_who_goes_over_to_roots_is_believed_in_time() -> None:
    forms = [placed(ROOTLESS[quality], root) for root, quality in CADENCES["major"]]
    rooted = [
        placed(root_position(quality)[0], root)
        for root, quality in ((0, "maj7"), (9, "min7"), (2, "min7"), (7, "7"), (0, "maj7"))
    ]
    last = through([*forms, *rooted])[-1].chord
    assert last is not None
    assert last.symbol == "Cmaj7"


def test_the_motions_are_shares_of_families_that_there_are() -> None:
    families = {shape.family for shape in SHAPES.values()}
    for family, motions in MOTIONS.items():
        assert family in families
        assert sum(motions.values()) < 1
        assert all(0 <= up < 12 and following in families for up, following in motions)
