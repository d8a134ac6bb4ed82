"""Ableton Link: what is made of it, and two processes that share tempo, phase, start and stop."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from improv.live.clock import MonotonicClock
from improv.requests import Adjust, Cue, SetTempo, Start, Stop
from improv.session.events import Followed
from improv.session.session import Asked, SessionEvent
from improv.session.tempo import TempoMap
from improv.sync.link import LinkClock
from improv.sync.peer import Peer, Reading, open_peer

SECOND = 1_000_000_000
PATIENCE = 20.0


@dataclass
class Stage:
    """A peer whose time is a tempo map, as Link's is."""

    map: TempoMap
    playing: bool = False
    began: float = 0.0
    peers: int = 0

    def read(self, t: int) -> Reading:
        beat = self.map.tick(t) / 24
        return Reading(self.map.tempo, beat, self.playing, self.began, self.peers)

    def set_tempo(self, t: int, tempo: float) -> None:
        self.map = TempoMap.starting(self.map.tick(t), t, tempo)

    def set_playing(self, t: int, playing: bool) -> None:
        self.playing, self.began = playing, self.map.tick(t) / 24

    def close(self) -> None:
        self.playing = False


class Player:
    """A session that goes by what it is told: its map is all that matters."""

    def __init__(self, stage: Stage, quantum: int = 4) -> None:
        self.stage = stage
        self.link = LinkClock(stage, quantum, stage.map.tempo)
        self.map: TempoMap | None = None
        self.tempo = stage.map.tempo
        self.t = SECOND
        self.told: list[SessionEvent] = []

    def run(self, seconds: float) -> None:
        """Look each 5 ms, as the engine does more often."""
        for _ in range(round(seconds * 200)):
            self.t += SECOND // 200
            for event in self.link.round(self.t, self.map):
                self.hear(event)

    def hear(self, event: SessionEvent) -> None:
        """Do as a session does."""
        self.told.append(event)
        match event:
            case Followed(t, tick, tempo):
                self.map = TempoMap.starting(tick, t, tempo)
            case Asked(_, Cue(tick, at)):
                self.map = TempoMap.starting(tick, at, self.tempo)
            case Asked(_, SetTempo(tempo)):
                self.tempo = tempo
            case Asked(_, Stop()):
                self.map = None

    def phase(self, quantum: int = 4) -> float:
        """How far our bar is from Link's, in ticks."""
        assert self.map is not None
        apart = (self.map.tick(self.t) - self.stage.map.tick(self.t)) % (24 * quantum)
        return min(apart, 24 * quantum - apart)


def test_a_start_waits_for_the_quantum() -> None:
    player = Player(Stage(TempoMap.starting(30, 0, 120.0)))
    player.run(3.0)
    assert player.link.asked(player.t, Start(), 96) == (None, "")
    player.run(0.1)
    assert player.stage.playing
    player.run(3.0)
    (cue,) = [e.request for e in player.told if isinstance(e, Asked) and isinstance(e.request, Cue)]
    assert cue.tick == 0
    assert player.stage.map.tick(cue.at) % 96 == pytest.approx(0.0, abs=0.01)
    assert player.phase() < 0.01


def test_a_start_waits_until_we_know_whom_we_play_with() -> None:
    """What is set before we have joined the others is lost when we do."""
    player = Player(Stage(TempoMap.starting(0, 0, 120.0)))
    player.run(0.1)
    player.link.asked(player.t, Start(), 96)
    player.run(0.5)
    assert not player.stage.playing
    player.stage.peers = 1
    player.run(0.1)
    assert player.stage.playing


def test_stop_of_another_stops_us_and_ours_stops_them() -> None:
    player = Player(Stage(TempoMap.starting(0, 0, 120.0)))
    player.stage.set_playing(player.t, True)
    player.run(2.5)
    assert player.map is not None
    player.stage.set_playing(player.t, False)
    player.run(0.1)
    assert player.map is None
    player.stage.set_playing(player.t, True)
    player.run(2.5)
    assert player.link.asked(player.t, Stop(), 96) == (Stop(), "")
    assert not player.stage.playing


