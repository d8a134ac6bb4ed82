"""Hours in minutes: the real engine and the models that ship, on a clock that a rehearsal moves."""

import gc
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

from improv.live.journal import Journal
from improv.live.options import Options
from improv.live.rehearsal import Rehearsal
from improv.live.setting import make_session
from improv.requests import SetMode
from improv.session.events import NoteOff, NoteOn, decode
from improv.session.tempo import TempoMap
from tools.soak.clicks import Clicks, is_click
from tools.soak.figures import MEGABYTE, Figures, resident
from tools.soak.script import OUTPUTS, SECOND, Happening, script

HOUR = 3600 * SECOND
STEP = 20_000_000
"""Nanoseconds between rounds; a note is drawn two of them before its place."""
WARM = 600 * SECOND
"""Played before growth is counted: by then every mode has been, and every table is as long as it gets."""


class Simulation:
    """A soak on its way."""

    def __init__(self, options: Options, trace: bool, folder: Path) -> None:
        self.figures = Figures()
        self._trace = trace
        if trace:
            tracemalloc.start()
        session, _ = make_session(options)
        self._journal = Journal(folder / "soak.jsonl", {}, self._complain)
        self.stage = Rehearsal(session, OUTPUTS, self._journal, mark_pedal=options.mark_pedal)
        self._clicks = Clicks()
        for ledger in self.stage.ledgers:
            ledger.heard = self._heard
        self._warm: tuple[float, float] | None = None

    def run(self, until: int, seed: int, progress: Callable[[Figures], bool]) -> None:
        """Play until a time, or until `progress`, which is shown the figures now and then, says no."""
        began = shown = time.monotonic()
        for t, happening in script(seed):
            self.stage.run_until(min(t, until), STEP)
            if self._warm is None and self.stage.clock.now() >= min(WARM, until // 2):
                self._warm = self._memory()
            if t >= until:
                break
            self._happen(happening)
            if time.monotonic() - shown > 1.0:
                shown = time.monotonic()
                self.figures.seconds = shown - began
                if not progress(self._measured()):
                    break
        self._measured()
        self.stage.engine.end()
        self.figures.stuck = sum(len(ledger.sounding) for ledger in self.stage.ledgers)
        self.figures.broken = sum(ledger.broken for ledger in self.stage.ledgers)
        self.figures.seconds = time.monotonic() - began

    def _happen(self, happening: Happening) -> None:
        figures = self.figures
        if happening.request is not None:
            figures.switches += isinstance(happening.request, SetMode)
            self.stage.ask(happening.request)
        elif happening.cable == "pulled":
            self.stage.lose(happening.output)
        elif happening.cable == "back":
            figures.losses += 1
            self.stage.come_back(happening.output)
        else:
            event = decode(0, happening.message)
            if isinstance(event, NoteOn):
                figures.struck += 1
            elif isinstance(event, NoteOff):
                for ledger in self.stage.ledgers:
                    ledger.let_go(event.channel, event.pitch)
            self.stage.play(happening.message)

    def _heard(self, t: int, message: bytes) -> None:
        clock = self.stage.engine.state.map
        if not is_click(message):
            return
        if clock is not None:
            tick = round(clock.tick(t))
            self._clicks.heard(t, tick, _tempo(clock, tick))

    def _measured(self) -> Figures:
        figures, engine, desk = self.figures, self.stage.engine, self.stage.front.desk
        if figures.takes != engine.takes.count:
            figures.takes = engine.takes.count
        figures.hours = self.stage.clock.now() / HOUR
        figures.notes = sum(ledger.ons for ledger in self.stage.ledgers)
        figures.messages = sum(ledger.messages for ledger in self.stage.ledgers)
        figures.broken = sum(ledger.broken for ledger in self.stage.ledgers)
        figures.missed = desk.missed + desk.scheduler.dropped
        figures.clicks, figures.drift = self._clicks.count, self._clicks.worst / 1e6
        if self._warm is not None:
            held, traced = self._memory()
            figures.resident, figures.traced = held - self._warm[0], traced - self._warm[1]
        return figures

    def _memory(self) -> tuple[float, float]:
        gc.collect()
        return resident(), tracemalloc.get_traced_memory()[0] / MEGABYTE if self._trace else 0.0

    @staticmethod
    def _complain(text: str) -> None:
        raise RuntimeError(text)


def _tempo(clock: TempoMap, tick: int) -> float:
    """The tempo from a tick on."""
    return [anchor.tempo for anchor in clock.anchors if anchor.tick <= tick or anchor is clock.anchors[0]][-1]


def simulate(
    options: Options, hours: float, seed: int, trace: bool, progress: Callable[[Figures], bool]
) -> tuple[Figures, list[str]]:
    """Play so many hours; the figures, and the first laws that were broken."""
    with tempfile.TemporaryDirectory(prefix="improv-soak-") as folder:
        simulation = Simulation(options, trace, Path(folder))
        simulation.run(round(hours * HOUR), seed, progress)
        return simulation.figures, list(simulation.stage.faults)
