"""Which ports a take is played on.

Conventions: a named port must be there. With none named there is a virtual port called `improv` to
connect to; besides it the first keyboard that is plugged in is heard, and any that is plugged in later, and
the embedded instrument sounds where the machine has an audio device. Other outputs are opened where parts are
routed to them.
"""

from collections import deque
from collections.abc import Callable
from threading import Lock

from improv.errors import UserError
from improv.ports.base import InPort, OutPort
from improv.ports.live import LiveInput, LiveOutput
from improv.ports.names import find_port, is_keyboard
from improv.ports.patched import Patcher, patcher
from improv.ports.patches import Patches
from improv.ports.routing import Plan, Routing
from improv.ports.rtmidi import NoPorts, RealInput, RealOutput
from improv.ports.watch import Tell, Watch
from improv.ports.watcher import Watcher
from improv.sound.instrument import NoSound, open_instrument

NO_KEYBOARD = "no keyboard yet"


class OpenPorts:
    """The ports of a take, open and watched."""

    def __init__(
        self,
        input_name: str | None,
        output_name: str | None,
        api: str | None,
        sound: bool,
        plan: Plan | None = None,
        clock_in: str | None = None,
        clock_out: str | None = None,
    ) -> None:
        """Open them. Raises UserError for a named port or system that is not there.

        A clock may be followed on an input of its own, and sent to an output of its own, or on those that
        are open anyway.
        """
        self.inputs: list[InPort] = []
        self.outputs: list[OutPort] = []
        self.notices: list[str] = []
        """What the player should know of the set-up, a line each."""
        self.clock_in: int | None = None
        """The place, among the inputs, of the one that was named for a clock."""
        self.clock_alone = False
        """Whether that was opened for nothing else."""
        self.clock_out: OutPort | None = None
        """The output that was named for a clock."""
        self._plan = plan or Plan()
        self._clocks = clock_in, clock_out
        self._usual = 0
        self._instrument: OutPort | None = None
        self._lock = Lock()
        self._untold: deque[tuple[str, bool]] = deque()
        self._tell: Tell = lambda text, trouble: self._untold.append((text, trouble))
        self._system = _System(api)
        self._watcher = Watcher(lambda: self._open(input_name, output_name, api, sound))

    @property
    def api(self) -> str:
        """The MIDI system that answered; empty where none did."""
        return self._system.api or ""

    @property
    def routing(self) -> Routing:
        """Which of the outputs each part goes to."""
        return self._plan.routing(self._usual)

    def listen(self, tell: Tell) -> None:
        """From now on tell, from the watcher's thread, of what is lost and back."""
        with self._lock:
            while self._untold:
                tell(*self._untold.popleft())
            self._tell = tell

    def close(self) -> None:
        """Give every port back; again is harmless."""
        self._watcher.close()
        if self._instrument is not None:
            self._instrument.close()

    # in the watcher's thread

    def _open(self, input_name: str | None, output_name: str | None, api: str | None, sound: bool) -> Watch:
        watch = Watch(self._system, self._told, Patches(self._system.patcher))
        try:
            if input_name is not None:  # before our output exists: a take must not answer itself
                self._open_input(watch, input_name)
            self._open_usual_output(watch, output_name, api)
            if input_name is None:
                self._open_any_input(watch)
            if sound and output_name is None:
                instrument = open_instrument()
                if isinstance(instrument, NoSound):
                    self.notices.append(f"no built-in sound: {instrument.reason}")
                else:
                    self._instrument = instrument
                    self.outputs.append(instrument)
            self._usual = len(self.outputs)
            for name in self._plan.outputs:
                self._open_output(watch, name)
            self._open_clocks(watch)
        except BaseException:
            watch.close()
            if self._instrument is not None:
                self._instrument.close()
            raise
        return watch

    def _open_usual_output(self, watch: Watch, name: str | None, api: str | None) -> None:
        try:
            opened = self._open_output(watch, name)
        except NoPorts:
            if name is not None or self._plan.outputs:
                raise
            self.notices.append("no MIDI ports (improv ports says why): play on the computer's keys")
            return
        except UserError:
            if name is not None or api is not None:
                raise
            return  # Windows, with neither a name nor virtual ports
        if name is None:
            self.notices.append(f"opened the virtual output {opened}: connect a synth to it")

    def _open_any_input(self, watch: Watch) -> None:
        try:
            probe = self._system.input()
        except NoPorts:
            return  # the output has told
        names = [name for name in probe.visible() if is_keyboard(name)]
        probe.close()
        if self._system.api != "jack":  # JACK's ports are patched by whoever runs the server
            live = LiveInput(NO_KEYBOARD)
            watch.keyboards(live)
            self.inputs.append(live)
            if names:
                self._open_input(watch, names[0], live)
                self.notices.append(f"listening to {names[0]}")
        try:
            virtual = self._open_input(watch, None)
            self.notices.append(f"opened the virtual input {virtual}: connect a keyboard to it")
        except UserError:
            if not names:
                self.notices.append("no MIDI input yet: plug one in, or play on the computer's keys")

    def _open_clocks(self, watch: Watch) -> None:
        """Find what was named for clocks among the open ports, and open what is not."""
        clock_in, clock_out = self._clocks
        if clock_in is not None:
            names = [port.name for port in self.inputs]
            name = self._meant(self._system.input(), clock_in, "input")
            self.clock_alone = name not in names
            if self.clock_alone:
                self._open_input(watch, name)
                names.append(name)
            self.clock_in = names.index(name)
        if clock_out is not None:
            name = self._meant(self._system.output(), clock_out, "output")
            ports = {port.name: port for port in self.outputs}
            if name not in ports:
                self._open_output(watch, name)
                ports[name] = self.outputs.pop()  # no notes go there
            self.clock_out = ports[name]

    def _meant(self, probe: RealInput | RealOutput, name: str, direction: str) -> str:
        """The whole name of the port that a player means. Raises UserError where there is none."""
        try:
            return find_port(name, probe.visible(), self._system.api or "", direction)
        finally:
            probe.close()

    def _open_input(self, watch: Watch, name: str | None, live: LiveInput | None = None) -> str:
        device = self._system.input()
        _connect(device.connect, device.close, name)
        if live is None:
            live = LiveInput(device.name)
            self.inputs.append(live)
        live.attach(device)
        watch.input(live, device, None if name is None else device.name)
        return device.name

    def _open_output(self, watch: Watch, name: str | None) -> str:
        device = self._system.output()
        _connect(device.connect, device.close, name)
        live = LiveOutput(device.name, device)
        self.outputs.append(live)
        watch.output(live, device, None if name is None else device.name)
        return device.name

    def _told(self, text: str, trouble: bool) -> None:
        with self._lock:
            self._tell(text, trouble)


class _System:
    """The MIDI system that is named, or the first that answers, and then always that."""

    def __init__(self, api: str | None) -> None:
        self.api = api

    def input(self) -> RealInput:
        device = RealInput(api=self.api)
        self.api = device.api
        return device

    def output(self) -> RealOutput:
        device = RealOutput(api=self.api)
        self.api = device.api
        return device

    def patcher(self) -> Patcher | None:
        return patcher(self.api or "")


def _connect(connect: Callable[[str | None], None], close: Callable[[], None], name: str | None) -> None:
    try:
        connect(name)
    except BaseException:
        close()
        raise
