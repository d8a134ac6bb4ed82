"""A text to learn from: read, cut into what is learned and what is held out, and told by its unit.

Conventions: the unit of a text is "text" where it runs on, as plays do, or "line" where every line is a
text of its own, as in a list of names. Carriage returns are dropped, blank lines of a list too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from improv.errors import UserError

Unit = Literal["text", "line"]
UNITS: tuple[Unit, ...] = ("text", "line")

SHORTEST = 500
"""Characters that a text needs for anything to be learned from it."""
LONGEST_NAME = 40
"""Characters of a line in a list of names, at most, for it to be taken for one unasked."""
SONNET_LINES = 14
PASSAGE = 4_000
"""Characters of a passage that is held out, about."""
MOST_HELD_OUT = 200_000
"""Characters held out at most, however long the text."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """A text in two parts."""

    unit: Unit
    form: str | None
    """The form that what is written from it should keep: "sonnet", or None."""
    train: str
    validation: str

    @property
    def whole(self) -> str:
        """Both parts, one after the other."""
        return self.train + self.validation


def read_text(path: Path) -> str:
    """A text file's characters.

    Raises:
        UserError: it cannot be read, is empty, or is not a text in UTF-8.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror or error}") from None
    if not data.strip():
        raise UserError(f"{path}: the file is empty")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        at = data[: error.start].count(b"\n") + 1
        raise UserError(f"{path}: not a text in UTF-8 (line {at}); convert it first") from None
    if "\0" in text:
        raise UserError(f"{path}: a binary file, not a text")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def unit_of(text: str) -> Unit:
    """Whether a text runs on or is a list: a list has short lines, nearly all of a single word."""
    lines = lines_of(text)
    single = sum(" " not in line for line in lines)
    is_list = len(lines) > 20 and single > 0.9 * len(lines) and max(map(len, lines)) <= LONGEST_NAME
    return "line" if is_list else "text"


def lines_of(text: str) -> list[str]:
    """The lines of a list, without blank ones."""
    return [line.strip() for line in text.split("\n") if line.strip()]


def split(text: str, unit: Unit, share: float, seed: int) -> Corpus:
    """Hold a share out to validate on: passages all over a running text, or lines of a list drawn by seed.

    A running text's end alone would be a bad judge: in the last play of many, a third of the nats goes into
    the names of those who speak, which no other play has.

    Raises:
        UserError: there is too little text to do so.
    """
    if len(text) < SHORTEST:
        raise UserError(f"the text has {len(text)} characters; at least {SHORTEST} are needed")
    if unit == "text":
        passages = _passages(text, min(MOST_HELD_OUT, max(1, round(len(text) * share))))
        ends = [0, *(end for _, end in passages)]
        starts = [*(start for start, _ in passages), len(text)]
        train = "".join(text[end:start] for end, start in zip(ends, starts, strict=True))
        return Corpus(unit, form_of(text), train, "".join(text[start:end] for start, end in passages))
    lines = lines_of(text)
    drawn = np.random.default_rng(seed).permutation(len(lines))
    held_lines = set(drawn[: max(1, round(len(lines) * share))].tolist())
    learned = [line for i, line in enumerate(lines) if i not in held_lines]
    if not learned:
        raise UserError("the list has one line; it needs more to learn from")
    return Corpus(unit, None, _joined(learned), _joined([lines[i] for i in sorted(held_lines)]))


def _passages(text: str, held: int) -> list[tuple[int, int]]:
    """Where the passages held out start and end: evenly spaced, at paragraphs where there are some near."""
    count = max(1, round(held / PASSAGE))
    length, stride = held // count, len(text) // count
    found = []
    for i in range(count):
        start = _boundary(text, i * stride + (stride - length) // 2, length)
        end = _boundary(text, start + length, length)
        if start < end:
            found.append((start, end))
    return found


def _boundary(text: str, at: int, reach: int) -> int:
    """The next place after `at` where a paragraph, or else a line, begins, if it is not far."""
    for end in ("\n\n", "\n"):
        found = text.find(end, at, at + reach // 2)
        if found >= 0:
            return found + len(end)
    return min(at, len(text))


def _joined(lines: Sequence[str]) -> str:
    return "".join(line + "\n" for line in lines)


def sequences(text: str, unit: Unit) -> Iterator[str]:
    """What is read from an empty state each: the lines of a list, or the whole text."""
    if unit == "line":
        yield from (line + "\n" for line in lines_of(text))
    else:
        yield text


def form_of(text: str) -> str | None:
    """The form that a text keeps: "sonnet" if nearly all its stanzas have fourteen lines, else None."""
    stanzas = [stanza for stanza in text.split("\n\n") if stanza.strip()]
    sonnets = sum(len(stanza.strip().split("\n")) == SONNET_LINES for stanza in stanzas)
    return "sonnet" if sonnets >= 0.8 * len(stanzas) and sonnets > 1 else None
