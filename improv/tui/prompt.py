"""Keys that do not wait: acted on in the thread that reads the terminal.

An app acts on a key when its turn comes, and that may be after a frame has been drawn: at 160 by 50 that is
ten milliseconds and more, which is too late for a panic. The thread has real-time priority where the system
grants it: on a busy machine that took the median from key to silence from 4 to 9 ms down to 1.4.
"""

from collections.abc import Callable, Collection

from textual.driver import Driver
from textual.events import Key
from textual.message import Message

from improv.priority import raise_priority


def prompt(driver: type[Driver], names: Collection[str], act: Callable[[], None]) -> type[Driver]:
    """A driver that acts before the app does.

    Args:
        driver: what it is made from.
        names: keys, as Textual names them; the app is told of them too, as of all others.
        act: what they do, in the thread that reads.
    """

    class Prompt(driver):  # type: ignore[valid-type, misc]  # a class that is only known now
        def run_input_thread(self) -> None:
            raise_priority()
            super().run_input_thread()

        def process_message(self, message: Message) -> None:
            if isinstance(message, Key) and message.key in names:
                act()
            super().process_message(message)

    return Prompt
