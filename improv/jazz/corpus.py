"""What soloists play after the same few intervals: counts over all solos that were learned from.

Conventions: a context is the last intervals of a line, as `improv.jazz.past` packs them, and what is counted
is the interval after it, so it is the same in every key. `EVERYBODY` names how many intervals the contexts of
all solos have, `ONES_OWN` those of the solos of one performer. Each is a row of a table: the counts over all
that followed, half a one more added for doubt, of what followed at least `LEAST` times. How much a row says
is its sum, 0 where the context was never heard. The rows are advice to the network of pitches, after those of
`improv.jazz.recall`: what the line did before, and then what others did.

A network that must not overfit 167,000 notes forgets the licks that are played again and again; counts do
not. The longest context being 6, and what was played once being left out, they hold no solo. Learning from a
solo, its own notes are taken out of the counts: else the network would learn to believe them.

Sources: n-grams beside networks: Mikolov et al., "Empirical Evaluation and Combination of Advanced Language
Modeling Techniques" (2011); the interval as viewpoint: Conklin and Witten (1995).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import load, save

from improv.jazz.manner import manner_of
from improv.jazz.past import INTERVAL_BITS, NO_MELODY, SHAPES_AT, pushed
from improv.jazz.recall import DOUBT, INTERVAL_SLOTS, WIDEST

if TYPE_CHECKING:
    from improv.jazz.wjazzd import Solo

Floats = npt.NDArray[np.float32]
Keys = npt.NDArray[np.uint64]
Longs = npt.NDArray[np.int64]

EVERYBODY = (1, 2, 3, 4, 6)
ONES_OWN = (1, 2, 4)
ROWS = len(EVERYBODY) + len(ONES_OWN)
LEAST = 2
CORPUS = "corpus.safetensors"
"""The file, beside the checkpoint of the pitches."""

_OWN = len(EVERYBODY)
_CONTEXT = (1 << SHAPES_AT) - 1
_MASKS = np.array([(1 << INTERVAL_BITS * order) - 1 for order in (*EVERYBODY, *ONES_OWN)], np.uint64)
_ROWS = np.arange(ROWS, dtype=np.uint64) << np.uint64(SHAPES_AT)
_PERFORMER = SHAPES_AT + 3
"""A key is, from its lowest bits: the last intervals, the very last lowest; the row; the performer, 0 all."""
_SLOT_BITS = np.uint64(6)
_BEYOND = INTERVAL_SLOTS
"""The slot of wider intervals, which are counted and not told."""


class CorpusError(ValueError):
    """A file that holds no corpus; the message says why."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How often each interval followed each context."""

    pairs: Keys
    """Ascending: a key, and below it the interval's slot, 0 for -WIDEST."""
    counts: Longs

    def without(self, solo: "Solo") -> "Tally":
        """What the others played after the contexts of a solo that was counted, and nothing else."""
        own = tally([solo])
        found = np.isin(self.pairs >> _SLOT_BITS, own.pairs >> _SLOT_BITS)
        pairs, counts = self.pairs[found], self.counts[found]
        counts[np.searchsorted(pairs, own.pairs)] -= own.counts
        return Tally(pairs, counts)


def tally(solos: "Sequence[Solo]") -> Tally:
    """The counts over some solos."""
    found = [np.zeros(0, np.uint64)]
    for solo in solos:
        pitches = [note.pitch for note in solo.notes]
        performer = manner_of(performer=solo.performer).performer
        context = NO_MELODY
        for before, last, pitch in zip([None, *pitches], pitches, pitches[1:], strict=False):
            context = context if before is None else pushed(context, last - before)
            slot = pitch - last + WIDEST
            slot = slot if 0 <= slot < INTERVAL_SLOTS else _BEYOND
            keys = _keys(context, performer)
            found.append(keys[: ROWS if performer else _OWN] << _SLOT_BITS | np.uint64(slot))
    pairs, counts = np.unique(np.concatenate(found), return_counts=True)
    return Tally(pairs, counts.astype(np.int64))


def _keys(context: int, performer: int) -> Keys:
    """The keys of a context, (ROWS,)."""
    keys: Keys = _ROWS | (_MASKS & np.uint64(context & _CONTEXT))
    keys[_OWN:] |= np.uint64(performer << _PERFORMER)
    return keys


@dataclass(frozen=True, slots=True, eq=False)
class Corpus:
    """What followed each context, as shares."""

    keys: Keys  # (contexts,), ascending
    firsts: npt.NDArray[np.int32]  # (contexts + 1,), where each one's slots begin
    slots: npt.NDArray[np.uint8]
    shares: Floats

    def rows(self, context: int, performer: int) -> Floats:
        """What followed, (ROWS, INTERVAL_SLOTS); without a performer (0) nothing in the rows of one's own."""
        found = np.zeros((ROWS, INTERVAL_SLOTS), np.float32)
        wanted = _keys(context, performer)[: ROWS if performer else _OWN]
        places = self.keys.searchsorted(wanted).tolist()
        for row, (place, key) in enumerate(zip(places, wanted.tolist(), strict=True)):
            if place < len(self.keys) and int(self.keys[place]) == key:
                part = slice(self.firsts[place], self.firsts[place + 1])
                found[row, self.slots[part]] = self.shares[part]
        return found


def corpus_of(counted: Tally) -> Corpus:
    """The corpus of some counts."""
    pairs, counts = counted.pairs[counted.counts > 0], counted.counts[counted.counts > 0]
    first, each = np.unique(pairs >> _SLOT_BITS, return_index=True, return_inverse=True)[1:]
    totals = np.add.reduceat(counts, first) if len(first) else np.zeros(0, np.int64)
    slots = pairs & np.uint64((1 << int(_SLOT_BITS)) - 1)
    kept = (counts >= LEAST) & (slots < INTERVAL_SLOTS)
    shares = counts[kept] / (totals[each[kept]] + DOUBT)
    keys, sizes = np.unique(pairs[kept] >> _SLOT_BITS, return_counts=True)
    return Corpus(
        keys,
        np.cumsum([0, *sizes], dtype=np.int32),
        slots[kept].astype(np.uint8),
        shares.astype(np.float16).astype(np.float32),
    )


UNHEARD = corpus_of(tally([]))
"""The corpus of no solos."""


def packed(corpus: Corpus) -> bytes:
    """The corpus as a file's content."""
    sizes = np.diff(corpus.firsts).astype(np.uint8)
    shares = corpus.shares.astype(np.float16)
    return save({"keys": corpus.keys, "sizes": sizes, "slots": corpus.slots, "shares": shares})


def unpacked(content: bytes) -> Corpus:
    """The inverse of `packed`.

    Raises:
        CorpusError: the content is none.
    """
    try:
        found = load(content)
        firsts = np.cumsum([0, *found["sizes"]], dtype=np.int32)
        keys = found["keys"].astype(np.uint64, casting="safe")
        corpus = Corpus(keys, firsts, found["slots"], found["shares"].astype(np.float32))
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        raise CorpusError(f"no corpus ({error or type(error).__name__})") from error
    whole = len(corpus.slots) == len(corpus.shares) == firsts[-1] and len(corpus.keys) == len(firsts) - 1
    if not whole or (corpus.slots >= INTERVAL_SLOTS).any():
        raise CorpusError("no corpus (its arrays do not fit together)")
    return corpus
