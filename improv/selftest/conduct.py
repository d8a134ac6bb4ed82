"""A self-test as it runs: scene after scene, and everything that came of it.

Conventions: times are nanoseconds on `time.perf_counter_ns`.
"""

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from improv.errors import UserError
from improv.requests import Adjust, SetMode, SetTempo, Start, Stop
from improv.selftest.cast import PANIC, Cast, cast
from improv.selftest.recording import Acted, Recording
from improv.selftest.scenes import BAR, HELD, SPLIT, Counter, Scene, player, programme
from improv.session.tempo import TempoMap

SECOND = 1_000_000_000
SETTLE = SECOND // 10
"""Nanoseconds after a stop until which its last messages have to have come."""
START_PATIENCE = 20 * SECOND
LOOP_PATIENCE = 5 * SECOND
SOUND_CHECK = bytes((0xB0, 1, 0))
"""The wheel at rest, which changes nothing."""
WARMING = SECOND // 2
"""Nanoseconds before the first scene: the screen's first drawing is not what a take is like."""
PANIC_CONTROL = bytes((0xB0, 120, 127))
"""All sound off, which a controller's panic button sends."""

Progress = Callable[[str, float], None]
"""Told what goes on, and how much of it all is done, 0 to 1."""


@dataclass
class _Conductor:
    """One after another."""

    cast: Cast
    acted: list[Acted] = field(default_factory=list)
    count: Counter = field(default_factory=Counter)

    def check(self) -> None:
        """See that what is played comes back both ways. Raises UserError where it does not."""
        deadline = time.perf_counter_ns() + LOOP_PATIENCE
        while time.perf_counter_ns() < deadline:
            now = time.perf_counter_ns()
            self.cast.hands.send([(now, SOUND_CHECK)])
            self.cast.watch(now + SETTLE)
            self.cast.hands.send(SOUND_CHECK)
            heard, bare = self.cast.hands.recv()
            if heard and bare:
                return
        gone = " and ".join(
            who for who, count in (("the engine", heard), ("the bare loop", bare)) if not count
        )
        raise UserError(
            f"what is played does not come back from {gone}: the MIDI system has lost the connection"
        )

    def act(self, scene: Scene) -> None:
        """A scene, from the count-in to silence."""
        self.cast.ask(SetMode(scene.mode, scene.turn, now=1))
        self.cast.ask(SetTempo(scene.tempo))
        self.cast.ask(Adjust("split", SPLIT))
        self.cast.ask(Start())
        clock = self._clock()
        played = [(clock.at(one.tick) + one.later, one) for one in player(scene, self.count)]
        self.cast.hands.send([(t, one.message) for t, one in played])
        ends = clock.at(scene.bars * BAR - 5)
        self.cast.watch(ends)
        panic, quiet = self._panic(scene) if scene.ending != "stop" else (None, ())
        self.cast.ask(Stop())
        stopped = time.perf_counter_ns() + SETTLE
        self.cast.watch(stopped + 2 * SETTLE)
        self.acted.append(Acted(scene, clock, played, ends, panic, (*quiet, stopped + SETTLE)))

    def _clock(self) -> TempoMap:
        """The tempo map of the take that has been asked for."""
        deadline = time.perf_counter_ns() + START_PATIENCE
        while time.perf_counter_ns() < deadline:
            self.cast.watch(time.perf_counter_ns() + SECOND // 100)
            if anchors := self.cast.new_anchors():
                return TempoMap((anchors[-1],))
        raise UserError("the engine does not start a take")

    def _panic(self, scene: Scene) -> tuple[int, tuple[int, ...]]:
        """A chord is held, and panic is asked for; the keys come up later."""
        now = time.perf_counter_ns()
        down = now + SECOND // 20
        keys = [bytes((0x90, pitch, self.count())) for pitch in HELD[0]]
        self.cast.hands.send([(down, key) for key in keys])
        asked = down + SECOND // 20
        if scene.ending == "panic control":
            self.cast.hands.send([(asked, PANIC_CONTROL)])
            self.cast.watch(asked)
        else:
            self.cast.watch(asked)
            asked = self.cast.press(PANIC)
        quiet = asked + SETTLE
        self.cast.watch(quiet)
        self.cast.hands.send([(quiet, bytes((0x80, key[1], key[2]))) for key in keys])
        self.cast.watch(quiet + SETTLE)
        return asked, (quiet,)


def conduct(
    seconds: float,
    api: str | None,
    sabotage: str | None,
    progress: Progress,
) -> Recording:
    """Run for about so many seconds; Ctrl-C ends it early, with what there is by then.

    Raises UserError where there is no MIDI system or something ends that must not.
    """
    with tempfile.TemporaryDirectory(prefix="improv-selftest-") as folder:
        progress("opening ports and starting the engine", 0.0)
        with cast(Path(folder), api, sabotage) as everybody:
            conductor = _Conductor(everybody)
            began = time.perf_counter_ns()
            interrupted = False
            try:
                conductor.check()
                everybody.watch(began + WARMING)
                for scene in programme(seconds):
                    spent = (time.perf_counter_ns() - began) / SECOND
                    progress(f"{scene.mode}, {scene.tempo:g} bpm", min(1.0, spent / seconds))
                    conductor.act(scene)
            except KeyboardInterrupt:
                interrupted = True
            lasted = (time.perf_counter_ns() - began) / SECOND
            progress("ending", 1.0)
            everybody.leave()
            ended = time.perf_counter_ns() + SETTLE
            time.sleep(2 * SETTLE / SECOND)
            return Recording(
                acted=conductor.acted,
                performed=everybody.performed(),
                told=everybody.told,
                lines=everybody.lines(),
                begins=everybody.begins,
                ended=ended,
                drawn=everybody.drawn,
                seconds=lasted,
                interrupted=interrupted,
            )
