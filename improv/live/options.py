"""How a take is played: plain values that travel to the engine's processes and into its log."""

import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, get_type_hints

from grammar.chart import MAXIMUM_TEMPO, MINIMUM_TEMPO
from improv.errors import UserError
from improv.modes import FIRSTS, MODES
from improv.ports.reach import Reach, parse_keys
from improv.ports.routing import OUTPUTS, Plan, plan_routing

MARK_PEDAL = 66
"""Sostenuto: the middle pedal, which improvisers use least."""


@dataclass(frozen=True, slots=True)
class Options:
    """Everything that `improv play` can be told."""

    chart: str
    """The chart's text, not its name: a log must replay without the file."""
    tempo: float
    seed: int
    mode: str = "trade"
    """One of `improv.modes.MODES`."""
    bars: int = 4
    first: str = "you"
    """Who begins where turns are taken, you or improv."""
    band: bool = True
    """Whether a band plays along; if not, only who a mode needs does."""
    choruses: int | None = None
    click: bool = True
    temperature: float = 1.0
    like: str | None = None
    """A soloist or a style to play like."""
    input_name: str | None = None
    output_name: str | None = None
    out_band: str | None = None
    """Another output for the band, or a part, the click or what the player plays; None: the usual one."""
    out_comp: str | None = None
    out_bass: str | None = None
    out_drums: str | None = None
    out_click: str | None = None
    out_thru: str | None = None
    channels: str = ""
    """Parts on other channels than the usual, as in `bass=3 comp=2`."""
    in_channel: int | None = None
    """The channel from 1 to 16 that the player is heard on; None: all."""
    keys: str = "0-127"
    """The keys that are the player's."""
    mpe: str = "auto"
    """How MPE is merged (`improv.ports.mpe.parse_mpe`)."""
    sync_in: str | None = None
    """The input whose clock is followed, or `any`; None: our own."""
    sync_out: str | None = None
    """The output that our clock is sent to."""
    offset: float = 0.0
    """Milliseconds later than the clock that is followed, -100 to 100."""
    link: bool = False
    """Whether Ableton Link is joined."""
    quantum: int = 4
    """Beats after which Link's phase begins anew."""
    api: str | None = None
    sound: bool = True
    """Whether the embedded instrument may be used where no output is named."""
    record: Path | None = None
    """Where the view is to write the takes when they are over."""
    log: Path | None = None
    checkpoint: Path | None = None
    mark_pedal: int | None = MARK_PEDAL
    """The controller that marks a place when it goes down; None: none does."""
    resumes: str = ""
    """The name of the log whose engine died, and whose music goes on here; usually none."""

    def as_json(self) -> dict[str, Any]:
        """For the head of a log."""
        return {
            name: str(value) if isinstance(value, Path) else value for name, value in asdict(self).items()
        }


def options_from_json(value: dict[str, Any]) -> Options:
    """The inverse of `as_json`; raises TypeError or ValueError for anything else."""
    if not isinstance(value, dict):
        raise TypeError("options are an object")
    paths = {name: Path(value[name]) for name in ("record", "log", "checkpoint") if value.get(name)}
    options = Options(**{**value, **paths})
    for name, kind in get_type_hints(Options).items():
        found = getattr(options, name)
        if not isinstance(found, int | float if kind is float else kind):
            raise TypeError(f"{name} is no {kind}: {found!r}")
    if not (MINIMUM_TEMPO <= options.tempo <= MAXIMUM_TEMPO and 0 < options.temperature < math.inf):
        raise ValueError(f"tempo {options.tempo}, temperature {options.temperature}")
    if options.bars < 1 or (options.choruses is not None and options.choruses < 1):
        raise ValueError(f"bars {options.bars}, choruses {options.choruses}")
    if options.mode not in {mode.name for mode in MODES} or options.first not in FIRSTS:
        raise ValueError(f"mode {options.mode!r}, first {options.first!r}")
    return options


def make_plan(options: Options) -> Plan:
    """Where each part is to go. Raises UserError for a word that is not understood."""
    outputs = {name: getattr(options, f"out_{name}") for name in OUTPUTS}
    return plan_routing(outputs, options.channels, options.output_name)


def make_reach(options: Options) -> Reach:
    """What is the player's. Raises UserError for a word that is not understood."""
    if options.in_channel is not None and not 1 <= options.in_channel <= 16:
        raise UserError(f"--in-channel {options.in_channel}: from 1 to 16")
    channel = None if options.in_channel is None else options.in_channel - 1
    return Reach(channel, *parse_keys(options.keys))
