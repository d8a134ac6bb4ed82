"""The picture: what a view is shown of a session, at a time."""

from collections import deque
from collections.abc import Iterable

from improv.channels import BAND, PARTS, Part
from improv.live.desk import Desk
from improv.live.performance import Performance
from improv.modes import ADJUSTMENTS
from improv.ports.base import InPort, OutPort
from improv.ports.live import lost
from improv.session.commands import Command, Hold, Play, TakeBack, TurnChange
from improv.session.pulse import with_us
from improv.session.session import Session, State
from improv.snapshot import PartShown, Snapshot, Timing

ROLL_BARS = 16
TERMINALS_SHOWN = 64


class Picture:
    """Follows a session's commands and makes snapshots."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._terminals: deque[str] = deque(maxlen=TERMINALS_SHOWN)
        self._answered = True

    def follow(self, command: Command) -> None:
        """What the session wants done."""
        match command:
            case Play(role="improv") | Hold():
                if self._answered:  # the first note of an answer: the last one's terminals make room
                    self._terminals.clear()
                    self._answered = False
                self._terminals.append(command.terminal)
            case TakeBack():
                self._answered = True
            case TurnChange():
                self._answered = command.turn != "machine"

    def take(
        self,
        now: int,
        state: State,
        take: Performance | None,
        inputs: tuple[InPort, ...],
        desk: Desk,
        message: str,
        timing: Timing,
    ) -> Snapshot:
        """The visible state at a time."""
        changes = self._session.changes
        tick = int(state.map.tick(now) // 1) if state.map is not None else 0
        shown = (
            take.roll(tick - ROLL_BARS * changes.bar) if take is not None and state.map is not None else ()
        )
        return Snapshot(
            turn=state.turn,
            tick=tick,
            tempo=state.tempo,
            mode=state.mode,
            coming="" if state.coming is None else state.coming.mode,
            bars=state.bars if state.coming is None else state.coming.bars,
            chorus=max(0, tick // changes.length),
            turn_ends=state.turn_ends,
            in_port=names(inputs),
            out_port=names(desk.outputs),
            lost=lost((*inputs, *desk.outputs)),
            roll=shown,
            terminals=tuple(self._terminals),
            parts=tuple(self._shown(part, state, desk) for part in PARTS),
            chord=state.named,
            chosen=state.chosen.shown(),
            adjusted=tuple((name, getattr(state.adjusted, name)) for name in ADJUSTMENTS),
            message=message,
            timing=timing,
        )

    def _shown(self, part: Part, state: State, desk: Desk) -> PartShown:
        """A part as the mixer shows it."""
        channel, ports = desk.heard_on(part)
        gone = lost(ports)
        return PartShown(
            part,
            muted=part in state.muted,
            resting=self._rests(state, part),
            channel=channel + 1,
            ports=names(ports),
            lost=0 < len(gone) == len(ports),
        )

    def _rests(self, state: State, part: str) -> bool:
        """Whether one of the band has no part in the mode."""
        playing = () if state.playing.free else with_us(self._session.stage, state)
        return part in BAND and part not in playing


def names(ports: Iterable[InPort | OutPort]) -> str:
    """The ports' names, in one line."""
    return ", ".join(port.name for port in ports)
