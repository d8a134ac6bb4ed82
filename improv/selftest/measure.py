"""What a self-test's recording says of each check of the contract: a pure function.

Conventions: times are nanoseconds. Where a note was meant to be is what the log says; when it came is what
the listener says. What lies beyond the bare loop is judged (`improv.selftest.checks`).
"""

from grammar.notes import TICKS_PER_BEAT
from improv.channels import IMPROV
from improv.live.lines import anchor_from_line, command_from_line
from improv.selftest.checks import Measured
from improv.selftest.figures import Bare
from improv.selftest.marks import PERIOD, marks
from improv.selftest.pairs import Ledger, arrivals, drift, nearest, steady
from improv.selftest.recording import Acted, Recording
from improv.selftest.scenes import NOTE_ON
from improv.session.commands import Heard, Hold, Named, Play, Standby, TurnChange
from improv.session.events import NoteOn, encode
from improv.session.tempo import NS_PER_MINUTE, TempoMap
from improv.snapshot import Timing

CLOCK = 0xF8
ACTIVE_SENSING = b"\xfe"
LAST_OF_PANIC = bytes((0xBF, 120, 0))
MILLISECOND = 1_000_000
HOUR = 3_600_000_000_000
HEARD_WITHIN = 8
"""Ticks around its place at which a note of the player's line has to have been heard."""
SLACK = 20 * MILLISECOND
"""Nanoseconds into a turn within which a note of the turn before is late, not in the way."""


class Story:
    """A recording, looked at in the ways that the checks need."""

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self.heard = recording.performed.heard
        marked = marks(recording.begins, recording.performed.bare)
        self.bare = Bare(marked)
        self.periods = Bare(steady([due + late for due, late in marked], PERIOD))
        self.sent = [(t, message) for _, t, message in recording.performed.sent]
        planned = {(t, one.message): one for act in recording.acted for t, one in act.played}
        self.played = [planned.get((at, message)) for at, _, message in recording.performed.sent]
        player = [(t, message) for t, message in self.heard if message[0] < 0xF0 and not message[0] & 0x0F]
        self.through = arrivals(self.sent, player)
        self.echoed = arrivals(self.sent, recording.performed.bare)
        self.takes = _takes(recording)
        plays = [play for take in self.takes for play in take.plays]
        of_machine = [(t, m) for t, m in self.heard if m[0] & 0xF0 == NOTE_ON and m[0] & 0x0F and m[2]]
        self.notes = nearest([(play.at, _on(play)) for play in plays], of_machine)
        self.lines = [(t, m) for t, m in of_machine if m[0] & 0x0F == IMPROV]

    def acted(self, *modes: str) -> list[tuple[Acted, "Take"]]:
        """The scenes in some modes, and the takes that they became."""
        pairs = zip(self.recording.acted, self.takes, strict=False)
        return [(act, take) for act, take in pairs if act.scene.mode in modes]


class Take:
    """What the log tells of a take."""

    def __init__(self, clock: TempoMap) -> None:
        self.clock = clock
        self.plays: list[Play] = []
        self.heard: list[Heard] = []
        self.turns: list[tuple[int, TurnChange]] = []
        """With the time at which each was told: a turn that the player takes begins in the middle."""


def measure(recording: Recording) -> dict[str, Measured]:
    """What was measured, by the check's name."""
    story = Story(recording)
    found: dict[str, Measured] = {}
    if recording.acted:
        found |= {"thru": _thru(story), "lost": _lost(story), "late": _late(story)}
        found |= {"missed": _missed(story), "outstanding": _outstanding(story), **_clock(story)}
    if story.acted("trade"):
        found |= {"answer": _answer(story), "turn": _turn(story)}
    if story.acted("rhythm"):
        found["rhythm"] = _rhythm(story)
    if story.acted("lead"):
        found["named"] = _named(story)
    if any(act.panic is not None for act in recording.acted):
        found["panic"] = _panic(story)
    return found


def _thru(story: Story) -> Measured:
    raw, bare, beyond = list[int](), list[int](), list[int]()
    for (t, _), one, came, echoed in zip(story.sent, story.played, story.through, story.echoed, strict=True):
        if one is not None and one.sounds and came is not None and echoed is not None:
            raw.append(came - t)
            bare.append(echoed - t)
            beyond.append(max(0, came - echoed))
    return Measured(raw, bare, beyond)


def _lost(story: Story) -> Measured:
    """What the bare loop lost too, the ports have lost."""
    lost = [
        f"{message.hex(' ')} at {_seconds(story, t)}"
        for (t, message), one, came, echoed in zip(
            story.sent, story.played, story.through, story.echoed, strict=True
        )
        if one is not None and one.sounds and came is None and echoed is not None
    ]
    return Measured(faults=lost)


