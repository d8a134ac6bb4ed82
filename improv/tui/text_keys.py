"""Every key of the text screen, in one table: it makes the bindings, the foot, the help and the tests.

Conventions: letters are text, so commands are keys that write nothing. What edits the line (arrows to the
sides, ctrl+a, ctrl+w and the like) is the line's own.
"""

from dataclasses import replace

from textual.binding import Binding

from improv.tui.keys import Key, bindings_of

KEYS: tuple[Key, ...] = (
    Key(("enter",), "enter", "enter", "write; stop", "write/stop", "enter"),
    Key(("f5",), "keep", "f5", "keep, write another", "keep", "f5"),
    Key(("f6",), "discard", "f6", "drop, write another", "discard", "f6"),
    Key(("ctrl+s", "f7"), "save", "ctrl+s", "save what is kept", "save", "^s"),
    Key(("ctrl+z",), "take_back", "ctrl+z", "take the last back"),
    Key(("f3",), "model", "f3", "another model", "model", "f3"),
    Key(("up",), "warmer(1)", "↑", "temperature up", "temperature", "↑↓"),
    Key(("down",), "warmer(-1)", "↓", "temperature down"),
    Key(("shift+up", "ctrl+up", "f9"), "wider(1)", "shift+↑", "top-p up"),
    Key(("shift+down", "ctrl+down", "f8"), "wider(-1)", "shift+↓", "top-p down"),
    Key(("pageup",), "page(1)", "page ↑", "read back"),
    Key(("pagedown",), "page(-1)", "page ↓", "read on"),
    Key(("f1",), "help", "f1", "show or hide this", "help", "f1"),
    Key(("escape",), "back", "esc", "no; stop; leave"),
    Key(("f2",), "leave", "f2", "leave", "leave", "f2"),
    Key(("ctrl+q", "ctrl+c"), "quit_program", "ctrl+q", "quit", "quit", "^q"),
)
"""The keys, in the order of the foot and the help."""

SPARE = ("model", "help", "leave", "temperature")
"""Captions that a narrow foot leaves out, the least pressing first."""

LINE = "enter"
"""The action of the key that the edited line passes on, so that it does not overtake letters before it."""

BINDINGS: tuple[Binding, ...] = tuple(
    replace(binding, priority=binding.action != LINE) for binding in bindings_of(KEYS)
)
