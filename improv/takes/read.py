"""The takes of a log: its lines folded, without a session or a network.

Conventions: those of `improv.live.lines` and `improv.takes.take`. Order is the log's: an event, what it did
to the clock, and the commands that answered it.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from grammar.chart import ChartError, parse_chart
from grammar.notes import TICKS_PER_BEAT
from improv.errors import UserError
from improv.live.keeping import kept_name, take_name
from improv.live.lines import (
    KINDS,
    Line,
    anchor_from_line,
    command_from_line,
    event_from_line,
    passed_from_line,
    time_from_line,
)
from improv.requests import Keep, Mark, SetTempo, UndoTake
from improv.session.commands import Damp, Hold, Play, Release, Silence, Standby, TakeBack, Thru
from improv.session.events import SUSTAIN, Control, Missed, NoteOff, NoteOn, decode, encode
from improv.session.session import Asked
from improv.session.tempo import NS_PER_MINUTE, TempoMap
from improv.snapshot import Source
from improv.takes.take import IMPROV, SOLOISTS, YOU, Ending, Note, Place, Setting, Take
from improv.takes.timeline import Timeline

SHORTEST = 1
"""Nanoseconds that a note lasts at least: one struck again at once ends there, and not later."""
UNDO, RESTORE, NAME = "undo", "restore", "name"
"""What a `later` line can do."""


@dataclass(slots=True)
class _Sounding:
    """A note that may still end earlier, or not sound at all."""

    at: int
    end: int | None
    pitch: int
    velocity: int
    channel: int
    part: str
    source: Source = "player"
    onset: int | None = None
    ticks: int | None = None
    cancelled: bool = False


def _ended(note: _Sounding, now: int) -> Note:
    """The note as it was; one that still sounds ends now."""
    end = note.end if note.end is not None else max(now, note.at + SHORTEST)
    written = (note.source, note.onset, note.ticks)
    return Note(note.at, end, note.pitch, note.velocity, note.channel, note.part, *written)


def _planned(play: Play) -> _Sounding:
    """A note with its end; raises ValueError where its numbers are none of a note's."""
    if not (0 <= play.pitch < 128 and 0 < play.velocity < 128 and 0 <= play.channel < 16):
        raise ValueError(f"not a note: {play}")
    end = play.at + max(play.duration, SHORTEST)
    who = (play.pitch, play.velocity, play.channel, play.role)
    return _Sounding(play.at, end, *who, play.source, play.onset, play.ticks)


@dataclass(slots=True)
class _Span:
    """A take to be."""

    name: str
    key: str
    begins: int
    timeline: Timeline
    ends: int | None = None
    undone: bool = False
    kept: bool = False
    on_form: bool = True


