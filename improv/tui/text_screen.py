"""The text screen: turns keys into events, shows the state, and does in the world what an update says."""

from functools import partial
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.events import Resize
from textual.geometry import Size
from textual.screen import Screen
from textual.widgets import Input

from improv.tui import text_words as words
from improv.tui.arrangement import centred
from improv.tui.canvas import Canvas, put
from improv.tui.paint import COLOURS
from improv.tui.text_arrangement import arrange_text
from improv.tui.text_events import (
    Back,
    Begin,
    Discard,
    Ended,
    Enter,
    Event,
    Exit,
    Halt,
    Keep,
    Leave,
    Named,
    OtherModel,
    Primed,
    Quit,
    Save,
    Scroll,
    Store,
    TakeBack,
    Warmer,
    Wider,
    Wrote,
)
from improv.tui.text_keys import BINDINGS as KEY_BINDINGS
from improv.tui.text_parts import (
    HELP_HEIGHT,
    HELP_WIDTH,
    Banner,
    Kept,
    Label,
    Message,
    Settings,
    Text,
    TextHelp,
    TextKeys,
    label,
    overflow,
)
from improv.tui.text_save import store, suggested
from improv.tui.text_state import State
from improv.tui.text_stream import Sampling, Stream
from improv.tui.text_update import update

LOOKS_A_SECOND = 30