def test_a_tempo_of_ours_is_everybodys() -> None:
    player = Player(Stage(TempoMap.starting(0, 0, 120.0)))
    assert player.link.asked(player.t, SetTempo(90.0), 96) == (SetTempo(90.0), "")
    assert player.stage.map.tempo == 90.0
    player.stage.set_playing(player.t, True)
    player.run(4.0)
    assert player.link.asked(player.t, SetTempo(150.0), 96) == (None, "")
    player.run(1.0)
    assert player.map is not None
    assert player.map.tempo == 150.0
    assert player.phase() < 0.01


def test_start_while_the_others_play_comes_in_with_the_next_bar() -> None:
    player = Player(Stage(TempoMap.starting(0, 0, 120.0)))
    player.stage.set_playing(player.t, True)
    player.run(4.0)
    player.map = None  # the take is over, the others play on
    player.run(0.1)
    request, _ = player.link.asked(player.t, Start(), 96)
    assert isinstance(request, Cue)
    assert request.tick % 96 == 0
    assert player.stage.map.tick(request.at) % 96 == pytest.approx(0.0, abs=0.01)


def test_the_offset_is_later_than_link() -> None:
    player = Player(Stage(TempoMap.starting(0, 0, 120.0)))
    player.stage.set_playing(player.t, True)
    player.run(4.0)
    player.link.asked(player.t, Adjust("offset", 50.0), 96)
    player.run(1.0)
    assert player.map is not None
    assert player.phase() == pytest.approx(0.05 * 48, abs=0.05)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.floats(60.0, 300.0), st.floats(0.3, 2.0)), min_size=1, max_size=6),
    st.sampled_from([1, 3, 4, 8]),
)
def test_whatever_tempo_others_set_the_phase_is_theirs(
    tempos: list[tuple[float, float]], quantum: int
) -> None:
    player = Player(Stage(TempoMap.starting(17, 0, 120.0)), quantum)
    player.stage.set_playing(player.t, True)
    player.run(9.0)
    for tempo, lasting in tempos:
        player.stage.set_tempo(player.t, tempo)
        player.run(lasting)
        assert player.phase(quantum) < 0.05
    ticks = [e.tick for e in player.told if isinstance(e, Followed)]
    assert ticks == sorted(ticks)


def test_a_timeline_laid_anew_is_a_jump_and_not_time_that_goes_back() -> None:
    """As when we meet others who have played longer: the phase is theirs from then on."""
    player = Player(Stage(TempoMap.starting(0, 0, 120.0)))
    player.stage.set_playing(player.t, True)
    player.run(4.0)
    player.stage.map = TempoMap.starting(player.stage.map.tick(player.t) - 37, player.t, 120.0)
    player.told.clear()
    player.run(1.5)
    assert isinstance(player.told[0], Asked)
    assert player.phase() < 0.01


# the library itself


@pytest.fixture
def friend() -> Iterator[Any]:
    """Somebody else on Link: the library, in this process."""
    library = pytest.importorskip("link", reason="needs the extra link: pip install 'jazz-improv[link]'")
    other = library.Link(97.0)
    other.startStopSyncEnabled = other.enabled = True
    yield other
    other.enabled = False


