"""Every key of the UI, in one table: it makes the bindings, the foot, the help and the tests.

Conventions: letters and digits are notes, so commands are never letters; nor are they function keys with
shift, of which no two terminals send the same. A note's offset is in semitones above the C at the left of the
lower row. While a card lies over the stage the keys of `CARD` work on it, and all others as ever.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from textual.binding import Binding

LOWER_ROW = "zsxdcvgbhnjm"
UPPER_ROW = "q2w3er5t6y7ui9o0p"
OCTAVE = 12
LOWEST_C, FIRST_C, HIGHEST_C = 0, 48, 96
"""MIDI pitches that the left of the lower row can have, and the one it starts with (C3)."""


@dataclass(frozen=True, slots=True)
class Key:
    """What one or more keys do."""

    names: tuple[str, ...]
    """As Textual names them, the first the one to show."""
    action: str
    """The app's action."""
    shown: str
    """The keys as the help writes them; empty where another line of the help speaks for them too."""
    help: str
    """What they do, for the help."""
    caption: str = ""
    """What they do, in a word for the foot; empty for a key that is not shown there."""
    foot: str = ""
    """The keys as the foot writes them."""
    offset: int | None = None
    """Semitones above the left of the lower row, for a note."""


PANIC = Key(("exclamation_mark", "escape"), "panic", "! esc", "panic: silence, now", "panic", "!")
"""Most terminals tell a lone escape 0.1 s late, as more may follow it: the other key comes first."""
COMMANDS: tuple[Key, ...] = (
    Key(("space",), "start_stop", "space", "start, stop", "start/stop", "space"),
    PANIC,
    Key(("tab",), "mode(1)", "tab", "next mode, at the bar", "mode", "tab"),
    Key(("shift+tab",), "mode(-1)", "sh+tab", "the mode before"),
    Key(("f4",), "now", "f4", "now, not at the bar", "now", "f4"),
    Key(("f5",), "bars", "f5", "bars of a turn", "bars", "f5"),
    Key(("f6",), "card('mixer')", "f6", "mixer: mute parts", "mixer", "f6"),
    Key(("f7",), "card('learn')", "f7", "learn a controller", "learn", "f7"),
    Key(("f8",), "card('adjust')", "f8", "adjust the playing", "adjust", "f8"),
    Key(("up", "plus", "equals_sign"), "tempo(5)", "↑↓ +-", "tempo by 5", "tempo", "↑↓"),
    Key(("down", "minus"), "tempo(-5)", "", "tempo down by 5"),
    Key(("right",), "tempo(1)", "←→", "tempo by 1"),
    Key(("left",), "tempo(-1)", "", "tempo down by 1"),
    Key(("comma", "left_square_bracket"), "octave(-1)", ",. []", "keys by an octave", "octave", ",."),
    Key(("full_stop", "right_square_bracket"), "octave(1)", "", "keys an octave up"),
    Key(("f3",), "keep", "f3", "keep the last 32 bars", "keep", "f3"),
    Key(("enter",), "mark", "enter", "mark this place", "mark", "enter"),
    Key(("backspace",), "undo_take", "backsp", "undo the newest take"),
    Key(("f1", "question_mark"), "card('help')", "f1 ?", "show or hide this", "help", "f1"),
    Key(("f2",), "text", "f2", "write text; music on", "text", "f2"),
    Key(("ctrl+q", "ctrl+c"), "quit", "ctrl+q", "quit", "quit", "^q"),
)
"""The commands, in the order of the foot and the help."""


CARD: tuple[Key, ...] = (
    Key(("up",), "choose(-1)", "↑↓", "choose"),
    Key(("down",), "choose(1)", "", "choose the next"),
    Key(("pageup",), "choose(-8)", "", "choose further up"),
    Key(("pagedown",), "choose(8)", "", "choose further down"),
    Key(("left",), "ask('change', -1)", "←→", "change"),
    Key(("right",), "ask('change', 1)", "", "change the other way"),
    Key(("enter",), "ask('set')", "enter", "set"),
    Key(("backspace",), "ask('reset')", "backsp", "as usual"),
)
"""The keys that work on a card with rows, before the commands."""


def _notes() -> Iterator[Key]:
    for first, row in ((0, LOWER_ROW), (OCTAVE, UPPER_ROW)):
        for place, letter in enumerate(row):
            names = (letter, letter.upper()) if letter.isalpha() else (letter,)  # caps lock must not mute
            offset = first + place
            yield Key(names, f"strike({offset})", letter, "a note", offset=offset)


NOTES: tuple[Key, ...] = tuple(_notes())
"""The notes, in two rows like a piano's keys."""

KEYS: tuple[Key, ...] = COMMANDS + NOTES
"""All of the stage's."""


def bindings_of(keys: Iterable[Key]) -> tuple[Binding, ...]:
    """The bindings of a table of keys, before those of any widget."""
    return tuple(
        Binding(",".join(key.names), key.action, key.help, show=bool(key.caption), priority=True)
        for key in keys
    )


BINDINGS: tuple[Binding, ...] = bindings_of(CARD + KEYS)


class HeldKeys:
    """Tells a key that is struck from one that a terminal repeats because it is held.

    A terminal reports no release, only the same key again every 20 to 50 ms; no finger is that fast.
    """

    REPEAT_SECONDS = 0.06

    def __init__(self) -> None:
        self._last: dict[int, float] = {}

    def struck(self, offset: int, seconds: float) -> bool:
        """Whether this arrival of a key, at a time in seconds, is a new stroke."""
        before = self._last.get(offset)
        self._last[offset] = seconds
        return before is None or seconds - before >= self.REPEAT_SECONDS
