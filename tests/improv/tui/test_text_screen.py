"""The text screen under Textual's pilot: each key, each size, alone."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot

from improv.errors import UserError
from improv.text.writer import WriteOptions
from improv.tui import text_words as words
from improv.tui.lettering import big
from improv.tui.text import TextApp, opening
from improv.tui.text_events import (
    Back,
    Discard,
    Enter,
    Event,
    Keep,
    Leave,
    OtherModel,
    Save,
    Scroll,
    TakeBack,
    Warmer,
    Wider,
)
from improv.tui.text_events import Quit as QuitProgram
from improv.tui.text_keys import KEYS
from improv.tui.text_screen import TextScreen
from improv.tui.text_state import State

SIZES = [(60, 20), (80, 24), (160, 50)]
NAMES = "abcdefghijklmnopqrstuvwxyz"
OPENED = State("dinos", WriteOptions(top_p=0.9, seed=7), ("dinos", "sonnets"))
Play = Callable[[TextApp, "Pilot[None]"], Awaitable[None]]


class Script:
    """Names made of the seed, at once; or lines that wait to be let go, and then come by the thousand."""

    def __init__(self) -> None:
        self.go_on, self.closed = threading.Event(), threading.Event()

    def __call__(self, model: str, options: WriteOptions) -> Iterator[str]:
        if "7" in options.prime:
            raise UserError(f"{model} never saw '7', which is in the prime")
        if model == "dinos":
            yield f"{options.prime}saurus{NAMES[options.seed]}\n"
            return
        try:
            yield f"{options.prime} my love\n"
            self.go_on.wait(10)
            for number in range(1_000_000):
                time.sleep(0.0002)
                yield f"line {number}\n"
        finally:
            self.closed.set()


def perform(
    play: Play,
    folder: Path,
    size: tuple[int, int] = (80, 24),
    state: State = OPENED,
    stream: Script | None = None,
) -> TextApp:
    """Run the screen alone, and do as the test says in it."""
    app = TextApp(state, stream or Script(), folder)

    async def body() -> None:
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await play(app, pilot)

    asyncio.run(body())
    return app


def text_of(app: TextApp) -> TextScreen:
    screen = app.screen
    assert isinstance(screen, TextScreen)
    return screen


def drawn(app: TextApp) -> str:
    return "\n".join(
        "".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips()
    )


def banner(word: str, size: tuple[int, int]) -> str:
    """A line of the banner's word as it is seen at a size."""
    return big(word, 2 if size[0] >= 120 else 1)[1].strip() if size[0] >= 72 else f"  {word}  "


async def until(pilot: "Pilot[None]", true: Callable[[], bool]) -> None:
    """Wait for what another thread brings about."""
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline
        await pilot.pause(0.01)
    await pilot.pause()


async def finished(app: TextApp, pilot: "Pilot[None]") -> None:
    await until(pilot, lambda: text_of(app).state.phase == "finished")


EXPECTED: dict[str, type[Event] | None] = {
    "enter": Enter,
    "keep": Keep,
    "discard": Discard,
    "save": Save,
    "take_back": TakeBack,
    "model": OtherModel,
    "warmer(1)": Warmer,
    "warmer(-1)": Warmer,
    "wider(1)": Wider,
    "wider(-1)": Wider,
    "page(1)": Scroll,
    "page(-1)": Scroll,
    "help": None,
    "back": Back,
    "leave": Leave,
    "quit_program": QuitProgram,
}


