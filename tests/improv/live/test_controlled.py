"""Controls at work in the engine: asked for in the thread that keeps time, never heard as playing."""

from collections.abc import Callable

from improv.controls.panel import Panel
from improv.controls.profile import Profile
from improv.controls.source import parse_source
from improv.live.clock import FakeClock
from improv.live.controlled import now_of
from improv.live.engine import Engine
from improv.live.front import Front
from improv.live.intake import Intake
from improv.live.link import News, Notice
from improv.modes import MODES
from improv.ports.base import panic_messages
from improv.ports.loopback import Recorder, Script
from improv.ports.player import PlayerSide
from improv.ports.reach import Reach
from improv.requests import Adjust, Learn, Mute, Request, SetMode
from improv.session.session import Session
from improv.snapshot import Snapshot

MakeSession = Callable[..., Session]
MS = 1_000_000


class Watcher:
    """A view that keeps what it is told."""

    def __init__(self) -> None:
        self.asks: list[Request] = []
        self.told: list[str] = []
        self.snapshot = Snapshot()

    def tell(self, news: News) -> None:
        if isinstance(news, Notice):
            self.told.append(news.text)
        elif isinstance(news, Snapshot):
            self.snapshot = news

    def requests(self) -> list[Request]:
        asks, self.asks = self.asks, []
        return asks


class Stage:
    """An engine on a clock of the test's, with a controller whose messages come at set times."""

    def __init__(self, session: Session, messages: list[tuple[int, str]], **chosen: str) -> None:
        profile = Profile()
        for name, word in chosen.items():
            profile, _ = profile.learn(name.replace("_", "-"), [parse_source(word)])
        self.clock, self.view = FakeClock(), Watcher()
        self.out = Recorder(self.clock.now)
        self.panel = Panel(profile)
        side = PlayerSide(1, Reach(channel=0))
        script = Script([(t * MS, bytes.fromhex(text)) for t, text in messages], self.clock.now)
        self.front = Front(
            [script], [self.out], self.clock, intake=Intake(side, self.panel), panel=self.panel
        )
        self.engine = Engine(session, self.front, self.clock, self.view)

    def run(self, until: int) -> None:
        while self.clock.now() < until * MS:
            self.front.serve()
            self.engine.turn()
            self.clock.advance(MS)

    def sent(self) -> list[str]:
        return [message.hex() for _, message in self.out.messages]


def test_a_panic_leaves_in_the_round_in_which_it_came(make_session: MakeSession) -> None:
    stage = Stage(make_session(), [(10, "903c50"), (20, "b9147f")], panic="CC20")
    stage.run(20)
    assert stage.sent() == ["903c50"]
    stage.clock.set(20 * MS)
    stage.front.serve()  # the thread that keeps time, alone
    assert stage.sent()[1:] == ["803c40", *(message.hex() for message in panic_messages())]


def test_a_button_starts_and_stops_and_its_key_does_not_sound(make_session: MakeSession) -> None:
    stage = Stage(make_session(), [(0, "992450"), (5, "892440"), (200, "992450")], start_stop="NOTE36@10")
    stage.run(150)
    assert stage.engine.state.map is not None
    assert stage.panel.take(0, b"\xb0\x14\x7f") == ((), False)
    stage.run(300)
    assert stage.engine.state.map is None
    assert not any(message.startswith(("9924", "8924")) for message in stage.sent())
    assert not stage.engine.state.keys


def test_what_is_learned_at_the_screen_is_shown_and_told(make_session: MakeSession) -> None:
    stage = Stage(make_session(), [(100, "b01440"), (200, "903c50")])
    stage.view.asks = [Learn("keep")]
    stage.run(90)
    assert stage.view.snapshot.learning == "keep"
    stage.run(300)
    assert stage.view.snapshot.learning == ""
    assert stage.view.told == ["keep: move or press what it is to be", "keep is CC20@1 now"]
    assert stage.sent() == ["903c50"], "the player is heard, on his channel; the button is not"


def test_controls_know_what_a_take_begins_with(make_session: MakeSession) -> None:
    """Before anything has changed: a button steps on from the mode that was asked for on the command line."""
    stage = Stage(make_session(mode="solo"), [(100, "b0147f")], mode="CC20")
    stage.run(300)
    after = MODES[[mode.name for mode in MODES].index("solo") + 1].name
    assert now_of(stage.engine.state).mode == after


def test_controls_see_the_session_as_it_is(make_session: MakeSession) -> None:
    stage = Stage(make_session(), [])
    before = now_of(stage.engine.state)
    assert not before.playing
    stage.view.asks = [Mute("bass"), Adjust("swing", 0.5), SetMode("solo", 8)]
    stage.run(50)
    now = now_of(stage.engine.state)
    assert now.muted == {"bass"}
    assert now.adjusted["swing"] == 0.5
    assert (now.mode, now.bars) == ("solo", 8)
