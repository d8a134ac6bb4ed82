"""The machine's MIDI ports, through python-rtmidi.

Inputs are polled, never called back: on JACK a callback runs Python in the audio thread, and with
Python busy it lost 169 of 1,260 notes where polling lost none. The C libraries write to file
descriptor 2: open ports inside `improv.ports.stderr.quiet_stderr`.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock
from typing import Any, TypeVar

import rtmidi  # type: ignore[import-untyped]

from improv.errors import UserError
from improv.ports.base import Direction, Ports
from improv.ports.names import INPUT_CLIENT, OUTPUT_CLIENT, PORT, find_port, stable_name
from improv.ports.server import Line

QUEUE = 4096
"""Messages that wait for a poll before any is lost; rtmidi's own 100 are lost in one burst."""
LISTING_CLIENT = "improv-list"
SPARE_CLIENT = "improv-spare"

APIS: dict[str, int] = {
    "alsa": rtmidi.API_LINUX_ALSA,
    "jack": rtmidi.API_UNIX_JACK,
    "core": rtmidi.API_MACOSX_CORE,
    "winmm": rtmidi.API_WINDOWS_MM,
}
"""The MIDI systems by name, in the order in which they are tried."""

_ADVICE = {
    "linux": "load ALSA's sequencer (sudo modprobe snd-seq) or start a JACK server (jackd)",
    "darwin": "switch on the IAC driver in Audio MIDI Setup",
    "win32": "install a driver such as loopMIDI",
}
_NO_VIRTUAL = "Windows has no virtual MIDI ports: make one with loopMIDI and name it with --in and --out"


class NoPorts(UserError):
    """No MIDI system of this machine answers; a caller may go on without ports."""


class Device:
    """One client of a MIDI system, with one port at most, which can be connected again and again.

    A client costs up to 20 ms of the interpreter's lock (JACK), its port 2 ms: so it is kept for as long as
    its server lives.
    """

    direction: Direction

    def __init__(self, make: Any, client: str, api: str | None, **options: int) -> None:
        """Make the client. Raises UserError where the system does not answer, NoPorts where none does."""
        with Line() as line:
            self._midi, self.api = _client(make, client, api, **options)
        self._line = line if self.api == "jack" else Line()
        self._client_name = client
        self._peer: str | None = None
        self.name = ""
        """The stable name of what it is connected to, or of its own virtual port; empty before that."""

    @property
    def served(self) -> bool:
        """Whether the system still serves this client; where it does not, `close` it and make another."""
        return not self._line.cut

    @property
    def here(self) -> bool:
        """Whether its port is of use: its peer is listed, or it is a virtual one."""
        return bool(self.name) and self.served and (self._peer is None or self._peer in self._peers())

    def visible(self) -> tuple[str, ...]:
        """The stable names of the ports that it could be connected to."""
        if self._midi is None or not self.served:
            return ()
        return tuple(stable_name(raw, self.api) for raw in self._midi.get_ports())

    def connect(self, wanted: str | None) -> None:
        """Open its port to what `wanted` means, or as a virtual one when it is None.

        Raises UserError for an unknown name, a port that does not open and where there are no virtual ones.
        """
        try:
            if wanted is None:
                self._midi.open_virtual_port(PORT)
                self.name, self._peer = PORT if self.api == "core" else f"{self._client_name}:{PORT}", None
                return
            raw_names = self._midi.get_ports()
            raw = find_port(wanted, raw_names, self.api, self.direction)
            self._midi.open_port(raw_names.index(raw), PORT)
        except NotImplementedError as error:
            raise UserError(_NO_VIRTUAL) from error
        except (OSError, rtmidi.RtMidiError) as error:
            raise UserError(
                f"the MIDI {self.direction} {wanted or PORT!r} cannot be opened ({self.api}): {error}"
            ) from error
        self.name, self._peer = stable_name(raw, self.api), self._known_as(raw)

    def disconnect(self) -> None:
        """Close its port; the client stays."""
        if self._midi is not None and self.served:
            with signals_blocked(), suppress(OSError, rtmidi.RtMidiError):  # the device may be gone
                self._midi.close_port()

    def close(self) -> None:
        """Give port and client back; again is harmless."""
        midi, self._midi = self._midi, None
        if midi is None:
            return
        if self.served:
            _delete(midi)
        else:
            _abandon(midi)

    def _peers(self) -> tuple[str, ...]:
        return () if self._midi is None else tuple(map(self._known_as, self._midi.get_ports()))

    def _known_as(self, raw: str) -> str:
        """ALSA gives a port that was plugged in again another number; Windows gives others', too, anew."""
        return raw if self.api == "alsa" else stable_name(raw, self.api)


class RealInput(Device):
    """A port we hear."""

    direction = "input"

    def __init__(self, client: str = INPUT_CLIENT, api: str | None = None) -> None:
        """Make the client, for `connect`."""
        super().__init__(rtmidi.MidiIn, client, api, queue_size_limit=QUEUE)
        # sysex is heard for the sake of machine control (`improv.controls`)
        self._midi.ignore_types(sysex=False, timing=False, active_sense=True)

    def poll(self) -> list[bytes]:
        """Every message that waits, oldest first."""
        messages: list[bytes] = []
        while self._midi is not None and (got := self._midi.get_message()) is not None:
            messages.append(bytes(got[0]))
        return messages

    def poll_spaced(self) -> list[tuple[float, bytes]]:
        """As `poll`, each with the seconds since the message before it, as the system timed both."""
        messages: list[tuple[float, bytes]] = []
        while self._midi is not None and (got := self._midi.get_message()) is not None:
            messages.append((float(got[1]), bytes(got[0])))
        return messages


