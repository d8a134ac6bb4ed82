"""Which ports a take is played on, and that they outlive their peers and the server."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from improv.errors import UserError
from improv.ports.open import OpenPorts
from improv.ports.routing import Route, Routing, plan_routing
from improv.ports.rtmidi import list_ports, open_input

ROOT = Path(__file__).parents[3]
PATIENCE = 20.0
ATTEMPTS = 3
LOOK = 1.5
"""Seconds in which the ports have been looked at: what is connected is known then."""

TAKE = """
import sys, threading, time
from improv.ports.open import OpenPorts
wanted = [None if word == "-" else word for word in sys.argv[1:3]]
def say(*words):  # in one piece, for three threads do
    sys.stdout.write(" ".join(map(str, words)) + "\\n")
    sys.stdout.flush()
ports = OpenPorts(*wanted, "jack", sound=False)
ports.listen(lambda text, trouble: say("told", text))
say("open", *ports.notices)
longest, end = 0.0, threading.Event()
def serve():  # as the timing thread does
    global longest
    last = time.perf_counter()
    while not end.is_set():
        for message in ports.inputs[0].poll():
            say("heard", message.hex())
        longest, last = max(longest, time.perf_counter() - last), time.perf_counter()
        time.sleep(0.0005)
threading.Thread(target=serve).start()
for line in sys.stdin:
    if line.startswith("longest"):
        say("longest", longest * 1000)
        longest = 0.0
    else:
        ports.outputs[0].send(bytes.fromhex(line))
end.set()
ports.close()
say("closed")
"""

PEER = """
import signal, sys, time, rtmidi
signal.signal(signal.SIGTERM, lambda *_: (keys.delete(), synth.delete(), sys.exit()))
keys = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, name="keys"); keys.open_virtual_port("out")
synth = rtmidi.MidiIn(rtmidi.API_UNIX_JACK, name="synth"); synth.open_virtual_port("in")
print("open", flush=True)
while True:
    keys.send_message([0x90, 60, 80])
    while (got := synth.get_message()) is not None:
        print("heard", bytes(got[0]).hex(), flush=True)
    time.sleep(0.02)
"""


class Process:
    """A process whose lines are read."""

    def __init__(self, path: Path, script: str, *words: str) -> None:
        self._path, self._out, self.lines = path, path.open("wb"), list[str]()
        self.process = subprocess.Popen(
            [sys.executable, "-c", script, *words],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=self._out,
            text=True,
        )

    def opens(self) -> bool:
        """Whether it comes so far as to say so."""
        try:
            self.wait_for(lambda lines: any(line.startswith("open") for line in lines), "start")
        except AssertionError:
            return False
        return True

    def wait_for(self, found: Callable[[list[str]], bool], what: str) -> list[str]:
        deadline = time.monotonic() + PATIENCE
        while True:
            lines = self._path.read_text().split("\n")[:-1]  # the last is not whole yet
            if found(lines):
                return lines
            assert time.monotonic() < deadline, f"no {what}: {lines[-8:]}"
            assert self.process.poll() in (None, 0), f"no {what}, but the end ({self.process.returncode})"
            time.sleep(0.02)

    def say(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def end(self, number: int = signal.SIGKILL) -> None:
        self.process.send_signal(number)
        try:
            self.process.wait(PATIENCE)
        finally:
            self.process.kill()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Process]]:
    """Starts processes, which are ended afterwards."""
    started: list[Process] = []

    def start_one(script: str, *words: str) -> Process:
        for _ in range(ATTEMPTS):  # a server on a busy machine may refuse a client
            process = Process(tmp_path / f"{len(started)}.txt", script, *words)
            started.append(process)
            if process.opens():
                return process
            process.end()
        raise AssertionError(f"no start: {words}")

    yield start_one
    for one in started:
        one.end(signal.SIGTERM)


@pytest.fixture
def serve(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], "subprocess.Popen[bytes]"]]:
    """Starts a JACK server of the test's own, again and again."""
    jackd = shutil.which("jackd")
    if jackd is None:
        pytest.skip("needs jackd: apt install jackd2")
    name = f"improv-mortal-{os.getpid()}"
    for key in ("JACK_NO_AUDIO_RESERVATION", "JACK_NO_START_SERVER"):
        monkeypatch.setenv(key, "1")
    monkeypatch.setenv("JACK_DEFAULT_SERVER", name)
    setpriv = shutil.which("setpriv")
    with_us = [setpriv, "--pdeathsig", "TERM"] if setpriv else []
    # without --sync: waiting for a client that is gone, a server on a busy machine now and then hangs
    options = ["--no-realtime", "-n", name, "-d", "dummy", "-r", "48000", "-p", "64"]
    started: list[subprocess.Popen[bytes]] = []

    def serve_once() -> "subprocess.Popen[bytes]":
        log = tmp_path / f"jackd-{len(started)}.log"
        with log.open("wb") as out:
            server = subprocess.Popen([*with_us, jackd, *options], stdout=out, stderr=out)
        started.append(server)
        deadline = time.monotonic() + PATIENCE
        while subprocess.run(
            [sys.executable, "-m", "improv", "ports", "--api", "jack"], cwd=ROOT, capture_output=True
        ).returncode:
            assert time.monotonic() < deadline, (
                f"jackd does not start: {log.read_text(errors='replace')[-300:]}"
            )
        return started[-1]

    yield serve_once
    for server in started:
        end(server)
    if started[-1].returncode:  # its place among the eight that there may be stays taken until it ends well
        end(serve_once())


