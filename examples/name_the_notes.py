"""What is each note? Many to many, of equal length: every note of a line gets a tag.

    python -m examples.name_the_notes                # learns and reports in about a minute
    python -m examples.name_the_notes --data DATA    # from the Weimar Jazz Database, wherever it is
    python -m examples.name_the_notes --cell rnn --seed 1

The tags are the terminals of the program's grammar: C chord tone, L colour tone, S scale tone, A approach
tone, X any other. `grammar.parse` gives them to a note by the chord's symbol. The network is not told the
symbol: it hears the line, and the root that the bass plays under it. A fourth above the root may be of the
scale (over major), colour (over minor) or the very chord (over a suspended one): the notes around it tell.

At every note the network says a tag, from its hidden state after that note (`models.tagger`). What was
played before is in that state. What comes next it cannot know, but a listener who writes down what was
played can: so beside the note itself it is told which degrees the next notes are.

The baseline is the commonest tag of a note's degree over the root: it knows neither before nor after.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from examples.common import Parser, at_least, find_lines, start
from examples.hearing import WIDTH, ahead, degree, heard
from examples.learning import Weights, learn, table
from grammar.chords import ROOTS
from grammar.parse import classify
from grammar.terminals import Kind
from improv.errors import UserError
from improv.jazz.wjazzd import Solo
from models import tagger
from models.cells import CELLS
from models.loss import IGNORED, softmax_cross_entropy
from models.numeric import Array
from models.padding import padded

KINDS = tuple(kind for kind in Kind if kind is not Kind.REST)
LETTERS = tuple(kind.letter for kind in KINDS)
PASSAGE = 32
"""Notes that are read in one go."""
AHEAD = 8
BATCH, RATE = 32, 0.004
SHOWN = 4
ROOM = 16
"""Notes of a passage that are shown."""
Ids = npt.NDArray[np.intp]


class Passage(NamedTuple):
    """Some notes of a line, what is heard of them, and what they are."""

    x: Array
    """(T, WIDTH + 12)"""
    degrees: Ids
    """Semitones above the root, (T,)."""
    tags: Ids
    """Of `KINDS`, (T,)."""
    notes: tuple[str, ...]
    chords: tuple[str, ...]
    """The symbols, which the network is not told."""


def passages(solo: Solo) -> list[Passage]:
    """A line, cut up."""
    chords = [solo.changes.at(note.onset) for note in solo.notes]
    roots = [chord.root for chord in chords]
    x = np.concatenate([heard(solo.notes, roots), ahead(solo.notes, roots, AHEAD)], axis=1)
    over = list(zip(solo.notes, chords, strict=True))
    degrees = np.array([degree(note.pitch, chord.root) for note, chord in over])
    tags = np.array([KINDS.index(classify(note.pitch, chord)) for note, chord in over])
    names = tuple(ROOTS[note.pitch % 12] for note in solo.notes)
    symbols = tuple(chord.symbol for chord in chords)
    cuts = [slice(at, at + PASSAGE) for at in range(0, len(x), PASSAGE)]
    return [Passage(x[cut], degrees[cut], tags[cut], names[cut], symbols[cut]) for cut in cuts]


def read(chosen: Sequence[Passage]) -> tuple[Array, Ids]:
    """Passages side by side: x (T, B, WIDTH + 12), tags (T, B), IGNORED behind a passage's end."""
    return padded([passage.x for passage in chosen], 0.0), padded(
        [passage.tags for passage in chosen], IGNORED
    )


def trained(known: Sequence[Passage], cell: str, hidden: int, steps: int, seed: int) -> Weights:
    """Learn to tag."""
    generator = np.random.default_rng(seed)

    def gradients(weights: Weights) -> tuple[float, Weights]:
        x, tags = read([known[i] for i in generator.integers(0, len(known), BATCH)])
        logits, cache = tagger.forward(x, weights, CELLS[cell])
        loss, dlogits = softmax_cross_entropy(logits, tags)
        return loss, tagger.backward(dlogits, cache)

    weights = tagger.initial_weights(CELLS[cell], WIDTH + 12, hidden, len(KINDS), generator)
    return learn(weights, gradients, steps, RATE)


