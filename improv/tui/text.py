"""The text mode's screen, alone or over the stage."""

import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import App
from textual.driver import Driver

from improv.tui.hangup import minding
from improv.tui.paint import STAGE
from improv.tui.signals import exit_on_signals
from improv.tui.text_screen import TextScreen
from improv.tui.text_state import State
from improv.tui.text_stream import Stream, Writer

if TYPE_CHECKING:
    from improv.text.writer import WriteOptions

HIGHEST_SEED = 1_000_000
"""Seeds that are chosen for the reader lie below it; short enough to be typed again."""


class TextApp(App[None], inherit_bindings=False):  # App's own ctrl+q would not ask about what is kept
    """The text screen alone."""

    TITLE = "improv text"
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, state: State, stream: Stream, folder: Path) -> None:
        super().__init__()
        self._text = TextScreen(state, stream, folder)

    def get_driver_class(self) -> type[Driver]:
        """The terminal's, which ends the app where the terminal goes."""
        return minding(super().get_driver_class())

    def on_mount(self) -> None:
        """Open the screen."""
        self.register_theme(STAGE)
        self.theme = STAGE.name
        exit_on_signals(self)
        self.push_screen(self._text, lambda _: self.exit())


def opening(model: str | Path | None = None, options: "WriteOptions | None" = None) -> State:
    """The state that the screen opens with: a model to choose first, and how it writes.

    Args:
        model: the name of one that ships, or a folder; without one the first that ships.
        options: how to write; without them as the command does, from a seed by chance.
    """
    from improv.text.model import SHIPPED
    from improv.text.writer import WriteOptions

    if options is None:
        options = WriteOptions(seed=secrets.randbelow(HIGHEST_SEED))
    first = SHIPPED[0] if model is None else str(model)
    models = SHIPPED if first in SHIPPED else (first, *SHIPPED)
    return State(model=first, options=options, models=models)


def run(model: str | Path, options: "WriteOptions") -> None:
    """Show the screen until the reader leaves.

    Raises:
        SystemExit: the app failed; Textual has printed why.
    """
    app = TextApp(opening(model, options), Writer(), Path())
    app.run()
    if app.return_code:
        raise SystemExit(app.return_code)
