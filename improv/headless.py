"""Playing without a screen: a line an event.

Conventions: a place is chorus:bar:beat:tick, counted from 1 but for the tick, which is 0 to 23; in the
count-in the chorus is 0. A line is the place, who, and what; `--json` gives one object a line.
"""

import json
import signal
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any, TextIO

from grammar.changes import Changes
from grammar.chart import parse_chart
from grammar.notes import TICKS_PER_BEAT
from improv.errors import UserError
from improv.live.client import EngineClient
from improv.live.link import Notice
from improv.requests import Quit, Start
from improv.session.commands import (
    Command,
    Damp,
    Finished,
    Heard,
    Hold,
    ModeChange,
    Named,
    Play,
    Release,
    Silence,
    Standby,
    TakeBack,
    Thru,
    TurnChange,
)
from improv.signals import ENDS

POLL = 0.01
"""Seconds between looks at the news."""
TURNS = {"player": "your turn", "machine": "improv's turn", "both": "together", "count-in": "count-in"}
NOTE_NAMES = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")


def watch(
    client: EngineClient,
    out: TextIO,
    as_json: bool,
    chart: str,
    resumes: int = 1,
    afterwards: Callable[[], Iterable[Notice]] = tuple,
    start: bool = True,
) -> int:
    """Print what happens until the take ends or a signal asks for it, and return 0.

    The take is started, unless `start` leaves that to somebody else. An engine that dies is started again,
    `resumes` times; `afterwards` is asked, when all has ended, for what else is to be told.
    """
    asked = _Asked()
    show = _json_writer(out) if as_json else _text_writer(out, parse_chart(chart).changes())
    if as_json or not (out.isatty() and sys.stderr.isatty()):  # else it would be told twice on one screen
        show = _and_on_stderr(show)
    for notice in _set_up(client):
        show(Notice(notice))
    if start:
        client.send(Start())
    over = False
    while (client.alive or (resumes and client.died)) and not asked.signal and not over:
        for news in client.news():
            show(news)
            over = over or isinstance(news, Finished)
        if resumes and client.died:
            resumes -= 1
            if not _resumed(client, show):
                break
        time.sleep(POLL)
    client.send(Quit())
    ended = client.close()
    for news in (*client.news(), *afterwards()):
        show(news)
    return 0 if ended else 1


def _resumed(client: EngineClient, show: Callable[[Command | Notice], None]) -> bool:
    """Start a dead engine again, and tell of it."""
    for news in client.news():
        show(news)
    try:
        show(Notice(client.resume(), trouble=True))
    except UserError as error:
        show(Notice(str(error), trouble=True))
        return False
    for notice in _set_up(client):
        show(Notice(notice))
    return True


class _Asked:
    """Whether a signal has asked to end."""

    def __init__(self) -> None:
        self.signal: int | None = None
        for number in (signal.SIGINT, *ENDS):
            signal.signal(number, self._take)

    def _take(self, number: int, _: object) -> None:
        self.signal = number


def _set_up(client: EngineClient) -> list[str]:
    ready = client.ready
    return [
        *ready.notices,
        f"in: {', '.join(ready.inputs) or 'none'}; out: {', '.join(ready.outputs) or 'none'}",
        *([f"log: {ready.log}"] if ready.log else []),
    ]


def _and_on_stderr(show: Callable[[Command | Notice], None]) -> Callable[[Command | Notice], None]:
    def both(news: Command | Notice) -> None:
        show(news)
        if isinstance(news, Notice) and news.trouble:
            sys.stderr.write(f"improv: {news.text}\n")

    return both


def _json_writer(out: TextIO) -> Callable[[Command | Notice], None]:
    def show(news: Command | Notice) -> None:
        line: dict[str, Any] = {"event": type(news).__name__.lower(), **asdict(news)}
        print(json.dumps(line), file=out, flush=True)

    return show


def _text_writer(out: TextIO, changes: Changes) -> Callable[[Command | Notice], None]:
    def show(news: Command | Notice) -> None:
        line = _text(news, changes)
        if line:
            print(line, file=out, flush=True)

    return show


def _text(news: Command | Notice, changes: Changes) -> str:
    match news:
        case Notice(text):
            return text
        case TurnChange("stopped", _, _):
            return "stopped"
        case TurnChange("player", onset, ends) if onset == ends:  # free time
            return f"{place(onset, changes)} your turn"
        case TurnChange(turn, onset, ends):
            return f"{place(onset, changes)} {TURNS[turn]}, until {place(ends, changes)}"
        case Heard(onset, pitch, velocity):
            return f"{place(onset, changes)} you    {name(pitch):4} velocity {velocity}"
        case Play(role="improv"):
            how = f"{news.source}{f', not for {news.refused}' if news.refused else ''}"
            return f"{place(news.onset, changes)} improv {name(news.pitch):4} {news.terminal} ({how})"
        case Hold():
            how = f"{news.source}{f', not for {news.refused}' if news.refused else ''}, your {name(news.key)}"
            return f"{place(news.onset, changes)} improv {name(news.pitch):4} {news.terminal} ({how})"
        case Named(onset, chord):
            return f"{place(onset, changes)} you    {f'hold {chord}' if chord else 'hold no chord any more'}"
        case ModeChange(mode, onset, bars, coming):
            turns = f", turns of {bars} bar{'s' if bars > 1 else ''}" if mode == "trade" else ""
            return f"{place(onset, changes)} {'then' if coming else 'mode'}: {mode}{turns}"
        case Thru(low, high):
            return "your keys are silent: improv chooses the notes" if low > high else "your keys sound again"
        case TakeBack():
            return "taken back: you played on"
        case Finished():
            return "finished"
        case Silence() | Play() | Release() | Damp() | Standby():
            return ""


def place(tick: int, changes: Changes) -> str:
    """chorus:bar:beat:tick of a tick from the top of the first chorus."""
    chorus, inside = divmod(tick, changes.length)
    bar, rest = divmod(inside, changes.bar)
    if tick < 0:  # the count-in, not the last bar of a chorus before the first
        bar -= changes.length // changes.bar
    beat, part = divmod(rest, TICKS_PER_BEAT)
    return f"{chorus + 1}:{bar + 1:02}:{beat + 1}:{part:02}"


def name(pitch: int) -> str:
    """The pitch as musicians write it: 60 is C4."""
    return f"{NOTE_NAMES[pitch % 12]}{pitch // 12 - 1}"