def end(server: "subprocess.Popen[bytes]") -> None:
    time.sleep(0.5)  # it dies of writing to a client that has just gone
    server.terminate()
    try:
        server.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def heard(lines: list[str], after: str = "") -> list[str]:
    """What was heard after the last line that begins so."""
    since = max((i for i, line in enumerate(lines) if line.startswith(after)), default=0) if after else 0
    return [line.split()[1] for line in lines[since:] if line.startswith("heard")]


@pytest.mark.jack
def test_a_synth_and_a_keyboard_that_die_and_come_back(
    jack_server: str, start: Callable[..., Process]
) -> None:
    peer = start(PEER)
    take = start(TAKE, "keys:out", "synth:in")
    take.say("c342")
    take.say("93407f")
    peer.wait_for(lambda lines: "93407f" in heard(lines), "note")
    take.wait_for(lambda lines: "903c50" in heard(lines), "key")
    peer.end(signal.SIGTERM)
    take.wait_for(lambda lines: "told lost the output synth:in: waiting for it" in lines, "loss")
    take.wait_for(lambda lines: "told lost the input keys:out: waiting for it" in lines, "loss")
    take.say("93417f")
    again = start(PEER)
    take.wait_for(
        lambda lines: "told synth:in is back" in lines and "told keys:out is back" in lines, "return"
    )
    take.say("934340")
    lines = again.wait_for(lambda lines: "934340" in heard(lines), "note")
    assert heard(lines)[0] == "b04000", "silenced first"
    assert heard(lines)[-2:] == ["c342", "934340"], "and its program told; what was lost stays lost"
    take.wait_for(lambda lines: bool(heard(lines, "told keys:out is back")), "key")


@pytest.mark.jack
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("names", [("keys:out", "synth:in"), ("-", "-")], ids=["named", "virtual"])
def test_a_server_that_dies_and_comes_back(
    serve: Callable[[], "subprocess.Popen[bytes]"],
    start: Callable[..., Process],
    number: int,
    names: tuple[str, str],
) -> None:
    """Noticed at once, nothing crashes, nothing waits a second; the ports are opened and connected again."""
    server, peer = serve(), start(PEER)
    take = start(TAKE, *names)
    virtual = names[0] == "-"
    if virtual:
        for cable in (("keys:out", "improv-in:improv"), ("improv-out:improv", "synth:in")):
            subprocess.run(["jack_connect", *cable], check=True)
        time.sleep(LOOK)
    take.wait_for(lambda lines: "903c50" in heard(lines), "key")
    take.say("longest")
    server.send_signal(number)
    server.wait()
    take.wait_for(lambda lines: "told lost the MIDI server: waiting for it" in lines, "loss")
    take.say("93407f")
    take.say("longest")
    figures = take.wait_for(lambda lines: sum("longest" in line for line in lines) == 2, "figures")
    waited = [float(line.split()[1]) for line in figures if line.startswith("longest")]
    assert waited[1] < 500, "the timing thread waited for a dead server"
    peer.end()
    serve()
    again = start(PEER)
    take.wait_for(lambda lines: "told the MIDI server is back" in lines, "server")
    take.wait_for(lambda lines: bool(heard(lines, "told lost")), "key")
    if virtual:
        take.wait_for(lambda lines: "told connected improv-in:improv to keys:out again" in lines, "cable")
        take.wait_for(lambda lines: "told connected improv-out:improv to synth:in again" in lines, "cable")
        take.say("934440")
        again.wait_for(lambda lines: "934440" in heard(lines), "note")
    assert take.process.stdin is not None
    take.process.stdin.close()
    take.wait_for(lambda lines: lines[-1] == "closed", "end")
    assert take.process.wait(PATIENCE) == 0


@pytest.mark.jack
def test_it_never_hears_itself(jack_server: str) -> None:
    with pytest.raises(UserError, match="no MIDI input"):
        OpenPorts("improv-out:improv", None, "jack", sound=False)
    assert list_ports("jack").inputs == (), "the output stayed open"


@pytest.mark.jack
def test_without_names_there_are_virtual_ports_and_it_says_so(jack_server: str) -> None:
    ports = OpenPorts(None, None, "jack", sound=False)
    try:
        assert [port.name for port in ports.inputs] == ["improv-in:improv"]
        assert [port.name for port in ports.outputs] == ["improv-out:improv"]
        assert all(name in " ".join(ports.notices) for name in ("improv-in:improv", "improv-out:improv"))
        assert ports.routing == Routing(((0,),))
    finally:
        ports.close()
    ports.close()
    assert list_ports("jack").inputs == list_ports("jack").outputs == ()


@pytest.mark.jack
def test_parts_that_are_routed_have_outputs_of_their_own(jack_server: str) -> None:
    synth, rack = (open_input(None, "jack", client=name) for name in ("synth", "rack"))
    try:
        plan = plan_routing({"band": "rack", "click": "rack", "thru": "synth"}, "bass=5", usual="synth")
        ports = OpenPorts(None, "synth", "jack", sound=False, plan=plan)
        try:
            assert [port.name for port in ports.outputs] == ["synth:improv", "rack:improv"]
            assert ports.routing.groups == ((0,), (1,))
            assert ports.routing.route("bass") == Route(1, 4)
            ports.outputs[1].send(b"\x94\x28\x50")
            deadline = time.monotonic() + PATIENCE
            got: list[bytes] = []
            while not got and time.monotonic() < deadline:
                got = rack.poll()
            assert got == [b"\x94\x28\x50"]
            assert synth.poll() == []
        finally:
            ports.close()
        with pytest.raises(UserError, match="no MIDI output 'nowhere'"):
            OpenPorts(None, "synth", "jack", sound=False, plan=plan_routing({"bass": "nowhere"}))
        assert set(list_ports("jack").outputs) == {"synth:improv", "rack:improv"}, "nothing stayed open"
    finally:
        synth.close()
        rack.close()
