"""What the bass model has to beat: Witten-Bell n-grams of the same pitches.

Conventions: a token is the interval from the last pitch (of the first note of a line: its pitch id),
which with what came before says the pitch; contexts are shortened from their far end. Source of the
estimate: Witten and Bell, "The zero-frequency problem" (1991), interpolated as by Chen and Goodman
(1999), the shortest context being every pitch alike.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence

from grammar.notes import TICKS_PER_BEAT
from improv.band.dataset import has_bass
from improv.band.encoding import begins
from improv.band.vocabulary import PITCHES, pitch_id
from improv.jazz.vocabulary import degree_id
from improv.jazz.wjazzd import Solo

Context = tuple[object, ...]
Scored = tuple[object, Context]
"""A token and its context, the nearest part last."""

Way = Callable[[Solo, int], Context]
"""Of a solo and a beat: the context of the pitch there."""


def pitches_alone(solo: Solo, beat: int) -> Context:
    """The intervals before; of chords nothing."""
    return _steps(solo, beat)


def over_the_chord(solo: Solo, beat: int) -> Context:
    """The intervals before, then the degree of the last pitch above the root and whether a chord begins."""
    tick = beat * TICKS_PER_BEAT
    chord = solo.changes.at(tick)
    degree = degree_id(_last(solo, beat), chord.root)
    return (*_steps(solo, beat), begins(solo.changes, tick), degree)


def between_chords(solo: Solo, beat: int) -> Context:
    """As over the chord, with the degree above the next root before them on a chord's last beat."""
    tick = beat * TICKS_PER_BEAT
    chord = solo.changes.at(tick)
    wait, following = solo.changes.after(tick)
    last = _last(solo, beat)
    ahead = degree_id(last, following.root) if wait <= TICKS_PER_BEAT else None
    steps = _steps(solo, beat)
    return (*steps[:-1], ahead, *steps[-1:], begins(solo.changes, tick), degree_id(last, chord.root))


WAYS: dict[str, Way] = {
    "pitches alone": pitches_alone,
    "over the chord": over_the_chord,
    "between chords": between_chords,
}


class NGram:
    """Counts of tokens after contexts."""

    def __init__(self, solos: Iterable[Solo], way: Way, order: int) -> None:
        self._way, self._order = way, order
        self._counts: dict[Context, Counter[object]] = defaultdict(Counter)
        for solo in solos:
            for token, context in self._scored(solo):
                for length in range(min(order, len(context) + 1)):
                    self._counts[context[len(context) - length :]][token] += 1

    def nats(self, solo: Solo) -> float:
        """Of all pitches of a line together."""
        return sum(-math.log(self._share(token, context)) for token, context in self._scored(solo))

    def _scored(self, solo: Solo) -> Iterable[Scored]:
        for beat, pitch in enumerate(solo.bass):
            if pitch is not None:
                last = _last(solo, beat)
                token = ("first", pitch_id(pitch)) if last is None else pitch - last
                yield token, self._way(solo, beat)

    def _share(self, token: object, context: Context) -> float:
        p = 1 / PITCHES
        for length in range(min(self._order, len(context) + 1)):
            after = self._counts.get(context[len(context) - length :])
            if after is None:
                break
            p = (after[token] + len(after) * p) / (after.total() + len(after))
        return p


def ngram_nats(
    learned: Iterable[Solo], scored: Sequence[Solo], way: Way = between_chords, order: int = 4
) -> float:
    """Nats a beat on the scored lines; by default of the best way and order found on the validation solos."""
    ngram = NGram((solo for solo in learned if has_bass(solo)), way, order)
    beats = sum(pitch is not None for solo in scored for pitch in solo.bass)
    return sum(map(ngram.nats, scored)) / max(1, beats)


def _last(solo: Solo, beat: int) -> int | None:
    return solo.bass[beat - 1] if beat else None


def _steps(solo: Solo, beat: int) -> Context:
    """Up to four intervals before a beat, the last one last."""
    found = []
    for at in range(beat - 1, max(0, beat - 5), -1):
        a, b = solo.bass[at - 1], solo.bass[at]
        if a is None or b is None:
            break
        found.append(b - a)
    return tuple(reversed(found))
