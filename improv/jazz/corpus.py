"""What soloists play after the same few intervals: counts over all solos that were learned from.

Conventions: a context is the last intervals of a line, and what is counted is the interval after it, so it is
the same in every key. `EVERYBODY` names how many intervals the contexts of all solos have, `ONES_OWN` those
of the solos of one performer. Each is a row of a table: the counts over all that followed, half a one more
added for doubt, of what followed at least `LEAST` times. How much a row says is its sum, 0 where the context
was never heard; the rows are multiplied into what the networks think of the pitch, each to a power that goes
by what all rows say (`Gates`).

A network that must not overfit 167,000 notes forgets the licks that are played again and again; counts do
not. It is worth 0.014 nats a note. The powers were fitted on solos that neither the network nor the counts
had seen (`benchmarks/corpus_gates.py`). The longest context being 6, and what was played once being left out,
it holds no solo.

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
from improv.jazz.recall import DOUBT, INTERVAL_SLOTS, WIDEST
from improv.jazz.vocabulary import INTERVALS, interval_id
from models.spec import FAINT

if TYPE_CHECKING:
    from improv.jazz.wjazzd import Solo

Floats = npt.NDArray[np.float32]
Longs = npt.NDArray[np.int64]

EVERYBODY = (1, 2, 3, 4, 6)
ONES_OWN = (1, 2, 4)
LEAST = 2
LONGEST = max(EVERYBODY)
CORPUS = "corpus.safetensors"
"""The file, beside the checkpoint of the pitches."""

_BITS = 6
_KEYED = _BITS * LONGEST
_NONE = INTERVALS
"""The id of no interval: before the second note, which is a context like others."""
_ORDERS = np.array((*EVERYBODY, *ONES_OWN), np.int64)
_MASKS = (1 << _BITS * _ORDERS) - 1
_ROWS = np.arange(len(_ORDERS), dtype=np.int64) << _KEYED
_OWN = len(EVERYBODY)
_PERFORMER = _KEYED + 3
"""A key is, from its lowest bits: the last intervals, the very last lowest; the row; the performer, 0 all."""


class CorpusError(ValueError):
    """A file that holds no corpus; the message says why."""


@dataclass(frozen=True, slots=True)
class Gates:
    """How far rows are heeded: of the row sums s, the powers are w + V s."""

    scale: float
    """The power of the networks' own opinion."""
    w: Floats  # (rows,)
    V: Floats  # (rows, rows)


@dataclass(frozen=True, slots=True)
class Tally:
    """How often each interval followed each context."""

    pairs: Longs
    """Ascending: a key, and below it the interval, 0 for -WIDEST, INTERVAL_SLOTS for one beyond."""
    counts: Longs


def tally(solos: "Sequence[Solo]") -> Tally:
    """The counts over some solos."""
    found = [np.zeros(0, np.int64)]
    for solo in solos:
        pitches = [note.pitch for note in solo.notes]
        performer = manner_of(performer=solo.performer).performer
        context = NOTHING_HEARD
        for before, last, pitch in zip([None, *pitches], pitches, pitches[1:], strict=False):
            context = heard(context, interval_id(last, before))
            slot = pitch - last + WIDEST
            slot = slot if 0 <= slot < INTERVAL_SLOTS else INTERVAL_SLOTS
            found.append(_keys(context, performer) << _BITS | slot)
    pairs, counts = np.unique(np.concatenate(found), return_counts=True)
    return Tally(pairs, counts.astype(np.int64))


NOTHING_HEARD = sum(_NONE << _BITS * k for k in range(LONGEST))
"""The context before the first interval."""


def heard(context: int, interval: int) -> int:
    """The context after one more interval, an id of the vocabulary."""
    return (context << _BITS | interval) & ((1 << _KEYED) - 1)


def _keys(context: int, performer: int) -> Longs:
    """The keys of a context: of everybody, and where a performer is told of him."""
    keys: Longs = _ROWS | (context & _MASKS)
    if not performer:
        return keys[:_OWN]
    keys[_OWN:] |= performer << _PERFORMER
    return keys