class TextScreen(Screen[State]):
    """The text mode on a screen; left with its state, from which it can be opened again."""

    AUTO_FOCUS = "#prime"
    BINDINGS: ClassVar[list[BindingType]] = list(KEY_BINDINGS)
    CSS = f"""
    TextScreen {{ overflow: hidden; background: $background; layers: stage card; }}
    TextScreen Canvas {{ layer: stage; }}
    TextScreen TextHelp {{ layer: card; display: none; }}
    TextScreen Input, TextScreen Input:focus {{
        position: absolute; layer: stage; height: 1; padding: 0; border: none;
        color: {COLOURS["you"]}; background: {COLOURS["ebony"]}; background-tint: transparent 0%;
    }}
    TextScreen Input > .input--cursor {{
        color: {COLOURS["stage"]}; background: {COLOURS["you"]}; text-style: none;
    }}
    TextScreen Input > .input--placeholder {{ color: {COLOURS["dim"]}; }}
    TextScreen Input > .input--selection {{ color: {COLOURS["stage"]}; background: {COLOURS["you-onset"]}; }}
    """

    def __init__(self, state: State, stream: Stream, folder: Path) -> None:
        """Make the screen.

        Args:
            state: what it shows first.
            stream: where the texts come from.
            folder: where a file goes whose name has no folder.
        """
        super().__init__()
        self._state = state
        self._stream = stream
        self._folder = folder
        self._sampling: Sampling | None = None
        self._number = state.stream
        self._prime = Input(
            _on_a_line(state.options.prime), words.PLACEHOLDER, select_on_focus=False, id="prime"
        )
        self._file = Input(select_on_focus=False, id="file")
        self._help = TextHelp()
        self._text = Text()
        self._parts: dict[str, Canvas[State]] = {
            "settings": Settings(),
            "banner": Banner(),
            "label": Label(),
            "text": self._text,
            "kept": Kept(),
            "message": Message(),
            "keys": TextKeys(),
        }

    @property
    def state(self) -> State:
        """What is shown."""
        return self._state

    def compose(self) -> ComposeResult:
        """The parts of the screen, and the help over them."""
        yield from self._parts.values()
        yield self._prime
        yield self._file
        yield self._help

    def on_mount(self) -> None:
        """Begin to look at what is sampled."""
        self._file.display = False
        self._place_parts()
        self.set_interval(1 / LOOKS_A_SECOND, self._look)
        self._show()

    def on_unmount(self) -> None:
        """Stop what is sampled."""
        self._halt()

    def on_resize(self, event: Resize) -> None:
        """Place the parts anew."""
        self._place_parts(event.size)

    def on_input_changed(self, event: Input.Changed) -> None:
        """A line was edited."""
        if event.input is self._prime:
            self.tell(Primed(event.value.replace("\\n", "\n")))
        else:
            self.tell(Named(event.value))

    def on_input_submitted(self) -> None:
        """Enter, after all that was typed before it."""
        self.action_enter()

    def tell(self, event: Event) -> None:
        """Let an event happen."""
        naming = self._state.naming
        self._state, commands = update(self._state, event)
        if naming != self._state.naming:
            self._swap_lines()
        for command in commands:
            match command:
                case Begin(number, piece):
                    self._halt()
                    self._sampling = Sampling(partial(self._stream, piece.model, piece.options))
                    self._number = number
                case Halt():
                    self._halt()
                case Store():
                    self.tell(store(command, self._folder))
                case Exit(program):
                    self._leave(program)
        self._show()

    def _leave(self, program: bool) -> None:
        if program:
            self.call_next(self.app.action_quit)
        else:
            self.dismiss(self._state)

    def _halt(self) -> None:
        if self._sampling is not None:
            self._sampling.stop()
            self._sampling = None

    def _look(self) -> None:
        """Take what was sampled since the last look."""
        sampling = self._sampling
        if sampling is None:
            return
        text, ended = sampling.take()
        if text:
            self.tell(Wrote(self._number, text))
        if ended:
            self._sampling = None
            self.tell(Ended(self._number, sampling.why))

    def _show(self) -> None:
        for part in self._parts.values():
            part.show(self._state)
        if self._help.display:
            self._help.show(self._state)

    def _swap_lines(self) -> None:
        """Show the line for the file's name, or again the one for the prime."""
        naming = self._state.naming
        if naming:
            self._file.value = self._state.name
            self._file.cursor_position = len(self._state.name)
        self._place_parts()
        (self._file if naming else self._prime).focus()

    def _place_parts(self, size: Size | None = None) -> None:
        width, height = size or self.size
        arrangement = arrange_text(width, height, len(label(self._state)))
        for name, part in self._parts.items():
            region = getattr(arrangement, name)
            part.display = bool(region.area)
            put(part, region)
        shown, hidden = (self._file, self._prime) if self._state.naming else (self._prime, self._file)
        shown.display, hidden.display = bool(arrangement.field.area), False
        put(shown, arrangement.field)
        put(self._help, centred(HELP_WIDTH, HELP_HEIGHT, width, height))

    def action_enter(self) -> None:
        """Write, stop, or yes."""
        self.tell(Enter())

    def action_keep(self) -> None:
        """Keep the text, and write the next."""
        self.tell(Keep())

    def action_discard(self) -> None:
        """Discard the text, and write the next."""
        self.tell(Discard())

    def action_take_back(self) -> None:
        """Judge the text kept last again."""
        self.tell(TakeBack())

    def action_save(self) -> None:
        """Ask where to save."""
        self.tell(Save(self._state.name or suggested(self._state.kept, self._folder)))

    def action_model(self) -> None:
        """Go on to the next model."""
        self.tell(OtherModel())

    def action_warmer(self, steps: int) -> None:
        """Change the temperature."""
        self.tell(Warmer(steps))

    def action_wider(self, steps: int) -> None:
        """Change top-p."""
        self.tell(Wider(steps))

    def action_page(self, pages: int) -> None:
        """Read back or on."""
        width, height = self._text.size
        self.tell(Scroll(pages * max(1, height - 3), overflow(self._state, width, height)))

    def action_help(self) -> None:
        """Show or hide the help."""
        self._help.display = not self._help.display
        self._show()

    def action_back(self) -> None:
        """No, stop, or leave."""
        if self._help.display:
            self.action_help()
        else:
            self.tell(Back())

    def action_leave(self) -> None:
        """Leave the screen."""
        self.tell(Leave())

    def action_quit_program(self) -> None:
        """Leave the program."""
        self.tell(Quit())


def _on_a_line(prime: str) -> str:
    """A prime as the line shows it: an end of line is written as in the command's option."""
    return prime.replace("\n", "\\n")