class RealOutput(Device):
    """A port we play; any thread may send."""

    direction = "output"

    def __init__(self, client: str = OUTPUT_CLIENT, api: str | None = None) -> None:
        """Make the client, for `connect`."""
        super().__init__(rtmidi.MidiOut, client, api)
        self._lock = Lock()  # JACK's ring buffer takes one writer

    def send(self, message: bytes) -> None:
        """Send one message at once. Raises OSError when the port is lost or closed."""
        with self._lock:
            if self._midi is None:
                raise OSError(f"the MIDI output {self.name!r} is closed")
            self._midi.send_message(message)

    def close(self) -> None:
        """Give port and client back; again is harmless."""
        with self._lock:
            super().close()


class Spare:
    """A client of the MIDI system that opens an output when it is wanted; to make one takes JACK 10 ms."""

    def __init__(self, api: str | None = None, name: str = SPARE_CLIENT) -> None:
        """Make the client; one of JACK's must be the only one of its name. Raises as `list_ports`."""
        self.name = f"{name}:{PORT}"
        """The name of the port that will be opened, where the system names ports so."""
        self._device: RealOutput | None = RealOutput(name, api)

    def open(self, name: str) -> RealOutput:
        """Open the output that `name` means; once. Raises UserError where there is none such."""
        device, self._device = self._device, None
        if device is None:
            raise UserError(f"the MIDI output {name!r} cannot be opened: the client is used up")
        return _connected(device, name)

    def close(self) -> None:
        """Give the client back if it was not wanted; again is harmless."""
        device, self._device = self._device, None
        if device is not None:
            device.close()


def list_ports(api: str | None = None) -> Ports:
    """List the ports of `api`, or of the first system that answers; ours are among them if open.

    Raises UserError when `api` does not answer, NoPorts when none does.
    """
    midi_in, chosen = _client(rtmidi.MidiIn, LISTING_CLIENT, api)
    midi_out, chosen = _client(rtmidi.MidiOut, LISTING_CLIENT, chosen)
    try:
        return Ports(
            chosen,
            inputs=tuple(stable_name(raw, chosen) for raw in midi_in.get_ports()),
            outputs=tuple(stable_name(raw, chosen) for raw in midi_out.get_ports()),
        )
    finally:
        _delete(midi_in)
        _delete(midi_out)


def open_input(name: str | None = None, api: str | None = None, client: str = INPUT_CLIENT) -> RealInput:
    """Open the input that `name` means, or a virtual one when it is None, as a client of that name.

    Raises UserError for an unknown name, for a system that does not answer and where virtual ports
    do not exist; NoPorts when `api` is None and no system answers.
    """
    return _connected(RealInput(client, api), name)


def open_output(name: str | None = None, api: str | None = None, client: str = OUTPUT_CLIENT) -> RealOutput:
    """Open the output that `name` means, or a virtual one when it is None; raises as `open_input`."""
    return _connected(RealOutput(client, api), name)


_D = TypeVar("_D", bound=Device)


def _connected(device: _D, name: str | None) -> _D:
    try:
        device.connect(name)
    except BaseException:
        device.close()
        raise
    return device


def _client(make: Any, name: str, api: str | None, **options: int) -> tuple[Any, str]:
    """Make a client of one system, or of the first that answers, and tell which."""
    os.environ.setdefault("JACK_NO_START_SERVER", "1")  # to look for ports must never start a server
    if api is not None and api not in APIS:
        raise UserError(f"unknown MIDI system {api!r}; there are {', '.join(APIS)}")
    # an API that is not compiled in would fall back to another without a word
    compiled = [known for known, number in APIS.items() if number in rtmidi.get_compiled_api()]
    if api is not None and api not in compiled:
        raise UserError(f"{api} MIDI does not exist on this system; there is {', '.join(compiled) or 'none'}")
    for candidate in compiled if api is None else [api]:
        try:
            with signals_blocked():
                return make(APIS[candidate], name=name, **options), candidate
        except OSError:  # no server, no device
            continue
    if api == "jack":
        server = os.environ.get("JACK_DEFAULT_SERVER", "default")
        raise UserError(f"no JACK server {server!r} answers; start it with jackd, or leave --api out")
    if api is not None:
        raise UserError(f"{api} MIDI does not answer; {_advice()}, or leave --api out")
    raise NoPorts(f"no MIDI system answers; {_advice()}")


def _delete(midi: Any) -> None:
    if midi is not None:
        with signals_blocked():  # when its last client goes, libjack blocks again what was blocked at first
            midi.close_port()
            midi.delete()


def _abandon(midi: Any) -> None:
    """Leave to libjack a client whose server has died, and never touch it again, not even at the end.

    Closing its port would wait a second for a cycle that does not come, with the interpreter's lock held; and
    once another client has been made, libjack has freed this one, and closing it would crash the process.
    """
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(midi))


def _advice() -> str:
    return _ADVICE.get(sys.platform, "set up a MIDI driver")


@contextmanager
def signals_blocked() -> Iterator[None]:
    """Keep signals from the threads started meanwhile, which would take a SIGTERM meant for us.

    Whatever a library does to the mask meanwhile is undone.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
