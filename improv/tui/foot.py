"""The lines at the foot: the message, the ports with the timing, and the keys."""

from collections.abc import Sequence

from improv.live.meter import limits
from improv.snapshot import Timing
from improv.tui.canvas import Canvas
from improv.tui.keys import COMMANDS, Key
from improv.tui.paint import LOST_MARK, Row, Run, fit, length, shorten, spread
from improv.tui.roll import pitch_name
from improv.tui.view import View

ENGINE_LOST = "The engine has died: enter starts it again at the same place in the form; ctrl+q leaves"
SERVER_LOST = "lost the MIDI server"
"""What the engine says when all ports are lost at once."""
USUAL, TROUBLE = "text on stage", "bold you on stage"
"""The ink of a figure, and of one that should not be so."""
LONG = 140
"""Cells from which on the figures are told in words."""
SPARE = ("mark", "octave", "text", "learn", "adjust", "tempo", "now", "keep", "bars", "mixer", "help", "mode")
"""Captions of the stage's keys that a narrow foot leaves out, the least pressing first."""


class MessageLine(Canvas[View]):
    """The last thing worth telling the player."""

    def depends(self, view: View) -> object:
        """The texts."""
        return view.alive, view.notice, view.snapshot.message, view.snapshot.lost

    def draw(self, view: View, width: int, height: int) -> Sequence[Row]:
        """The message, over one row or two."""
        if not view.alive:
            return wrapped(view.notice or ENGINE_LOST, "bold stage on bright", "bright", width, height)
        text = view.notice or view.snapshot.message
        untold = [name for name in view.snapshot.lost if name not in text]
        if untold and SERVER_LOST not in text:
            waiting = f"{LOST_MARK} waiting for {' and '.join(untold)}"
            text = f"{text} · {waiting}" if text else waiting
        return wrapped(text, "you on stage", "stage", width, height)


class TimingFoot(Canvas[View]):
    """The ports at the left, the figures of the timing at the right."""

    def depends(self, view: View) -> object:
        """The ports, the figures and the keyboard's octave."""
        shown = view.snapshot
        return shown.in_port, shown.out_port, shown.lost, shown.timing, view.keyboard

    def draw(self, view: View, width: int, height: int) -> Sequence[Row]:
        """The one row."""
        return (draw_timing(view, width),)


class KeyFoot(Canvas[View]):
    """The keys."""

    def depends(self, view: View) -> object:
        """The table alone, which does not change."""
        return None

    def draw(self, view: View, width: int, height: int) -> Sequence[Row]:
        """The one row."""
        return (draw_keys(width),)


def draw_timing(view: View, width: int) -> Row:
    """Ports and timing in one line: the timing is kept whole, names of ports are cut."""
    timing = view.snapshot.timing
    right = _timing(timing, long=width >= LONG)
    room = max(0, width - length(right) - 2)
    source, target = view.snapshot.in_port or "no input", view.snapshot.out_port or "no output"
    keyboard = f"  keys {pitch_name(view.keyboard)}" if room >= 34 else ""
    sides = [_marked(names, view.snapshot.lost) for names in (source, target)]
    half = max(3, (room - len(keyboard) - 4) // 2)
    if sum(len(side) for side, _ in sides) + 4 + len(keyboard) > room:
        sides = [(shorten(side, half), ink) for side, ink in sides]
    arrow: Run = (" → ", USUAL)
    left: list[Run] = [(" ", USUAL), sides[0], arrow, sides[1], (keyboard, "dim on stage")]
    return spread([run for run in left if run[0]], right, width)


def _marked(names: str, lost: Sequence[str]) -> Run:
    """The ports of one side; where some are lost these come first, and it stands out."""
    split = names.split(", ")
    gone = [f"{LOST_MARK} {name}" for name in split if name in lost]
    if not gone:
        return names, USUAL
    return ", ".join([*gone, *(name for name in split if name not in lost)]), TROUBLE


def _timing(timing: Timing, long: bool) -> list[Run]:
    """The figures: what breaks its limit stands out, and the limits are told where there is room."""
    allowed = limits(timing.realtime)

    def figure(microseconds: int, limit: int) -> Run:
        return (f"{microseconds / 1000:.1f}", USUAL if microseconds <= limit else TROUBLE)

    def count(number: int) -> Run:
        return (str(number), TROUBLE if number else USUAL)

    def label(text: str) -> Run:
        return (text, "dim on stage")

    latency = figure(timing.latency_p99, allowed.latency_p99)
    late, worst = figure(timing.late_p99, allowed.late_p99), figure(timing.late_max, allowed.late_max)
    missed, fallback = count(timing.missed), count(timing.fallback)
    realtime = USUAL if timing.realtime else TROUBLE
    if long:
        most = f"  (limits {_ms(allowed.latency_p99)}, {_ms(allowed.late_p99)}, {_ms(allowed.late_max)})"
        return [
            label("latency p99 "), latency, label(" ms   late p99 "), late, label(" max "), worst,
            label(" ms"), label(most), label("   missed "), missed, label("   fallback "), fallback,
            label("   "), ("realtime" if timing.realtime else "not realtime", realtime), label(" "),
        ]  # fmt: skip
    return [
        label("lat "), latency, label(" late "), late, label("/"), worst, label(" ms miss "), missed,
        label(" fb "), fallback, label(" "), ("rt" if timing.realtime else "not rt", realtime), label(" "),
    ]  # fmt: skip


def _ms(microseconds: int) -> str:
    return f"{microseconds / 1000:g}"


def draw_keys(width: int, keys: Sequence[Key] = COMMANDS, spare: Sequence[str] = SPARE) -> Row:
    """The keys and what they do, closer together where it is narrow, the least pressing left out.

    Args:
        width: cells.
        keys: a table of keys; those with a caption are shown.
        spare: captions that can be left out, the least pressing first.
    """
    for gap, out in ((3, 0), (2, 0), (2, 1), *((1, count) for count in range(1, len(spare) + 1))):
        runs: list[Run] = [(" ", "dim on ebony")]
        for key in keys:
            if key.caption and key.caption not in spare[:out]:
                runs += [(key.foot, "bold you on ebony"), (f" {key.caption}", "text on ebony")]
                runs.append((" " * gap, "dim on ebony"))
        if length(runs) - gap <= width:
            break
    return fit(runs[:-1], width, "ebony")


def wrapped(text: str, ink: str, ground: str, width: int, height: int) -> tuple[Row, ...]:
    """A message over so many rows, cut where it needs more."""
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) + 2 > width and len(lines) < height:
            lines.append("")
        lines[-1] += f" {word}"
    lines += [""] * (height - len(lines))
    return tuple(fit([(line, ink)], width, ground) for line in lines)
