"""What is drawn of a line and of its gates, in the terminal or as a picture.

Conventions: bars count from 0; a value holds from its note's onset to the next note's.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from examples.gate_traces import EVENTS, Numbers, Traces, Unit, agreement
from improv.errors import UserError
from improv.jazz.wjazzd import Solo

MOST_BARS = 16
"""More are not drawn at once."""


class View(NamedTuple):
    """Some bars of a line."""

    solo: Solo
    first: int
    bars: int
    notes: list[int]
    """Which notes of the line start in these bars, ascending."""


class Step(NamedTuple):
    """One step of the lesson."""

    part: str
    title: str
    event: str
    sign: int
    """Of the agreement that is looked for: 1, -1, or 0 for either."""
    meaning: str


class Panel(NamedTuple):
    """One unit's values at every note of the line."""

    part: str
    title: str
    meaning: str
    found: str
    """The same in this line's numbers."""
    low: float
    high: float
    """Ends of the scale."""
    values: Numbers
    other: Numbers
    """What to compare them with."""
    other_name: str
    marks: npt.NDArray[np.bool_]
    """At which notes the event is."""
    event: str


def window(solo: Solo, first: int, last: int) -> View:
    """The bars `first` to `last`, counted from 1.

    Raises:
        UserError: the line has no notes there, or they are too many to draw.
    """
    bar = solo.changes.bar
    if last - first >= MOST_BARS:
        raise UserError(f"--bars {first}-{last}: {MOST_BARS} bars at most")
    notes = [t for t, note in enumerate(solo.notes) if (first - 1) * bar <= note.onset < last * bar]
    if not notes:
        end = solo.notes[-1].onset // bar + 1
        raise UserError(f"--bars {first}-{last}: no notes there; the line's last is in bar {end}")
    return View(solo, first - 1, last - first + 1, notes)


def chords_within(view: View, start: int, end: int) -> list[tuple[int, str]]:
    """Where chords start from tick `start` to before `end`, and their symbols; one sounds at `start`."""
    changes = view.solo.changes
    found = []
    tick = start
    while tick < end:
        found.append((tick, changes.at(tick).symbol))
        tick += changes.after(tick)[0]
    return found


def panel(step: Step, unit: Unit, solo: Solo, traces: Traces) -> Panel:
    """A step on this line: the unit's values, and what they say in numbers."""
    values = traces[step.part][:, unit.layer, unit.number]
    event = EVENTS[step.event](solo)
    here = float(agreement(values[:, None], event)[0])
    name = f"Unit {unit.number} of layer {unit.layer + 1}"
    found = f"{name}: agreement with '{step.event}' {unit.agreement:+.2f} on other lines, {here:+.2f} here."
    if step.part == "c":
        kept = float(traces["f"][:, unit.layer, unit.number].mean())
        found += f" On average its f is {kept:.2f}: half a memory is left after {_half_life(kept)} notes."
        other, other_name, marks = _to_scale(event, here), "register, to scale", np.zeros(len(event), bool)
    else:
        marks = event > 0
        if 0 < marks.sum() < len(marks):
            means = values[marks].mean(), values[~marks].mean()
            sign = "+" if step.part == "g" else ""
            found += f" {step.part} = {means[0]:{sign}.2f} there, {means[1]:{sign}.2f} at other notes."
        other, other_name = traces[step.part][:, unit.layer].mean(axis=1), "mean of the whole layer"
    low, high = {"g": (-1.0, 1.0), "c": _limits(values)}.get(step.part, (0.0, 1.0))
    if step.part == "c":
        other = low + other * (high - low)
    return Panel(step.part, step.title, step.meaning, found, low, high, values, other, other_name, marks,
                 step.event)  # fmt: skip


def _half_life(kept: float) -> str:
    return f"{np.log(0.5) / np.log(kept):.1f}" if 0 < kept < 1 else "endless"


def _to_scale(event: Numbers, sign: float) -> Numbers:
    """An event from 0 to 1, upside down where it goes against the unit."""
    spread = float(np.ptp(event)) or 1.0
    scaled: Numbers = (event - event.min()) / spread
    return scaled if sign >= 0 else 1 - scaled


def _limits(values: Numbers) -> tuple[float, float]:
    """Round limits around what a cell state holds."""
    return min(-1.0, float(np.floor(values.min()))), max(1.0, float(np.ceil(values.max())))
