"""The watch, against made-up systems whose ports and server come and go."""

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from improv.errors import UserError
from improv.ports.base import Direction, panic_messages
from improv.ports.live import LiveInput, LiveOutput
from improv.ports.watch import Watch

KEYS, PIANO, SYNTH = "Keys:Keys MIDI 1", "Piano:Piano MIDI 1", "synth:in"


@dataclass
class FakeSystem:
    """A MIDI system, as rtmidi behaves on one whose server can die."""

    names: set[str] = field(default_factory=lambda: {KEYS, SYNTH})
    server: int = 1
    """Counts its lives; 0: none."""
    lives: int = 1
    made: list["FakeDevice"] = field(default_factory=list)

    def make(self, direction: Direction) -> "FakeDevice":
        if not self.server:
            raise UserError("no server")
        self.made.append(FakeDevice(self, direction, self.server))
        return self.made[-1]

    def input(self) -> "FakeDevice":
        return self.make("input")

    def output(self) -> "FakeDevice":
        return self.make("output")

    def die(self) -> None:
        self.server = 0

    def start(self) -> None:
        if not self.server:
            self.lives += 1
            self.server = self.lives


@dataclass
class FakeDevice:
    """One client. Closing a client whose server is dead is right; touching it afterwards is not."""

    system: FakeSystem
    direction: Direction
    server: int
    name: str = ""
    connected: str | None = None
    closed: bool = False
    waiting: list[bytes] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)
    breaks: bool = False

    @property
    def served(self) -> bool:
        return self.server == self.system.server

    @property
    def here(self) -> bool:
        return self.served and self.connected is not None and self.connected in {*self.system.names, "own"}

    def visible(self) -> tuple[str, ...]:
        self.use()
        return tuple(sorted(self.system.names))

    def connect(self, wanted: str | None) -> None:
        self.use()
        assert self.connected is None, "a client has one port"
        if wanted is not None and wanted not in self.system.names:
            raise UserError("no such port")
        self.connected = wanted or "own"
        self.name = wanted or "improv:improv"

    def disconnect(self) -> None:
        self.use()
        self.connected = None

    def close(self) -> None:
        assert not self.closed
        self.closed = True

    def use(self) -> None:
        assert not self.closed
        assert self.served, "a dead client is left alone"

    def poll(self) -> list[bytes]:
        assert not self.closed
        waiting, self.waiting = self.waiting, []
        return waiting

    def send(self, message: bytes) -> None:
        assert not self.closed
        if self.breaks:
            raise OSError("broken")
        self.sent.append(message)


class Stage:
    """A keyboard that was named, a synth that was named, a virtual input; and what was told."""

    def __init__(self, hot: bool = False) -> None:
        self.system = FakeSystem()
        self.told: list[str] = []
        self.watch = Watch(self.system, lambda text, trouble: self.told.append(text))
        self.keys = LiveInput("keys")
        self.any = LiveInput("no keyboard yet")
        if hot:
            self.watch.keyboards(self.any)
        for live, name in ((self.keys, KEYS), (LiveInput("virtual"), None)):
            device = self.system.input()
            device.connect(name)
            live.attach(device)
            self.watch.input(live, device, name)
        self.inner = self.system.output()
        self.inner.connect(SYNTH)
        self.synth = LiveOutput(SYNTH, self.inner)
        self.watch.output(self.synth, self.inner, SYNTH)

    def open(self) -> set[str]:
        return {name for name, live in ((KEYS, self.keys), (SYNTH, self.synth)) if live.state == "open"}


steps = st.lists(
    st.sampled_from(["keys", "synth", "piano", "die", "start", "check", "look", "use"]), max_size=30
)


@given(steps, st.booleans())
def test_after_two_looks_all_that_is_there_is_open_and_nothing_else(did: list[str], hot: bool) -> None:
    """Whatever came and went: nothing dead is touched, nothing is told twice, and it settles."""
    stage = Stage(hot)
    names = {"keys": KEYS, "synth": SYNTH, "piano": PIANO}
    for step in did:
        match step:
            case "die":
                stage.system.die()
                stage.watch.check()  # far more often than ports are used: the watcher's 100 ms
            case "start":
                stage.system.start()
            case "check":
                stage.watch.check()
            case "look":
                stage.watch.look()
            case "use":
                stage.keys.poll()
                stage.any.poll()
                stage.synth.send(b"\x90\x3c\x50")
            case _:
                stage.system.names ^= {names[step]}
    stage.watch.look()
    stage.watch.look()
    there = stage.system.names if stage.system.server else set()
    assert stage.open() == there & {KEYS, SYNTH}
    assert all(a != b for a, b in zip(stage.told, stage.told[1:], strict=False))
    quiet = len(stage.told)
    stage.watch.look()
    stage.watch.look()
    assert len(stage.told) == quiet, "what does not change is not told"
    if not hot:
        assert stage.any.state == "lost"
    elif PIANO in there:
        assert PIANO in stage.any.name
    living = [device for device in stage.system.made if not device.closed]
    assert len(living) <= 3 + 3 * hot
    stage.watch.close()
    assert all(device.closed for device in stage.system.made)


