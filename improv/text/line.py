"""A line of verse in the making: many beginnings at once, of which the better go on.

Conventions: a `Stem` is the beginning of a line up to a space, with the network's state after it. Its
`weight` is a logarithm in nats: how much of the model's probability the stem stands for among those that
grew with it, less what its meter costs. Only words of the tree are spelt, and only as many syllables as
leave room for one more word.

The way is sequential Monte Carlo: each particle samples its next character among those that are allowed,
its weight takes in the share of the probability that was allowed, and when few particles hold most of
the weight, all are drawn anew in proportion to it. See Lew and others, "Sequential Monte Carlo Steering
of Large Language Models using Probabilistic Programs" (2023).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from improv.text.wordtree import Mask, WordTree
from improv.verse.meter import EMPTY, Scansion, extended
from improv.verse.speech import Speaker
from models.language import State, forward, initial_state, select
from models.numeric import Array
from models.spec import Spec

AFTER_WORD: Final = " ,;:.?!-"
"""What may follow a word inside a line."""
STOPS: Final = ",;:.?!"
"""After these comes a space."""
LONGEST: Final = 80
"""Characters at which a line that has not found its end is given up."""
ROUGHNESS: Final = 1.2
"""What one unit of roughness costs, in nats."""
NEVER: Final = -np.inf

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Draft:
    """The words of a line so far."""

    text: str = ""
    word: str = ""
    """The letters of the word that is being spelt, in lower case."""
    words: tuple[str, ...] = ()
    """Those before it."""
    scansion: Scansion = field(default_factory=lambda: EMPTY)
    """Of those before it."""
    foreign: bool = False
    """Whether the word being spelt is none of the tree's, as a given beginning may have."""

    def finished(self, speaker: Speaker, most: int) -> "Draft | None":
        """The draft with its word ended, or none where that has too many syllables or comes twice."""
        if not self.word:
            return self
        if self.words and self.words[-1] == self.word:
            return None
        scansion = extended(self.scansion, self.word, speaker, most)
        return Draft(self.text, "", (*self.words, self.word), scansion) if scansion else None


@dataclass(frozen=True)
class Pen:
    """A network and what it may write."""

    spec: Spec
    weights: Mapping[str, Array]
    tree: WordTree
    speaker: Speaker
    temperature: float
    top_p: float

    @cached_property
    def nothing(self) -> Mask:
        """No id, (V,)."""
        return self.tree.mask_of("")

    @cached_property
    def space(self) -> Mask:
        """The space's id, (V,)."""
        return self.tree.mask_of(" ")

    @cached_property
    def after_word(self) -> Mask:
        """The ids of what may follow a word, (V,)."""
        return self.tree.mask_of(AFTER_WORD)

    def allowed(self, draft: Draft, ended: Draft | None) -> Mask:
        """What may come next, (V,); `ended` is the draft with its word ended, if it may end here."""
        if draft.word:
            inside = self.nothing if draft.foreign else self.tree.mask(draft.word)
            return inside | self.after_word if ended is not None else inside
        if not draft.text:
            return self.tree.first_capital
        if draft.text[-1] in STOPS:
            return self.space
        return self.tree.mask("") if draft.text.endswith("-") else self.tree.first

    def read(self, text: str, state: State | None = None) -> "Read":
        """The state and logits after a text, not empty, in a batch of one."""
        ids = self.tree.alphabet.encode(text).astype(np.int64)[:, None]  # (T, 1)
        logits, cache = forward(ids, state or initial_state(self.spec, 1), self.weights, self.spec)
        return Read(cache.state, logits[-1])

    def step(self, ids: list[int], state: State) -> "Read":
        """The state and logits after one character each, in a batch."""
        logits, cache = forward(np.array(ids, dtype=np.int64)[None], state, self.weights, self.spec)
        return Read(cache.state, logits[0])


@dataclass(frozen=True, slots=True)
class Read:
    """A network that has read something."""

    state: State
    logits: Array  # (B, V)

    def rows(self, chosen: list[int]) -> "Read":
        """Some rows of the batch."""
        return Read(select(self.state, np.array(chosen)), self.logits[chosen])


@dataclass(frozen=True, slots=True)
class Stem:
    """The beginning of a line, to which a last word is wanted."""

    draft: Draft
    weight: float
    read: Read
    """A batch in which `row` is this one's."""
    row: int


def grow(
    pen: Pen, start: Read, draft: Draft, particles: int, most: int, generator: np.random.Generator
) -> Iterator[Stem]:
    """Beginnings of a line, that leave one to three of `most` syllables open.

    Args:
        pen: what writes.
        start: the network after all that is before, the draft with it; a batch of one.
        draft: what the line begins with.
        particles: how many grow at a time.
        most: syllables of the whole line.
        generator: the only randomness.
    """
    drafts, weights = [draft] * particles, np.zeros(particles)
    read = start.rows([0] * particles)
    for _ in range(LONGEST):
        ids, drafts, gains = _next(pen, read, drafts, most - 1, generator)
        weights = weights + gains
        alive = np.flatnonzero(weights > NEVER).tolist()
        if not alive:
            return
        read = pen.step(ids, read.state)
        for row in alive:
            one = drafts[row]
            if one.text.endswith(" ") and any(most - 3 <= count < most for count in one.scansion):
                yield Stem(one, float(weights[row]), read, row)
                if min(one.scansion) >= most - 1:  # there is room for the last word alone
                    weights[row] = NEVER
        if weights.max() == NEVER:
            return
        chosen = _resampled(weights, generator)
        if chosen is not None:
            level = float(np.logaddexp.reduce(weights) - np.log(len(weights)))
            read, drafts = read.rows(chosen), [drafts[row] for row in chosen]
            weights = np.full(len(chosen), level)


