"""The help: every key, and how to read the screen."""

from collections.abc import Sequence

from improv.tui.canvas import Canvas
from improv.tui.keys import COMMANDS, LOWER_ROW, OCTAVE, UPPER_ROW, Key
from improv.tui.paint import Row, Run, fit, shorten
from improv.tui.roll import DASHED, SOLID, pitch_name
from improv.tui.view import View

WIDTH, HEIGHT = 60, 19
"""The card's size; it fits the smallest screen."""

_BLACK = frozenset({1, 3, 6, 8, 10})


class HelpCard(Canvas[View]):
    """The card over the screen; the keys work on while it is seen."""

    def depends(self, view: View) -> object:
        """The keyboard's octave."""
        return view.keyboard

    def draw(self, view: View, width: int, height: int) -> Sequence[Row]:
        """The card."""
        return draw_help(view.keyboard, width, height)


def draw_help(keyboard: int, width: int, height: int) -> tuple[Row, ...]:
    """The card, framed, in `width` cells and `height` rows."""
    inside = key_lines([key for key in COMMANDS if key.shown])
    inside.append([])
    inside += _keyboard(keyboard)
    inside += [
        [(" A terminal tells no key's release: notes have one length.", "text on ebony")],
        [
            (f" {SOLID['upper']}{SOLID['both']}{SOLID['lower']}", "you on ebony"),
            (" you  ", "text on ebony"),
            (f"{DASHED['upper']}{DASHED['both']}{DASHED['lower']}", "improv on ebony"),
            (" improv   ", "text on ebony"),
            (f"{DASHED['both']}", "grammar on ebony"), (" moved by the rules   ", "text on ebony"),
            (f"{DASHED['both']}", "fallback on ebony"), (" fallback", "text on ebony"),
        ],
        [(" Terminals: C chord, L colour, S scale, A approach,", "dim on ebony")],
        [(" X free, R rest; then quarter notes and interval bounds.", "dim on ebony")],
    ]  # fmt: skip
    return framed(" keys ", inside, width, height)


def key_lines(keys: Sequence[Key]) -> list[list[Run]]:
    """Keys and what they do, in two columns, the first one down and then the other."""
    half = (len(keys) + 1) // 2
    return [
        [
            run
            for key in keys[place::half]
            for run in ((f"{key.shown:>7} ", "bold you on ebony"), (f"{key.help:<21}", "text on ebony"))
        ]
        for place in range(half)
    ]


def framed(title: str, inside: Sequence[Sequence[Run]], width: int, height: int) -> tuple[Row, ...]:
    """Lines in a frame with a title, filled or cut to `height` rows of `width` cells."""
    title = shorten(title, width - 3)
    top: Row = (
        ("╭─", "dim on ebony"),
        (title, "bold bright on ebony"),
        ("─" * (width - len(title) - 3) + "╮", "dim on ebony"),
    )
    bottom: Row = (("╰" + "─" * (width - 2) + "╯", "dim on ebony"),)
    edge: Run = ("│", "dim on ebony")
    body = [(edge, *fit(line, width - 2, "ebony"), edge) for line in inside]
    body += [(edge, *fit((), width - 2, "ebony"), edge)] * (height - 2 - len(body))
    return (top, *body[: height - 2], bottom)


def _keyboard(keyboard: int) -> list[list[Run]]:
    """The two rows of the computer keyboard as a piano's: black keys above white ones."""
    black: list[Run] = [("   ", "text on ebony")]
    white: list[Run] = [("  ", "text on ebony")]
    for row in (LOWER_ROW, UPPER_ROW):
        for place, letter in enumerate(row):
            if place % OCTAVE in _BLACK:
                continue
            sharp = place + 1 < len(row) and (place + 1) % OCTAVE in _BLACK
            black.append(
                (
                    f" {row[place + 1]} " if sharp else "   ",
                    "bold bright on stage" if sharp else "text on ebony",
                )
            )
            white.append((f" {letter} ", "bold stage on ivory"))
        black.append(("  ", "text on ebony"))
        white.append(("  ", "text on ebony"))
    names: list[Run] = [
        (f"  {pitch_name(keyboard):<23}{pitch_name(keyboard + OCTAVE)}", "dim on ebony"),
    ]
    return [black, white, names]