@dataclass(slots=True)
class _Fold:
    """What is known after some lines."""

    log: str
    setting: Setting
    tempo: float
    notes: list[_Sounding] = field(default_factory=list)
    recent: deque[_Sounding] = field(default_factory=deque)
    """Those that may not have ended yet."""
    held: dict[tuple[str, int, int], _Sounding] = field(default_factory=dict)
    """Notes without an end so far, by part, channel and pitch."""
    keys: tuple[int, int] = (0, 127)
    """Which of the player's keys sound by themselves."""
    standby: tuple[Play, ...] = ()
    passed: list[tuple[int, bytes]] = field(default_factory=list)
    pedals: set[int] = field(default_factory=set)
    """The channels whose sustain pedal is down."""
    places: list[Place] = field(default_factory=list)
    takes: list[_Span] = field(default_factory=list)
    kept: list[_Span] = field(default_factory=list)
    keeps: int = 0
    """How often it was asked for; once too early, there is nothing to keep."""
    now: int = 0
    ending: Ending = "cut off"

    def add(self, line: Line) -> None:
        """Take a line. Raises ValueError for one that is not understood."""
        match line.get("kind"):
            case "event":
                self._event(line)
            case "clock":
                self._clock(line)
            case "stopped":
                self.takes[-1].ends = time_from_line(line)
            case "command":
                self._command(line)
            case "passed":
                self.passed.append(passed_from_line(line))
            case "later":
                self._later(line)
            case "end":
                self.ending = "whole"
            case "recovered":
                self.ending = "recovered"
            case kind if kind not in KINDS:
                raise ValueError(f"not a line of a log: {line}")

    def _event(self, line: Line) -> None:
        event = event_from_line(line)
        self.now = max(self.now, event.t)
        while self.recent and (end := self.recent[0].end) is not None and end <= self.now:
            self.recent.popleft()
        match event:
            case NoteOn(t, pitch, velocity, channel):
                self._release(YOU, t, channel, pitch)
                if self.keys[0] <= pitch <= self.keys[1]:
                    self._hold(_Sounding(t, None, pitch, velocity, channel, YOU))
            case NoteOff(t, pitch, channel):
                self._release(YOU, t, channel, pitch)
            case Control():
                self._tread(event)
            case Missed(t, onset):
                self._fall_back(t, onset)
            case Asked(t, Mark(label)):
                self.places.append(Place(t, label or f"mark {len(self.places) + 1}"))
            case Asked(t, Keep(bars, name)) if bars > 0:
                self._keep(t, bars, name)
            case Asked(_, UndoTake()) if self.takes:
                self.takes[-1].undone = not self.takes[-1].undone
            case Asked(_, SetTempo(tempo)) if tempo > 0:
                self.tempo = tempo

    def _tread(self, event: Control) -> None:
        self.passed.append((event.t, encode(event)))
        (self.pedals.add if event.pedal else self.pedals.discard)(event.channel)

    def _clock(self, line: Line) -> None:
        anchor = anchor_from_line(line)
        if line.get("first") or not self.takes:
            number = len(self.takes) + 1
            name = take_name(self.log, number)
            bar = self.setting.chart.meter * TICKS_PER_BEAT
            self.takes.append(_Span(name, str(number), anchor.t, Timeline.starting(anchor, bar)))
            return
        take = self.takes[-1]
        take.timeline = take.timeline.follow(anchor)

    def _command(self, line: Line) -> None:
        match command_from_line(line):
            case Play() as play:
                self._sound(_planned(play))
            case Hold(pitch, velocity, channel, role, onset, _, source):
                self._release(role, self.now, channel, pitch)
                self._hold(_Sounding(self.now, None, pitch, velocity, channel, role, source, onset))
            case Release(pitch, channel, role):
                self._release(role, self.now, channel, pitch)
            case Damp(channel):
                for value in (0, 127):
                    self._tread(Control(self.now, SUSTAIN, value, channel))
            case Thru(low, high):
                self.keys = (low, high)
            case Standby(notes):
                self.standby = notes
            case TakeBack():
                for note in self.recent:
                    note.cancelled |= note.part == IMPROV and note.at > self.now
            case Silence():
                for note in self.recent:
                    note.cancelled |= note.at > self.now
                    if note.end is None or note.end > self.now:
                        note.end = max(self.now, note.at + SHORTEST)
                self.held.clear()
                for channel in sorted(self.pedals):
                    self._tread(Control(self.now, SUSTAIN, 0, channel))
            case _:
                pass

    def _later(self, line: Line) -> None:
        """What was decided of a take afterwards."""
        for span in (*self.takes, *self.kept):
            if span.key == line.get("take"):
                match line.get("do"), line.get("name"):
                    case "undo" | "restore" as does, _:
                        span.undone = does == UNDO
                    case "name", str(name) if name:
                        span.name = name
                    case _:
                        raise ValueError(f"not to be done to a take: {line}")

    def _sound(self, note: _Sounding) -> None:
        self.notes.append(note)
        self.recent.append(note)

    def _hold(self, note: _Sounding) -> None:
        self.held[note.part, note.channel, note.pitch] = note
        self._sound(note)

    def _fall_back(self, t: int, onset: int) -> None:
        """A note of the standby phrase has sounded, and in its time nothing else of the improviser's."""
        for play in self.standby:
            if (play.at, play.onset) == (t, onset):
                for note in self.recent:
                    late = note.part == IMPROV and note.source != "fallback"
                    note.cancelled |= late and t <= note.at < t + play.duration
                self._sound(_planned(play))

    def _release(self, part: str, t: int, channel: int, pitch: int) -> None:
        note = self.held.pop((part, channel, pitch), None)
        if note is not None:
            note.end = max(t, note.at + SHORTEST)

    def _keep(self, t: int, bars: int, given: str) -> None:
        """The last bars that sounded until `t`: on the newest take's clock, or on one made for it."""
        self.keeps += 1
        heard = [n for n in self.notes if n.part in SOLOISTS and not n.cancelled and n.at <= t]
        heard.sort(key=lambda note: note.at)
        if not heard:
            return
        playing = bool(self.takes) and self.takes[-1].ends is None
        ends = t if playing else max(min(n.end or t, t) for n in heard)
        # one that was started after all that was heard says nothing of where its bars are
        before = [take for take in self.takes if playing or take.begins <= heard[-1].at]
        chart = self.setting.chart
        bar = chart.meter * TICKS_PER_BEAT
        if before:
            timeline = before[-1].timeline
            clock = timeline.clock
            first = (int(clock.tick(ends)) // bar - bars) * bar
            begins = max(clock.at(first), before[-1].begins)
        else:
            length = round(bars * chart.meter * NS_PER_MINUTE / self.tempo)
            begins = min(n.at for n in heard if n.at >= ends - length or n is heard[-1])
            timeline = Timeline(TempoMap.starting(0, begins, self.tempo), bar)
        name = kept_name(self.log, self.keeps, given)
        span = _Span(name, f"kept-{self.keeps}", begins, timeline, ends)
        span.kept, span.on_form = True, bool(before)
        self.kept.append(span)

    def result(self) -> tuple[Take, ...]:
        """The takes so far: those that were played, then those that were kept."""
        setting = replace(self.setting, ending=self.ending)
        notes = sorted(
            (_ended(note, self.now) for note in self.notes if not note.cancelled),
            key=lambda note: (note.at, note.part, note.pitch),
        )
        return tuple(self._take(span, setting, notes) for span in (*self.takes, *self.kept))

    def _take(self, span: _Span, setting: Setting, notes: Iterable[Note]) -> Take:
        begins, ends = span.begins, max(span.begins, self.now if span.ends is None else span.ends)
        within = tuple(
            replace(
                note,
                end=note.end if note.end <= ends else max(ends, note.at + SHORTEST),
                onset=None if note.onset is None else span.timeline.played(note.onset, note.at),
            )
            for note in notes
            if begins <= note.at < ends
        )
        return Take(
            name=span.name,
            key=span.key,
            setting=setting,
            begins=begins,
            ends=ends,
            timeline=span.timeline,
            notes=within,
            passed=(
                *((begins, message) for message in _down(self.passed, begins)),
                *(event for event in self.passed if begins <= event[0] < ends),
            ),
            places=tuple(place for place in self.places if begins <= place.at <= ends),
            undone=span.undone,
            kept=span.kept,
            on_form=span.on_form,
        )


def _down(passed: Iterable[tuple[int, bytes]], t: int) -> tuple[bytes, ...]:
    """What put down the pedals that are down at a time: a take that begins then has them down."""
    found: dict[int, bytes] = {}
    for at, message in passed:
        event = decode(at, message) if at < t else None
        if isinstance(event, Control) and event.pedal is not None:
            found.pop(event.channel, None)
            if event.pedal:
                found[event.channel] = message
    return tuple(found.values())


def read_takes(lines: Sequence[Line], log: str, source: str) -> tuple[Take, ...]:
    """The takes of a log.

    Args:
        lines: all of them, the head first.
        log: the log's name, from which its takes have theirs.
        source: what an error calls it.

    Raises:
        UserError: a head or a line that is not understood.
    """
    try:
        fold = _begin(lines[0], log)
    except (LookupError, TypeError, ValueError, AttributeError, ChartError) as error:
        raise UserError(f"{source}: not the log of a take") from error
    for number, line in enumerate(lines[1:], start=2):
        try:
            fold.add(line)
        except (ValueError, TypeError, AttributeError, IndexError) as error:
            raise UserError(f"{source}:{number}: not a line of a take's log") from error
    return fold.result()


def _begin(head: dict[str, Any], log: str) -> _Fold:
    options = head["options"]
    began = datetime.fromisoformat(head.get("began", "1970-01-01T00:00:00+00:00"))
    if began.tzinfo is None:
        raise ValueError(f"a time of nowhere: {began}")
    setting = Setting(
        chart=parse_chart(options["chart"]),
        seed=int(options["seed"]),
        weights=str(head["weights"]),
        began=began,
        t=int(head.get("t", 0)),
        resumes=str(options.get("resumes", "")),
    )
    return _Fold(log, setting, float(options["tempo"]))
