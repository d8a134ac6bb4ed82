"""Comp: chords and bass behind the player's solo, which the pianist follows closely.

Conventions: those of `improv.session.modes.base`. The player has every chorus, as where improv lays out. Here
comping is all that the machine does, so it is more of an answer than behind a solo of its own: fuller and
denser in the player's rests, softer and sparser under his lines (`improv.band.comping`). Chords and bass are
what the mode is, so they play even where no band is to; drums are then left out, and a mute still mutes.
"""

from dataclasses import dataclass

from improv.modes import Mode
from improv.session.modes.layout import LayOut
from improv.session.state import Company

ATTENTIVE = 2.0
"""How closely the pianist follows, against 1 elsewhere."""
BEHIND_A_SOLO = Company(needed=frozenset({"comp", "bass"}), attention=ATTENTIVE)


@dataclass(frozen=True, slots=True)
class Comp(LayOut):
    """Nothing to remember: the mind does."""

    name: Mode = "comp"
    company: Company = BEHIND_A_SOLO
