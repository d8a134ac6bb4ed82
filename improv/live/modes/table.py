"""Every mode by its name."""

from improv.live.modes.answer import Answer
from improv.live.modes.base import Playing
from improv.live.modes.layout import LayOut
from improv.live.modes.lead import Lead
from improv.live.modes.rhythm import Rhythm
from improv.live.modes.solo import Solo
from improv.live.modes.trade import Trade
from improv.modes import Mode


def make_mode(name: Mode) -> Playing:
    """A mode that has not begun."""
    return _MODES[name]


_MODES: dict[Mode, Playing] = {
    mode.name: mode for mode in (Trade(), Answer(), Solo(), LayOut(), Rhythm(), LayOut("comp"), Lead())
}
