"""A key that does not wait is acted on before the app is told, and the app is told."""

from textual.driver import Driver
from textual.events import Key, MouseMove
from textual.message import Message

from improv.tui.prompt import prompt

done: list[str] = []


class Plain(Driver):
    """A driver that only keeps what it would pass on."""

    def __init__(self) -> None: ...
    def write(self, data: str) -> None: ...
    def start_application_mode(self) -> None: ...
    def disable_input(self) -> None: ...
    def stop_application_mode(self) -> None: ...
    def process_message(self, message: Message) -> None:
        done.append(getattr(message, "key", "no key"))


def test_the_key_acts_first_and_every_message_passes_on() -> None:
    done.clear()
    driver = prompt(Plain, ("escape",), lambda: done.append("acted"))()  # type: ignore[call-arg]
    move = MouseMove(None, 0, 0, 0, 0, 0, False, False, False)
    for message in (Key("a", "a"), Key("escape", None), move):
        driver.process_message(message)
    assert done == ["a", "acted", "escape", "no key"]
