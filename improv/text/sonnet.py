"""Writing a sonnet that keeps the form, with a text model that knows nothing of it.

Conventions: lines are written one by one, each after all before it. A line grows as many stems
(`improv.text.line`) and its last word is chosen among those that rhyme as the scheme asks and come out at
ten syllables, by what the model thinks of them (`improv.text.ending`). Where nothing likely is found, the
line is tried again; then nine or eleven syllables will do. The scheme is never given up, no word ends two
lines, and no line is one that the model learned from.

The first word, or the prime, comes at once; the rest line by line.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import log
from typing import Final

import numpy as np

from improv.errors import UserError
from improv.text.alphabet import NEWLINE
from improv.text.ending import ENDS, Finish, finishes
from improv.text.line import Draft, Pen, Read, first_word, grow, merged
from improv.text.model import TextModel
from improv.text.pronunciation import dictionary
from improv.text.rhymes import Rhymes
from improv.text.wordtree import WordTree
from improv.text.writer import WriteOptions, check_options, generator_of
from improv.verse.form import COUPLET, FEWEST, MOST, SCHEME, partner
from improv.verse.meter import LITTLE, scan
from improv.verse.rhyme import Kind
from improv.verse.sounds import Lookup
from improv.verse.speech import speaker
from improv.verse.words import words
from models.language import State

SYLLABLES: Final = 10
INDENT: Final = "  "
"""Before each line of the couplet."""
STEMS: Final = 24
"""Beginnings of a line that grow at a time."""
LIKELY: Final = 10.0
"""Nats that a last word and the end after it may cost, before the line is tried again."""
TRIES: Final = 3
"""Times that a line is tried for something likely, before what was found is taken."""
HOPELESS: Final = 24
"""Times that a line is tried at all."""
FEWEST_RHYMES: Final = 4
"""Perfect rhymes that the last word of a pair's first line must have."""
MET: Final = 2
"""Times that a word must have been met to end a line: the rarest are often misprints or names."""
COMMON: Final = 0.3
"""What a common last word costs, by the logarithm of how often it was met: rhymes are heard, and should
say something."""
LESS_PERFECT: Final = {Kind.PERFECT: 0.0, Kind.PROMOTED: -1.5, Kind.EYE: -2.0}
"""What a worse rhyme costs, in nats."""


def write_sonnet(model: TextModel, options: WriteOptions) -> Iterator[str]:
    """One sonnet in pieces, a line's end at the end.

    Raises:
        UserError: the options are out of bounds, the prime is no beginning of a line of verse, or the
            model knows too few words that rhyme.
    """
    check_options(model, options)
    known: Callable[[str], bool] = (lambda line: False) if options.allow_known else model.known
    yield from sonnet(model, options, dictionary(), known)


def sonnet(
    model: TextModel, options: WriteOptions, lookup: Lookup, known: Callable[[str], bool]
) -> Iterator[str]:
    """The same with a dictionary, and a way to tell which lines must not be written."""
    generator = generator_of(options)
    tree = WordTree(filter(_spelt, model.lexicon), model.alphabet)
    pen = Pen(model.spec, model.weights, tree, speaker(lookup), options.temperature, options.top_p)
    if NEWLINE in options.prime:
        raise UserError("the prime of a sonnet is the beginning of its first line, without a line's end")
    before = pen.read(NEWLINE + NEWLINE)
    if options.prime:
        draft = begun(pen, options.prime)
        yield options.prime
        start = pen.read(options.prime, before.state)
    else:
        first, start = first_word(pen, before, generator)
        yield first
        draft = begun(pen, first)
    rare = {word: -COMMON * log(count) for word, count in model.lexicon.items() if _endable(word, count)}
    poet = _Poet(pen, Rhymes(rare, pen.speaker), rare, known, generator)
    written: list[str] = []
    for place in range(len(SCHEME)):
        rhyming = partner(place)
        line = poet.line(start, draft, written, None if rhyming is None else written[rhyming])
        stop, after = poet.stop(line, last=place == len(SCHEME) - 1)
        yield line.text.removeprefix(draft.text) + stop + NEWLINE
        written.append(line.word)
        if place + 1 < len(SCHEME):
            indent = INDENT if place + 1 >= COUPLET else ""
            start = pen.read(NEWLINE + indent, after)
            draft = Draft()
            if indent:
                yield indent


