"""The watch: notices that a port is gone, and opens it again when it is back.

Conventions: a port is known by its stable name. `check` costs a few system calls and notices a server that
has died; `look` asks the system for its ports too. Both belong to one thread, the watcher's
(`improv.ports.watcher`), which opens and closes ports as well: never to the timing thread.

A port that was named comes back under that name, a virtual one with what was connected to it, where the
system lets us (`improv.ports.patches`). Where no input was named, a keyboard that is plugged in is heard,
besides those that are.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from improv.errors import UserError
from improv.ports.base import InPort, OutPort
from improv.ports.live import Live, LiveInput, LiveOutput
from improv.ports.names import is_keyboard
from improv.ports.patches import Patches


class Device(Protocol):
    """A client of a MIDI system (`improv.ports.rtmidi.Device`)."""

    @property
    def name(self) -> str:
        """The stable name of its port."""
        ...

    @property
    def served(self) -> bool:
        """Whether the system still serves it."""
        ...

    @property
    def here(self) -> bool:
        """Whether its port is of use."""
        ...

    def visible(self) -> tuple[str, ...]:
        """The stable names of the ports that it could be connected to."""
        ...

    def connect(self, wanted: str | None) -> None:
        """Open its port. Raises UserError where that does not go."""
        ...

    def disconnect(self) -> None:
        """Close its port."""
        ...

    def close(self) -> None:
        """Give port and client back."""
        ...


class InDevice(InPort, Device, Protocol):
    """A device that is heard."""


class OutDevice(OutPort, Device, Protocol):
    """A device that is played on."""


class System(Protocol):
    """What makes clients of a MIDI system."""

    def input(self) -> InDevice:
        """A client for an input. Raises UserError where the system does not answer."""
        ...

    def output(self) -> OutDevice:
        """A client for an output; raises likewise."""
        ...


D = TypeVar("D", InDevice, OutDevice)
Tell = Callable[[str, bool], None]
"""Tell the player a line, and whether it is trouble."""


@dataclass
class _Watched(Generic[D]):
    """A port, and what is behind it."""

    live: Live[D]
    make: Callable[[], D]
    device: D | None
    """None: its server is gone."""
    wanted: str | None
    """The stable name that it comes back under; None: a virtual port."""
    what: str
    name: str
    lost: bool = False

    @property
    def works(self) -> bool:
        """Whether it is there, and took what was last sent to it."""
        return self.device is not None and self.device.here and self.live.state == "open"

    def close(self) -> None:
        """Give it back."""
        if self.device is not None:
            self.live.detach(self.device)
            self.device.close()

    def lose(self) -> None:
        """Take it from the engine; the client is kept where it may be connected again."""
        self.lost = True
        if self.device is not None:
            self.live.detach(self.device)
            if self.device.served:
                self.device.disconnect()
            else:
                self.device.close()
                self.device = None

    def come_back(self) -> bool:
        """Connect it again if that can be done now. Raises UserError where no server answers."""
        if self.device is None:
            self.device = self.make()
        if self.wanted is not None and self.wanted not in self.device.visible():
            return False
        try:
            self.device.connect(self.wanted)
        except UserError:  # gone again, or taken by another program
            return False
        self.live.attach(self.device)
        self.lost = False
        return True


class Watch:
    """All ports of a take."""

    def __init__(self, system: System, tell: Tell, patches: Patches | None = None) -> None:
        """Watch ports of a system, and what is connected to the virtual ones where that can be known.

        `tell` is told what the player should know.
        """
        self._system, self._tell, self._patches = system, tell, patches
        self._inputs: list[_Watched[InDevice]] = []
        self._outputs: list[_Watched[OutDevice]] = []
        self._served = True
        self._keyboards: LiveInput | None = None
        self._spare: InDevice | None = None
        self._seen: frozenset[str] = frozenset()

    def input(self, live: LiveInput, device: InDevice, wanted: str | None) -> None:
        """Watch an input that is open; `wanted` is its stable name, or None for a virtual port."""
        what = "keyboard" if live is self._keyboards else "input"
        self._inputs.append(_Watched(live, self._system.input, device, wanted, what, device.name))

    def output(self, live: LiveOutput, device: OutDevice, wanted: str | None) -> None:
        """Watch an output that is open."""
        self._outputs.append(_Watched(live, self._system.output, device, wanted, "output", device.name))

    def keyboards(self, live: LiveInput) -> None:
        """From now on let `live` hear what is plugged in; what is there already was there to choose from.

        Raises UserError where the system does not answer.
        """
        self._keyboards, self._spare = live, self._system.input()
        self._seen = frozenset(self._spare.visible())

    def check(self) -> None:
        """Notice a server that has died, and leave it alone from then on."""
        gone = [port for port in self._ports if port.device is not None and not port.device.served]
        if self._spare is not None and not self._spare.served:
            self._spare.close()
            self._spare = None
        for port in gone:
            port.lose()
        if gone and self._served:
            self._served = False
            if self._patches is not None:
                self._patches.lose()
            self._tell("lost the MIDI server: waiting for it", True)

    def look(self) -> None:
        """Notice what has gone and what has come."""
        self.check()
        try:
            for port in self._ports:
                self._look_at(port)
            self._look_for_keyboards()
        except UserError:  # no server yet: it would refuse the others too
            return
        virtual = [port for port in self._ports if port.wanted is None and not port.lost]
        again = [(port.name, peer) for port in virtual for peer in self._patched(port)]
        if not self._served:
            self._served = True
            unknown = () if self._patches is not None and self._patches.able else [p.name for p in virtual]
            by_hand = f": connect {' and '.join(unknown)} again" if unknown else ""
            self._tell(f"the MIDI server is back{by_hand}", False)
        for name, peer in again:
            self._tell(f"connected {name} to {peer} again", False)

    def close(self) -> None:
        """Give every port back."""
        if self._patches is not None:
            self._patches.close()
        for port in self._ports:
            port.close()
        if self._spare is not None:
            self._spare.close()

    @property
    def _ports(self) -> tuple[_Watched[InDevice] | _Watched[OutDevice], ...]:
        return (*self._inputs, *self._outputs)

    def _look_at(self, port: _Watched[InDevice] | _Watched[OutDevice]) -> None:
        if port.lost:
            if port.come_back() and self._served:
                self._tell(f"{port.name} is back", False)
        elif not port.works:
            port.lose()
            self._tell(f"lost the {port.what} {port.name}: waiting for it", True)

    def _patched(self, port: _Watched[InDevice] | _Watched[OutDevice]) -> tuple[str, ...]:
        """What a virtual port has been connected to again, now."""
        return () if self._patches is None else self._patches.look(port.name, plays=port.what == "output")

    def _look_for_keyboards(self) -> None:
        if self._keyboards is None:
            return
        if self._spare is None:
            self._spare = self._system.input()
        visible = self._spare.visible()
        watched = {port.wanted for port in self._inputs}
        for name in visible:
            if name in self._seen or name in watched or not is_keyboard(name):
                continue
            device = self._spare
            try:
                device.connect(name)
            except UserError:
                continue
            self._spare = None
            self._keyboards.attach(device)
            self.input(self._keyboards, device, name)
            self._tell(f"listening to {name} too" if len(watched) > 1 else f"listening to {name}", False)
            break  # another, if there is one, when we look next
        self._seen = frozenset(n for n in self._seen if n in visible)
