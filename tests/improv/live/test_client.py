"""A view and a real engine in its own process, without MIDI and without sound."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
import rtmidi  # type: ignore[import-untyped]

from improv.channels import CLICK
from improv.errors import UserError
from improv.live import client as client_module
from improv.live.client import ENGINE, FRONT, EngineClient, start_engine
from improv.live.journal import read_journal
from improv.live.link import Notice
from improv.live.options import Options
from improv.ports.base import ALL_NOTES_OFF
from improv.requests import Panic, SetTempo, Start, Stop, Strike
from improv.session.commands import Command, Finished, Heard, Play, TurnChange
from improv.session.events import NoteOff, NoteOn, decode
from improv.snapshot import Snapshot
from improv.takes.folder import recover

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals are posix's")
PATIENCE = 60.0
CHART = "title: Two bars\n| F7 | Bb7 |\n"
PLAIN = Options(chart=CHART, tempo=240.0, seed=3, bars=1, sound=False)

EITHER = pytest.mark.parametrize("name", [ENGINE, FRONT])
StartEngine = Callable[..., EngineClient]


class Watched:
    """Everything that an engine has told so far."""

    def __init__(self, client: EngineClient) -> None:
        self.client = client
        self.snapshots: list[Snapshot] = []
        self.news: list[Command | Notice] = []

    def until(self, found: Callable[["Watched"], object], what: str) -> None:
        """Look until something is found."""
        deadline = time.monotonic() + PATIENCE
        while not found(self):
            assert time.monotonic() < deadline, f"no {what}"
            snapshot = self.client.poll()
            if snapshot is not None:
                self.snapshots.append(snapshot)
            self.news += self.client.news()
            time.sleep(0.01)

    def turns(self) -> list[str]:
        return [news.turn for news in self.news if isinstance(news, TurnChange)]

    def notices(self) -> list[str]:
        return [news.text for news in self.news if isinstance(news, Notice)]


def engines(name: str = ENGINE) -> list[BaseProcess]:
    """The engines of this process, oldest first: of each, the process of that name."""
    return [child for child in multiprocessing.active_children() if child.name == name]


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Iterator[StartEngine]:
    """Start engines that are ended afterwards, whatever happened; no MIDI, whatever this machine has."""
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "improv-nobody")
    monkeypatch.setenv("ALSA_CONFIG_PATH", os.devnull)
    yield lambda **options: start_engine(replace(PLAIN, **options))
    for process in [*engines(), *engines(FRONT)]:
        process.kill()
        process.join()


def test_from_start_to_quit(start: StartEngine, tmp_path: Path) -> None:
    client = start(log=tmp_path / "take.jsonl")
    assert client.alive
    assert client.ready.log == str(tmp_path / "take.jsonl")
    assert client.ready.inputs == client.ready.outputs == ()
    assert any("no MIDI" in notice for notice in client.ready.notices)

    watched = Watched(client)
    watched.until(lambda w: w.snapshots, "snapshot")
    assert watched.snapshots[0].turn == "stopped"
    assert watched.snapshots[0].tempo == 240
    client.send(Start())
    watched.until(lambda w: len(w.turns()) >= 2, "turn")
    client.send(Strike(65, 90))
    watched.until(lambda w: "machine" in w.turns(), "answer")
    watched.until(lambda w: any(isinstance(news, Play) for news in w.news), "note")
    assert watched.turns()[:3] == ["count-in", "player", "machine"]
    watched.until(lambda w: any(note.player == "improv" for note in w.snapshots[-1].roll), "roll")
    ticks = [snapshot.tick for snapshot in watched.snapshots if snapshot.turn != "stopped"]
    assert ticks == sorted(ticks)
    assert len(ticks) > 3

    client.send(SetTempo(300))
    watched.until(lambda w: w.snapshots[-1].tempo == 300, "tempo")
    client.send(Panic())
    client.send(Stop())
    watched.until(lambda w: w.snapshots[-1].turn == "stopped", "stop")
    client.send(Start())
    watched.until(lambda w: w.turns()[-1] == "count-in", "second take")
    assert client.close()
    assert not client.alive
    assert client.poll() is None or not client.alive
    watched.news += client.news()
    assert list(read_journal(tmp_path / "take.jsonl"))[-1] == {"kind": "end"}
    assert client.close(), "again is harmless"
    client.send(Start())


def test_the_take_ends_by_itself_and_another_may_begin(start: StartEngine) -> None:
    client = start(choruses=1, tempo=400)
    watched = Watched(client)
    for take in (1, 2):
        client.send(Start())
        watched.until(lambda w: sum(isinstance(n, Finished) for n in w.news) == take, "end")  # noqa: B023
    assert client.alive
    assert client.close()


@EITHER
def test_an_engine_that_is_killed_is_noticed_and_the_view_lives_on(start: StartEngine, name: str) -> None:
    client = start()
    watched = Watched(client)
    watched.until(lambda w: w.snapshots, "snapshot")
    client.send(Start())
    (engine,) = engines(name)
    engine.kill()
    watched.until(lambda w: not w.client.alive, "end")
    client.send(Start())
    client.send(Strike(60))
    assert client.poll() is None
    watched.news += client.news()
    assert any("engine died" in notice for notice in watched.notices())
    assert client.close() is False
    assert not [*engines(), *engines(FRONT)]


@EITHER
def test_an_engine_that_was_killed_goes_on_in_another(start: StartEngine, tmp_path: Path, name: str) -> None:
    """At the bar it died in, at the tempo it had, and into a log of its own that names the old one."""
    client = start(log=tmp_path / "take.jsonl")
    watched = Watched(client)
    client.send(Start())
    client.send(SetTempo(300))
    watched.until(lambda w: w.turns().count("player") >= 2 and w.snapshots[-1].tempo == 300, "second turn")
    (engine,) = engines(name)
    engine.kill()
    watched.until(lambda w: not w.client.alive, "end")
    assert client.died
    last = watched.snapshots[-1]
    told = client.resume()
    assert client.alive
    assert not client.died
    assert f"at bar {last.tick // 96 + 1}" in told or f"at bar {last.tick // 96 + 2}" in told
    watched.snapshots.clear()
    watched.until(lambda w: w.snapshots and w.snapshots[-1].turn != "stopped", "music")
    watched.until(lambda w: w.snapshots[-1].tick > last.tick, "progress")
    assert watched.snapshots[-1].tempo == 300
    assert watched.snapshots[-1].tick < last.tick + 40 * 96
    assert client.close()
    assert [log.name for log in client.logs] == ["take.jsonl", "take-2.jsonl"]
    assert next(iter(read_journal(client.logs[1])))["options"]["resumes"] == "take"
    if name == ENGINE:
        assert recover(client.logs[0]) is not None, "what was played before is had back"
    else:
        assert list(read_journal(client.logs[0]))[-1] == {"kind": "end"}, "the session's side closed it"


@EITHER
def test_an_engine_that_hangs_is_ended_in_time(
    start: StartEngine, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(client_module, "FAREWELL", 0.2)
    monkeypatch.setattr(client_module, "MERCY", 0.2)
    client = start()
    (engine,) = engines(name)
    assert engine.pid is not None
    os.kill(engine.pid, signal.SIGSTOP)
    assert client.close() is False
    assert not client.alive
    assert not [*engines(), *engines(FRONT)]
    assert any(isinstance(n, Notice) and "was ended" in n.text for n in client.news())


def test_an_engine_that_nobody_took_does_not_keep_the_program_from_ending(tmp_path: Path) -> None:
    """Ctrl-C between its start and the moment in which whoever asked for it has it."""
    script = tmp_path / "interrupted.py"
    script.write_text(
        "from improv.live.client import start_engine\n"
        "from improv.live.options import Options\n"
        "if __name__ == '__main__':\n"
        "    client = start_engine(Options(chart='| F7 |', tempo=200.0, seed=0, sound=False))\n"
        "    print(*(process.pid for process in client._processes), flush=True)\n"
        "    raise KeyboardInterrupt\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, script], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode != 0
    assert len(done.stdout.split()) == 2
    for pid in done.stdout.split():
        with pytest.raises(ProcessLookupError):
            os.kill(int(pid), 0)


@EITHER
def test_sigterm_to_the_engine_ends_it_in_order(start: StartEngine, tmp_path: Path, name: str) -> None:
    client = start(log=tmp_path / "take.jsonl")
    client.send(Start())
    watched = Watched(client)
    watched.until(lambda w: "player" in w.turns(), "turn")
    (engine,) = engines(name)
    engine.terminate()
    watched.until(lambda w: not w.client.alive, "end")
    assert client.close()
    assert not any("died" in notice for notice in watched.notices())
    assert list(read_journal(tmp_path / "take.jsonl"))[-1] == {"kind": "end"}


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"chart": "title: T\n| H7 |\n"}, "H7"),
        ({"checkpoint": Path("nowhere")}, "nowhere"),
        ({"input_name": "Keystation"}, "MIDI"),
        ({"api": "jakc"}, "jakc"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else value,
)
def test_what_the_engine_cannot_use_is_the_users_error(
    start: StartEngine, options: dict[str, object], told: str
) -> None:
    with pytest.raises(UserError, match=told) as caught:
        start(**options)
    assert "\n" not in str(caught.value)
    assert not [*engines(), *engines(FRONT)]


def test_an_unknown_audio_system_is_the_users_error(
    start: StartEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMPROV_AUDIO", "jakc")
    with pytest.raises(UserError, match="IMPROV_AUDIO"):
        start(sound=True)


def test_an_engine_that_does_not_come_up_is_given_up(
    start: StartEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "PATIENCE", 0.0)
    with pytest.raises(UserError, match="did not start"):
        start()
    assert not [*engines(), *engines(FRONT)]


def test_two_engines_do_not_disturb_each_other(start: StartEngine, tmp_path: Path) -> None:
    """Same seed, same chart: the same answers, to the note; one may end while the other plays on."""
    first = start(log=tmp_path / "first.jsonl", tempo=300.0)
    second = start(log=tmp_path / "second.jsonl", tempo=300.0)
    both = [Watched(first), Watched(second)]
    for watched in both:
        watched.client.send(Start())
    for watched in both:
        watched.until(lambda w: w.turns().count("player") >= 3, "third turn")
    pitches = [[news.pitch for news in w.news if isinstance(news, Play)] for w in both]
    shared = min(len(each) for each in pitches)
    assert shared > 2
    assert pitches[0][:shared] == pitches[1][:shared]
    assert not any(isinstance(news, Heard) for w in both for news in w.news)
    assert first.close()
    before = len(both[1].turns())
    both[1].until(lambda w: len(w.turns()) > before, "another turn")
    assert second.alive
    assert second.close()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_told_and_the_music_goes_on(start: StartEngine) -> None:
    client = start(log=Path("/dev/full"))
    watched = Watched(client)
    client.send(Start())
    watched.until(lambda w: any("/dev/full" in notice for notice in w.notices()), "complaint")
    watched.until(lambda w: any(isinstance(news, Play) for news in w.news), "note")
    assert client.close()
    watched.news += client.news()
    assert len([notice for notice in watched.notices() if "/dev/full" in notice]) == 1


def test_where_no_log_can_be_made_it_is_told_and_played(start: StartEngine, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    client = start(log=tmp_path / "file" / "take.jsonl")
    assert client.ready.log == ""
    assert client.close()
    told = [news.text for news in client.news() if isinstance(news, Notice) and news.trouble]
    assert len(told) == 1
    assert told[0].startswith("no log: ")


def test_with_sound_that_nobody_hears(start: StartEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("miniaudio", reason="needs miniaudio")
    monkeypatch.setenv("IMPROV_AUDIO", "null")
    client = start(sound=True)
    assert [name.startswith("built-in sound") for name in client.ready.outputs] == [True]
    client.send(Start())
    watched = Watched(client)
    watched.until(lambda w: any(isinstance(news, Play) for news in w.news), "note")
    assert client.close()
    assert not any("lost" in notice for notice in watched.notices())


@pytest.mark.jack
@pytest.mark.parametrize(
    ("number", "name"), [(signal.SIGTERM, ENGINE), (signal.SIGTERM, FRONT), (signal.SIGINT, FRONT)]
)
def test_a_signal_to_the_engine_leaves_nothing_sounding(jack_server: str, number: int, name: str) -> None:
    """SIGTERM ends it in mid-note; SIGINT is the view's and does nothing to it."""
    ears = rtmidi.MidiIn(rtmidi.API_UNIX_JACK, name="ears", queue_size_limit=4096)
    ears.open_virtual_port("in")
    messages: list[str] = []
    sounding: set[tuple[int, int]] = set()
    silenced = False

    def listen(w: Watched) -> bool:
        """Whether a note of improv's sounds."""
        nonlocal silenced
        while (got := ears.get_message()) is not None:
            message = bytes(got[0])
            messages.append(message.hex(" "))
            event = decode(0, message)
            silenced = silenced or message == bytes((0xBF, ALL_NOTES_OFF, 0))
            if isinstance(event, NoteOn):
                sounding.add((event.channel, event.pitch))
            elif isinstance(event, NoteOff):
                sounding.discard((event.channel, event.pitch))
        return any(channel not in (CLICK,) for channel, _ in sounding)

    try:
        client = start_engine(replace(PLAIN, api="jack", output_name="ears", bars=4, tempo=120.0, choruses=8))
        client.send(Start())
        client.send(Strike(60))
        watched = Watched(client)
        watched.until(lambda w: "player" in w.turns(), "turn")
        client.send(Strike(60))
        watched.until(listen, "sound")
        (engine,) = engines(name)
        assert engine.pid is not None
        os.kill(engine.pid, number)
        if number == signal.SIGINT:
            time.sleep(0.3)
            assert client.alive
            client.send(Strike(61))
            watched.until(listen, "another sound")
            assert client.close()
        watched.until(lambda w: not w.client.alive, "end")
        watched.until(lambda w: not listen(w) and silenced, "silence")
        assert sounding == set(), messages
        assert client.close()
    finally:
        for process in [*engines(), *engines(FRONT)]:
            process.kill()
            process.join()
        ears.close_port()
        ears.delete()
