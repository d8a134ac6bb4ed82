"""The laws of the stage: whatever is played, asked for, pulled out and put back, in any order.

Each on gets its off exactly once on its own output, channel and pitch; nothing is struck again before; what
passes through passes in order; nothing sounds after stop, panic and the end; nothing is sent to an output
that is known to be lost; and the take replays from its log.
"""

import itertools
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from improv.channels import CHANNELS, PARTS
from improv.controls.panel import Panel
from improv.controls.profile import Profile
from improv.live.intake import Intake
from improv.live.journal import Journal, read_journal
from improv.live.rehearsal import Rehearsal
from improv.live.replay import replay
from improv.modes import ADJUSTMENTS, BARS, MODES
from improv.ports.player import PlayerSide
from improv.ports.reach import Reach
from improv.ports.routing import Route, Routing
from improv.requests import (
    Adjust,
    Cue,
    Forget,
    Keep,
    Learn,
    Mark,
    Mute,
    Panic,
    Request,
    SetMode,
    SetTempo,
    Start,
    Stop,
    Strike,
    UndoTake,
)
from improv.session.events import Control, NoteOff, NoteOn, Other, decode, encode, is_whole
from improv.session.session import Session
from improv.sync.clock_in import ClockIn
from improv.sync.messages import ClockMessages

MILLISECOND = 1_000_000
SECOND = 1000 * MILLISECOND
HANDS = (0, 5)
"""The player's channels; the machine has others, so that a note tells whose it is."""
MACHINE = {CHANNELS[role] for role in ("improv", "comp", "bass", "drums", "click")}

pitches = st.integers(55, 67)
hands = st.sampled_from(HANDS)
modes = st.sampled_from([mode.name for mode in MODES])
requests: st.SearchStrategy[Request] = st.one_of(
    st.just(Start()),
    st.just(Stop()),
    st.just(Panic()),
    st.builds(SetTempo, st.floats(30, 400)),
    st.builds(
        SetMode,
        st.sampled_from([mode.name for mode in MODES]),
        st.sampled_from((0, *BARS)),
        st.integers(0, 1),
    ),
    st.builds(Mute, st.sampled_from(PARTS), st.integers(0, 1)),
    st.builds(Adjust, st.sampled_from(sorted(ADJUSTMENTS)), st.floats(-200, 200)),
    st.builds(Strike, pitches),
    st.builds(Mark, st.sampled_from(("", "bridge"))),
    st.builds(Keep, st.integers(1, 32)),
    st.just(UndoTake()),
    st.builds(Learn, st.sampled_from(("", "tempo", "panic"))),
    st.builds(Forget, st.just("tempo")),
)
ROUTINGS = (
    None,
    Routing(groups=((0,), (1,)), routes={"click": Route(1), "bass": Route(1, 2)}),
    Routing(groups=((0, 1), (1,)), routes={"player": Route(0), "improv": Route(1, 6)}),
)


