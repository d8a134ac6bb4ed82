"""A small grammar of phrases that needs no network.

Conventions: `GRAMMAR` is a table of weighted rules. The body of a rule is words: names of other rules,
and terminals in the text form of `grammar.terminals`, whose bounds are the slope of the line (`<M3,m2>`
climbs a step or a third, `<m-2,M-3>` falls one). Figures start on the beat with a chord tone and end so
that the next chord tone is a step or a third away. A rule of weight 0 is taken only where no other
one still fits into the time left.
"""

import random
from functools import lru_cache

from grammar.notes import TICKS_PER_BEAT
from grammar.terminals import Kind, Terminal, parse_terminal

GRAMMAR: dict[str, tuple[tuple[int, str], ...]] = {
    "phrase": ((1, "opening line ending"),),
    "opening": (
        (6, ""),
        (1, "R,0.500 pickup"),
    ),
    "pickup": (
        (2, "S,0.500,<M3,M-3>"),
        (1, "A,0.500,<M3,M-3>"),
    ),
    "line": (
        (12, "figure line"),
        (2, "breath line"),
        (0, "beat line"),
        (0, ""),
    ),
    "figure": (  # two beats
        (4, "climb"),
        (5, "fall"),
        (3, "arpeggio"),
        (4, "enclosure"),
        (2, "passing"),
        (1, "triplets"),
        (1, "syncopation"),
    ),
    "climb": (
        (2, "C,0.500,<M3,m-3> S,0.500,<M3,m2> C,0.500,<P4,m2> L,0.500,<P4,m2>"),
        (1, "C,0.500,<P4,m-3> L,0.500,<P4,m2> S,0.500,<M3,m2> S,0.500,<M3,m2>"),
    ),
    "fall": (
        (2, "C,0.500,<M3,m-3> S,0.500,<m-2,M-3> C,0.500,<m-2,P-4> L,0.500,<m-2,P-4>"),
        (1, "C,0.500,<P4,m-3> L,0.500,<m-2,P-4> S,0.500,<m-2,M-3> S,0.500,<m-2,M-3>"),
    ),
    "arpeggio": (
        (3, "C,0.500,<M3,P-5> C,0.500,<P5,m3> C,0.500,<P5,m3> L,0.500,<P4,m2>"),
        (2, "C,0.500,<P5,m-3> C,0.500,<m-3,P-5> C,0.500,<m-3,P-5> S,0.500,<M3,m2>"),
    ),
    "enclosure": (  # a chord tone from above and below
        (2, "C,0.500,<M3,M-3> L,0.500,<P4,m2> S,0.500,<M2,M-3> A,0.500,<m-2,M-3>"),
        (2, "C,0.500,<M3,M-3> S,0.500,<M3,m2> A,0.500,<m-2,M-3> S,0.500,<M3,m2>"),
    ),
    "passing": (  # chromatic, between a chord tone and the next
        (2, "C,0.500,<M3,M-3> A,0.500,<m-2,M-2> S,0.500,<m-2,M-2> A,0.500,<m-2,M-2>"),
        (1, "C,0.500,<M3,M-3> A,0.500,<M2,m2> C,0.500,<M2,m2> S,0.500,<M3,m2>"),
    ),
    "triplets": (
        (1, "C,0.333,<M3,M-3> S,0.333,<M3,m2> C,0.333,<M3,m2> L,0.500,<m-2,M-3> A,0.500,<m-2,M-3>"),
        (1, "C,0.333,<M3,M-3> C,0.333,<P5,m3> C,0.333,<P5,m3> S,0.500,<m-2,M-3> S,0.500,<m-2,M-3>"),
    ),
    "syncopation": (
        (1, "C,0.500,<M3,M-3> L,1.000,<M3,M-3> S,0.500,<M3,M-3>"),
        (1, "R,0.500 L,0.500,<M3,M-3> C,0.500,<M3,M-3> S,0.500,<M3,M-3>"),
    ),
    "breath": (
        (3, "C,0.500,<M3,M-3> R,0.500"),
        (2, "C,1.000,<M3,M-3> R,0.500 pickup"),
        (1, "C,0.500,<M3,M-3> R,1.000 pickup"),
    ),
    "beat": ((1, "C,0.500,<M3,M-3> S,0.500,<M3,M-3>"),),
    "ending": (
        (3, "C,0.500,<P4,P-4> C,1.000,<P5,P-5> R,0.500"),
        (3, "C,0.500,<M3,M-3> S,0.500,<M3,M-3> C,0.500,<P4,P-4> R,0.500"),
        (2, "C,0.500,<M3,M-3> A,0.500,<M3,M-3> C,0.500,<P4,P-4> R,0.500"),
        (1, "C,1.500,<P4,P-4> R,0.500"),
        (0, "C,0.500,<P4,P-4>"),
    ),
}
"""Rules by name, each with its alternatives as (weight, body)."""


def phrase(start: int, ticks: int, rng: random.Random) -> list[Terminal]:
    """Terminals from the rule `phrase` that last `ticks` at most; the last note is a C.

    A start off the beat gets a rest to the next beat, its last half a pickup. Where `ticks` is too
    short even for an ending, one C fills it.

    Raises:
        ValueError: `ticks` is less than 1.
    """
    lead, half = -start % TICKS_PER_BEAT, TICKS_PER_BEAT // 2
    if ticks < lead + _least("phrase"):
        return [Terminal(Kind.CHORD, ticks)]
    pickup = _derive("pickup", half, rng) if lead >= half else []
    wait = lead - half if pickup else lead
    rest = [Terminal(Kind.REST, wait)] if wait else []
    return rest + pickup + _derive("phrase", ticks - lead, rng)


def _derive(name: str, ticks: int, rng: random.Random) -> list[Terminal]:
    """Rewrite the leftmost name until only terminals are left, never past the time there is."""
    terminals: list[Terminal] = []
    words = [name]
    while words:
        word, *words = words
        if word not in GRAMMAR:
            terminals.append(parse_terminal(word))
            ticks -= terminals[-1].duration
            continue
        room = ticks - sum(map(_least, words))
        fitting = [(weight, body) for weight, body in GRAMMAR[word] if _least_of(body) <= room]
        weighted = [rule for rule in fitting if rule[0]]
        if weighted:
            body = rng.choices([body for _, body in weighted], [weight for weight, _ in weighted])[0]
        else:
            body = fitting[0][1]
        words = body.split() + words
    return terminals


@lru_cache(maxsize=1024)
def _least(word: str) -> int:
    """The fewest ticks a word can come to."""
    if word not in GRAMMAR:
        return parse_terminal(word).duration
    # a recursive rule has a shorter alternative beside it, so what mentions itself cannot be the least
    return min(_least_of(body) for _, body in GRAMMAR[word] if word not in body.split())


@lru_cache(maxsize=1024)
def _least_of(body: str) -> int:
    return sum(map(_least, body.split()))
