"""Signals that end an app."""

import asyncio
import contextlib
import signal

from textual.app import App


def exit_on_signals(app: App[None]) -> None:
    """Leave in good order, the terminal as it was, when the system asks for it."""
    loop = asyncio.get_running_loop()
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        # neither Windows nor a loop outside the main thread has them
        with contextlib.suppress(AttributeError, NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(getattr(signal, name), app.exit)
