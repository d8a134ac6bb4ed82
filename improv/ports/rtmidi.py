"""The machine's MIDI ports, through python-rtmidi.

Inputs are polled, never called back: on JACK a callback runs Python in the audio thread, and with
Python busy it lost 169 of 1,260 notes where polling lost none. The C libraries write to file
descriptor 2: open ports inside `improv.ports.stderr.quiet_stderr`.
"""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

import rtmidi  # type: ignore[import-untyped]

from improv.errors import UserError
from improv.ports.base import OutPort, Ports
from improv.ports.names import INPUT_CLIENT, OUTPUT_CLIENT, PORT, find_port, stable_name

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


class RealInput:
    """A port we hear."""

    __slots__ = ("_midi", "name")

    def __init__(self, midi: Any, name: str) -> None:
        self._midi = midi
        self.name = name

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

    def close(self) -> None:
        """Give the port back."""
        midi, self._midi = self._midi, None
        _delete(midi)


class _Output:
    """A port we play; any thread may send."""

    __slots__ = ("_lock", "_midi", "name")

    def __init__(self, midi: Any, name: str) -> None:
        self._midi = midi
        self.name = name
        self._lock = Lock()  # JACK's ring buffer takes one writer

    def send(self, message: bytes) -> None:
        """Send one message at once. Raises OSError when the port is lost or closed."""
        with self._lock:
            if self._midi is None:
                raise OSError(f"the MIDI output {self.name!r} is closed")
            self._midi.send_message(message)

    def close(self) -> None:
        """Give the port back."""
        with self._lock:
            midi, self._midi = self._midi, None
            _delete(midi)


class Spare:
    """A client of the MIDI system that opens an output when it is wanted; to make one takes JACK 10 ms."""

    def __init__(self, api: str | None = None, name: str = SPARE_CLIENT) -> None:
        """Make the client; one of JACK's must be the only one of its name. Raises as `list_ports`."""
        self.name = f"{name}:{PORT}"
        """The name of the port that will be opened, where the system names ports so."""
        self._client = name
        self._midi, self._api = _client(rtmidi.MidiOut, name, api)

    def open(self, name: str) -> OutPort:
        """Open the output that `name` means; once. Raises UserError where there is none such."""
        midi, self._midi = self._midi, None
        return _Output(midi, _open(midi, name, self._api, "output", self._client))

    def close(self) -> None:
        """Give the client back if it was not wanted; again is harmless."""
        midi, self._midi = self._midi, None
        _delete(midi)


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
    midi, chosen = _client(rtmidi.MidiIn, client, api, queue_size_limit=QUEUE)
    midi.ignore_types(sysex=True, timing=False, active_sense=True)
    return RealInput(midi, _open(midi, name, chosen, "input", client))


def open_output(name: str | None = None, api: str | None = None, client: str = OUTPUT_CLIENT) -> OutPort:
    """Open the output that `name` means, or a virtual one when it is None; raises as `open_input`."""
    midi, chosen = _client(rtmidi.MidiOut, client, api)
    return _Output(midi, _open(midi, name, chosen, "output", client))


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
            with _signals_blocked():
                return make(APIS[candidate], name=name, **options), candidate
        except OSError:  # no server, no device
            continue
    if api == "jack":
        server = os.environ.get("JACK_DEFAULT_SERVER", "default")
        raise UserError(f"no JACK server {server!r} answers; start it with jackd, or leave --api out")
    if api is not None:
        raise UserError(f"{api} MIDI does not answer; {_advice()}, or leave --api out")
    raise NoPorts(f"no MIDI system answers; {_advice()}")


def _open(midi: Any, wanted: str | None, api: str, direction: str, client: str) -> str:
    """Open a client's one port and tell the stable name of what it is connected to, or its own."""
    try:
        if wanted is None:
            midi.open_virtual_port(PORT)
            return PORT if api == "core" else f"{client}:{PORT}"
        raw_names = midi.get_ports()
        raw = find_port(wanted, raw_names, api, direction)
        midi.open_port(raw_names.index(raw), PORT)
        return stable_name(raw, api)
    except NotImplementedError as error:
        _delete(midi)
        raise UserError(_NO_VIRTUAL) from error
    except OSError as error:
        _delete(midi)
        raise UserError(
            f"the MIDI {direction} {wanted or PORT!r} cannot be opened ({api}): {error}"
        ) from error
    except UserError:
        _delete(midi)
        raise


def _delete(midi: Any) -> None:
    if midi is not None:
        with _signals_blocked():  # when its last client goes, libjack blocks again what was blocked at first
            midi.close_port()
            midi.delete()


def _advice() -> str:
    return _ADVICE.get(sys.platform, "set up a MIDI driver")


@contextmanager
def _signals_blocked() -> Iterator[None]:
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
