"""The desk: the scheduler and the outputs, and what passes between them.

Conventions: times are nanoseconds on the engine's clock; one thread uses it. An output that is lost is left
out from then on; who opened it may bring it back (`improv.ports`).

A standby phrase stands behind each answer. The session has planned all that lies up to `LOOKAHEAD` past the
time it has reached; where a note of the phrase falls due and the session has not come so far, it sounds, and
what the session says afterwards of that time does not.

The player's pedal passes with what he plays. While his keys are silent it acts on what they ask for, so it
goes to where the improviser sounds too, should that be elsewhere, and is lifted there when they sound again.
"""

from collections import deque
from collections.abc import Callable, Sequence

from grammar.form import Feel
from improv.channels import BAND, CHANNELS, DRUMS, PLAYER, Part, Role, programs
from improv.live.scheduler import Due, Key, Scheduler
from improv.ports.base import CONTROL_CHANGE, OutPort
from improv.ports.routing import Routing
from improv.session.commands import LOOKAHEAD, Hold, Play, Release
from improv.session.events import PEDAL_DOWN, SUSTAIN, Control, Message, decode

PROGRAM_CHANGE = 0xC0
BAND_AND_SOLO: tuple[Part, ...] = ("improv", *BAND)


class Desk:
    """What sounds, and where."""

    def __init__(self, outputs: Sequence[OutPort], routing: Routing, lost: Callable[[str], None]) -> None:
        """Make a desk; `lost` is told, in a line, of an output that takes nothing any more."""
        self.scheduler = Scheduler()
        self.routing = routing
        self.missed = 0
        """Notes of standby phrases that have sounded."""
        self._outputs: list[OutPort | None] = list(outputs)
        self._lost = lost
        self._keys = (0, 127)
        self._pedals: dict[int, int] = {}
        """Where the player's pedal stands, by the channel that it came on; 0 is up."""
        self._standby: deque[Play] = deque()
        self._fallen: list[Play] = []
        self._silenced: list[tuple[int, bytes]] = []
        self._filled = 0
        self._reached = 0

    @property
    def outputs(self) -> tuple[OutPort, ...]:
        """Those that are not lost."""
        return tuple(port for port in self._outputs if port is not None)

    @property
    def sounding(self) -> frozenset[Key]:
        """The keys that sound; of a key, the output is the group."""
        return self.scheduler.sounding

    # keeping time

    def thru(self, message: bytes, t: int = 0) -> Message | None:
        """Pass on what the player played at `t`, and tell what it means; None: it is no message."""
        event = decode(t, message)
        route = self.routing.route("player")
        if route.channel is not None and message[0] < 0xF0:
            message = bytes((message[0] & 0xF0 | route.channel, *message[1:]))
        pitch = getattr(event, "pitch", None)
        sounds = pitch is None or self._keys[0] <= pitch <= self._keys[1]
        for out in self.scheduler.thru(message, route.group, sounds):
            self.send(out, route.group)
        if isinstance(event, Control) and event.pedal is not None:
            self._tread(event)
        return event

    def run(self, now: int) -> list[Due]:
        """Send what is due, fallback notes among them, and give it back."""
        self._fall_back(now)
        taken = self.scheduler.due(now)
        for due in taken:
            self.send(due.message, due.output)
        return taken

    def next_due(self) -> int | None:
        """When something is to be sent next."""
        due = self.scheduler.next_due()
        if self._standby:
            return self._standby[0].at if due is None else min(due, self._standby[0].at)
        return due

    # what is ordered

    def play(self, note: Play) -> None:
        """Plan a note of the machine's; one that a standby phrase has sounded for already is not played."""
        if note.role == "improv" and note.source != "fallback" and note.at < self._filled:
            return
        route = self.routing.route(note.role)
        self.scheduler.schedule_note(
            note.at,
            note.duration,
            note.pitch,
            note.velocity,
            note.channel if route.channel is None else route.channel,
            note.role,
            route.group,
        )

    def strike(self, at: int, duration: int, pitch: int, velocity: int) -> None:
        """Sound a key of the computer's, where keys sound by themselves."""
        low, high = self._keys
        if low <= pitch <= high:
            route = self.routing.route("player")
            channel = PLAYER if route.channel is None else route.channel
            self.scheduler.schedule_note(at, duration, pitch, velocity, channel, "player", route.group)

    def hold(self, note: Hold) -> None:
        """Sound a note at once."""
        route = self.routing.route(note.role)
        channel = note.channel if route.channel is None else route.channel
        for message in self.scheduler.hold(note.pitch, note.velocity, channel, note.role, route.group):
            self.send(message, route.group)

    def release(self, note: Release) -> None:
        """End a note that is held."""
        route = self.routing.route(note.role)
        channel = note.channel if route.channel is None else route.channel
        for message in self.scheduler.release(note.pitch, channel, note.role, route.group):
            self.send(message, route.group)

    def schedule(self, at: int, message: bytes, role: Role, group: int) -> None:
        """Plan a message that is no note."""
        self.scheduler.schedule(at, message, role, group)

    def listen(self, low: int, high: int) -> None:
        """Let the player's keys from `low` to `high` sound by themselves."""
        were_silent, self._keys = self._silent, (low, high)
        if self._silent == were_silent:
            return
        for channel in filter(self._elsewhere, self._pedals):
            if self._silent:
                self._lend(channel)
            else:
                self._lift(channel)

    def damp(self, channel: int) -> None:
        """End what rings under the player's pedal where the improviser sounds; the pedal stays his."""
        self._lift(channel)

    def stand_by(self, notes: Sequence[Play]) -> None:
        """Have a phrase ready, in place of any before it."""
        self._standby = deque(notes)

    def planned(self, reached: int) -> None:
        """The session has done all that was due up to `reached`."""
        self._reached = reached

    def fallen(self) -> list[Play]:
        """The notes of standby phrases that have sounded since the last call."""
        fallen, self._fallen = self._fallen, []
        return fallen

    def take_back(self) -> None:
        """The improviser's notes that do not sound yet will not."""
        self.scheduler.cancel_pending(role="improv")
        self._standby.clear()

    # either

    def programs(self, feel: Feel = "swing") -> None:
        """Tell every channel of ours its instrument; the drums' depends on the feel."""
        known = programs(feel)
        for role in BAND_AND_SOLO:
            usual = CHANNELS[role]
            route = self.routing.route(role)
            channel = usual if route.channel is None else route.channel
            if role != "drums" or channel == DRUMS:  # elsewhere a kit's number is some other instrument's
                self.send(bytes((PROGRAM_CHANGE | channel, known[usual])), route.group)

    def silence(self) -> None:
        """End every sound, now, and forget what waits."""
        self._standby.clear()
        self._pedals.clear()
        self._silenced = self.scheduler.silence(range(self.routing.group_count()))
        for group, message in self._silenced:
            self.send(message, group)

    def silence_again(self) -> None:
        """Send once more what ended all sound: a system that has just lost a client may have lost it."""
        for group, message in self._silenced:
            self.send(message, group)

    def heard_on(self, role: Role) -> tuple[int, tuple[OutPort, ...]]:
        """The channel, from 0, and the outputs that a role's notes go to."""
        route = self.routing.route(role)
        members = self.routing.members(route.group, len(self._outputs))
        ports = tuple(port for number in members if (port := self._outputs[number]) is not None)
        return CHANNELS[role] if route.channel is None else route.channel, ports

    def send(self, message: bytes, group: int) -> None:
        """Send to every output of a group."""
        for number in self.routing.members(group, len(self._outputs)):
            port = self._outputs[number]
            if port is None:
                continue
            try:
                port.send(message)
            except OSError as error:
                self._outputs[number] = None
                self._lost(f"lost the output {port.name}: {error}")

    # the pedal

    @property
    def _silent(self) -> bool:
        """Whether no key sounds by itself."""
        return self._keys[0] > self._keys[1]

    def _place(self, role: Role, channel: int) -> tuple[int, int]:
        """The group and the channel where a role sounds what came on a channel."""
        route = self.routing.route(role)
        return route.group, channel if route.channel is None else route.channel

    def _tread(self, event: Control) -> None:
        """The player's pedal has moved, and has passed."""
        self._pedals[event.channel] = event.value if event.number == SUSTAIN else 0
        if self._silent and self._elsewhere(event.channel):
            self._lend(event.channel)

    def _elsewhere(self, channel: int) -> bool:
        """Whether the improviser does not sound where the player's pedal of a channel acts."""
        return self._place("improv", channel) != self._place("player", channel)

    def _lend(self, channel: int) -> None:
        """The pedal of a channel acts where the improviser sounds too."""
        there = self._place("improv", channel)
        values = [value for other, value in self._pedals.items() if self._place("improv", other) == there]
        self._send_pedal(there, max(values))

    def _lift(self, channel: int) -> None:
        """The dampers fall where the improviser sounds; the player's own pedal is as it was."""
        self._send_pedal(self._place("improv", channel), 0)
        if (value := self._pedals.get(channel, 0)) >= PEDAL_DOWN:
            self._send_pedal(self._place("player", channel), value)

    def _send_pedal(self, place: tuple[int, int], value: int) -> None:
        group, channel = place
        self.send(bytes((CONTROL_CHANGE | channel, SUSTAIN, value)), group)

    def _fall_back(self, now: int) -> None:
        """Let sound of the standby phrase what the session has not come to."""
        while self._standby and self._standby[0].at <= now:
            note = self._standby.popleft()
            if self._reached < note.at - LOOKAHEAD:
                self.missed += 1
                self._fallen.append(note)
                self._filled = note.at + note.duration
                self.play(note)
