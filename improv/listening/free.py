"""Listening in free time: when a phrase is over, and what it was.

Conventions: times are nanoseconds on the engine's clock. A `Listener` is a value; each function gives the
next one. The caller passes on what is played, and asks `due` when to `close`:

    listener = struck(listener, t, pitch, velocity)      # and released, pedal
    if (at := due(listener)) is not None and at <= t:
        listener, phrase = close(listener, at)           # improv.listening.phrase
        phrase.pulse.next_beat(at)                       # where an answer may begin
    pulse_now(listener)                                  # while it is being played

A phrase is over when nothing sounds for `SILENCE` times the median interval between its onsets, and never
before `SHORTEST` nor after `LONGEST`: who plays long notes is given time. A key that is down is no silence,
and neither is what the pedal holds: who lets a last chord ring has not finished, and is answered when the
foot comes up. It catches only what sounds as it goes down, and for `RING`: by then a piano's string has all
but died away, and a foot that is left on the pedal is no wish to go on. How long a note is, is told by its
key alone: the pedal colours a line, the fingers articulate it.

Measured on the training solos of the Weimar Jazz Database (`python benchmarks/free_time.py DATA`): 97 % of
the ends so heard are ends of annotated phrases. Of the annotated ends 54 % are heard, and of those with a
silence that somebody could answer in, 0.6 s, 96 %.

The pulse of a phrase goes on from those before (`improv.listening.pulse`); before there is any, it is
`USUAL`.
"""

from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from improv.listening.phrase import Phrase, Struck, strokes, understood
from improv.listening.pulse import NO_VOTES, Pulse, Votes, beat_of, heard, tempo_of, vote

SILENCE = 2.5
"""Median intervals of silence after which a phrase is over."""
SHORTEST, LONGEST = 600_000_000, 2_000_000_000
"""Nanoseconds: the least and the greatest silence that ends a phrase."""
RING = 6_000_000_000
"""Nanoseconds that the pedal holds what the last key has let go."""
RECENT = 24
"""Intervals that the median is taken of, the newest."""
UNKNOWN = 300_000_000
"""The interval that is assumed while there are fewer than two."""
MOST = 256
"""Notes that are kept of a phrase, the newest: what sounds without a pause for minutes is still bounded."""
USUAL = 120.0
"""Beats a minute, while nothing tells."""


@dataclass(frozen=True, slots=True)
class Listener:
    """What has been heard of the present phrase, and of the tempo so far."""

    notes: tuple[Struck, ...] = ()
    """By time."""
    pedal: bool = False
    silent: int | None = None
    """Since when nothing sounds, or, where the pedal lets it ring, from when on nothing will; None while a
    key is down, or nothing has been played yet."""
    votes: Votes = NO_VOTES
    """What the phrases before say of the tempo."""
    tempo: float = USUAL
    """The tempo last found."""


def struck(listener: Listener, t: int, pitch: int, velocity: int) -> Listener:
    """A key goes down."""
    notes = _lifted(listener.notes, t, pitch)
    return replace(listener, notes=(*notes, Struck(t, pitch, velocity))[-MOST:], silent=None)


def released(listener: Listener, t: int, pitch: int) -> Listener:
    """A key comes up; one that is not known changes nothing."""
    after = replace(listener, notes=_lifted(listener.notes, t, pitch))
    if after.silent is not None or not after.notes or any(note.end is None for note in after.notes):
        return after
    return replace(after, silent=t + RING if after.pedal else t)


def pedal(listener: Listener, t: int, down: bool) -> Listener:
    """The sustain pedal goes down, which ends no silence, or up, and nothing rings any more."""
    after = replace(listener, pedal=down)
    if down or after.silent is None:
        return after
    return replace(after, silent=min(after.silent, t))


def due(listener: Listener) -> int | None:
    """When the phrase is over if nothing more is played; None while something sounds, or there is none."""
    return None if listener.silent is None else listener.silent + patience(listener)


def patience(listener: Listener) -> int:
    """The silence after which the present phrase is over, in nanoseconds."""
    onsets = [stroke[0].t for stroke in strokes(listener.notes[-2 * RECENT :])]
    intervals = [b - a for a, b in pairwise(onsets)][-RECENT:]
    usual = median(intervals) if len(intervals) >= 2 else UNKNOWN
    return int(max(SHORTEST, min(LONGEST, SILENCE * usual)))


def close(listener: Listener, t: int) -> tuple[Listener, Phrase | None]:
    """The phrase that is over at `t`, and the listener ready for the next; None where none is over yet."""
    at = due(listener)
    if at is None or t < at:
        return listener, None
    votes = heard(listener.votes, vote(_onsets(listener)))
    tempo = tempo_of(votes) or listener.tempo
    phrase = understood(listener.notes, _pulse(listener, tempo))
    return Listener(pedal=listener.pedal, votes=votes, tempo=tempo), phrase


def pulse_now(listener: Listener) -> Pulse:
    """The pulse as far as it is known in the middle of a phrase."""
    if not listener.notes:
        return Pulse(listener.tempo, 0)
    votes = heard(listener.votes, vote(_onsets(listener)))
    return _pulse(listener, tempo_of(votes) or listener.tempo)


def _pulse(listener: Listener, tempo: float) -> Pulse:
    now = listener.notes[-1].t
    lengths = [(now if note.end is None else note.end) - note.t for note in listener.notes]
    return Pulse(tempo, beat_of(tempo, [note.t for note in listener.notes], lengths))


def _onsets(listener: Listener) -> list[int]:
    return [stroke[0].t for stroke in strokes(listener.notes)]


def _lifted(notes: tuple[Struck, ...], t: int, pitch: int) -> tuple[Struck, ...]:
    """The notes, where the key of a pitch, if it is down, has come up."""
    return tuple(replace(note, end=t) if note.pitch == pitch and note.end is None else note for note in notes)