def _late(story: Story) -> Measured:
    late = [(at, max(0, came - at)) for at, came in story.notes]
    return Measured([value for _, value in late], story.bare.values, story.bare.beyond(late))


def _answer(story: Story) -> Measured:
    off: list[tuple[int, int]] = []
    faults: list[str] = []
    for act, take in story.acted("trade"):
        came = {at: t for at, t in story.notes}
        for _, turn in take.turns:
            begins, ends = take.clock.at(turn.onset), take.clock.at(turn.ends)
            if turn.turn != "machine" or begins > act.ends:
                continue
            plays = [p for p in take.plays if p.role == "improv" and turn.onset <= p.onset < turn.ends]
            first = min((p for p in plays if p.at in came), key=lambda p: p.at, default=None)
            if first is None and ends > act.ends:  # it was ended before it began
                continue
            if first is None:
                faults.append(f"no answer at {_seconds(story, begins)}, {act.scene.tempo:g} bpm")
                continue
            place = take.clock.at(first.onset)
            off.append((place, abs(came[first.at] - place)))
    return Measured([value for _, value in off], story.bare.values, story.bare.beyond(off), faults)


def _turn(story: Story) -> Measured:
    """Improv is silent in the player's turn, and hears it up to its last moment."""
    faults: list[str] = []
    for act, take in story.acted("trade"):
        for told, turn in take.turns:
            begins, ends = max(told, take.clock.at(turn.onset)), min(take.clock.at(turn.ends), act.ends)
            if turn.turn == "player":
                cut = [t for t, _ in story.lines if begins + SLACK < t < ends]
                faults += (f"improv plays in the player's turn at {_seconds(story, t)}" for t in cut)
        for t, one in act.played:
            if one.melody and t < act.ends:
                pitch = one.message[1]
                near = (h for h in take.heard if h.pitch == pitch and abs(h.onset - one.tick) <= HEARD_WITHIN)
                if next(near, None) is None:
                    faults.append(f"the player's {pitch} at {_seconds(story, t)} was not heard")
    return Measured(faults=faults)


def _missed(story: Story) -> Measured:
    """What the engine counts itself, and every note that was planned after its place."""
    timings = [told.news for told in story.recording.told if isinstance(told.news, Timing)]
    faults: list[str] = []
    if timings:
        missed, fallback = timings[-1].missed, timings[-1].fallback
        faults += [f"{missed} missed, as the engine counts"] if missed else []
        faults += [f"{fallback} of a fallback phrase"] if fallback else []
    for told in story.recording.told:
        if isinstance(told.news, Play) and told.news.role == "improv" and told.t > told.news.at:
            behind = (told.t - told.news.at) / MILLISECOND
            faults.append(f"planned {behind:.1f} ms after its place at {_seconds(story, told.news.at)}")
    return Measured(faults=faults)


def _clock(story: Story) -> dict[str, Measured]:
    ticks = [t for t, message in story.heard if message[0] == CLOCK]
    deviations: list[tuple[int, int]] = []
    stretches: list[list[tuple[float, float]]] = []
    for act in story.recording.acted:
        period = NS_PER_MINUTE / (act.scene.tempo * TICKS_PER_BEAT)
        begins, ends = act.clock.at(0), act.ends - round(period)
        times = [t for t in ticks if begins < t < ends]
        deviations += steady(times, period)
        if times:
            stretch = [(float(t), t - times[0] - round((t - times[0]) / period) * period) for t in times]
            stretches.append(stretch)
    slope, error = drift(stretches)
    an_hour = abs(slope) * HOUR
    beyond = [max(0, round(an_hour - 3 * error * HOUR))] if deviations else []
    return {
        "clock": Measured([d for _, d in deviations], story.periods.values, story.periods.beyond(deviations)),
        "drift": Measured([round(an_hour)] if deviations else [], [], beyond),
    }


