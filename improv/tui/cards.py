"""Cards with rows to choose from, over the stage: the mixer, what is adjusted, controllers to learn.

Conventions: a card is a value of functions of the view. Its rows come from the tables of `improv.channels`,
`improv.modes` and `improv.controls`; what a key does to a row is a request to the engine, or nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from improv.channels import PARTS
from improv.controls.table import CONTROLS
from improv.modes import ADJUSTMENTS
from improv.requests import Adjust, Forget, Learn, Mute, Request
from improv.snapshot import PartShown
from improv.tui.paint import LOST_MARK, Run, shorten
from improv.tui.view import View

GAUGE = 20
"""Cells of a gauge."""
PORTS = 26
"""Cells that the names of a part's outputs take at most."""


@dataclass(frozen=True, slots=True)
class Card:
    """What a card shows, and what its keys ask for."""

    title: str
    rows: Sequence[str]
    """The names of its rows."""
    row: Callable[[View, str], Sequence[Run]]
    """A row as it is drawn, without the mark of the one that is chosen."""
    help: Callable[[View, str], str]
    """A line about the chosen row."""
    keys: str
    """What the keys do on this card."""
    change: Callable[[View, str, int], Request | None]
    """What a step to the left (-1) or right (1) asks for."""
    set: Callable[[View, str], Request | None]
    """What enter asks for."""
    reset: Callable[[View, str], Request | None]
    """What backspace asks for."""


def value_of(view: View, name: str) -> float:
    """How something is adjusted, or will be when the engine has heard of it."""
    return view.wanted.get(name, dict(view.snapshot.adjusted).get(name, ADJUSTMENTS[name].usual))


def _part(view: View, name: str) -> PartShown:
    return next((part for part in view.snapshot.parts if part.name == name), PartShown(name))


def _part_row(view: View, name: str) -> Sequence[Run]:
    part = _part(view, name)
    silent = part.muted or part.resting
    state = ("● plays", "bold improv on ebony")
    if silent:
        state = ("○ mute " if part.muted else "– rests", "dim on ebony")
    where = shorten(part.ports or "no output", PORTS - 2 * part.lost)
    if part.lost:
        ports = (f"{LOST_MARK} {where}", "bold you on ebony")
    else:
        ports = (where, "text on ebony" if part.ports and not silent else "dim on ebony")
    return (
        (f"{name:<10}", "dim on ebony" if silent else "bold text on ebony"),
        state,
        (f"   ch {part.channel or '–':>2}  ", "dim on ebony"),
        ports,
    )


def _mute(view: View, name: str) -> Request:
    return Mute(name, int(not _part(view, name).muted))


def _adjusted_row(view: View, name: str) -> Sequence[Run]:
    adjustment, value = ADJUSTMENTS[name], value_of(view, name)
    changed = abs(value - adjustment.usual) > 1e-9
    place = round((value - adjustment.low) / (adjustment.high - adjustment.low) * (GAUGE - 1))
    usual = round((adjustment.usual - adjustment.low) / (adjustment.high - adjustment.low) * (GAUGE - 1))
    ink = "you" if changed else "improv"
    before, after = (f"{'━' * place}", "─" * (GAUGE - 1 - place))
    if usual > place:
        after = after[: usual - place - 1] + "┼" + after[usual - place :]
    return (
        (f"{name:<13}", "bold text on ebony"),
        (before, f"{ink} on ebony"),
        ("●", f"bold {ink} on ebony"),
        (after, "line on ebony"),
        (f"  {shown_value(name, value):>5}", f"bold {ink} on ebony" if changed else "text on ebony"),
    )


def shown_value(name: str, value: float) -> str:
    """A value with as many decimals as its steps have."""
    return f"{value:.1f}" if ADJUSTMENTS[name].step % 1 else f"{value:.0f}"


def _adjust(view: View, name: str, steps: int) -> Request:
    adjustment = ADJUSTMENTS[name]
    value = value_of(view, name) + steps * adjustment.step
    return Adjust(name, round(max(adjustment.low, min(adjustment.high, value)), 6))


def _control_row(view: View, name: str) -> Sequence[Run]:
    waiting = view.snapshot.learning == name
    return (
        (f"{name:<15}", "bold you on ebony" if waiting else "bold text on ebony"),
        (
            "move a controller …" if waiting else CONTROLS[name].help,
            "bold you on ebony" if waiting else "dim on ebony",
        ),
    )


def _learn(view: View, name: str) -> Request:
    return Learn("" if view.snapshot.learning == name else name)


CARDS: dict[str, Card] = {
    "mixer": Card(
        title="mixer",
        rows=PARTS,
        row=_part_row,
        help=lambda view, name: "a part that rests keeps its place, and comes back in it",
        keys="↑↓ choose   enter ←→ mute   backspace play",
        change=lambda view, name, steps: _mute(view, name),
        set=_mute,
        reset=lambda view, name: Mute(name, 0),
    ),
    "adjust": Card(
        title="adjust",
        rows=tuple(ADJUSTMENTS),
        row=_adjusted_row,
        help=lambda view, name: ADJUSTMENTS[name].help,
        keys="↑↓ choose   ←→ change   backspace as usual",
        change=_adjust,
        set=lambda view, name: None,
        reset=lambda view, name: Adjust(name, ADJUSTMENTS[name].usual),
    ),
    "learn": Card(
        title="learn a controller",
        rows=tuple(CONTROLS),
        row=_control_row,
        help=lambda view, name: (
            f"waiting for {view.snapshot.learning}: move a knob, hit a pad or press a button"
            if view.snapshot.learning
            else "enter, then move a knob, hit a pad or press a button"
        ),
        keys="↑↓ choose   enter learn, or not   backspace forget",
        change=lambda view, name, steps: None,
        set=_learn,
        reset=lambda view, name: Forget(name),
    ),
}
"""Every card with rows, by the name in its key's action."""