def merged(stems: Iterable[Stem]) -> list[Stem]:
    """Each text once, with the weight of all that came to it."""
    found: dict[str, Stem] = {}
    for stem in stems:
        same = found.get(stem.draft.text)
        if same is not None:
            stem = replace(stem, weight=float(np.logaddexp(stem.weight, same.weight)))
        found[stem.draft.text] = stem
    return list(found.values())


def first_word(pen: Pen, start: Read, generator: np.random.Generator) -> tuple[str, Read]:
    """A line's first word and the space after it, and the network after them.

    It comes sooner than any other: how it sounds is not asked, so that the dictionary need not be read.
    """
    text, word, read = "", "", start
    while not text.endswith(" "):
        ends = Draft() if pen.tree.is_word(word) else None
        allowed = pen.allowed(Draft(text, word), ends)[None]  # (1, V)
        chosen, _ = drawn(read.logits, allowed, pen.temperature, pen.top_p, generator.random(1))
        character = pen.tree.alphabet.characters[chosen[0] - 1]
        text += character
        word = "" if character in AFTER_WORD else word + character.lower()
        read = pen.step(chosen.tolist(), read.state)
    return text, read


def _next(
    pen: Pen, read: Read, drafts: list[Draft], most: int, generator: np.random.Generator
) -> tuple[list[int], list[Draft], Floats]:
    """A character for each draft, the drafts with it, and what their weights gain: NEVER where one died."""
    ended = [
        draft.finished(pen.speaker, most) if draft.foreign or pen.tree.is_word(draft.word) else None
        for draft in drafts
    ]
    allowed = np.stack([pen.allowed(draft, end) for draft, end in zip(drafts, ended, strict=True)])  # (B, V)
    chosen, gains = drawn(read.logits, allowed, pen.temperature, pen.top_p, generator.random(len(drafts)))
    ids, after = chosen.tolist(), list(drafts)
    for row in np.flatnonzero(gains > NEVER).tolist():
        draft = drafts[row]
        grown = after[row] = _with(draft, ended[row], pen.tree.alphabet.characters[ids[row] - 1])
        if len(grown.words) > len(draft.words):
            gains[row] -= ROUGHNESS * (min(grown.scansion.values()) - min(draft.scansion.values()))
    return ids, after, gains


def drawn(
    logits: Array, allowed: npt.NDArray[np.bool_], temperature: float, top_p: float, uniforms: Floats
) -> tuple[npt.NDArray[np.intp], Floats]:
    """An id of each row, from what is allowed there as `models.sampling` has it, and what that costs.

    Args:
        logits: (B, V), of which id 0 is UNKNOWN.
        allowed: (B, V).
        temperature: above 0.
        top_p: in (0, 1].
        uniforms: (B,), in [0, 1).

    Returns:
        The ids (B,), 1 where nothing is allowed, and the logarithms of the share of the probability that
        was allowed (B,), NEVER where that is nothing.
    """
    scaled = logits[:, 1:].astype(np.float64) / temperature  # (B, V-1)
    masked = np.where(allowed[:, 1:], scaled, NEVER)
    level = scaled.max(axis=1, keepdims=True)
    shares = np.exp(masked - level)
    kept = shares.sum(axis=1)
    with np.errstate(divide="ignore"):
        gains = np.log(kept / np.exp(scaled - level).sum(axis=1))
    order = np.argsort(-shares, axis=1, kind="stable")
    ranked = np.take_along_axis(shares, order, axis=1)
    before = np.cumsum(ranked, axis=1) - ranked  # the mass of all likelier ids
    ranked[before >= top_p * kept[:, None]] = 0
    passed = np.cumsum(ranked, axis=1)
    ranks = np.argmax(passed > (uniforms * passed[:, -1])[:, None], axis=1)
    ids = 1 + np.take_along_axis(order, ranks[:, None], axis=1)[:, 0]
    return np.where(kept > 0, ids, 1), gains


def _with(draft: Draft, ended: Draft | None, character: str) -> Draft:
    text = draft.text + character
    if character in AFTER_WORD:
        return replace(ended or draft, text=text)
    return replace(draft, text=text, word=draft.word + character.lower())


def _resampled(weights: Floats, generator: np.random.Generator) -> list[int] | None:
    """Which particles go on, in proportion to their weights; none where they still are about equal."""
    shares = np.exp(weights - np.logaddexp.reduce(weights))
    if 1 / np.sum(shares**2) > len(weights) / 2:
        return None
    places = (generator.random() + np.arange(len(weights))) / len(weights)
    chosen = np.minimum(np.searchsorted(np.cumsum(shares), places), len(weights) - 1)
    return [int(row) for row in chosen]