def _rhythm(story: Story) -> Measured:
    """Each key, the note that it was held for, and that note's arrival."""
    holds = [(told.t, told.news) for told in story.recording.told if isinstance(told.news, Hold)]
    raw, bare, beyond, faults = list[int](), list[int](), list[int](), list[str]()
    keys = {id(one) for act, _ in story.acted("rhythm") for _, one in act.played}
    arrived = [(t, m) for t, m in story.heard if m[0] & 0xF0 == NOTE_ON and m[2]]
    for (t, message), one, echoed in zip(story.sent, story.played, story.echoed, strict=True):
        if one is None or id(one) not in keys or message[0] & 0xF0 != NOTE_ON or echoed is None:
            continue
        hold = next((h for told, h in holds if h.key == message[1] and 0 <= told - t < SLACK * 10), None)
        came = None
        if hold is not None:
            wanted = hold.channel, hold.pitch
            came = next((a for a, m in arrived if a >= t and (m[0] & 0x0F, m[1]) == wanted), None)
        if came is None:
            faults.append(f"nothing sounds for the key {message[1]} at {_seconds(story, t)}")
            continue
        raw.append(came - t)
        bare.append(echoed - t)
        beyond.append(max(0, came - echoed))
    return Measured(raw, bare, beyond, faults)


def _named(story: Story) -> Measured:
    """From the last key of a chord to the news of its name, in the engine's process."""
    names = [told.t for told in story.recording.told if isinstance(told.news, Named) and told.news.chord]
    took: list[tuple[int, int]] = []
    faults: list[str] = []
    for (t, _), one in zip(story.sent, story.played, strict=True):
        if one is not None and one.last_of_chord:
            named = next((name for name in names if t <= name < t + SLACK * 10), None)
            if named is None:
                faults.append(f"a chord at {_seconds(story, t)} was not named")
            else:
                took.append((t, named - t))
    return Measured([value for _, value in took], story.bare.values, story.bare.beyond(took), faults)


def _panic(story: Story) -> Measured:
    took: list[tuple[int, int]] = []
    faults: list[str] = []
    for act in story.recording.acted:
        if act.panic is not None:
            came = _silenced(story, act)
            if came is None:
                faults.append(f"panic ({act.scene.ending}) at {_seconds(story, act.panic)} did nothing")
            else:
                took.append((act.panic, came - act.panic))
    return Measured([value for _, value in took], story.bare.values, story.bare.beyond(took), faults)


def _outstanding(story: Story) -> Measured:
    """What still sounds at a stop, at the end, and, of what a panic found, after it: the band plays on."""
    ended = story.recording.ended
    quiet = [(ended, ended)]
    for act in story.recording.acted:
        *panicked, stopped = act.quiet
        quiet.append((stopped, stopped))
        silenced = _silenced(story, act)
        if silenced is not None:  # else it is the panic that is at fault
            quiet += ((t, silenced) for t in panicked)
    waiting = sorted(quiet, reverse=True)
    ledger = Ledger()
    faults: list[str] = []
    for t, message in [*story.heard, (ended + 1, ACTIVE_SENSING)]:
        while waiting and waiting[-1][0] < t:
            now, before = waiting.pop()
            for key, began in sorted(ledger.sounding.items()):
                if began < before:
                    channel, pitch = key
                    still = f"{pitch} on channel {channel + 1} still sounds at {_seconds(story, now)}"
                    faults.append(f"{still}, from {_seconds(story, began)}")
                    del ledger.sounding[key]
        ledger.hear(t, message)
    faults += (
        f"{pitch} on channel {channel + 1} was struck again without an off at {_seconds(story, t)}"
        for t, (channel, pitch) in ledger.again
    )
    return Measured(faults=faults)


def _silenced(story: Story, act: Acted) -> int | None:
    """When the last byte of a scene's panic came."""
    if act.panic is None:
        return None
    last = (t for t, message in story.heard if message == LAST_OF_PANIC)
    return next((t for t in last if act.panic <= t < act.quiet[0]), None)


def _takes(recording: Recording) -> list[Take]:
    takes: list[Take] = []
    for line in recording.lines:
        if line.get("kind") == "clock" and line.get("first"):
            takes.append(Take(TempoMap((anchor_from_line(dict(line)),))))
        elif line.get("kind") == "command" and takes:
            match command_from_line(dict(line)):
                case Play() as play:
                    takes[-1].plays.append(play)
                case Standby(notes):
                    takes[-1].plays.extend(notes)
                case Heard() as heard:
                    takes[-1].heard.append(heard)
                case _:
                    pass
    started = iter(takes)
    take = None
    for told in recording.told:
        if isinstance(told.news, TurnChange):
            take = next(started, None) if told.news.turn == "count-in" else take
            if take is not None:
                take.turns.append((told.t, told.news))
    return takes


def _on(play: Play) -> bytes:
    return encode(NoteOn(play.at, play.pitch, play.velocity, play.channel))


def _seconds(story: Story, t: int) -> str:
    first = story.recording.begins
    return f"{(t - first) / 1e9:.3f} s"
