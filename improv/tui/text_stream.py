"""Sampling beside the screen: a thread draws the pieces, the screen takes what has come.

Conventions: the screen never waits for the thread. However fast the pieces come, they are taken some thirty
times a second, all at once. A stopped thread ends at its next piece; nobody waits for it or hears it.
"""

import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from improv.errors import UserError

if TYPE_CHECKING:
    from improv.text.model import TextModel
    from improv.text.writer import WriteOptions

Stream = Callable[[str, "WriteOptions"], Iterator[str]]
"""The pieces of a text by a model, of a name or in a folder; UserError where there can be none."""

MOST = 2000
"""Pieces that wait to be taken at most; a model that is faster than any eye waits for the screen."""


class Sampling:
    """One text being sampled."""

    def __init__(self, pieces: Callable[[], Iterator[str]]) -> None:
        self._waiting: list[str] = []
        self._ended = False
        self._stopped = False
        self._changed = threading.Condition()
        self.why = ""
        """Why it failed, in a line; to be read once it has ended."""
        # a daemon, so that leaving the program need not wait for a slow piece
        threading.Thread(target=self._run, args=(pieces,), name="sampling", daemon=True).start()

    def take(self) -> tuple[str, bool]:
        """What has come since the last time, and whether that was the end."""
        with self._changed:
            taken, self._waiting = self._waiting, []
            self._changed.notify()
            return "".join(taken), self._ended

    def stop(self) -> None:
        """Ask the thread to end; returns at once."""
        with self._changed:
            self._stopped = True
            self._changed.notify()

    def _run(self, pieces: Callable[[], Iterator[str]]) -> None:
        why = ""
        try:
            for piece in pieces():
                with self._changed:
                    while len(self._waiting) >= MOST and not self._stopped:
                        self._changed.wait()
                    if self._stopped:
                        return
                    self._waiting.append(piece)
        except UserError as error:
            why = " ".join(str(error).splitlines())
        except Exception as error:  # a defect, but what is kept must not go down with it
            why = f"the model failed: {type(error).__name__}: {' '.join(str(error).splitlines())}"
        finally:
            with self._changed:
                self.why, self._ended = why, True


class Writer:
    """The real stream: the models of `improv.text`, the last one used kept ready."""

    def __init__(self) -> None:
        self._last: tuple[str, TextModel] | None = None

    def __call__(self, place: str, options: "WriteOptions") -> Iterator[str]:
        """The pieces of a text.

        Raises:
            UserError: there is no such model, or the options are not for it.
        """
        from improv.text.model import load_text
        from improv.text.writer import write

        last = self._last
        if last is None or last[0] != place:
            last = self._last = (place, load_text(place))
        yield from write(last[1], options)