def wait(ready: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if ready():
            return True
        time.sleep(0.02)
    return False


def test_a_peer_reads_and_sets_what_others_see(friend: Any) -> None:
    clock = MonotonicClock()
    peer: Peer = open_peer(120.0, 4, clock.now)
    try:
        assert wait(lambda: peer.read(clock.now()).peers == 1), "no multicast on this machine"
        assert wait(
            lambda: abs(peer.read(clock.now()).tempo - friend.captureAppSessionState().tempo()) < 0.01
        )
        peer.set_tempo(clock.now(), 151.0)
        peer.set_playing(clock.now(), True)
        assert wait(lambda: abs(friend.captureAppSessionState().tempo() - 151.0) < 0.01)
        assert wait(lambda: bool(friend.captureAppSessionState().isPlaying()))
        time.sleep(0.5)
        state, micros, t = friend.captureAppSessionState(), friend.clock().micros(), clock.now()
        apart = (peer.read(t).beat - state.beatAtTime(micros, 4)) % 4
        assert min(apart, 4 - apart) * 60 / 151 < 0.003
    finally:
        peer.close()


def sockets(pid: int) -> set[str]:
    """The network sockets of a process and its children, as /proc has them."""
    known = {
        line.split()[9]: f"{kind} {line.split()[1]}"
        for kind in ("tcp", "tcp6", "udp", "udp6", "raw", "raw6", "icmp", "icmp6")
        if (path := Path(f"/proc/{pid}/net/{kind}")).exists()
        for line in path.read_text().splitlines()[1:]
    }
    pids, found = [pid], set[str]()
    for each in pids:
        pids += [int(p) for p in Path(f"/proc/{each}/task/{each}/children").read_text().split()]
        for file in Path(f"/proc/{each}/fd").iterdir():
            target = os.readlink(file) if file.is_symlink() else ""
            inode = target.removeprefix("socket:[").removesuffix("]")
            if inode in known:
                found.add(known[inode])
    return found


@pytest.fixture
def play(tmp_path: Path) -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    """`improv play --headless`, once it plays."""
    started: list[subprocess.Popen[str]] = []

    def begin(*options: str) -> subprocess.Popen[str]:
        command = [
            sys.executable,
            "-m",
            "improv",
            "play",
            "--headless",
            "--json",
            "--no-sound",
            "--seed",
            "1",
        ]
        command += ["--no-band", "--log", str(tmp_path / "take.jsonl"), *options]
        environment = {**os.environ, "JACK_NO_START_SERVER": "1", "JACK_DEFAULT_SERVER": "improv-none"}
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
        )
        started.append(process)
        assert process.stdout is not None
        for line in process.stdout:
            if json.loads(line)["event"] == "turnchange":
                return process
        raise AssertionError("it did not play")

    yield begin
    for process in started:
        process.terminate()
        process.communicate(timeout=PATIENCE)


@pytest.mark.skipif(not Path("/proc/self/net").exists(), reason="reads /proc, which Linux alone has")
def test_no_network_socket_is_open_unless_link_is_asked_for(play: Any) -> None:
    assert sockets(play().pid) == set()


@pytest.mark.skipif(not Path("/proc/self/net").exists(), reason="reads /proc, which Linux alone has")
def test_link_opens_sockets_and_two_processes_share_tempo_phase_and_start(
    friend: Any, play: Any, tmp_path: Path
) -> None:
    """The other was here first, so its tempo holds; our start is its start, our clicks are on its beats."""
    process = play("--link", "--tempo", "150", "--mode", "layout")
    assert wait(lambda: any(kind.startswith("udp") for kind in sockets(process.pid)))
    assert wait(lambda: bool(friend.captureAppSessionState().isPlaying())), "no multicast on this machine"
    assert friend.numPeers() == 1
    log = tmp_path / "take.jsonl"

    def together() -> list[dict[str, Any]]:
        """The clicks at the other's tempo; where Link takes its time to measure, it comes in the middle."""
        text = log.read_text().splitlines(keepends=True)
        lines = [json.loads(line) for line in text if line.endswith("\n")]
        tempos = [n for n, line in enumerate(lines) if line["kind"] == "clock"]
        if not tempos or abs(lines[tempos[-1]]["tempo"] - 97.0) > 0.01:
            return []
        since = max((n for n in tempos if abs(lines[n]["tempo"] - 97.0) > 0.01), default=0)
        return [line for line in lines[since:] if line.get("command") == "Play" and line["role"] == "click"]

    assert wait(lambda: len(together()) > 3), "its tempo does not hold"
    clicks = together()[-3:]
    state = friend.captureAppSessionState()
    ahead = friend.clock().micros() * 1000 - time.perf_counter_ns()
    for click in clicks:
        beat = state.beatAtTime((click["at"] + ahead) // 1000, 4)
        apart = (beat - click["onset"] / 24 + 2) % 4 - 2
        assert abs(apart) * 60 / 97 < 0.003, f"{apart * 60_000 / 97:.2f} ms"
    again = friend.captureAppSessionState()
    again.setTempo(120.0, friend.clock().micros())
    again.setIsPlaying(False, friend.clock().micros())
    friend.commitAppSessionState(again)
    watchdog = Timer(PATIENCE, process.kill)
    watchdog.start()
    assert any(json.loads(line).get("turn") == "stopped" for line in process.stdout)
    watchdog.cancel()