@dataclass(frozen=True, slots=True)
class _Poet:
    """Who writes the lines."""

    pen: Pen
    rhymes: Rhymes
    rare: Mapping[str, float]
    """What is added to the weight of each word that may end a line."""
    known: Callable[[str], bool]
    generator: np.random.Generator

    def line(self, start: Read, draft: Draft, written: list[str], rhyming: str | None) -> Finish:
        """A line that ends as it must, but for its stop."""
        candidates = self.candidates(written, rhyming)
        best: Finish | None = None
        if not candidates:
            raise UserError("the model knows too few words that rhyme for a sonnet; try --free")
        for tried in range(HOPELESS):
            counts = frozenset({SYLLABLES} if tried < TRIES else range(FEWEST, MOST + 1))
            stems = merged(grow(self.pen, start, draft, STEMS, max(counts), self.generator))
            found = self.choose(list(finishes(self.pen, stems, candidates, counts)))
            if found is not None and (best is None or found.surprise < best.surprise):
                best = found
            if best is not None and (best.surprise < LIKELY or tried >= TRIES - 1):
                return best
        raise UserError("no line was found that keeps the form; try another seed, or --free")

    def candidates(self, written: list[str], rhyming: str | None) -> Mapping[str, float]:
        """The words that may end the line, and what is added to the weight of each."""
        if rhyming is not None:
            partners = self.rhymes.partners(rhyming)
            return {
                word: LESS_PERFECT[kind] + self.rare[word]
                for word, kind in partners.items()
                if word not in written
            }
        heard = {other for word in written for other in (word, *self.rhymes.partners(word))}
        for fewest in (FEWEST_RHYMES, 1):  # a new sound, with a choice of rhymes where there is one
            if fresh := {word: self.rare[word] for word in self.rhymes.rich(fewest) if word not in heard}:
                return fresh
        return {}

    def choose(self, found: list[Finish]) -> Finish | None:
        """One of the lines found, in proportion to their likelihood, that is not known."""
        weights = np.array([finish.weight for finish in found]) / self.pen.temperature
        while len(found) and weights.max() > -np.inf:
            shares = np.exp(weights - weights.max())
            chosen = min(
                int(np.searchsorted(np.cumsum(shares), self.generator.random() * shares.sum())),
                len(found) - 1,
            )
            if not self.known(found[chosen].text):
                return found[chosen]
            weights[chosen] = -np.inf
        return None

    def stop(self, line: Finish, last: bool) -> tuple[str, State]:
        """What ends the line, a stop or nothing, and the network after it; the last line has a full stop."""
        alphabet = self.pen.tree.alphabet
        read = line.read.rows([line.row])
        ends = [i for i in alphabet.encode(".!?" if last else ENDS).tolist() if i]
        if not ends:
            return "", read.state
        logits = read.logits[0, ends].astype(np.float64) / self.pen.temperature
        shares = np.cumsum(np.exp(logits - logits.max()))
        chosen = ends[min(int(np.searchsorted(shares, self.generator.random() * shares[-1])), len(ends) - 1)]
        stop = alphabet.decode([chosen])
        return ("", read.state) if stop == NEWLINE else (stop, self.pen.step([chosen], read.state).state)


def _spelt(word: str) -> bool:
    """Whether a word of the lexicon may be written: of single letters only those that are words."""
    return len(word) > 1 or word in {"a", "i", "o"}


def _endable(word: str, count: int) -> bool:
    """Whether a word may end a line."""
    return count >= MET and word not in LITTLE and word[0] != "'" and _spelt(word)


def begun(pen: Pen, text: str) -> Draft:
    """The beginning of a line as a draft.

    Raises:
        UserError: it has too many syllables.
    """
    whole = scan(words(text), pen.speaker)
    if not whole or min(whole) >= SYLLABLES:
        raise UserError(f"the prime leaves no room: a line of a sonnet has {SYLLABLES} syllables")
    ended = words(text)
    word = ended.pop() if ended and text[-1].isalpha() else ""
    spelt = pen.tree.is_word(word) or pen.tree.continues(word)
    return Draft(text, word, tuple(ended), scan(ended, pen.speaker), foreign=bool(word) and not spelt)
