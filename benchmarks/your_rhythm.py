"""How long a key of "your rhythm" waits for its note, with its step taken ahead and without, in one run.

    python benchmarks/your_rhythm.py [--keys N] [--gap MS] [--json]

Conventions: milliseconds. The engine runs with both its threads and real-time priority where that is
granted, between an input on which keys are put and an output that says when a note leaves; no MIDI system, no
screen. One engine takes the network's step before the key comes (`improv.foresight`), the other when it
comes; they play one after the other. A row is from the key to what it names: until the session's thread has
it, in `Session.update`, and until the note leaves.
"""

import argparse
import gc
import json
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from improv.channels import PLAYER
from improv.live.clock import MonotonicClock
from improv.live.engine import Engine
from improv.live.options import Options, make_session
from improv.live.process import SWITCH
from improv.live.rehearsal import Audience, Keyboard
from improv.priority import raise_priority
from improv.requests import Quit, SetMode, Start
from improv.selftest.scenes import CHART
from improv.session.events import NoteOff, NoteOn, encode
from improv.session.session import Session, SessionEvent, State
from improv.session.state import Step
from improv.threads import use_one_thread

NOTE_ON = 0x90
OPENING = 2.5
"""Seconds from the start to the first key: the count-in is over."""
HELD = 0.1


@dataclass(frozen=True)
class Watched(Session):
    """A session that says when it was told of a key, and when it was done."""

    ahead: bool = True
    updates: list[tuple[int, int]] = field(default_factory=list)

    def update(self, state: State, event: SessionEvent) -> Step:
        """As usual."""
        began = time.perf_counter_ns()
        step = super().update(state, event)
        if isinstance(event, NoteOn):
            self.updates.append((began, time.perf_counter_ns()))
        return step

    def foresee(self, state: State, t: int) -> None:
        """As usual, or not at all."""
        if self.ahead:
            super().foresee(state, t)


class Ear:
    """An output that remembers when notes began."""

    name = "ear"

    def __init__(self) -> None:
        self.heard: list[int] = []

    def send(self, message: bytes) -> None:
        """Take a message."""
        if message[0] == NOTE_ON | PLAYER:
            self.heard.append(time.perf_counter_ns())

    def close(self) -> None:
        """Nothing is open."""


def main() -> None:
    """Play twice, print once."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--keys", type=int, default=200, help="of each engine (%(default)s)")
    parser.add_argument("--gap", type=float, default=150, help="milliseconds between keys (%(default)s)")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    use_one_thread()
    raise_priority()
    sys.setswitchinterval(SWITCH)
    found = {
        name: play(ahead, arguments.keys, arguments.gap / 1000)
        for name, ahead in (("when it comes", False), ("ahead", True))
    }
    if arguments.json:
        print(json.dumps(found))
        return
    for name, rows in found.items():
        print(f"the step is taken {name}")
        for row, figures in rows.items():
            print(f"  {row:20}" + "".join(f"  {at} {value:5.2f}" for at, value in figures.items()))


def play(ahead: bool, keys: int, gap: float) -> dict[str, dict[str, float]]:
    """The rows of one engine."""
    made, _ = make_session(Options(chart=CHART, tempo=200.0, seed=20, mode="rhythm"))
    session = Watched(made.settings, made.improviser, made.band, ahead=ahead)
    keyboard, ear, audience = Keyboard(), Ear(), Audience()
    engine = Engine(session, [keyboard], [ear], MonotonicClock(), audience)
    gc.collect()
    gc.freeze()
    taken: list[tuple[int, int, int, int]] = []

    def player() -> None:
        audience.waiting += [SetMode("rhythm", now=1), Start()]
        time.sleep(OPENING)
        for i in range(keys):
            pitch, count, struck = 60 + i % 8, len(ear.heard), time.perf_counter_ns()
            keyboard.put(encode(NoteOn(0, pitch, 80)))
            time.sleep(HELD)
            if len(ear.heard) > count:
                taken.append((struck, *session.updates[-1], ear.heard[count]))
            keyboard.put(encode(NoteOff(0, pitch)))
            time.sleep(max(0.0, gap - HELD))
        engine.finished.set()
        engine.told(Quit())

    hand = threading.Thread(target=player)
    hand.start()
    engine.run()
    hand.join()
    struck, began, done, heard = np.array(taken).T / 1e6
    return {
        "to the session": told(began - struck),
        "Session.update": told(done - began),
        "to the note": told(heard - struck),
    }


def told(values: Sequence[float]) -> dict[str, float]:
    """Percentiles."""
    return {f"p{at}": round(float(np.percentile(values, at)), 3) for at in (50, 95, 99)}


if __name__ == "__main__":
    main()
