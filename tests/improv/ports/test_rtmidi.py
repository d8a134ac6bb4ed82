"""Real MIDI ports on a real JACK server."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import rtmidi  # type: ignore[import-untyped]

from improv.errors import UserError
from improv.ports.base import InPort, panic_messages
from improv.ports.rtmidi import NoPorts, list_ports, open_input, open_output

ROOT = Path(__file__).parents[3]
PATIENCE = 20.0
ATTEMPTS = 3

SENDER = """
import sys, time
from improv.ports.rtmidi import open_output
port = open_output("improv-in:improv", "jack")
for number in range(int(sys.argv[1])):
    port.send(bytes((0xB0 | number >> 14, number >> 7 & 127, number & 127)))
    if number % int(sys.argv[2]) == 0:
        time.sleep(0.001)
time.sleep(0.1)  # as the engine waits before it closes: JACK sends with its next period
port.close()
"""

WAITER = """
import json, pathlib, signal
from improv.ports.rtmidi import list_ports, open_input, open_output
list_ports("jack")
ports = open_input(None, "jack"), open_output(None, "jack")
masks = {}
for status in pathlib.Path("/proc/self/task").glob("*/status"):
    fields = dict(line.split(":", 1) for line in status.read_text().splitlines())
    masks[fields["Pid"].strip()] = int(fields["SigBlk"], 16)
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
print(json.dumps(masks), flush=True)
print(signal.sigwait([signal.SIGTERM]), flush=True)
"""


def python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]


def hear(port: InPort, count: int) -> list[bytes]:
    """Poll each millisecond until `count` messages have come, and a moment longer."""
    heard: list[bytes] = []
    deadline = time.monotonic() + PATIENCE
    while len(heard) < count and time.monotonic() < deadline:
        heard += port.poll()
        time.sleep(0.001)
    time.sleep(0.05)
    return heard + port.poll()


@contextmanager
def busy_thread() -> Iterator[None]:
    """Keep the interpreter busy with pure Python, as a drawing UI does."""
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            sum(range(1000))

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@pytest.mark.jack
@pytest.mark.parametrize("burst", [1, 50])
def test_a_thousand_messages_arrive_complete_and_in_order(
    jack_server: str, jack_log: Path, burst: int
) -> None:
    """Sent again only where the server's own log tells that it missed a cycle meanwhile."""
    sent = [bytes((0xB0, number >> 7, number & 127)) for number in range(1000)]
    for _ in range(ATTEMPTS):
        missed = jack_log.read_text(errors="replace").lower().count("xrun")
        port = open_input(None, "jack")
        try:
            with (
                busy_thread(),
                subprocess.Popen(python("-c", SENDER, "1000", str(burst)), cwd=ROOT) as sender,
            ):
                heard = hear(port, 1000)
        finally:
            port.close()
        assert sender.returncode == 0
        if heard == sent or jack_log.read_text(errors="replace").lower().count("xrun") == missed:
            break
    assert heard == sent


@pytest.mark.jack
def test_another_process_sees_our_virtual_ports(jack_server: str) -> None:
    source, output = open_input(None, "jack"), open_output(None, "jack")
    try:
        assert (source.name, output.name) == ("improv-in:improv", "improv-out:improv")
        command = python("-m", "improv", "ports", "--json", "--api", "jack")
        told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        ports = json.loads(told.stdout)
        assert ports["api"] == "jack"
        assert "improv-out:improv" in ports["inputs"]
        assert "improv-in:improv" in ports["outputs"]
        assert told.stderr == ""
    finally:
        source.close()
        output.close()
    assert "improv-in:improv" not in list_ports("jack").outputs
    source.close()
    output.close()
    assert source.poll() == []
    with pytest.raises(OSError, match="is closed"):
        output.send(b"\xf8")


@pytest.mark.jack
def test_clock_and_pedal_pass_and_what_is_sent_before_closing_arrives(jack_server: str) -> None:
    output = open_output(None, "jack")
    port = open_input("improv-out:improv", "jack")
    try:
        sent = [b"\xfa", b"\xf8", b"\x90\x3c\x50", b"\xb0\x40\x7f", b"\xe0\x00\x40", *panic_messages()]
        for message in sent:
            output.send(message)
        output.close()
        assert hear(port, len(sent)) == sent
    finally:
        port.close()


@pytest.mark.jack
def test_an_unknown_port_is_told_with_those_there_are(jack_server: str) -> None:
    port = open_input(None, "jack")
    try:
        with pytest.raises(
            UserError, match=r"no MIDI output 'improv-im'.*there are: improv-in:improv.*did you mean"
        ):
            open_output("improv-im", "jack")
        with pytest.raises(UserError, match="no MIDI input 'piano'"):
            open_input("piano", "jack")
        with pytest.raises(UserError, match="no MIDI output 'piano'"):
            open_output("piano", "jack")
    finally:
        port.close()
    assert list_ports("jack").inputs == list_ports("jack").outputs == (), "a refused port stayed open"


@pytest.mark.jack
def test_the_threads_of_jack_never_take_our_signals(jack_server: str) -> None:
    waiter = subprocess.Popen(python("-c", WAITER), cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert waiter.stdout is not None
    try:
        masks = {int(pid): mask for pid, mask in json.loads(waiter.stdout.readline()).items()}
        inherited = sum(1 << number - 1 for number in signal.pthread_sigmask(signal.SIG_BLOCK, []))
        assert masks.pop(waiter.pid) == inherited, "the main thread's own mask is as before"
        assert masks, "JACK has threads"
        assert all(mask >> signal.SIGTERM - 1 & 1 for mask in masks.values())
        waiter.send_signal(signal.SIGTERM)
        said, _ = waiter.communicate(timeout=PATIENCE)
        assert said.split() == [str(int(signal.SIGTERM))]
    finally:
        waiter.kill()
        waiter.wait()


def test_a_server_that_does_not_answer_is_one_clear_line() -> None:
    told = subprocess.run(
        python("-m", "improv", "ports", "--api", "jack"),
        cwd=ROOT,
        env={**os.environ, "JACK_DEFAULT_SERVER": "no-such-server"},
        capture_output=True,
        text=True,
        check=False,
    )
    if "does not exist on this system" in told.stderr:
        pytest.skip("python-rtmidi was built without JACK")
    assert told.returncode == 2
    assert told.stdout == ""
    assert told.stderr.splitlines() == [
        "improv: no JACK server 'no-such-server' answers; start it with jackd, or leave --api out"
    ]


def test_an_unknown_system_is_never_replaced_by_another() -> None:
    with pytest.raises(UserError, match="unknown MIDI system 'oss'; there are alsa, jack, core, winmm"):
        open_input(None, "oss")
    missing = "core" if rtmidi.API_MACOSX_CORE not in rtmidi.get_compiled_api() else "winmm"
    with pytest.raises(UserError, match=f"{missing} MIDI does not exist on this system"):
        list_ports(missing)


def test_a_machine_without_midi_is_told_apart_and_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rtmidi, "get_compiled_api", list)
    with pytest.raises(NoPorts, match="no MIDI system answers; "):
        list_ports()
