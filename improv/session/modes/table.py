"""Every mode by its name."""

from improv.modes import Mode
from improv.session.modes.answer import Answer
from improv.session.modes.base import Playing
from improv.session.modes.comp import Comp
from improv.session.modes.layout import LayOut
from improv.session.modes.lead import Lead
from improv.session.modes.rhythm import Rhythm
from improv.session.modes.solo import Solo
from improv.session.modes.trade import Trade


def make_mode(name: Mode) -> Playing:
    """A mode that has not begun."""
    return _MODES[name]


_MODES: dict[Mode, Playing] = {
    mode.name: mode for mode in (Trade(), Answer(), Solo(), LayOut(), Rhythm(), Comp(), Lead())
}
