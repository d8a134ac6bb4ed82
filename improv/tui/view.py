"""All that the screen shows at a moment: the engine's snapshot, and the UI's own few words."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from grammar.changes import Changes
from grammar.chart import Chart
from improv.snapshot import Snapshot
from improv.tui.place import Place


@dataclass(frozen=True, slots=True)
class View:
    """What is drawn."""

    chart: Chart
    changes: Changes
    snapshot: Snapshot
    place: Place | None
    """Where the snapshot stands; None when nothing plays."""
    alive: bool = True
    """Whether the engine runs."""
    notice: str = ""
    """A word of the UI itself, before the engine's message."""
    wanted_tempo: float | None = None
    """A tempo that was asked for and does not yet run."""
    wanted: Mapping[str, float] = field(default_factory=dict)
    """Adjustments that were asked for and do not yet hold."""
    card: str = ""
    """The card that lies over the stage, or empty."""
    chosen: int = 0
    """The row of it that is chosen."""
    keyboard: int = 48
    """The pitch at the left of the computer keyboard's lower row."""
