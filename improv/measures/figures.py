"""The one table of what is measured of a piece, and a set of pieces measured by it.

Conventions: shares go from 0 to 1. A set's figure is the mean over its pieces, but of chord and scale tones
the mean over its notes, as they are published.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from improv.measures.copying import Source, copied_share, longest_run
from improv.measures.entropy import pitch_entropy
from improv.measures.groove import groove_similarity
from improv.measures.harmony import chord_tones, scale_tones
from improv.measures.motifs import restated
from improv.measures.piece import Piece
from improv.measures.progression import chord_irregularity
from improv.measures.structure import SCALES, structure

Value = float | None


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of a piece."""

    title: str
    unit: str
    """`%` for shares, else what it counts in."""
    of: Callable[[Piece], Value] | None
    """None: it is computed with others, in `measure`."""
    published: tuple[float, float] | None = None
    """What real solos measured, and the best neural model (the Jazz Transformer)."""
    by_note: bool = False
    """Whether a set's mean is over notes."""


MEASURES: dict[str, Measure] = {
    "chord_tones": Measure("chord tones", "%", chord_tones, by_note=True),
    "scale_tones": Measure("scale tones", "%", scale_tones, by_note=True),
    "entropy_1": Measure(
        "H1, pitch entropy of a bar", "bits", lambda piece: pitch_entropy(piece, 1), (1.94, 2.20)
    ),
    "entropy_4": Measure("H4, of four bars", "bits", lambda piece: pitch_entropy(piece, 4), (2.87, 2.91)),
    "groove": Measure("GS, grooving similarity", "", groove_similarity, (0.86, 0.76)),
    "chord_irregularity": Measure("CPI, chord irregularity", "%", chord_irregularity, (0.404, 0.726)),
    "structure_short": Measure("SI, structure of 3 to 8 s", "", None, (0.36, 0.27)),
    "structure_mid": Measure("SI, of 8 to 15 s", "", None, (0.36, 0.18)),
    "structure_long": Measure("SI, of 15 s up", "", None, (0.35, 0.12)),
    "line_structure_short": Measure("SI of the line alone, 3 to 8 s", "", None),
    "line_structure_mid": Measure("SI of the line alone, 8 to 15 s", "", None),
    "line_structure_long": Measure("SI of the line alone, 15 s up", "", None),
    "restated": Measure("motifs restated", "%", restated),
    "copied": Measure("5-grams found in the training solos", "%", None),
    "longest_run": Measure("longest run found there", "notes", None),
}
"""Name to measure, in the order of every table."""

Values = Mapping[str, Sequence[Value]]
"""For every measure a value a piece."""


def measure(piece: Piece, training: Source | None) -> dict[str, Value]:
    """Every measure of a piece; without training solos nothing is said of copying."""
    found = {name: known.of(piece) for name, known in MEASURES.items() if known.of is not None}
    with_chords, alone = structure(piece), structure(piece, harmony=False)
    for name in SCALES:
        found[name], found[f"line_{name}"] = with_chords[name], alone[name]
    found["copied"] = None if training is None else copied_share(piece, training)
    found["longest_run"] = None if training is None else longest_run(piece, training)
    return {name: found[name] for name in MEASURES}


def means(pieces: Sequence[Piece], values: Values) -> dict[str, Value]:
    """Each measure's figure of a set; pieces that have none are left out, None where all are."""
    found: dict[str, Value] = {}
    for name, known in MEASURES.items():
        weighted = [
            (value, _notes(piece) if known.by_note else 1)
            for piece, value in zip(pieces, values[name], strict=True)
            if value is not None
        ]
        total = sum(weight for _, weight in weighted)
        found[name] = sum(value * weight for value, weight in weighted) / total if total else None
    return found


def _notes(piece: Piece) -> int:
    """Notes that have a chord."""
    return sum(piece.changes.at(note.onset).root is not None for note in piece.notes)
