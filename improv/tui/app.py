"""The app: polls the engine, hands views to the parts of the screen, and turns keys into requests."""

import contextlib
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.driver import Driver
from textual.events import Resize
from textual.geometry import Size

from grammar.chart import MAXIMUM_TEMPO, MINIMUM_TEMPO, Chart
from improv.errors import UserError
from improv.garbage import keep_what_stands
from improv.modes import BARS, MODES
from improv.requests import (
    Adjust,
    Keep,
    Mark,
    Panic,
    Quit,
    Request,
    SetMode,
    SetTempo,
    Start,
    Stop,
    Strike,
    UndoTake,
)
from improv.snapshot import Snapshot
from improv.tui.answer import Answer
from improv.tui.arrangement import arrange, centred
from improv.tui.banner import Banner
from improv.tui.canvas import Canvas, put
from improv.tui.chart_strip import ChartStrip
from improv.tui.foot import KeyFoot, MessageLine, TimingFoot
from improv.tui.hangup import minding
from improv.tui.help_card import HEIGHT as HELP_HEIGHT
from improv.tui.help_card import WIDTH as HELP_WIDTH
from improv.tui.help_card import HelpCard
from improv.tui.keys import BINDINGS as KEY_BINDINGS
from improv.tui.keys import CARD, FIRST_C, HIGHEST_C, KEYS, LOWEST_C, OCTAVE, PANIC, HeldKeys
from improv.tui.link import EngineLink
from improv.tui.open_card import HELP, OpenCard
from improv.tui.paint import STAGE
from improv.tui.piano_roll import PianoRoll
from improv.tui.place import place_of
from improv.tui.prompt import prompt
from improv.tui.roll import pitch_name
from improv.tui.row_card import WIDTH as CARD_WIDTH
from improv.tui.row_card import RowCard, card_height
from improv.tui.sheet import BARS_A_LINE
from improv.tui.signals import exit_on_signals
from improv.tui.transport import Transport
from improv.tui.view import View
from improv.tui.wishes import Wishes

if TYPE_CHECKING:
    from improv.tui.text_state import State
    from improv.tui.text_stream import Stream

POLLS_A_SECOND = 30
SWITCH = 0.0005
"""Seconds that drawing may hold the thread up that reads the keys."""
NOTICE_SECONDS = 2.5
"""How long a word of the UI stands before the engine's message."""
PATIENCE_SECONDS = 3.0
"""How long what was asked for counts as coming; a beat at the slowest tempo is two seconds."""

ACTIONS = frozenset(key.action.partition("(")[0] for key in CARD + KEYS)
"""What the stage's keys do; none of it while another screen lies over the stage."""
CARD_ACTIONS = frozenset(key.action.partition("(")[0] for key in CARD)
"""What keys do on a card with rows, and only there."""


