"""The last word of a line: which of many candidates the model would have written there.

Conventions: the candidates are spelt after all stems at once, letter by letter, as one tree; only the
likeliest beginnings go on. A `Finish` has its likelihood as a logarithm in nats: the stem's weight, the
word, and that the line ends after it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from improv.text.line import ROUGHNESS, Pen, Read, Stem
from improv.verse.meter import counts as syllable_counts
from improv.verse.meter import extended

WIDEST: Final = 96
"""Beginnings of candidates that go on at a time."""
CLOSE: Final = 14.0
"""Nats behind the likeliest at which a beginning is given up."""
ENDS: Final = ",;:.?!\n"
"""What ends a line after its last word: the newline alone, or a stop before it."""


@dataclass(frozen=True, slots=True)
class Finish:
    """A stem and its last word."""

    stem: Stem
    word: str
    weight: float
    """Of the whole line, its meter with it."""
    surprise: float
    """Of the last word and the end after it alone: nats, positive."""
    read: Read
    """A batch in which `row` has read the line, but for its stop."""
    row: int

    @property
    def text(self) -> str:
        """The line without its stop."""
        return self.stem.draft.text + self.word


@dataclass(frozen=True, slots=True)
class _Node:
    stem: int
    letters: str
    weight: float
    """Of its letters; the stem's apart."""


def finishes(
    pen: Pen, stems: Sequence[Stem], candidates: Mapping[str, float], counts: frozenset[int]
) -> Iterator[Finish]:
    """The likeliest ways to finish the stems.

    Args:
        pen: what writes.
        stems: beginnings of the line.
        candidates: the words that may come last, and what is added to the weight of each.
        counts: the syllables that the line may have.
    """
    if not stems or not candidates:
        return
    trees = _Trees(candidates, counts, pen)
    tail = sorted(set(pen.tree.alphabet.encode(ENDS).tolist()) - {0})
    stems = sorted((stem for stem in stems if trees.after(stem)), key=lambda stem: -stem.weight)[:WIDEST]
    nodes = [
        _Node(place, "", 0.0) for place, stem in enumerate(stems) if stem.weight > stems[0].weight - CLOSE
    ]
    if not nodes:
        return
    read = _gathered([stems[node.stem] for node in nodes])
    while nodes:
        logits = read.logits.astype(np.float64)
        log_p = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)  # (B, V)
        grown: list[tuple[int, int, _Node]] = []
        for row, node in enumerate(nodes):
            stem = stems[node.stem]
            if node.letters in candidates:
                rough = _roughness(pen, stem, node.letters, counts)
                if rough is not None:
                    likely = node.weight + float(np.logaddexp.reduce(log_p[row, tail]))
                    whole = stem.weight + likely + candidates[node.letters] - ROUGHNESS * rough
                    yield Finish(stem, node.letters, whole, -likely, read, row)
            for letter in sorted(trees.after(stem).get(node.letters, ())):
                chosen = 1 + pen.tree.alphabet.characters.index(letter)
                weight = node.weight + float(log_p[row, chosen])
                grown.append((row, chosen, _Node(node.stem, node.letters + letter, weight)))
        grown.sort(key=lambda entry: -(stems[entry[2].stem].weight + entry[2].weight))
        level = stems[grown[0][2].stem].weight + grown[0][2].weight if grown else 0.0
        grown = [
            entry for entry in grown[:WIDEST] if stems[entry[2].stem].weight + entry[2].weight > level - CLOSE
        ]
        if not grown:
            return
        nodes = [node for _, _, node in grown]
        read = pen.step([chosen for _, chosen, _ in grown], read.rows([row for row, _, _ in grown]).state)


def _roughness(pen: Pen, stem: Stem, word: str, counts: frozenset[int]) -> float | None:
    """What the word adds to the roughness of the line; none where it has not as many syllables as wanted."""
    if stem.draft.words and stem.draft.words[-1] == word:
        return None
    scansion = extended(stem.draft.scansion, word, pen.speaker)
    wanted = [rough for count, rough in scansion.items() if count in counts]
    return min(wanted) - min(stem.draft.scansion.values()) if wanted else None


class _Trees:
    """The candidates of as many syllables as a stem leaves open, as trees of letters."""

    def __init__(self, candidates: Iterable[str], counts: frozenset[int], pen: Pen) -> None:
        self._counts = counts
        self._by_syllables: dict[int, list[str]] = defaultdict(list)
        for word in candidates:
            for count in syllable_counts(word, pen.speaker):
                self._by_syllables[count].append(word)
        self._trees: dict[frozenset[int], Mapping[str, set[str]]] = {}

    def after(self, stem: Stem) -> Mapping[str, set[str]]:
        """The letters that follow each beginning; empty where no candidate fits."""
        wanted = frozenset(all_of - so_far for all_of in self._counts for so_far in stem.draft.scansion)
        if wanted not in self._trees:
            following: dict[str, set[str]] = defaultdict(set)
            for word in (word for count in sorted(wanted) for word in self._by_syllables.get(count, ())):
                for place, letter in enumerate(word):
                    following[word[:place]].add(letter)
            self._trees[wanted] = following
        return self._trees[wanted]


def _gathered(stems: Sequence[Stem]) -> Read:
    """One batch of the rows of many."""
    rows = [stem.read.rows([stem.row]) for stem in stems]
    layers = zip(*(row.state for row in rows), strict=True)  # of each layer, the states of all stems
    state = tuple(type(of[0])(*map(np.concatenate, zip(*of, strict=True))) for of in layers)
    return Read(state, np.concatenate([row.logits for row in rows]))
