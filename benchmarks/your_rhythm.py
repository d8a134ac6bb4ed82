"""How long a key of "your rhythm" waits for its note, with its step taken ahead and without, in one run.

    python benchmarks/your_rhythm.py [--keys N] [--gap MS] [--json]

Conventions: milliseconds. The engine runs as it does in a take, in its two processes and with real-time
priority where that is granted, between an input on which keys are put and an output that says when a note
leaves; no MIDI system, no screen. One engine takes the network's step before the key comes
(`improv.foresight`) and practises keys (`Session.practise`), the other does neither; they play one after the
other. A row is from the key to what it names: until the session has it, in `Session.update`, and until the
note leaves.
"""

import argparse
import json
import multiprocessing
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from threading import Thread

import numpy as np

from improv.channels import PLAYER
from improv.live.around import Around
from improv.live.client import start_engine
from improv.live.options import Options
from improv.live.rehearsal import Keyboard
from improv.ports.base import InPort, OutPort
from improv.requests import SetMode, Start, Stop
from improv.selftest.scenes import CHART
from improv.session.events import NoteOff, NoteOn, encode
from improv.session.session import Asked, Session, SessionEvent, State
from improv.session.state import Step

NOTE_ON = 0x90
OPENING = 2.5
"""Seconds from the start to the first key: the count-in is over."""
HELD = 0.1


@dataclass(frozen=True)
class Watched(Session):
    """A session that notes when it was told of a key and when it was done, and tells when it is stopped."""

    to: Connection | None = None
    ahead: bool = True
    updates: tuple[list[tuple[int, int]], ...] = ()

    def update(self, state: State, event: SessionEvent) -> Step:
        """As usual."""
        began = time.perf_counter_ns()
        step = super().update(state, event)
        if isinstance(event, NoteOn):
            self.updates[0].append((began, time.perf_counter_ns()))
        if isinstance(event, Asked) and isinstance(event.request, Stop) and self.to is not None:
            self.to.send(self.updates[0])
        return step

    def foresee(self, state: State, t: int) -> None:
        """As usual, or not at all."""
        if self.ahead:
            super().foresee(state, t)

    def practise(self, state: State, t: int) -> None:
        """As usual, or not at all: it takes the step, too."""
        if self.ahead:
            super().practise(state, t)


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


class Hand(Around):
    """A player who stands where the ports would be, begins when told to, and tells when it is over."""

    def __init__(self, keys: int, gap: float, ahead: bool, hand: Connection, updates: Connection) -> None:
        self._keys, self._gap, self._ahead = keys, gap, ahead
        self._hand, self._updates = hand, updates

    def inputs(self, inputs: list[InPort]) -> list[InPort]:
        """A keyboard of its own."""
        self._keyboard = Keyboard()
        return [self._keyboard]

    def outputs(self, outputs: list[OutPort]) -> list[OutPort]:
        """An ear of its own, in place of the built-in sound."""
        self._ear = Ear()
        Thread(target=self._play, daemon=True).start()
        return [self._ear]

    def session(self, session: Session) -> Session:
        """The session, watched."""
        parts = (session.settings, session.improviser, session.band)
        return Watched(*parts, to=self._updates, ahead=self._ahead, updates=([],))

    def _play(self) -> None:
        self._hand.recv()
        played: list[tuple[int, int]] = []
        for i in range(self._keys):
            pitch, count, struck = 60 + i % 8, len(self._ear.heard), time.perf_counter_ns()
            self._keyboard.put(encode(NoteOn(0, pitch, 80)))
            time.sleep(HELD)
            heard = self._ear.heard[count] if len(self._ear.heard) > count else 0
            played.append((struck, heard))
            self._keyboard.put(encode(NoteOff(0, pitch)))
            time.sleep(max(0.0, self._gap - HELD))
        self._hand.send(played)


def main() -> None:
    """Play twice, print once."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--keys", type=int, default=200, help="of each engine (%(default)s)")
    parser.add_argument("--gap", type=float, default=150, help="milliseconds between keys (%(default)s)")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    os.environ["JACK_DEFAULT_SERVER"] = "improv-nobody"  # no MIDI system, whatever this machine has
    os.environ["ALSA_CONFIG_PATH"] = os.devnull
    os.environ["IMPROV_AUDIO"] = "null"
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
    (hand, hands), (updates, updating) = multiprocessing.Pipe(), multiprocessing.Pipe(duplex=False)
    options = Options(chart=CHART, tempo=200.0, seed=20, mode="rhythm")
    client = start_engine(options, Hand(keys, gap, ahead, hands, updating))
    try:
        client.send(SetMode("rhythm", now=1))
        client.send(Start())
        time.sleep(OPENING)
        hand.send(None)
        played: list[tuple[int, int]] = hand.recv()
        client.send(Stop())
        updated: list[tuple[int, int]] = updates.recv()
    finally:
        client.close()
    rows = [(*one, *two) for one, two in zip(played, updated, strict=True) if one[1]]
    struck, heard, began, done = np.array(rows).T / 1e6
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
