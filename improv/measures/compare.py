"""Sets of pieces measured, and compared with real ones."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from improv.measures.copying import Source
from improv.measures.figures import MEASURES, Value, Values, means, measure
from improv.measures.overlap import FEATURES, Overlap, overlaps
from improv.measures.piece import Piece

Progress = Callable[[int, int], None]
"""Told how many pieces are done, and of how many."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A set of pieces and what was measured of each."""

    name: str
    pieces: tuple[Piece, ...]
    values: Values
    means: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Sets against the real one."""

    real: Measured
    others: tuple[Measured, ...]
    overlaps: Mapping[str, Mapping[str, Overlap]]
    """For each other set, by name, its features' overlaps with the real one's."""
    ceiling: Mapping[str, Overlap] | None = None
    """The overlaps of other real pieces: what can be had."""

    def as_json(self) -> dict[str, Any]:
        """Figures by set, then overlaps by set: plain values, rounded to six places."""
        areas = {name: _areas(found) for name, found in self.overlaps.items()}
        if self.ceiling is not None:
            areas["real"] = _areas(self.ceiling)
        sets = (self.real, *self.others)
        return {"figures": {each.name: _figures(each) for each in sets}, "overlap": areas}


def measured(
    name: str,
    pieces: Sequence[Piece],
    training: Callable[[int], Source | None],
    report: Progress = lambda done, total: None,
) -> Measured:
    """Measure pieces; `training` gives the solos that each, by number, may have been copied from."""
    values: dict[str, list[Value]] = {name: [] for name in MEASURES}
    for number, piece in enumerate(pieces):
        for figure, value in measure(piece, training(number)).items():
            values[figure].append(value)
        report(number + 1, len(pieces))
    return Measured(name, tuple(pieces), values, means(pieces, values))


def compare(real: Measured, others: Sequence[Measured], more_real: Sequence[Piece] = ()) -> Comparison:
    """Every set's overlaps with the real one, and those of more real pieces if there are any."""
    return Comparison(
        real,
        tuple(others),
        {other.name: overlaps(other.pieces, real.pieces) for other in others},
        overlaps(more_real, real.pieces) if more_real else None,
    )


def _figures(each: Measured) -> dict[str, float | int | None]:
    found: dict[str, float | int | None] = {"pieces": len(each.pieces)}
    for name, value in each.means.items():
        found[name] = None if value is None else round(value, 6)
    return found


def _areas(found: Mapping[str, Overlap]) -> dict[str, dict[str, float]]:
    return {
        name: {"area": round(found[name].area, 6), "divergence": round(found[name].divergence, 6)}
        for name in FEATURES
    }