def test_each_key_is_its_event(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: dict[str, list[Event]] = {name: [] for key in KEYS for name in key.names}

    async def play(app: TextApp, pilot: "Pilot[None]") -> None:
        await pilot.press("7")  # so that there is something that a key of the line itself would change
        for name, heard in told.items():
            monkeypatch.setattr(text_of(app), "tell", heard.append)
            await pilot.press(name)
            if name == "f1":  # and closed again: over the help, escape is the help's
                await pilot.press(name)

    perform(play, tmp_path)
    for key in KEYS:
        expected = EXPECTED[key.action]
        for name in key.names:
            assert [type(event) for event in told[name]] == ([expected] if expected else []), name
            if expected in (Warmer, Wider):
                assert f"({getattr(told[name][0], 'steps', None)})" in key.action


def test_letters_are_text_and_the_line_is_edited(tmp_path: Path) -> None:
    async def play(app: TextApp, pilot: "Pilot[None]") -> None:
        await pilot.press(*"zq! 12", "left", "backspace", "home", "S", "ctrl+e", "q", "ctrl+a", "delete")
        assert text_of(app).state.options.prime == "zq! 2q"
        await pilot.press("ctrl+e", *"\\n")
        assert text_of(app).state.options.prime == "zq! 2q\n"

    perform(play, tmp_path)


def test_enter_does_not_overtake_the_letters_before_it(tmp_path: Path) -> None:
    async def play(app: TextApp, pilot: "Pilot[None]") -> None:
        for key, character in [*((letter, letter) for letter in "Brontosauru"), ("enter", "\r")]:
            app.post_message(events.Key(key, character))  # as fast as a terminal hands on what was pasted
        await finished(app, pilot)
        piece = text_of(app).state.piece
        assert piece is not None
        assert piece.options.prime == "Brontosauru"

    perform(play, tmp_path)


@pytest.mark.parametrize("size", SIZES)
def test_a_name_is_written_kept_and_saved(size: tuple[int, int], tmp_path: Path) -> None:
    async def play(app: TextApp, pilot: "Pilot[None]") -> None:
        assert banner("READY", size) in drawn(app)
        await pilot.press(*"Bronto", "enter")
        await finished(app, pilot)
        assert "Brontosaurush" in drawn(app)
        assert banner("YOUR TURN", size) in drawn(app)
        await pilot.press("f5")
        await finished(app, pilot)
        await pilot.press("f6")
        await finished(app, pilot)
        await pilot.press("f5")
        await finished(app, pilot)
        assert "kept 2, 2 not saved" in drawn(app)
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert "save as dinos.txt" in drawn(app)
        await pilot.press("enter")
        await pilot.pause()
        assert "kept 2, saved" in drawn(app)
        assert "saved 2 texts to dinos.txt" in drawn(app)
        assert "begins with Bronto" in drawn(app)
        await pilot.press("escape")

    app = perform(play, tmp_path, size)
    assert (tmp_path / "dinos.txt").read_text() == "Brontosaurush\nBrontosaurusj\n"
    assert not app.is_running


def test_the_settings_are_seen_and_written_with(tmp_path: Path) -> None:
    async def play(app: TextApp, pilot: "Pilot[None]") -> None:
        await pilot.press("up", "up", "shift+down")
        await pilot.pause()
        assert "temperature 0.90  top-p 0.85  seed 7" in drawn(app)
        await pilot.press("enter")
        await finished(app, pilot)
        assert "dinos, temperature 0.90, top-p 0.85, seed 7" in drawn(app)

    perform(play, tmp_path)


def test_a_stream_is_seen_while_it_comes_and_stops_at_once(tmp_path: Path) -> None:
    script = Script()

    async def play(app: TextApp, pilot: "Pilot[None]") -> None:
        await pilot.press("f3", *"Shall I", "enter")
        await until(pilot, lambda: "my love" in drawn(app))
        assert text_of(app).state.phase == "writing"
        assert "▌" in drawn(app)
        await pilot.press("f5")
        assert text_of(app).state.notice == words.STILL_WRITING
        script.go_on.set()
        await until(pilot, lambda: "line" in drawn(app))
        # thousands of pieces a second: the keys are answered all the same
        before = time.monotonic()
        await pilot.press("up", "down", "enter")
        assert time.monotonic() - before < 5
        stopped = text_of(app).state
        assert stopped.phase == "finished"
        await until(pilot, script.closed.is_set)
        await pilot.pause(0.1)
        assert text_of(app).state == stopped

    perform(play, tmp_path, stream=script)


def test_a_long_text_is_read_back(tmp_path: Path) -> None:
    script = Script()
    script.go_on.set()

    async def play(app: TextApp, pilot: "Pilot[None]") -> None:
        await pilot.press("f3", "enter")
        await until(pilot, lambda: "line 40" in drawn(app) or "↑" in drawn(app))
        await pilot.press("enter", "pageup")
        await pilot.pause()
        assert text_of(app).state.back == 14
        await pilot.press("pagedown")
        assert text_of(app).state.back == 0

    perform(play, tmp_path, stream=script)


@pytest.mark.parametrize("size", SIZES)
def test_a_character_that_the_model_never_saw_is_told(size: tuple[int, int], tmp_path: Path) -> None:
    async def play(app: TextApp, pilot: "Pilot[None]") -> None:
        await pilot.press("7", "enter")
        await until(pilot, lambda: "dinos never saw '7', which is in the prime" in drawn(app))
        assert text_of(app).state.phase == "ready"
        await pilot.press("backspace", "R", "enter")
        await finished(app, pilot)
        assert "never saw" not in drawn(app)

    perform(play, tmp_path, size)


def test_a_file_is_not_overwritten_without_asking(tmp_path: Path) -> None:
    (tmp_path / "old").write_text("old")

    async def play(app: TextApp, pilot: "Pilot[None]") -> None:
        await pilot.press("enter")
        await finished(app, pilot)
        await pilot.press("f5", "ctrl+s", "ctrl+u", *"old", "enter")
        await pilot.pause()
        assert "old exists" in drawn(app)
        assert (tmp_path / "old").read_text() == "old"
        await pilot.press("escape")
        assert text_of(app).state.unsaved == 1
        await pilot.press("ctrl+s", "ctrl+u", *"old", "enter", "enter")
        assert text_of(app).state.unsaved == 0

    perform(play, tmp_path)
    assert (tmp_path / "old").read_text() == "saurush\n"


def test_an_error_of_the_disk_loses_nothing(tmp_path: Path) -> None:
    async def play(app: TextApp, pilot: "Pilot[None]") -> None:
        await pilot.press("enter")
        await finished(app, pilot)
        await pilot.press("f5", "ctrl+s", "ctrl+u", *"no/where", "enter")
        await pilot.pause()
        assert "cannot write" in drawn(app)
        assert text_of(app).state.unsaved == 1
        await pilot.press("ctrl+u", *"here", "enter")
        assert text_of(app).state.unsaved == 0

    perform(play, tmp_path)
    assert (tmp_path / "here").read_text() == "saurush\n"


@pytest.mark.parametrize("key", ["f2", "escape", "ctrl+q", "ctrl+c"])
def test_leaving_with_something_unsaved_asks_once(key: str, tmp_path: Path) -> None:
    async def play(app: TextApp, pilot: "Pilot[None]") -> None:
        await pilot.press("enter")
        await finished(app, pilot)
        await pilot.press("f5")
        await finished(app, pilot)
        await pilot.press(key)
        await pilot.pause()
        assert app.is_running
        assert "1 text kept and not saved" in drawn(app)
        await pilot.press(key)

    app = perform(play, tmp_path)
    assert not app.is_running
    assert app.return_code == 0


def test_the_help_opens_and_closes(tmp_path: Path) -> None:
    async def play(app: TextApp, pilot: "Pilot[None]") -> None:
        for key in ("f1", "escape"):
            await pilot.press("f1")
            await pilot.pause()
            assert "take the last back" in drawn(app)
            await pilot.press(key)
            await pilot.pause()
            assert "take the last back" not in drawn(app)

    perform(play, tmp_path)


def test_the_screen_follows_a_resize_and_shows_on(tmp_path: Path) -> None:
    async def play(app: TextApp, pilot: "Pilot[None]") -> None:
        await pilot.press("enter")
        await finished(app, pilot)
        for size in [(160, 50), (30, 8), (12, 3), (5, 1), (80, 24)]:
            await pilot.resize_terminal(*size)
            await pilot.pause(0.1)
            lines = drawn(app).split("\n")
            assert [len(line) for line in lines] == [size[0]] * size[1]
            assert "saurush" in drawn(app) or size[0] < 12

    perform(play, tmp_path)


def test_the_screen_opens_with_the_model_that_was_named() -> None:
    assert opening("sonnets").model == "sonnets"
    assert opening("sonnets").models == opening().models
    mine = opening(Path("/my/plays"), replace(OPENED.options, prime="A"))
    assert (mine.model, mine.models[0], mine.options.prime) == ("/my/plays", "/my/plays", "A")
