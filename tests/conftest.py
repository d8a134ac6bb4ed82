"""What all tests need: a home of their own; and what several do: a JACK server, a synth that records."""

import fcntl
import os
import shutil
import signal
import site
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest

from improv.errors import UserError
from improv.ports.rtmidi import list_ports

PERIOD = 32
"""Frames a JACK cycle, two thirds of a millisecond at 48 kHz: what MIDI times are rounded to."""
PATIENCE = 10.0
"""Seconds to wait for a server or a synth to answer."""
SOUND_FONTS = [
    Path("/usr/share/sounds/sf2") / name for name in ("TimGM6mb.sf2", "FluidR3_GM.sf2", "default-GM.sf2")
]


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker for runs without pytest-xdist; and hear Ctrl-C, and let children hear it.

    A shell starts what runs in its background deaf to it.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    config.addinivalue_line("markers", "xdist_group(name): run in one worker under --dist loadgroup")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests on JACK in one worker: two servers at once now and then refuse each other's clients."""
    for item in items:
        if "jack_server" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("jack"))


@dataclass(frozen=True, slots=True)
class Synth:
    """A running fluidsynth and the recording of all that it plays."""

    port: str
    """Its input, by the name to open as an output."""
    process: subprocess.Popen[bytes]
    path: Path

    def stop(self) -> Path:
        """End it and give the finished WAV; only `quit` makes it write the length into the header."""
        self.process.communicate(b"quit\n", timeout=PATIENCE)
        return self.path


def pytest_addoption(parser: pytest.Parser) -> None:
    """The one way to make the golden files anew: `pytest --regenerate`, then read the difference."""
    parser.addoption("--regenerate", action="store_true", help="write the golden files anew")


@pytest.fixture(scope="session", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An empty home folder, of this process and its children: no test reads or writes the user's files."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONUSERBASE", site.getuserbase())  # packages may be there, and follow HOME
        for name in ("HOME", "USERPROFILE"):
            patch.setenv(name, str(folder))
        for name in ("CONFIG", "DATA", "STATE", "CACHE"):
            patch.setenv(f"XDG_{name}_HOME", str(folder / name.lower()))
        yield folder


@pytest.fixture(scope="session")
def jack_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the JACK server writes, of every cycle that it missed (XRun) among others."""
    return tmp_path_factory.mktemp("jack") / "jackd.log"


@pytest.fixture(scope="session")
def jack_server(jack_log: Path) -> Iterator[str]:
    """Run a JACK server of our own, named in JACK_DEFAULT_SERVER for this process and its children."""
    jackd = _need("jackd", "jackd2")
    name = f"improv-test-{os.getpid()}"
    log = jack_log
    ours = {"JACK_NO_AUDIO_RESERVATION": "1", "JACK_NO_START_SERVER": "1", "JACK_DEFAULT_SERVER": name}
    with pytest.MonkeyPatch.context() as patch:
        for key, value in ours.items():
            patch.setenv(key, value)
        server = _start_jack(jackd, name, log)
        if server is None:
            _unavailable(f"jackd does not start: {log.read_text(errors='replace')[-300:]}")
        yield name
        _end(server)


@pytest.fixture
def synth(jack_server: str, tmp_path: Path) -> Iterator[Synth]:
    """Run a real synth on the JACK server, recording to a WAV file."""
    fluidsynth = _need("fluidsynth", "fluidsynth")
    font = next((path for path in SOUND_FONTS if path.exists()), None)
    if font is None:
        _unavailable("needs a sound font: apt install timgm6mb-soundfont")
    path = tmp_path / "live.wav"
    port = f"synth-{time.monotonic_ns()}"
    settings = {
        "midi.jack.id": port,
        "midi.jack.server": jack_server,
        "audio.file.name": str(path),
        "audio.file.type": "wav",
        "synth.sample-rate": "48000",
        "audio.period-size": "64",
        "audio.periods": "2",
    }
    options = [part for key, value in settings.items() for part in ("-o", f"{key}={value}")]
    process = subprocess.Popen(
        [fluidsynth, "-q", "-m", "jack", "-a", "file", "-g", "1.0", *options, str(font)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        if not _wait(lambda: any(name.startswith(port) for name in list_ports("jack").outputs), process):
            _unavailable("fluidsynth does not answer on JACK")
        yield Synth(port, process, path)
    finally:
        _end(process)


def _start_jack(jackd: str, name: str, log: Path) -> subprocess.Popen[bytes] | None:
    """Start the server, with real-time priority where it is allowed; None when it starts neither way."""
    # servers share a registry in /dev/shm: parallel test runs start theirs one after another
    with open(Path(tempfile.gettempdir()) / "improv-test-jackd.lock", "w") as turn, open(log, "ab") as out:
        fcntl.flock(turn, fcntl.LOCK_EX)
        # when this process is killed, the server must go with it: at most eight can run
        setpriv = shutil.which("setpriv")
        with_us = [setpriv, "--pdeathsig", "TERM"] if setpriv else []
        driver = ["-d", "dummy", "-r", "48000", "-p", str(PERIOD)]
        for priority in ("--realtime", "--no-realtime"):
            server = subprocess.Popen(
                # --sync waits for a client that is late on a busy machine; without it messages are lost
                [*with_us, jackd, priority, "--sync", "-n", name, *driver],
                stdout=out,
                stderr=out,
            )
            if _wait(_jack_answers, server):
                return server
            _end(server)
    return None


def _jack_answers() -> bool:
    try:
        list_ports("jack")
    except UserError:
        return False
    return True


def _wait(ready: Callable[[], bool], process: subprocess.Popen[bytes]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        if ready():
            return True
        time.sleep(0.05)
    return False


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()


def _need(program: str, package: str) -> str:
    path = shutil.which(program)
    if path is None:
        _unavailable(f"needs {program}: apt install {package}")
    return path


def _unavailable(reason: str) -> NoReturn:
    """Skip on a person's machine; fail where everything ought to be installed."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
