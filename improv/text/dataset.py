"""Texts as the columns of ids that training reads.

Conventions: every sequence is read from an empty state, and its first input is the newline, as if a line
had just ended; each input's target is the character after it.
"""

import numpy as np

from improv.text.alphabet import NEWLINE, Alphabet, Ids
from improv.text.corpus import Unit, sequences
from models.dataset import IGNORED, Columns, HeadColumns
from models.language import CHARACTER

PIECE, LEAD = 2500, 500
"""A running text is validated in pieces of so many characters, side by side; each begins so many
characters early, which are read and not scored, since a reader in the middle of a text is not a stranger."""


def inputs_and_targets(text: str, alphabet: Alphabet) -> tuple[Ids, Ids]:
    """What is read and what is to be foretold, (N,) each, for one sequence."""
    ids = alphabet.encode(NEWLINE + text)
    return ids[:-1], ids[1:]


def columns_of(text: str, unit: Unit, alphabet: Alphabet) -> Columns:
    """All sequences of a text, each whole."""
    parts = [inputs_and_targets(piece, alphabet) for piece in sequences(text, unit)]
    return _columns(
        np.concatenate([inputs for inputs, _ in parts]),
        np.concatenate([targets for _, targets in parts]),
        tuple(len(inputs) for inputs, _ in parts),
    )


def validation_columns(text: str, unit: Unit, alphabet: Alphabet) -> Columns:
    """A text to validate on: a list's lines, or a running text in pieces."""
    if unit == "line" or len(text) <= PIECE:
        return columns_of(text, unit, alphabet)
    inputs, targets = inputs_and_targets(text, alphabet)
    read, asked, lengths = [], [], []
    for start in range(0, len(inputs), PIECE):
        lead, end = max(0, start - LEAD), min(start + PIECE, len(inputs))
        question = targets[lead:end].copy()
        question[: start - lead] = IGNORED
        read.append(inputs[lead:end])
        asked.append(question)
        lengths.append(end - lead)
    return _columns(np.concatenate(read), np.concatenate(asked), tuple(lengths))


def _columns(inputs: Ids, targets: Ids, lengths: tuple[int, ...]) -> Columns:
    steps = len(inputs)
    head = HeadColumns(np.zeros((steps, 0), np.int16), np.zeros((steps, 1), np.int16), targets)
    return Columns(inputs[:, None], np.zeros((steps, 0), np.uint8), {CHARACTER: head}, lengths)