@dataclass(frozen=True, slots=True, eq=False)
class Corpus:
    """What followed each context, as shares; and how far that is heeded."""

    keys: Longs  # (contexts,), ascending
    firsts: npt.NDArray[np.int32]  # (contexts + 1,), where each one's slots begin
    slots: npt.NDArray[np.uint8]
    shares: Floats
    told: Gates
    """Where the performer is told."""
    untold: Gates

    def rows(self, context: int, performer: int) -> Floats:
        """What followed: (rows, INTERVAL_SLOTS), only those of everybody where no performer is told (0)."""
        wanted = _keys(context, performer)
        found = np.zeros((len(wanted), INTERVAL_SLOTS), np.float32)
        places = self.keys.searchsorted(wanted)
        for row, (place, key) in enumerate(zip(places.tolist(), wanted.tolist(), strict=True)):
            if place < len(self.keys) and self.keys[place] == key:
                part = slice(self.firsts[place], self.firsts[place + 1])
                found[row, self.slots[part]] = self.shares[part]
        return found

    def score(self, context: int, performer: int) -> tuple[float, Floats]:
        """The power of the networks' opinion, and what is added for each interval, -WIDEST first."""
        rows = self.rows(context, performer)
        gates = self.told if performer else self.untold
        powers = gates.w + gates.V @ rows.sum(axis=1)
        rows *= np.float32(1 / FAINT)
        rows += 1
        return gates.scale, powers @ np.log(rows, out=rows)


def corpus_of(counted: Tally, told: Gates, untold: Gates) -> Corpus:
    """The corpus of some counts."""
    keys, first, each = np.unique(counted.pairs >> _BITS, return_index=True, return_inverse=True)
    totals = np.add.reduceat(counted.counts, first) if len(first) else np.zeros(0, np.int64)
    slots = counted.pairs & ((1 << _BITS) - 1)
    kept = (counted.counts >= LEAST) & (slots < INTERVAL_SLOTS)
    shares = counted.counts[kept] / (totals[each[kept]] + DOUBT)
    heard_of, sizes = np.unique(each[kept], return_counts=True)
    return Corpus(
        keys[heard_of],
        np.cumsum([0, *sizes], dtype=np.int32),
        slots[kept].astype(np.uint8),
        shares.astype(np.float16).astype(np.float32),
        told,
        untold,
    )


def packed(corpus: Corpus) -> bytes:
    """The corpus as a file's content."""
    gates = {
        f"{name}.{part}": np.array(getattr(gate, part), np.float32)
        for name, gate in (("told", corpus.told), ("untold", corpus.untold))
        for part in ("scale", "w", "V")
    }
    sizes = np.diff(corpus.firsts).astype(np.uint8)
    shares = corpus.shares.astype(np.float16)
    return save({"keys": corpus.keys, "sizes": sizes, "slots": corpus.slots, "shares": shares, **gates})


def unpacked(content: bytes) -> Corpus:
    """The inverse of `packed`.

    Raises:
        CorpusError: the content is none.
    """
    try:
        found = load(content)
        told, untold = (
            Gates(float(found[f"{name}.scale"]), found[f"{name}.w"], found[f"{name}.V"])
            for name in ("told", "untold")
        )
        firsts = np.cumsum([0, *found["sizes"]], dtype=np.int32)
        corpus = Corpus(
            found["keys"], firsts, found["slots"], found["shares"].astype(np.float32), told, untold
        )
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        raise CorpusError(f"no corpus ({error or type(error).__name__})") from error
    sizes = (len(_ORDERS), _OWN)
    fit = all(g.w.shape == (n,) and g.V.shape == (n, n) for g, n in zip((told, untold), sizes, strict=True))
    whole = len(corpus.slots) == len(corpus.shares) == firsts[-1] and len(corpus.keys) == len(firsts) - 1
    if not fit or not whole or (corpus.slots >= INTERVAL_SLOTS).any():
        raise CorpusError("no corpus (its arrays do not fit together)")
    return corpus
