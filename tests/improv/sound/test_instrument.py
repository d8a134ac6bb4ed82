import os
import shutil
import signal
import subprocess
import sys
import time
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from improv.errors import UserError
from improv.sound.instrument import Instrument, NoSound, open_instrument

SERVER = f"improv-sound-{os.getpid()}"


def insist(instrument: Instrument) -> None:
    """Send until the pipe is full, or for long enough to be sure that it never will be."""
    for _ in range(100_000):
        instrument.send(b"\x90\x3c\x64")


@pytest.fixture
def played() -> Iterator[Instrument]:
    pytest.importorskip("miniaudio")
    instrument = open_instrument("null")
    assert isinstance(instrument, Instrument), instrument
    yield instrument
    instrument.close()


def test_it_opens_plays_and_closes(played: Instrument) -> None:
    assert played.name == "built-in sound (Null)"
    for message in (b"\xb0\x40\x7f", b"\x90\x3c\x64", b"\x99\x4c\x64", b"\xf0" + b"\0" * 500):
        played.send(message)
    time.sleep(0.05)
    start = time.monotonic()
    played.close()
    played.close()
    assert time.monotonic() - start < 1.0
    assert played._process.returncode == 0
    with pytest.raises(OSError, match="closed"):
        played.send(b"\x90\x3c\x64")


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
def test_control_c_does_not_cut_it_off(played: Instrument) -> None:
    played._process.send_signal(signal.SIGINT)
    time.sleep(0.1)
    played.send(b"\x90\x3c\x64")
    played.close()
    assert played._process.returncode == 0


def test_a_dead_instrument_is_a_lost_port(played: Instrument) -> None:
    played._process.kill()
    played._process.wait()
    with pytest.raises(BrokenPipeError):
        insist(played)


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
def test_a_stalled_instrument_never_blocks_the_sender(played: Instrument) -> None:
    played._process.send_signal(signal.SIGSTOP)
    start = time.monotonic()
    with pytest.raises(BlockingIOError):
        insist(played)
    played._process.send_signal(signal.SIGCONT)
    assert time.monotonic() - start < 2.0


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
def test_it_ends_with_the_process_that_opened_it() -> None:
    pytest.importorskip("miniaudio")
    opener = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import time\nfrom improv.sound.instrument import open_instrument\n"
            "i = open_instrument('null'); print(i._process.pid, flush=True); time.sleep(60)",
        ],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    )
    assert opener.stdout is not None
    instrument = int(opener.stdout.readline())
    opener.kill()
    opener.wait()
    opener.stdout.close()
    deadline = time.monotonic() + 3
    while time.monotonic() < deadline and _alive(instrument):
        time.sleep(0.05)
    assert not _alive(instrument)


def _alive(process: int) -> bool:
    try:
        with open(f"/proc/{process}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
    except ProcessLookupError:
        return False


def test_no_device_is_a_reason_and_not_a_noise(capfd: pytest.CaptureFixture[str]) -> None:
    start = time.monotonic()
    answer = open_instrument("winmm" if os.name == "posix" else "alsa")
    assert isinstance(answer, NoSound)
    assert answer.reason
    assert "\n" not in answer.reason
    assert time.monotonic() - start < 4.5
    assert capfd.readouterr() == ("", "")


def test_it_can_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMPROV_AUDIO", "off")
    assert open_instrument() == NoSound("the built-in sound is switched off")


def test_a_mistyped_audio_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMPROV_AUDIO", "jakc")
    with pytest.raises(UserError, match="did you mean 'jack'"):
        open_instrument()


@pytest.fixture
def jack(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    if shutil.which("jackd") is None or shutil.which("jack_rec") is None:
        message = "needs jackd and jack_rec (Debian: jackd2)"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    monkeypatch.setenv("JACK_DEFAULT_SERVER", SERVER)
    monkeypatch.setenv("JACK_NO_AUDIO_RESERVATION", "1")
    monkeypatch.setenv("JACK_NO_START_SERVER", "1")
    command = ["jackd", "--no-realtime", "-n", SERVER, "-d", "dummy", "-r", "48000", "-p", "256"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        deadline = time.monotonic() + 10
        while subprocess.run(["jack_lsp"], capture_output=True).returncode and time.monotonic() < deadline:
            time.sleep(0.1)
        yield
        server.terminate()
        server.wait()


@pytest.mark.jack
def test_it_sounds_on_a_real_audio_server(jack: None, tmp_path: Path) -> None:
    pytest.importorskip("miniaudio")
    instrument = open_instrument("jack")
    assert isinstance(instrument, Instrument), instrument
    listed = subprocess.run(["jack_lsp"], capture_output=True, text=True, check=True).stdout.split()
    ours = [port for port in listed if port.startswith("improv")]
    recorded = tmp_path / "take.wav"
    recorder = subprocess.Popen(
        ["jack_rec", "-f", str(recorded), "-d", "3", "-b", "16", *ours],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(1.0)
    for key in (57, 69):
        instrument.send(bytes((0x90, key, 100)))
        time.sleep(0.3)
        instrument.send(bytes((0x80, key, 0)))
    instrument.send(b"\x90\x3c\x64")
    time.sleep(0.1)
    instrument.close()
    recorder.wait(timeout=10)
    with wave.open(str(recorded)) as sound:
        samples = np.frombuffer(sound.readframes(sound.getnframes()), "<i2") / 32768.0
    assert np.sqrt(np.mean(samples**2)) > 0.005
    assert np.abs(samples[-4800:]).max() == 0.0  # closed with a note held: nothing stays
