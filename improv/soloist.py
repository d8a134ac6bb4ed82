"""A whole solo at once: the improviser without a clock, for files.

Conventions: ticks from the top of the first chorus; the line is on the grid, swing comes after.
"""

from collections.abc import Iterator

from improv.chance import Chance
from improv.improviser import Improviser
from improv.mind import Choice, Mind


def improvise(improviser: Improviser, ticks: int, tempo: float, seed: int) -> Iterator[Choice]:
    """The choices of a solo from tick 0 to `ticks`, one voice; the same seed plays the same solo."""
    mind = improviser.intend(Mind(Chance(seed)), 0, improviser.changes.bar, tempo)
    while mind.next_onset is not None and mind.next_onset < ticks:
        mind, choice = improviser.play(mind, ticks, tempo)
        yield choice