def by_degree(known: Sequence[Passage], asked: Sequence[Passage]) -> list[Ids]:
    """The baseline: the commonest tag of each degree."""
    counts = np.zeros((13, len(KINDS)), int)
    for passage in known:
        np.add.at(counts, (passage.degrees, passage.tags), 1)
    commonest = counts.argmax(axis=1)
    return [commonest[passage.degrees] for passage in asked]


def lesson(arguments: argparse.Namespace) -> None:
    """Learn, and tag lines held out."""
    lines = find_lines(arguments.data, arguments.choruses)
    known, asked = ([p for solo in part for p in passages(solo)] for part in (lines.known, lines.held_out))
    if not known or not asked:
        raise UserError(f"{lines.source}: too few notes")
    count = sum(len(passage.tags) for passage in asked)
    print(f"{sum(len(p.tags) for p in known)} notes to learn from, {count} held out: {lines.source}")
    weights = trained(known, arguments.cell, arguments.hidden, arguments.steps, arguments.seed)
    x, _ = read(asked)
    logits, _ = tagger.forward(x, weights, CELLS[arguments.cell])
    said = [logits[: len(passage.tags), b].argmax(axis=-1) for b, passage in enumerate(asked)]
    plain = by_degree(known, asked)
    true = np.concatenate([passage.tags for passage in asked])
    doubtful = np.concatenate(plain) != true
    rows: list[tuple[str, ...]] = [("on notes held out", "right", *(f"of {kind.letter}" for kind in KINDS))]
    for name, found in (("commonest tag of the degree", plain), (f"the network ({arguments.cell})", said)):
        right = np.concatenate(found) == true
        shares = [f"{right[true == k].mean():.1%}" if (true == k).any() else "-" for k in range(len(KINDS))]
        rows.append((name, f"{right.mean():.1%}", *shares))
    mended = (np.concatenate(said) == true)[doubtful].mean() if doubtful.any() else 0.0
    print(
        f"\n{table(rows)}\n\nOf the notes that the baseline gets wrong the network gets {mended:.1%} right."
    )
    for b in np.random.default_rng(arguments.seed).permutation(len(asked))[:SHOWN]:
        print(f"\n{_shown(asked[b], said[b])}")


def _shown(passage: Passage, said: Ids) -> str:
    """A passage note by note; a hyphen where the chord stays, a dot where the network is right."""
    same = [False, *(a == b for a, b in zip(passage.chords[1:], passage.chords, strict=False))]
    rows = [
        ("chord", *("-" if stays else symbol for symbol, stays in zip(passage.chords, same, strict=True))),
        ("note", *passage.notes),
        ("is", *(LETTERS[k] for k in passage.tags)),
        ("said", *("." if a == b else LETTERS[a] for a, b in zip(said, passage.tags, strict=True))),
    ]
    return table([row[: ROOM + 1] for row in rows])


def main(words: Sequence[str] | None = None) -> int:
    """Run the lesson from the command line."""
    parser = Parser(prog="name_the_notes", description="Learn to tell chord tones from others, by ear.")
    parser.add_argument("--cell", choices=sorted(CELLS), default="lstm", help="recurrent cell (%(default)s)")
    parser.add_argument("--hidden", type=at_least(1), default=64, help="units (%(default)s)")
    parser.add_argument("--steps", type=at_least(1), default=3000, help="batches (%(default)s)")
    parser.add_argument("--seed", type=at_least(0), default=0, help="another start (%(default)s)")
    parser.add_argument("--data", type=Path, metavar="DATA", help="folder of the Weimar Jazz Database")
    parser.add_argument(
        "--choruses", type=at_least(1), default=8, help="improvised, without the data (%(default)s)"
    )
    return start(lesson, parser, words)


if __name__ == "__main__":
    sys.exit(main())
