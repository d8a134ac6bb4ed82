"""The picture: what a view is shown of a session, at a time."""

from collections import deque

from improv.channels import BAND
from improv.live.orders import FrontShown, Place
from improv.live.performance import Performance
from improv.modes import ADJUSTMENTS
from improv.session.commands import Command, Hold, Play, TakeBack, TurnChange
from improv.session.pulse import with_us
from improv.session.session import Session, State
from improv.snapshot import PartShown, Snapshot

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
        front: FrontShown,
        message: str,
        sync: str,
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
            in_port=front.in_port,
            out_port=front.out_port,
            lost=front.lost,
            roll=shown,
            terminals=tuple(self._terminals),
            parts=tuple(self._shown(place, state) for place in front.places),
            chord=state.named,
            chosen=state.chosen.shown(),
            adjusted=tuple((name, getattr(state.adjusted, name)) for name in ADJUSTMENTS),
            sync=sync,
            learning=front.learning,
            message=message,
            timing=front.timing,
        )

    def _shown(self, place: Place, state: State) -> PartShown:
        """A part as the mixer shows it."""
        return PartShown(
            place.part,
            muted=place.part in state.muted,
            resting=self._rests(state, place.part),
            channel=place.channel + 1,
            ports=place.ports,
            lost=place.lost,
        )

    def _rests(self, state: State, part: str) -> bool:
        """Whether one of the band has no part in the mode."""
        playing = () if state.playing.free else with_us(self._session.stage, state)
        return part in BAND and part not in playing
