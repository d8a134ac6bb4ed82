"""A self-test's recording as it would be if everything were perfect: a millisecond each way, and no more."""

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from improv.channels import IMPROV
from improv.live.lines import command_line
from improv.selftest.marks import PERIOD, mark
from improv.selftest.recording import Acted, Performed, Recording, Told
from improv.selftest.scenes import BAR, Counter, Scene, player
from improv.session.commands import Command, Heard, Hold, Named, Play, TurnChange
from improv.session.events import NoteOff, NoteOn, encode
from improv.session.tempo import TempoMap
from improv.snapshot import Timing

MILLISECOND = 1_000_000
LOOP = 1 * MILLISECOND
"""What the ports take."""
PLANNED = 40 * MILLISECOND
Perform = Callable[[tuple[Scene, ...]], Recording]


@cache
def perform(scenes: tuple[Scene, ...]) -> Recording:
    """The perfect recording of some scenes."""
    count = Counter()
    acted: list[Acted] = []
    sent: list[tuple[int, int, bytes]] = []
    heard: list[tuple[int, bytes]] = []
    told = [Told(0, Timing(realtime=True))]
    lines: list[dict[str, Any]] = [{"kind": "take"}]
    now = 1_000 * MILLISECOND

    def log(command: Command, t: int) -> None:
        lines.append(command_line(command))
        told.append(Told(t, command))

    def play(clock: TempoMap, tick: int, pitch: int) -> None:
        at = clock.at(tick)
        log(Play(at, PLANNED // 4, pitch, 80, IMPROV, "improv", tick, 6), at - PLANNED)
        heard.append((at + LOOP, encode(NoteOn(at, pitch, 80, IMPROV))))
        heard.append((at + PLANNED // 4 + LOOP, encode(NoteOff(at, pitch, IMPROV))))

    for scene in scenes:
        clock = TempoMap.starting(-BAR, now, scene.tempo)
        lines.append({"kind": "clock", **clock.anchors[0]._asdict(), "first": True})
        told.append(Told(now, TurnChange("count-in", -BAR, 0)))
        played = [(clock.at(one.tick) + one.later, one) for one in player(scene, count)]
        for t, one in played:
            sent.append((t, t, one.message))
            struck = one.message[0] & 0xF0 == 0x90
            if one.sounds:
                heard.append((t + LOOP, one.message))
            if one.melody:
                lines.append(command_line(Heard(round(one.tick), one.message[1], one.message[2])))
            if one.last_of_chord:
                told.append(Told(t + 30 * MILLISECOND, Named(round(one.tick), "C7")))
            if scene.mode == "rhythm" and struck:
                hold = Hold(one.message[1] + 1, 80, IMPROV, "improv", round(one.tick), one.message[1])
                log(hold, t + LOOP)
                heard.append((t + LOOP, encode(NoteOn(t, hold.pitch, 80, IMPROV))))
                heard.append((t + 2 * LOOP, encode(NoteOff(t, hold.pitch, IMPROV))))
        for bar in range(0, scene.bars if scene.mode == "trade" else 0, scene.turn):
            turn = TurnChange(
                "machine" if bar // scene.turn % 2 else "player", bar * BAR, (bar + scene.turn) * BAR
            )
            told.append(Told(clock.at(turn.onset), turn))
            if turn.turn == "machine":
                for place in range(4):
                    play(clock, bar * BAR + 12 * place, 60 + place)
        heard += [(clock.at(tick) + LOOP, b"\xf8") for tick in range(scene.bars * BAR)]
        ends = clock.at(scene.bars * BAR - 5)
        panic = ends + 10 * MILLISECOND if scene.ending != "stop" else None
        quiet = tuple(t + 100 * MILLISECOND for t in (panic, ends + 300 * MILLISECOND) if t is not None)
        if panic is not None:
            heard.append((panic + 2 * LOOP, bytes((0xBF, 120, 0))))
        acted.append(Acted(scene, clock, played, ends, panic, quiet))
        now = ends + 1_000 * MILLISECOND
    sent.sort()
    marked = [(PERIOD * k + LOOP, mark(k)) for k in range(now // PERIOD)]
    echoed = [(t + LOOP, message) for _, t, message in sent]
    return Recording(
        acted=acted,
        performed=Performed(sent, sorted(heard), sorted([*marked, *echoed])),
        told=sorted(told, key=lambda one: one.t),
        lines=lines,
        begins=0,
        ended=now,
    )


@pytest.fixture(scope="session")
def perfect() -> Perform:
    """Make the perfect recording of some scenes."""
    return perform
