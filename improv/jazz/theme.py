"""A motif that comes back: which earlier passage the line takes up again, and how far along it is.

Conventions: a passage is taken up by its intervals and gaps, so in any key and anywhere in the chart, from
the same place in the beat. Nothing is forced: the improviser leans towards each next step, and where it goes
another way, by its own will or the grammar's, the passage is over.

In the solos to train on 12 passages in a thousand notes are taken up like that, of 4 steps or a few more;
from 31 to 302 notes after they were played the middle half, as often within a phrase as at its start, and
from the same place in the beat seven times in ten, and from the same pitch every second time, where of the
places at which they might be taken up one in sixteen is.
"""

from dataclasses import dataclass, replace

import numpy as np

from improv.jazz.past import Past

LEAN = 3.0
"""Nats that the next step of the passage is given beyond what is played else, at the usual temperature."""
STEPS = 4
"""Of a passage, at least: a motif of five notes (`improv.measures.motifs`)."""
LONGER, MORE = 0.4, 8
"""The chance of each step more, and how many more there are at most."""
SAME_PITCH = 0.5
"""How often a passage is first looked for where it stands at the newest pitch, to come back as it was."""
NEAREST = 8
"""Notes since the passage began, at least."""


@dataclass(frozen=True, slots=True)
class Theme:
    """A passage that is being taken up."""

    back: int
    """How many notes before the newest its model is; as the line goes on, so does the model."""
    left: int
    """Steps still to go."""

    def gap(self, past: Past) -> int:
        """Ticks from the newest note to the next, if the passage is kept to."""
        return int(past.onset[-self.back] - past.onset[-1 - self.back])

    def pitch(self, past: Past) -> int:
        """The next pitch, if the passage is kept to."""
        return int(past.pitch[-1] + past.pitch[-self.back] - past.pitch[-1 - self.back])

    def onward(self) -> "Theme | None":
        """The passage a step later; None at its end."""
        return replace(self, left=self.left - 1) if self.left > 1 else None


def take_up(past: Past, which: float, length: float) -> Theme | None:
    """A passage of the past that may follow the newest note; None where there is none.

    Args:
        past: what has sounded.
        which: in [0, 1), draws from the places that may be gone on from; those at the newest pitch come first
            where it is less than `SAME_PITCH`.
        length: in [0, 1), draws the number of steps.
    """
    places = np.flatnonzero(past.tick[:-NEAREST] == past.tick[-1:])
    if not len(places):
        return None
    if which < SAME_PITCH:
        which /= SAME_PITCH
        as_it_was = places[past.pitch[places] == past.pitch[-1]]
        places = as_it_was if len(as_it_was) else places
    else:
        which = (which - SAME_PITCH) / (1 - SAME_PITCH)
    back = len(past) - 1 - int(places[int(which * len(places))])
    return Theme(back, STEPS + sum(length < LONGER**k for k in range(1, MORE + 1)))
