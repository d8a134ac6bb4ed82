"""The panel: controls as the front uses them.

Conventions: one thread uses it, the one that keeps time: nothing here reads a file, or waits but for a
lock that is held for microseconds. What was learned is saved by a thread of its own.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from threading import Lock, Thread

from improv.controls.controls import Controls, Update
from improv.controls.profile import Profile
from improv.controls.table import Now
from improv.errors import UserError
from improv.requests import Forget, Learn, Request


class Panel:
    """The present controls."""

    def __init__(self, profile: Profile, save: Callable[[Profile], None] | None = None) -> None:
        """Begin with a profile; `save` is called, in a thread, with each that follows it."""
        self._controls, self._saved = Controls(profile), profile
        self._save = save
        self._now = Now()
        self._lock, self._writing = Lock(), Lock()
        self._news: list[str] = []

    @property
    def learning(self) -> str:
        """The control that waits to be moved, or empty."""
        return self._controls.learning

    def take(self, t: int, message: bytes) -> tuple[Sequence[Request], bool]:
        """What a message asks for, and whether it is used up by it."""
        with self._lock:
            update = self._follow(self._controls.update(t, message, self._now))
        return update.requests, update.swallowed

    def show(self, now: Now) -> None:
        """The session is like this now."""
        self._now = now

    def ask(self, request: Learn | Forget) -> None:
        """Learn the next message, or forget a control."""
        with self._lock:
            self._follow(self._controls.ask(request))

    def heard(self, names: Sequence[str]) -> None:
        """The inputs with these names are heard: their usual controls hold."""
        with self._lock:
            profile = replace(self._controls.profile, devices=tuple(names))
            if self._saved is self._controls.profile:
                self._saved = profile
            self._controls = replace(self._controls, profile=profile)

    def news(self) -> list[str]:
        """What there is to tell the player since the last call, a line each; begins to save what is new."""
        with self._lock:
            news, self._news = self._news, []
            profile = self._controls.profile
        if profile is not self._saved:
            self._saved = profile
            if self._save is not None:
                Thread(target=self._write, args=(profile, self._save), name="controls").start()
        return news

    def _follow(self, update: Update) -> Update:
        self._controls = update.controls
        if update.told:
            self._news.append(update.told)
        return update

    def _write(self, profile: Profile, save: Callable[[Profile], None]) -> None:
        try:
            with self._writing:
                if profile is self._saved:  # else a newer one is about to be written
                    save(profile)
        except UserError as error:
            with self._lock:
                self._news.append(f"the controls hold until the end, no longer: {error}")
