"""From a word's letters to its sounds: encoder to decoder, two sequences of unequal length.

    python -m examples.spell_to_sound                         # learns and reports in about 2 minutes
    python -m examples.spell_to_sound --say stegodon waltz    # and says these words too
    python -m examples.spell_to_sound --cell lstm --seed 1

"knight" has six letters and three sounds, "fix" three letters and four sounds: no letter has a sound of
its own. So one network, the encoder, reads all letters and is left with one hidden state; another, the
decoder, starts from that state and says sound after sound until it says "end". All that the second knows
of the word has gone through that one state.

The encoder reads the word backwards. So the first letters, which the decoder needs first, are the last
that were read (Sutskever, Vinyals and Le, 2014).

The words are those of the program's pronouncing dictionary; some are held out, and there the share of
wrong sounds (edits to the nearest pronunciation of the dictionary, by its sounds) is compared with two
baselines: every letter's most frequent sound, and the hand-written rules of `improv.verse`, which the
program falls back on.
"""

import argparse
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from examples.common import Parser, at_least, start
from examples.learning import Weights, learn, table
from improv.errors import UserError
from improv.text.pronunciation import dictionary_path, read
from improv.verse.letters import pronounce
from improv.verse.sounds import plain
from models import translator
from models.cells import CELLS
from models.loss import IGNORED, softmax_cross_entropy
from models.numeric import Array
from models.padding import padded

SHORTEST, LONGEST = 3, 8
"""Letters of the words that are learned."""
HELD_OUT = 1000
SHOWN = 12
BATCH, EMBEDDING, RATE = 64, 32, 0.004
LETTERS = "abcdefghijklmnopqrstuvwxyz"
Ids = npt.NDArray[np.intp]
Sounds = tuple[str, ...]


class Word(NamedTuple):
    """A written word and how it may sound, the commonest first."""

    letters: str
    said: tuple[Sounds, ...]


def dictionary() -> list[Word]:
    """The dictionary's words of the lengths that are learned, stresses left out."""
    spelled = re.compile(f"[a-z]{{{SHORTEST},{LONGEST}}}")
    return [
        Word(word, tuple(tuple(map(plain, one.split())) for one in said))
        for word, said in read(dictionary_path()).items()
        if spelled.fullmatch(word)
    ]


def spelled(words: Sequence[str]) -> tuple[Array, Ids]:
    """Letters backwards, one of 26 each, (S, B, 26), and the lengths, (B,)."""
    one_hot = np.eye(len(LETTERS), dtype=np.float32)
    rows = [one_hot[[LETTERS.index(letter) for letter in reversed(word)]] for word in words]
    return padded(rows, 0.0), np.array([len(word) for word in words])


class Tongue(NamedTuple):
    """A network that says words."""

    weights: Weights
    cell: str
    sounds: tuple[str, ...]
    """What its ids mean; id 0 is the end."""

    def say(self, words: Sequence[str]) -> list[Sounds]:
        """How it says each of the words."""
        x, lengths = spelled(words)
        limit = 2 * max(map(len, words)) + 2
        found = translator.greedy(x, lengths, limit, self.weights, CELLS[self.cell])
        return [tuple(self.sounds[k] for k in ids) for ids in found]


def trained(words: Sequence[Word], cell: str, hidden: int, steps: int, seed: int) -> Tongue:
    """Learn to say words."""
    sounds = ("", *sorted({sound for word in words for sound in word.said[0]}))
    ids = {sound: k for k, sound in enumerate(sounds)}
    generator = np.random.default_rng(seed)
    size = min(BATCH, len(words))
    by_length = sorted(words, key=lambda word: len(word.letters))  # a batch of like lengths wastes no steps

    def gradients(weights: Weights) -> tuple[float, Weights]:
        first = int(generator.integers(len(by_length) - size + 1))
        batch = by_length[first : first + size]
        x, lengths = spelled([word.letters for word in batch])
        said = [np.array([*(ids[sound] for sound in word.said[0]), translator.END]) for word in batch]
        targets = padded(said, IGNORED)
        logits, cache = translator.forward(x, lengths, targets, weights, CELLS[cell])
        loss, dlogits = softmax_cross_entropy(logits, targets)
        return loss, translator.backward(dlogits, cache)

    sizes = len(LETTERS), hidden, len(sounds), EMBEDDING
    weights = translator.initial_weights(CELLS[cell], *sizes, generator)
    return Tongue(learn(weights, gradients, steps, RATE), cell, sounds)