class StageApp(App[None]):
    """The view of one engine."""

    TITLE = "improv"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = list(KEY_BINDINGS)
    CSS = """
    Screen { overflow: hidden; background: $background; layers: stage card; }
    Canvas { layer: stage; }
    HelpCard, RowCard { layer: card; display: none; }
    """

    def __init__(
        self,
        link: EngineLink,
        chart: Chart,
        clock: Callable[[], float] = time.monotonic,
        stream: "Stream | None" = None,
        ready: Callable[[], None] = lambda: None,
    ) -> None:
        """Make the app.

        Args:
            link: the engine.
            chart: what is played over.
            clock: seconds.
            stream: where the text screen's texts come from; the models that ship, if it is not said.
            ready: called once the stage stands.
        """
        super().__init__()
        self._link = link
        self._chart = chart
        self._changes = chart.changes()
        self._clock = clock
        self._snapshot = Snapshot(tempo=chart.tempo)
        self._alive = True
        self._left = self._resuming = False
        self._panicked = False
        """Panic has been asked for, and not yet told."""
        self._keyboard = FIRST_C
        self._held = HeldKeys()
        self._notice = ("", 0.0)
        self._tempo: Wishes[float] = Wishes(PATIENCE_SECONDS)
        self._mode: Wishes[tuple[str, int]] = Wishes(PATIENCE_SECONDS)
        """A mode and the bars of its turns."""
        self._adjusting: Wishes[float] = Wishes(PATIENCE_SECONDS)
        self._card = OpenCard()
        self._stream, self._once_ready = stream, ready
        self._text: State | None = None
        """How the text screen was left."""
        self._help, self._rows = HelpCard(), RowCard()
        self._parts: dict[str, Canvas[View]] = {
            "transport": Transport(),
            "banner": Banner(),
            "chart": ChartStrip(),
            "answer": Answer(),
            "roll": PianoRoll(),
            "message": MessageLine(),
            "timing": TimingFoot(),
            "keys": KeyFoot(),
        }

    def get_driver_class(self) -> type[Driver]:
        """The terminal's, which panics before a frame is drawn, and ends the app where the terminal goes."""
        return prompt(minding(super().get_driver_class()), PANIC.names, self._panic)

    def compose(self) -> ComposeResult:
        """The parts of the screen, and the help over them."""
        yield from self._parts.values()
        yield self._help
        yield self._rows

    def on_mount(self) -> None:
        """Begin to look at the engine."""
        self.register_theme(STAGE)
        self.theme = STAGE.name
        self._place_parts()
        self.set_interval(1 / POLLS_A_SECOND, self._look)
        exit_on_signals(self)
        self._show()

    def on_ready(self) -> None:
        """The stage stands."""
        self._once_ready()

    def on_resize(self, event: Resize) -> None:
        """Place the parts anew."""
        self._place_parts(event.size)  # the app's own size is still the one before

    def leave(self) -> None:
        """Ask the engine to end; once, however often it is called."""
        if not self._left:
            self._left = True
            self._send(Quit())

    def _send(self, request: Request) -> None:
        with contextlib.suppress(OSError):  # the engine has just gone; the next look says so
            self._link.send(request)

    def _look(self) -> None:
        """Take the newest snapshot and show what changed."""
        snapshot = self._link.poll()
        if snapshot is not None:
            self._snapshot = snapshot
        if self._alive != self._link.alive:
            self._alive = not self._alive
            self._place_parts()
        self._show()

    def _show(self) -> None:
        view = self._view()
        for part in self._parts.values():
            part.show(view)
        if self._help.display:
            self._help.show(view)
        if self._rows.display:
            self._rows.show(view)

    def _view(self) -> View:
        now, shown = self._clock(), self._snapshot
        self._tempo.see("tempo", round(shown.tempo, 2), now)
        self._mode.see("mode", (shown.coming or shown.mode, shown.bars), now)
        for name, value in shown.adjusted:
            self._adjusting.see(name, round(value, 6), now)
        return View(
            chart=self._chart,
            changes=self._changes,
            snapshot=self._snapshot,
            place=place_of(self._snapshot, self._changes) if self._alive else None,
            alive=self._alive,
            notice=self._notice[0] if now < self._notice[1] else "",
            wanted_tempo=self._tempo.get("tempo"),
            keyboard=self._keyboard,
            wanted=self._adjusting.all(),
            card=self._card.name,
            chosen=self._card.chosen,
        )

    def _place_parts(self, size: Size | None = None) -> None:
        width, height = size or self.size
        rows = len(self._chart.rows(BARS_A_LINE))
        arrangement = arrange(width, height, rows, self._alive)
        for name, part in self._parts.items():
            region = getattr(arrangement, name)
            part.display = bool(region.area)
            put(part, region)
        self._help.display, self._rows.display = self._card.name == HELP, self._card.has_rows
        put(self._help, centred(HELP_WIDTH, HELP_HEIGHT, width, height))
        if self._card.has_rows:
            put(self._rows, centred(CARD_WIDTH, card_height(self._card.name), width, height))

    def _say(self, notice: str) -> None:
        self._notice = (notice, self._clock() + NOTICE_SECONDS)
        self._show()

    def action_start_stop(self) -> None:
        """Start, or stop what plays."""
        self._send(Start() if self._snapshot.turn == "stopped" else Stop())

    def _panic(self) -> None:
        """Silence, in whatever thread, where the stage is what is seen."""
        if len(self.screen_stack) == 1:
            self._panicked = True
            self._send(Panic())

    def action_panic(self) -> None:
        """Silence, if that has not been done, and say so."""
        if not self._panicked:
            self._send(Panic())
        self._panicked = False
        self._say("panic: all notes off")

    def action_keep(self) -> None:
        """Make a take of the last bars; the engine says what it is called."""
        self._send(Keep())

    def action_mark(self) -> None:
        """Mark this place; where the engine has died, start it again."""
        if self._alive:
            self._send(Mark())
        elif not self._resuming:
            self._resuming = True
            self._say("starting the engine again …")
            self.run_worker(self._resume, thread=True)

    def _resume(self) -> None:
        """Start the engine again; in a thread, for it takes a second or two."""
        try:
            told = self._link.resume()
        except UserError as error:
            told = str(error)
        self.call_from_thread(self._resumed, told)

    def _resumed(self, told: str) -> None:
        self._resuming = False
        self._say(told)

    def action_undo_take(self) -> None:
        """Undo the newest take, or bring it back."""
        self._send(UndoTake())

    def action_tempo(self, by: int) -> None:
        """Ask for another tempo, counted from the last one asked for."""
        from_tempo = self._tempo.get("tempo") or self._snapshot.tempo
        tempo = max(MINIMUM_TEMPO, min(MAXIMUM_TEMPO, float(round(from_tempo) + by)))
        self._tempo.want("tempo", tempo, self._clock())
        self._send(SetTempo(tempo))
        self._show()

    def action_mode(self, by: int) -> None:
        """Ask for another mode, counted from the one that is coming, at the next bar."""
        names = [mode.name for mode in MODES]
        mode, bars = self._wanted_mode()
        found = MODES[(names.index(mode) + by) % len(MODES)] if mode in names else MODES[0]
        self._ask_mode(found.name, bars)
        self._send(SetMode(found.name))
        self._say(f"{found.title}: {found.help}")

    def action_now(self) -> None:
        """Begin the mode that is coming at once."""
        mode, _ = self._wanted_mode()
        if mode == self._snapshot.mode:
            self._say("no other mode is coming: tab chooses one")
            return
        self._send(SetMode(mode, now=1))

    def action_bars(self) -> None:
        """Ask for turns of the next number of bars."""
        mode, bars = self._wanted_mode()
        bars = next((more for more in BARS if more > bars), BARS[0])
        self._ask_mode(mode, bars)
        self._send(SetMode(mode, bars=bars))
        self._say(f"turns of {bars} bar{'s' * (bars > 1)}")

    def _wanted_mode(self) -> tuple[str, int]:
        """The mode that is to come, or plays, and its bars."""
        shown = self._snapshot
        return self._mode.get("mode") or (shown.coming or shown.mode, shown.bars)

    def _ask_mode(self, mode: str, bars: int) -> None:
        self._mode.want("mode", (mode, bars), self._clock())

    def action_octave(self, by: int) -> None:
        """Move the computer keyboard by octaves."""
        self._keyboard = max(LOWEST_C, min(HIGHEST_C, self._keyboard + by * OCTAVE))
        self._say(f"keyboard: z is {pitch_name(self._keyboard)}, q is {pitch_name(self._keyboard + OCTAVE)}")

    def action_strike(self, offset: int) -> None:
        """Play a note of the computer keyboard."""
        if self._held.struck(offset, self._clock()):
            self._send(Strike(self._keyboard + offset))

    def action_card(self, name: str) -> None:
        """Lay a card over the stage, or take it away."""
        self._card.toggle(name)
        self._place_parts()
        self._show()

    def action_choose(self, by: int) -> None:
        """Choose another row of the card."""
        self._card.choose(by)
        self._show()

    def action_ask(self, how: str, by: int = 0) -> None:
        """Ask for what a key on the card's chosen row means."""
        request = self._card.asks(self._view(), how, by)
        if isinstance(request, Adjust):
            self._adjusting.want(request.name, request.value, self._clock())
        if request is not None:
            self._send(request)
            self._show()

    async def action_text(self) -> None:
        """Open the text screen over the stage, which goes on; NumPy and the models only come with it."""
        from improv.tui.text import opening
        from improv.tui.text_screen import TextScreen
        from improv.tui.text_stream import Writer

        self._stream = self._stream or Writer()
        screen = TextScreen(self._text or opening(), self._stream, Path())
        await self.push_screen(screen, self._text_left)  # so that no letter typed ahead is lost

    def _text_left(self, state: "State | None") -> None:
        self._text = state
        self._place_parts()
        self._show()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether a key's action is the stage's to do now."""
        if action in CARD_ACTIONS and not self._card.has_rows:
            return False
        return len(self.screen_stack) == 1 or action not in ACTIONS

    async def action_quit(self) -> None:
        """Leave."""
        self.leave()
        self.exit()


def run(link: EngineLink, chart: Chart) -> None:
    """Show the engine until the player leaves; however it ends, the engine is asked to end too.

    Raises:
        SystemExit: the app failed; Textual has printed why.
    """
    sys.setswitchinterval(SWITCH)
    app = StageApp(link, chart, ready=keep_what_stands)
    try:
        app.run()
    finally:
        app.leave()
    if app.return_code:
        raise SystemExit(app.return_code)
