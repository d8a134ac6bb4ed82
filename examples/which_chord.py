"""Which chord is it? Many to one: a phrase goes in, and at its end one answer comes out.

    python -m examples.which_chord                # learns and reports in about a minute
    python -m examples.which_chord --data DATA    # from the Weimar Jazz Database, wherever it is
    python -m examples.which_chord --cell gru --seed 1

What is heard: a solo line, and the root that the bass plays under it; from the bar before a chord to the
bar after it. What is asked: is the chord major, minor or dominant? Its third and seventh would tell, but
soloists leave them out, or play others on purpose; it is the line as a whole that tells.

The network reads note after note, and all that it says, it says from its hidden state after the last one
(`models.classifier`). Two baselines: the commonest answer, and naive Bayes, which counts the notes over
the chord but does not know in what order they came, nor what was before or after.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from examples.common import Parser, at_least, find_lines, start
from examples.hearing import NO_DEGREE, WIDTH, heard
from examples.learning import Weights, learn, table
from grammar.chords import ROOTS
from grammar.notes import Note
from improv.errors import UserError
from improv.jazz.wjazzd import Solo
from models import classifier
from models.cells import CELLS
from models.loss import softmax_cross_entropy
from models.numeric import Array
from models.padding import padded

ANSWERS: dict[str, tuple[str, ...]] = {
    "major": ("maj", "6", "maj7"),
    "minor": ("min", "min6", "min7", "minmaj7"),
    "dominant": ("7", "7alt", "7sus", "aug7"),
}
"""What may be answered, and the qualities of `grammar.chords` that are meant."""
NAMES = tuple(ANSWERS)
FEWEST, MOST = 4, 24
"""Notes over a chord that is asked about, and of a bar that are heard, at most."""
BATCH, RATE = 64, 0.004
DROPPED = 0.2
"""Share of a phrase's numbers that are left out in training: hearing badly, it learns not to rely on one."""
SHOWN = 8
Ids = npt.NDArray[np.intp]


class Phrase(NamedTuple):
    """A question and its answer."""

    x: Array
    """Rows of `hearing`, and three numbers more: before, over or after the chord, (T, WIDTH + 3)."""
    answer: int
    symbol: str
    over: tuple[Note, ...]
    """The notes over the chord."""


def phrases(solo: Solo) -> list[Phrase]:
    """Every chord of a solo with notes enough over it."""
    changes, found = solo.changes, []
    for chorus in range(0, solo.notes[-1].onset + 1, changes.length):
        for onset, chord in zip(changes.onsets, changes.chords, strict=True):
            answers = [k for k, name in enumerate(NAMES) if chord.quality in ANSWERS[name]]
            begin = chorus + onset
            end = begin + changes.after(begin)[0]
            spans = ((begin - changes.bar, begin), (begin, end), (end, end + changes.bar))
            parts = [[note for note in solo.notes if low <= note.onset < high] for low, high in spans]
            if not answers or len(parts[1]) < FEWEST:
                continue
            parts = [parts[0][-MOST:], parts[1][:MOST], parts[2][:MOST]]
            notes = [note for part in parts for note in part]
            where = np.repeat(np.eye(3, dtype=np.float32), [len(part) for part in parts], axis=0)
            x = np.concatenate([heard(notes, [chord.root] * len(notes)), where], axis=1)
            found.append(Phrase(x, answers[0], chord.symbol, tuple(parts[1])))
    return found


def read(questions: Sequence[Phrase]) -> tuple[Array, Ids, Ids]:
    """Phrases side by side: x (T, B, WIDTH + 3), lengths (B,), answers (B,)."""
    x = padded([question.x for question in questions], 0.0)
    lengths = np.array([len(question.x) for question in questions])
    return x, lengths, np.array([question.answer for question in questions])


def trained(known: Sequence[Phrase], cell: str, hidden: int, steps: int, seed: int) -> Weights:
    """Learn to answer."""
    generator = np.random.default_rng(seed)

    def gradients(weights: Weights) -> tuple[float, Weights]:
        chosen = generator.integers(0, len(known), BATCH)
        x, lengths, answers = read([known[i] for i in chosen])
        x *= generator.random(x.shape, dtype=np.float32) >= DROPPED
        logits, cache = classifier.forward(x, lengths, weights, CELLS[cell])
        loss, dlogits = softmax_cross_entropy(logits, answers)
        return loss, classifier.backward(dlogits, cache)

    weights = classifier.initial_weights(CELLS[cell], WIDTH + 3, hidden, len(NAMES), generator)
    return learn(weights, gradients, steps, RATE)


def naive_bayes(known: Sequence[Phrase], asked: Sequence[Phrase]) -> Ids:
    """Answers by the degrees over the chord, each counted as if the others were not there."""
    counts = np.ones((len(NAMES), NO_DEGREE))
    for phrase in known:
        counts[phrase.answer] += _degrees(phrase)
    share = np.bincount([phrase.answer for phrase in known], minlength=len(NAMES)) / len(known)
    likely = np.log(counts / counts.sum(axis=1, keepdims=True))  # (K, 12)
    scores = np.array([_degrees(phrase) for phrase in asked]) @ likely.T + np.log(np.maximum(share, 1e-9))
    found: Ids = scores.argmax(axis=1)
    return found


def _degrees(phrase: Phrase) -> Array:
    over = phrase.x[:, WIDTH + 1] > 0
    found: Array = phrase.x[over, :NO_DEGREE].sum(axis=0)
    return found


def lesson(arguments: argparse.Namespace) -> None:
    """Learn, and answer for lines held out."""
    lines = find_lines(arguments.data, arguments.choruses)
    known, asked = ([p for solo in part for p in phrases(solo)] for part in (lines.known, lines.held_out))
    if not known or not asked:
        raise UserError(f"{lines.source}: too few notes over major, minor and dominant chords")
    print(f"{len(known)} chords to learn from, {len(asked)} held out: {lines.source}")
    weights = trained(known, arguments.cell, arguments.hidden, arguments.steps, arguments.seed)
    x, lengths, answers = read(asked)
    logits, _ = classifier.forward(x, lengths, weights, CELLS[arguments.cell])
    said = logits.argmax(axis=1)
    commonest = np.bincount([phrase.answer for phrase in known]).argmax()
    rows: list[tuple[str, ...]] = [("on chords held out", "right", *(f"of {name}" for name in NAMES))]
    for name, found in (
        (f"always {NAMES[commonest]}", np.full(len(asked), commonest)),
        ("naive Bayes over the notes", naive_bayes(known, asked)),
        (f"the network ({arguments.cell})", said),
    ):
        parts = [(found == answers)[answers == k] for k in range(len(NAMES))]
        shares = [f"{part.mean():.1%}" if len(part) else "-" for part in parts]
        rows.append((name, f"{(found == answers).mean():.1%}", *shares))
    shown = [("notes over the chord", "chord", "the network says")]
    for i in np.random.default_rng(arguments.seed).permutation(len(asked))[:SHOWN]:
        names = " ".join(ROOTS[note.pitch % 12] for note in asked[i].over[:12])
        shown.append((names, asked[i].symbol, NAMES[said[i]] + ("" if said[i] == answers[i] else " (wrong)")))
    print(f"\n{table(rows)}\n\n{table(shown)}")


def main(words: Sequence[str] | None = None) -> int:
    """Run the lesson from the command line."""
    parser = Parser(prog="which_chord", description="Learn to tell chords from the lines over them.")
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