class Stage(RuleBasedStateMachine):
    """An engine, and everything that can happen to it."""

    make_session: ClassVar[Callable[..., Session]]

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "take.jsonl"
        self.bends = itertools.count()
        self.bent: list[bytes] = []
        self.heard_bends: list[list[bytes]] = [[], []]

    @initialize(
        seed=st.integers(0, 99),
        bars=st.sampled_from((1, 2)),
        choruses=st.sampled_from((None, None, 1)),
        routing=st.sampled_from(ROUTINGS),
        studio=st.booleans(),
        playing=st.sampled_from((True, True, False)),
    )
    def begin(
        self,
        seed: int,
        bars: int,
        choruses: int | None,
        routing: Routing | None,
        studio: bool,
        playing: bool,
    ) -> None:
        """Alone, or in a studio: echoes left out, controllers that mean controls, another's clock."""
        self.session = type(self).make_session(seed=seed, bars=bars, choruses=choruses)
        self.journal = Journal(self.path, {}, self._complain)
        side, panel = (PlayerSide(1, Reach()), Panel(Profile())) if studio else (None, None)
        intake = Intake(side, panel, ClockMessages(None)) if studio else None
        self.stage = Rehearsal(
            self.session,
            2,
            self.journal,
            routing,
            intake,
            mark_pedal=66,
            clock_in=ClockIn(self.session.settings.tempo, None) if studio else None,
            panel=panel,
            side=side,
        )
        for ledger, bends in zip(self.stage.ledgers, self.heard_bends, strict=True):
            ledger.heard = lambda _, message, bends=bends: (  # type: ignore[misc]
                bends.append(message) if message[0] & 0xF0 == 0xE0 else None
            )
        if playing:
            self.stage.ask(Start())
            self._pass(3 * SECOND)

    # what the player does

    @rule(pitch=pitches, velocity=st.integers(1, 127), hand=hands)
    def strike(self, pitch: int, velocity: int, hand: int) -> None:
        self.stage.play(encode(NoteOn(0, pitch, velocity, hand)))

    @rule(pitch=pitches, hand=hands, zero=st.booleans())
    def let_go(self, pitch: int, hand: int, zero: bool) -> None:
        self._off(bytes((0x90 | hand, pitch, 0)) if zero else encode(NoteOff(0, pitch, hand)))

    @rule(chord=st.lists(pitches, min_size=2, max_size=6), hold=st.integers(0, 2000), step=st.integers(0, 40))
    def phrase(self, chord: list[int], hold: int, step: int) -> None:
        """Keys one after another, or together, and let go after a while."""
        for pitch in chord:
            self.stage.play(encode(NoteOn(0, pitch, 90)))
            self._pass(step * MILLISECOND)
        self._pass(hold * MILLISECOND)
        for pitch in chord:
            self._off(encode(NoteOff(0, pitch)))

    @rule(number=st.sampled_from((1, 7, 64, 66, 120, 121, 123)), value=st.integers(0, 127), hand=hands)
    def control(self, number: int, value: int, hand: int) -> None:
        self.stage.play(encode(Control(0, number, value, hand)))

    @rule(hand=hands)
    def bend(self, hand: int) -> None:
        number = next(self.bends)
        message = bytes((0xE0 | hand, number & 0x7F, number >> 7 & 0x7F))
        self.bent.append(message)
        self.stage.play(message)

    @rule(data=st.binary(max_size=6))
    def garbage(self, data: bytes) -> None:
        """Bytes that are no message; one that happens to be is the player's, on the player's channel."""
        if is_whole(data) and data[0] < 0xF0:
            data = bytes((data[0] & 0xF0, *data[1:]))
            if data[0] & 0xF0 == 0xE0:
                return
        self._off(data)

    @rule(
        pulses=st.integers(1, 100),
        tempo=st.floats(40, 300),
        jitter=st.integers(0, 4000),
        first=st.sampled_from((0xF8, 0xFA, 0xFB, 0xFC, 0xF2)),
    )
    def master(self, pulses: int, tempo: float, jitter: int, first: int) -> None:
        """Another's clock for a while, which wavers by so many microseconds."""
        self.stage.play(bytes((0xF2, jitter % 64, 0)) if first == 0xF2 else bytes((first,)))
        for number in range(pulses):
            self.stage.play(bytes((0xF8,)))
            self._pass(round(60 * SECOND / tempo / 24) + (jitter if number % 2 else -jitter) * 1000)

    # what is asked, and what happens

    @rule(request=requests)
    def ask(self, request: Request) -> None:
        playing = self.stage.engine.state.map is not None
        self.stage.ask(request)
        if isinstance(request, Panic) or (isinstance(request, Stop) and playing):
            assert not self.stage.front.desk.sounding
            assert not any(ledger.sounding for ledger in self.stage.ledgers), "it sounds on"
            assert not any(ledger.pedals for ledger in self.stage.ledgers), "it rings on"

    @rule(tick=st.integers(-96, 800), ahead=st.integers(-2 * SECOND, 3 * SECOND))
    def cue(self, tick: int, ahead: int) -> None:
        self.stage.ask(Cue(tick, max(0, self.stage.clock.now() + ahead)))

    @rule(burst=st.lists(st.one_of(requests, pitches), max_size=8))
    def all_at_once(self, burst: list[Request | int]) -> None:
        """Requests and keys in one round."""
        for one in burst:
            if isinstance(one, int):
                self.stage.keyboard.put(encode(NoteOn(0, one, 80)))
            else:
                self.stage.audience.waiting.append(one)
        self._pass(MILLISECOND)

    @rule(number=st.integers(0, 1))
    def lose(self, number: int) -> None:
        self.stage.lose(number)

    @rule(number=st.integers(0, 1))
    def come_back(self, number: int) -> None:
        self.stage.come_back(number)

    @rule(milliseconds=st.one_of(st.integers(0, 50), st.integers(0, 8000)))
    def wait(self, milliseconds: int) -> None:
        self._pass(milliseconds * MILLISECOND)

    @rule(milliseconds=st.one_of(st.integers(0, 300), st.integers(0, 20_000)))
    def stand_still(self, milliseconds: int) -> None:
        """The machine stands still; what would come late is not played, but for offs."""
        self.stage.jump(self.stage.clock.now() + milliseconds * MILLISECOND)

    # the laws

    @invariant()
    def no_law_is_broken(self) -> None:
        assert not self.stage.faults

    @invariant()
    def what_sounds_is_known(self) -> None:
        """What the scheduler owns is what the listeners hear."""
        desk = self.stage.front.desk
        for number, ledger in enumerate(self.stage.ledgers):
            owned = {
                (channel, pitch)
                for group, channel, pitch in desk.sounding
                if number in desk.routing.members(group, len(self.stage.ledgers))
            }
            assert ledger.sounding.keys() <= owned

    @invariant()
    def the_pedal_is_the_players(self) -> None:
        """Where only the machine sounds it is up, but while it plays what his keys ask for."""
        engine = self.stage.engine
        if engine.state.thru.low <= engine.state.thru.high:
            assert not any(ledger.pedals - {*HANDS} for ledger in self.stage.ledgers)

    @invariant()
    def whatever_is_to_end_waits_to_end(self) -> None:
        """No off is dropped: each note that ends by itself has its off in the heap, and not in the past."""
        scheduler, now = self.stage.front.desk.scheduler, self.stage.clock.now()
        waiting = {id(one): one.at for one in scheduler._heap}
        for key, owner in scheduler._sounding.items():
            assert owner.off is None or waiting.get(id(owner.off), -1) > now, f"{key} sounds on"

    @invariant()
    def while_stopped_only_the_player_sounds(self) -> None:
        if self.stage.engine.state.map is None and getattr(self.stage.engine.state, "mode", "") not in FREE:
            for ledger in self.stage.ledgers:
                assert not {channel for channel, _ in ledger.sounding} & MACHINE

    def teardown(self) -> None:
        if not hasattr(self, "stage"):
            return
        self.stage.engine.end()
        assert not self.stage.faults
        assert not any(ledger.sounding or ledger.pedals for ledger in self.stage.ledgers)
        for bends in self.heard_bends:  # in order, whatever was lost with an output
            rest = iter(self.bent)
            assert all(bend in rest for bend in bends)
        result = replay(self.session, list(read_journal(self.path))[1:], "take")
        assert result.same, result.text()
        assert result.complete
        self.folder.cleanup()

    def _pass(self, duration: int) -> None:
        self.stage.run_until(self.stage.clock.now() + duration)

    def _off(self, message: bytes) -> None:
        """Play a message, which may be an off that passes though nothing sounds."""
        event = decode(0, message)
        if isinstance(event, NoteOff):
            for ledger in self.stage.ledgers:
                ledger.let_go(event.channel, event.pitch)
        if isinstance(event, Other) and event.data[0] >= 0xF0:
            event = None
        self.stage.play(message)

    @staticmethod
    def _complain(text: str) -> None:
        raise AssertionError(text)


FREE = ("answer", "rhythm", "lead")
"""Modes in which the machine may play although no form runs."""


def test_the_laws_hold(make_session: Callable[..., Session], budget: settings) -> None:
    class OnThisNetwork(Stage):
        pass

    OnThisNetwork.make_session = staticmethod(make_session)
    run_state_machine_as_test(OnThisNetwork, settings=budget)
