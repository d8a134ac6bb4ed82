"""The controls there are, in one table, and what they usually answer to.

Conventions: a button asks for something when it goes down, a knob while it is turned; both ask by the state
of the session, which is an argument. No usual source is one that shapes a sound (modulation, expression,
sustain); sostenuto (66), which improvisers use least, marks a place.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from improv.channels import PARTS, Part
from improv.controls.source import Source, parse_source
from improv.modes import ADJUSTMENTS, BARS, MODES, Adjustment, Mode
from improv.requests import (
    Adjust,
    Keep,
    Mark,
    Mute,
    Panic,
    Request,
    SetMode,
    SetTempo,
    Start,
    Stop,
    UndoTake,
)


@dataclass(frozen=True, slots=True)
class Now:
    """What a control has to know of the session."""

    playing: bool = False
    mode: str = "trade"
    """The one that plays or, where another begins at the next bar, that one."""
    bars: int = 4
    tempo: float = 120.0
    muted: frozenset[str] = frozenset()
    """Parts that rest."""
    adjusted: Mapping[str, float] = field(default_factory=dict)
    """Adjustments that are not as usual."""


@dataclass(frozen=True, slots=True)
class Range:
    """What a knob sets: from its left end to its right end."""

    low: float
    high: float
    grain: float
    """Values are whole multiples of it."""
    read: Callable[[Now], float]
    ask: Callable[[float], Request]

    def at(self, value: int) -> float:
        """What the knob at 0 to 127 means."""
        exact = self.low + value / 127 * (self.high - self.low)
        return round(max(self.low, min(self.high, round(exact / self.grain) * self.grain)), 6)

    def place(self, now: Now) -> float:
        """Where the knob would have to be, 0 to 127, for what is set now."""
        return 127 * (self.read(now) - self.low) / (self.high - self.low)


@dataclass(frozen=True, slots=True)
class Control:
    """One control: a button where it has `press`, a knob where it has `turn`."""

    name: str
    help: str
    press: Callable[[Now], Request] | None = None
    turn: Range | None = None


TAP = "tap"
PANIC = "panic"
TEMPO = Range(60.0, 314.0, 2.0, lambda now: now.tempo, SetTempo)
"""A knob has 128 places: every other beat a minute from a ballad to as fast as it gets."""


def _next_mode(now: Now) -> Request:
    names = [mode.name for mode in MODES]
    place = names.index(now.mode) if now.mode in names else -1
    return SetMode(names[(place + 1) % len(names)])


def _next_bars(now: Now) -> Request:
    return SetMode(now.mode, bars=next((bars for bars in BARS if bars > now.bars), BARS[0]))


def _mode(name: Mode) -> Callable[[Now], Request]:
    return lambda now: SetMode(name)


def _bars(bars: int) -> Callable[[Now], Request]:
    return lambda now: SetMode(now.mode, bars=bars)


def _mute(part: Part) -> Callable[[Now], Request]:
    return lambda now: Mute(part, int(part not in now.muted))


def _range(adjustment: Adjustment) -> Range:
    return Range(
        adjustment.low,
        adjustment.high,
        adjustment.step / 2,
        lambda now: now.adjusted.get(adjustment.name, adjustment.usual),
        lambda value: Adjust(adjustment.name, value),
    )


CONTROLS: dict[str, Control] = {
    control.name: control
    for control in (
        Control("start-stop", "start or stop", lambda now: Stop() if now.playing else Start()),
        Control("start", "count in and begin", lambda now: Start()),
        Control("stop", "stop at once", lambda now: Stop()),
        Control(PANIC, "silence everything, now", lambda now: Panic()),
        Control("mode", "the next mode", _next_mode),
        *(Control(f"mode-{mode.name}", mode.help, _mode(mode.name)) for mode in MODES),
        Control("bars", f"turns of {', '.join(map(str, BARS))} bars, the next", _next_bars),
        *(Control(f"bars-{bars}", f"turns of {bars} bar{'s' * (bars > 1)}", _bars(bars)) for bars in BARS),
        *(Control(f"mute-{part}", f"let {part} rest, or play again", _mute(part)) for part in PARTS),
        Control(TAP, "tap the tempo, twice or more", lambda now: SetTempo(now.tempo)),
        Control("slower", "a beat a minute slower", lambda now: SetTempo(now.tempo - 1)),
        Control("faster", "a beat a minute faster", lambda now: SetTempo(now.tempo + 1)),
        Control("keep", "keep the last 32 bars as a take", lambda now: Keep()),
        Control("mark", "mark this place", lambda now: Mark()),
        Control("undo", "undo the newest take, or bring it back", lambda now: UndoTake()),
        Control("tempo", "beats a minute, 60 to 314", turn=TEMPO),
        *(Control(a.name, a.help, turn=_range(a)) for a in ADJUSTMENTS.values()),
    )
}

USUAL: dict[str, str] = {
    "start": "MMC2 MMC3",  # play, deferred play
    "stop": "MMC1 MMC9",  # stop, pause
    "keep": "MMC6",  # record
    "panic": "CC120",  # all sound off: nothing but a panic button sends it, where 123 comes with some keys
    "mark": "CC66",
}
"""What any controller means by itself: MIDI machine control (its command numbers) and two controllers."""

DEVICES: tuple[tuple[str, dict[str, str]], ...] = (
    ("launchkey", {"stop": "CC114", "start": "CC115", "keep": "CC117"}),
    ("impulse", {"stop": "CC114", "start": "CC115", "keep": "CC117"}),
    ("oxygen", {"stop": "CC116", "start": "CC117", "keep": "CC118"}),
    ("mpk2", {"stop": "CC117", "start": "CC118", "keep": "CC119"}),
    ("nanokontrol2", {"start": "CC41", "stop": "CC42", "keep": "CC45", "mark": "CC60"}),
)
"""What the transport of some controllers sends as they come, by a part of the port's name.

The numbers are those that Ardour's maps of these controllers list (share/midi_maps). They contradict each
other, which is why they hold only where such a controller is heard, and those of the first, where two are.
"""


def usual_sources(name: str, devices: Sequence[str] = ()) -> tuple[Source, ...]:
    """What a control answers to unless it is said otherwise, where the inputs with these names are heard."""
    known = (sends for device in devices for part, sends in DEVICES if part in device.casefold())
    words = [*USUAL.get(name, "").split(), *next(known, {}).get(name, "").split()]
    return tuple(parse_source(word) for word in words)
