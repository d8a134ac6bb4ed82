"""How a new engine takes up what a dead one was playing: pure, from the last that was seen of it.

Conventions: ticks as in a snapshot, times in nanoseconds of `perf_counter_ns`, which all processes share.
"""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from grammar.notes import TICKS_PER_BEAT
from improv.live.options import Options
from improv.requests import Adjust, Cue, Mute, Request, Start
from improv.session.tempo import NS_PER_MINUTE
from improv.snapshot import Snapshot

LEAD = 300_000_000
"""Nanoseconds from when the engine plays to the bar line at which it goes on."""


def resumed_options(options: Options, last: Snapshot | None, log: str) -> Options:
    """How the new engine is to play: as the old one did last.

    The take is another one: its log names the one that it goes on from, and its draws are others.
    """
    shown = last or Snapshot(tempo=options.tempo, mode=options.mode, bars=options.bars)
    return replace(
        options,
        tempo=shown.tempo,
        mode=shown.mode,
        bars=shown.bars,
        seed=options.seed + 1,
        resumes=Path(log).stem if log else options.resumes,
    )


def place(last: Snapshot, since: int) -> int:
    """The tick that an engine had reached when it died, `since` nanoseconds after its newest snapshot."""
    return last.tick + int(since * last.tempo * TICKS_PER_BEAT / NS_PER_MINUTE)


def take_up(last: Snapshot | None, tick: int, sent: Iterable[Request], bar: int, now: int) -> list[Request]:
    """What the new engine is asked for, once it plays.

    Args:
        last: the newest snapshot of the old one.
        tick: the place in the form that it had reached.
        sent: what a view has asked of it, oldest first, of which adjustments count.
        bar: ticks in a bar.
        now: the time.
    """
    if last is None:
        return []
    asked: dict[str, Request] = {one.name: one for one in sent if isinstance(one, Adjust)}
    found = [*asked.values(), *(Mute(part.name) for part in last.parts if part.muted)]
    if last.turn == "stopped":
        return found
    if tick < 0:
        return [*found, Start()]
    return [*found, Cue(tick // bar * bar, now + LEAD)]
