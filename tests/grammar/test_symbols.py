from itertools import combinations

import pytest

from grammar.chords import QUALITIES, ROOTS, parse_chord
from grammar.shapes import SHAPES
from grammar.symbols import STEMS, TENSIONS, symbol, written

BESIDE = {(2, 1), (2, 3), (9, 8)}
"""A natural tension and its alteration, which no shape has together."""


def test_every_quality_has_stems() -> None:
    assert set(STEMS) == set(QUALITIES) - {"NC"}


@pytest.mark.parametrize("quality", STEMS)
def test_what_is_written_parses_to_the_same_quality_with_its_tensions_as_colours(quality: str) -> None:
    tensions = SHAPES[quality].tensions
    for size in range(len(tensions) + 1):
        for held in combinations(sorted(tensions), size):
            if any(natural in held and altered in held for natural, altered in BESIDE):
                continue
            chord = written(2, quality, frozenset(held))
            assert (chord.root, chord.bass, chord.quality) == (2, 2, quality), chord.symbol
            named = [degree for degree in held if degree in TENSIONS]
            assert all(chord.degrees[degree] in "CL" for degree in named), chord.symbol


@pytest.mark.parametrize("quality", STEMS)
def test_a_slash_and_any_root(quality: str) -> None:
    for root in range(12):
        chord = parse_chord(symbol(root, quality, frozenset(), bass=root + 14))
        assert (chord.root, chord.quality, chord.bass) == (root, quality, (root + 2) % 12)
        assert chord.symbol.endswith("/" + ROOTS[(root + 2) % 12])