def edits(said: Sounds, right: Sounds) -> int:
    """Sounds to put in, take out or exchange (Levenshtein)."""
    row = list(range(len(right) + 1))
    for i, a in enumerate(said, 1):
        row, above = [i], row
        for j, b in enumerate(right, 1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (a != b)))
    return row[-1]


def errors(words: Sequence[Word], said: Sequence[Sounds]) -> tuple[float, float]:
    """The share of wrong sounds and of words with any, each to the nearest right pronunciation."""
    nearest = [
        min((edits(heard, right), len(right)) for right in word.said)
        for word, heard in zip(words, said, strict=True)
    ]
    wrong, count = map(sum, zip(*nearest, strict=True))
    return wrong / count, sum(edit > 0 for edit, _ in nearest) / len(words)


def by_letter(words: Sequence[Word]) -> Callable[[str], Sounds]:
    """The baseline: each letter's most frequent sound in words of as many sounds as letters."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for word in words:
        if len(word.said[0]) == len(word.letters):
            for letter, sound in zip(word.letters, word.said[0], strict=True):
                counts[letter][sound] += 1
    best = {letter: found.most_common(1)[0][0] for letter, found in counts.items()}
    return lambda word: tuple(best[letter] for letter in word if letter in best)


def lesson(arguments: argparse.Namespace) -> None:
    """Learn, compare on words held out, and say some."""
    for word in arguments.say:
        if not re.fullmatch("[a-z]+", word):
            raise UserError(f"--say {word}: only words of the letters a to z")
    words = dictionary()
    random.Random(arguments.seed).shuffle(words)
    words = words[: arguments.words]
    held_out = min(HELD_OUT, len(words) // 4)
    held, known = words[:held_out], words[held_out:]
    print(
        f"{len(known)} words to learn from, {len(held)} held out; {arguments.cell}, {arguments.hidden} units"
    )
    tongue = trained(known, arguments.cell, arguments.hidden, arguments.steps, arguments.seed)
    said = tongue.say([word.letters for word in held])
    letter = by_letter(known)
    rows: list[tuple[str, ...]] = [("on words held out", "wrong sounds", "wrong words")]
    for name, found in (
        ("each letter's commonest sound", [letter(word.letters) for word in held]),
        ("hand-written rules", [tuple(map(plain, pronounce(word.letters))) for word in held]),
        (f"the network ({arguments.cell})", said),
    ):
        rows.append((name, *(f"{share:.1%}" for share in errors(held, found))))
    shown = [("", "the network says", "the dictionary says")]
    for word, heard in list(zip(held, said, strict=True))[:SHOWN]:
        right = min(word.said, key=lambda one: edits(heard, one))
        shown.append((word.letters, " ".join(heard), "the same" if heard == right else " ".join(right)))
    for word, heard in zip(arguments.say, tongue.say(arguments.say) if arguments.say else [], strict=True):
        shown.append((word, " ".join(heard), "asked for"))
    print(f"\n{table(rows)}\n\n{table(shown)}")


def main(words: Sequence[str] | None = None) -> int:
    """Run the lesson from the command line."""
    parser = Parser(prog="spell_to_sound", description="Learn to say words from their letters.")
    parser.add_argument("--cell", choices=sorted(CELLS), default="gru", help="recurrent cell (%(default)s)")
    parser.add_argument("--hidden", type=at_least(1), default=160, help="units (%(default)s)")
    parser.add_argument("--steps", type=at_least(1), default=8000, help="batches (%(default)s)")
    parser.add_argument("--words", type=at_least(8), default=10**6, help="learn from so many (all)")
    parser.add_argument("--seed", type=at_least(0), default=0, help="another split and start (%(default)s)")
    parser.add_argument("--say", nargs="+", default=[], metavar="WORD", help="words to say at the end")
    return start(lesson, parser, words)


if __name__ == "__main__":
    sys.exit(main())