def test_a_port_that_is_pulled_is_told_and_comes_back_under_its_name() -> None:
    stage = Stage()
    stage.system.names -= {KEYS}
    stage.watch.look()
    assert stage.open() == {SYNTH}
    assert stage.keys.poll() == []
    stage.system.names |= {KEYS}
    stage.watch.look()
    assert stage.open() == {KEYS, SYNTH}
    stage.system.made[0].waiting.append(b"\x90\x3c\x50")
    assert stage.keys.poll() == [b"\x90\x3c\x50"]
    assert stage.told == [f"lost the input {KEYS}: waiting for it", f"{KEYS} is back"]


def test_a_synth_that_comes_back_is_silenced_and_gets_its_programs_first() -> None:
    stage = Stage()
    for message in (b"\xc3\x42", b"\xb3\x00\x01", b"\xc3\x41", b"\xc2\x20", b"\x93\x3c\x50"):
        stage.synth.send(message)
    stage.system.names -= {SYNTH}
    stage.watch.look()
    for message in (b"\xc2\x21", b"\x93\x40\x50", b"\x93\x3c\x00"):
        stage.synth.send(message)
    stage.system.names |= {SYNTH}
    before = len(stage.inner.sent)
    stage.watch.look()
    stage.synth.send(b"\x83\x40\x40")  # of a note that never arrived
    stage.synth.send(b"\x93\x41\x50")
    assert stage.inner.sent[before:] == [
        *panic_messages(),
        b"\xc2\x21",
        b"\xb3\x00\x01",
        b"\xc3\x41",
        b"\x93\x41\x50",
    ]


def test_a_server_that_dies_is_told_once_and_everything_comes_back() -> None:
    stage = Stage()
    stage.system.die()
    stage.watch.check()
    stage.watch.look()
    assert stage.told == ["lost the MIDI server: waiting for it"]
    stage.system.start()
    stage.system.names -= {KEYS}
    stage.watch.look()
    assert stage.told[1:] == ["the MIDI server is back: connect improv:improv again"]
    assert stage.open() == {SYNTH}
    stage.system.names |= {KEYS}
    stage.watch.look()
    assert stage.told[2:] == [f"{KEYS} is back"]


def test_a_keyboard_that_is_plugged_in_is_heard_and_what_was_there_is_not() -> None:
    stage = Stage(hot=True)
    stage.watch.look()
    assert stage.told == []
    stage.system.names |= {PIANO, "Midi Through:Midi Through Port-0", "improv-out:improv"}
    stage.watch.look()
    assert stage.told == [f"listening to {PIANO} too"]
    stage.watch.look()
    (device,) = [made for made in stage.system.made if made.connected == PIANO]
    device.waiting.append(b"\x90\x3c\x50")
    assert stage.any.poll() == [b"\x90\x3c\x50"]
    stage.system.names -= {PIANO}
    stage.watch.look()
    assert stage.told[1:] == [f"lost the keyboard {PIANO}: waiting for it"]
    assert stage.any.poll() == [b"\x90\x3c\x00"], "its key comes up"
    assert stage.any.poll() == []


def test_an_output_that_refuses_a_message_is_opened_anew() -> None:
    stage = Stage()
    stage.inner.breaks = True
    stage.synth.send(b"\x90\x3c\x50")
    assert stage.open() == {KEYS}
    stage.watch.look()
    stage.inner.breaks = False
    stage.watch.look()
    assert stage.open() == {KEYS, SYNTH}
    assert stage.told == [f"lost the output {SYNTH}: waiting for it", f"{SYNTH} is back"]


notes = st.lists(
    st.tuples(st.booleans(), st.sampled_from([60, 61]), st.sampled_from(["", "lose", "back"])), max_size=30
)


@given(notes)
def test_every_off_that_arrives_has_had_its_on(played: list[tuple[bool, int, str]]) -> None:
    """With all notes off in between counted as an off."""
    stage = Stage()
    held = set[int]()
    for on, pitch, change in played:
        if change:
            stage.system.names = {KEYS, SYNTH} if change == "back" else {KEYS}
            stage.watch.look()
        if on == (pitch in held):
            continue  # each on has its off, and each off its on, as the engine sends them
        held ^= {pitch}
        stage.synth.send(bytes((0x90 if on else 0x80, pitch, 64)))
    sounding, ended = set[int](), set[int]()
    for message in stage.inner.sent:
        match message[0] & 0xF0:
            case 0x90:
                sounding.add(message[1])
                ended.discard(message[1])
            case 0x80:
                assert message[1] in sounding or message[1] in ended
                sounding.discard(message[1])
            case 0xB0 if message[1] == 123 and message[0] == 0xB0:
                ended |= sounding
                sounding.clear()
    if stage.synth.state == "open":
        assert sounding <= held, "nothing is left sounding"


def test_closed_ports_are_harmless() -> None:
    stage = Stage()
    stage.watch.close()
    stage.keys.close()
    stage.synth.close()
    assert stage.keys.poll() == []
    stage.synth.send(b"\x90\x3c\x50")
