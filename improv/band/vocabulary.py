"""The ids that the bass model reads and foretells.

Conventions: a pitch id counts semitones above the double bass's open E (MIDI 28); a place without a
previous pitch, a chord without a root and a beat that no form is told of have the last id of their
alphabet. Degrees, qualities, meters and tempi are those of `improv.jazz.vocabulary`. Of what a whole line
is like (`AGREEMENT`, `MOTION`) id 0 says that it is not known.
"""

import hashlib
import json
from bisect import bisect_right

from grammar.chords import QUALITIES
from improv.jazz.vocabulary import LONGEST_WAIT, METERS, TEMPOS

LOWEST, HIGHEST = 28, 55
"""MIDI numbers of the register, both inclusive: E1 to G3, an octave above the open G."""
PITCHES = HIGHEST - LOWEST + 1
NO_PITCH = PITCHES
WIDEST = 19
"""Semitones; wider intervals count as this."""
INTERVALS = 2 * WIDEST + 1
NO_INTERVAL = INTERVALS
PHRASE = 8
"""Bars after which the place in the form begins again."""
NO_BAR = PHRASE
FEELS = ("SWING", "TWOBEAT", "LATIN", "FUNK", "BALLAD", "OTHER")
"""Feels as the database names them; a mixed one counts as its first, any other as OTHER."""
AGREEMENT = (0.2, 0.4, 0.6, 0.8)
"""Shares of the chord changes on which a line has the chord's bass note, at which the next class begins."""
MOTION = (0.6, 0.75, 0.85, 0.92)
"""Shares of the beats that bring another pitch, at which the next class begins."""
UNKNOWN = 0
KEYS = range(-6, 6)
"""Semitones by which lines are transposed in training: all twelve keys."""
OWN_KEY = -KEYS[0]
"""The id of a line that is not transposed."""


def pitch_id(pitch: int) -> int:
    """Id of a MIDI number; one beyond the register is brought in by octaves."""
    while pitch < LOWEST:
        pitch += 12
    while pitch > HIGHEST:
        pitch -= 12
    return pitch - LOWEST


def interval_id(pitch: int | None, previous: int | None) -> int:
    """Id of the step from `previous` to `pitch`, in semitones."""
    if pitch is None or previous is None:
        return NO_INTERVAL
    return max(-WIDEST, min(WIDEST, pitch - previous)) + WIDEST


def wait_id(beats: int) -> int:
    """Id of a number of beats."""
    return max(0, min(LONGEST_WAIT, beats))


def bar_id(bar: int | None) -> int:
    """Id of a bar's place in the form, counted from its top."""
    return NO_BAR if bar is None else bar % PHRASE


def feel_id(feel: str) -> int:
    """Id of a feel as the database names it, such as LATIN/SWING or A:LATIN/B:SWING."""
    first = feel.split("/")[0].rsplit(":", 1)[-1].strip().upper()
    return FEELS.index(first if first in FEELS else "OTHER")


def class_id(share: float | None, edges: tuple[float, ...]) -> int:
    """Id of the class of a share: 1 is the lowest, `UNKNOWN` None."""
    return UNKNOWN if share is None else bisect_right(edges, share) + 1


def vocabulary_hash() -> str:
    """SHA-256 over everything above: weights trained on other ids must not be played with these."""
    numbers = [LOWEST, HIGHEST, WIDEST, LONGEST_WAIT, METERS, PHRASE, TEMPOS]
    classes = [FEELS, AGREEMENT, MOTION, list(QUALITIES.items()), list(KEYS)]
    return hashlib.sha256(json.dumps([*numbers, *classes]).encode()).hexdigest()
