"""What a session is told once, what it remembers, and what it hears: values, and nothing but values.

Conventions: ticks count from the top of the first chorus (the count-in is negative) and the changes repeat;
`t` and `at` are nanoseconds on the engine's clock. All that happens is a function of a `State` and an event.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from grammar.changes import Changes
from grammar.form import Chart
from grammar.notes import Note
from improv.band.ensemble import BandMind
from improv.channels import BAND
from improv.mind import Mind
from improv.modes import ADJUSTMENTS, First, Mode
from improv.requests import Request
from improv.session.commands import Command, Hold, Play, Thru
from improv.session.events import Control, Followed, Missed, NoteOff, NoteOn, Tick
from improv.session.tempo import TempoMap
from improv.snapshot import Source, Turn

if TYPE_CHECKING:
    from improv.session.modes.base import Playing

NEVER = 1 << 62
FOREVER = 1 << 40
"""Ticks: no take lasts so long."""
CHORD = 25_000_000
"""Nanoseconds within which keys are one chord, of which the highest note is heard as the melody."""
SHORTEST = 10_000_000
"""Nanoseconds: no note is shorter, and at 400 bpm none follows sooner."""
KEYS_SOUND, KEYS_ARE_SILENT = Thru(), Thru(1, 0)


@dataclass(frozen=True, slots=True)
class Company:
    """Who plays along in a mode, of `improv.channels.BAND`; whoever is muted rests all the same."""

    parts: frozenset[str] = frozenset(BAND)
    needed: frozenset[str] = frozenset()
    """Who does even where nobody is to: without them it would be no such mode."""
    attention: float = 1.0
    """How closely the pianist follows the player (`improv.band.notes.Scene`)."""


THE_BAND = Company()


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as an event, with the time at which it arrived."""

    t: int
    request: Request


SessionEvent = NoteOn | NoteOff | Control | Tick | Followed | Missed | Asked


@dataclass(frozen=True, slots=True)
class Settings:
    """What does not change during a take; mode and bars are only what it begins with."""

    chart: Chart
    tempo: float
    seed: int = 0
    mode: Mode = "trade"
    bars: int = 4
    """Bars of a turn."""
    first: First = "you"
    choruses: int | None = None
    """Choruses until the end; None plays on."""
    click: bool = True
    alone: bool = False
    """Whether nobody plays along but whom a mode needs."""


@dataclass(frozen=True, slots=True)
class Adjusted:
    """`improv.modes.ADJUSTMENTS` as they are set; a field each."""

    swing: float = ADJUSTMENTS["swing"].usual
    behind: float = ADJUSTMENTS["behind"].usual
    dynamics: float = ADJUSTMENTS["dynamics"].usual
    temperature: float = ADJUSTMENTS["temperature"].usual
    density: float = ADJUSTMENTS["density"].usual
    split: float = ADJUSTMENTS["split"].usual
    offset: float = ADJUSTMENTS["offset"].usual

    def to(self, name: str, value: float) -> "Adjusted":
        """With one of them set, clipped to its bounds; as it is where there is none of the name."""
        adjustment = ADJUSTMENTS.get(name)
        if adjustment is None or value != value:
            return self
        return replace(self, **{name: max(adjustment.low, min(adjustment.high, value))})


@dataclass(frozen=True, slots=True)
class Chosen:
    """How many notes of the machine's who chose; notes that were taken back do not count."""

    model: int = 0
    grammar: int = 0
    fallback: int = 0

    def more(self, source: Source, by: int = 1) -> "Chosen":
        """With one more, or `by`."""
        match source:
            case "model":
                return replace(self, model=self.model + by)
            case "grammar":
                return replace(self, grammar=self.grammar + by)
            case "fallback":
                return replace(self, fallback=self.fallback + by)
            case "player":
                return self

    def shown(self) -> tuple[tuple[str, int], ...]:
        """By source, for a snapshot."""
        return (("model", self.model), ("grammar", self.grammar), ("fallback", self.fallback))


@dataclass(frozen=True, slots=True, eq=False)
class Planned:
    """A note of the improviser's that may still be taken back, or only where its answer opens."""

    at: int
    before: Mind
    """As it was before: what is gone back to."""
    play: Play | None = None
    """None: nothing sounds yet."""


@dataclass(frozen=True, slots=True, eq=False)
class Melody:
    """The newest note heard of the player's."""

    note: Note
    """As it entered the mind."""
    struck: int
    """When."""
    before: Mind
    """The mind before it: of a chord, a higher key takes its place."""
    down: bool = True


@dataclass(frozen=True, slots=True)
class Stretch:
    """The ticks in which the improviser has the word."""

    begins: int
    ends: int


@dataclass(frozen=True, slots=True)
class Coming:
    """Another mode that begins at a tick."""

    mode: Mode
    bars: int
    tick: int


@dataclass(frozen=True, slots=True)
class State:
    """All that a session remembers."""

    mind: Mind
    tempo: float
    """What the next start takes."""
    playing: "Playing"
    """The mode, and what it remembers."""
    bars: int = 4
    """Bars of a turn."""
    adjusted: Adjusted = Adjusted()
    muted: frozenset[str] = frozenset()
    """Of `improv.channels.PARTS`."""
    coming: Coming | None = None
    map: TempoMap | None = None
    """None while stopped."""
    turn: Turn = "stopped"
    turn_ends: int = 0
    """The tick at which the present turn ends."""
    next_beat: int = 0
    """The tick of the next click, and of the next beat that the band has not planned."""
    band: BandMind | None = None
    """None: there is no band, or it has not begun."""
    stretch: Stretch | None = None
    """Where the improviser plays, or is about to; None: it is silent."""
    planned: tuple[Planned, ...] = ()
    """What it has planned, back to the last note that has begun to sound."""
    standby: tuple[Play, ...] = ()
    """The phrase that the engine has ready."""
    stood_by: int = -NEVER
    """The tick up to which one was made ready."""
    melody: Melody | None = None
    keys: frozenset[tuple[int, int]] = frozenset()
    """The player's keys that are down, as (channel, pitch)."""
    pedals: frozenset[int] = frozenset()
    """The channels whose sustain pedal is down."""
    touched: int = -NEVER
    """When a key of the player's last went down or up."""
    holds: tuple[Hold, ...] = ()
    """Notes that sound until a key of the player's comes up."""
    thru: Thru = KEYS_SOUND
    """Which keys sound by themselves."""
    harmony: Changes | None = None
    """What is held, or was heard, instead of the chart; None: the chart."""
    register: tuple[int, int] | None = None
    """The lowest and highest pitch of an answer, where the player has set them; None: as is usual."""
    named: str = ""
    """The chord that the player holds."""
    chosen: Chosen = Chosen()
    started: int = 0
    """Takes begun; each has its own row of draws."""

    @property
    def mode(self) -> Mode:
        """The mode's name."""
        return self.playing.name


Step = tuple[State, list[Command]]
