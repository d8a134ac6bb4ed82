"""A take as a standard MIDI file: both players, the band, the tempo, and markers for chords and places.

Conventions: the file begins at the take's first bar line, as tick 0; times are as played, to 1/20 tick.
"""

from collections.abc import Mapping

from improv.channels import IMPROV as SOLO
from improv.channels import PLAYER, programs
from improv.midifile import STEPS_PER_TICK, FileNote, Track, midi_bytes
from improv.takes.take import IMPROV, SOLOISTS, YOU, Note, Take

TRACK_NAMES: Mapping[str, str] = {YOU: "player", IMPROV: "improv", "comp": "piano"}
"""How a part's track is called; another has its role's name."""


def take_bytes(take: Take) -> bytes:
    """The file; the same take gives the same bytes."""
    start = take.first
    tempi = [(tick - start, tempo) for tick, tempo in take.tempi()]
    places = [(max(take.clock.tick(place.at) - start, 0.0), place.label) for place in take.places]
    return midi_bytes(
        tracks(take),
        tempo=tempi[0][1],
        meter=take.setting.chart.meter,
        title=f"{take.setting.chart.title} ({take.name})",
        tempi=tempi[1:],
        markers=[*((tick - start, symbol) for tick, symbol in take.chords()), *places],
        ticks=-(-int(take.last - start) // take.bar) * take.bar,
    )


def tracks(take: Take) -> tuple[Track, ...]:
    """A track for each player, silent or not, and for each of the band that plays; ticks from its start."""
    found, known = [], programs(take.setting.chart.feel)
    for part in (*SOLOISTS, *take.band()):
        notes = take.of(part)
        channels = {note.channel for note in notes} or {PLAYER if part == YOU else SOLO}
        if part == YOU:  # the pedal acts on what keys that are silent by themselves have asked for
            asked = {note.channel for note in take.of(IMPROV)}
            channels |= asked & {message[0] & 0x0F for _, message in take.passed}
        for channel in sorted(channels):  # a player may have several, as a split keyboard does
            played = tuple(sorted(_file_note(take, note) for note in notes if note.channel == channel))
            name = TRACK_NAMES.get(part, part)
            messages = _messages(take, channel) if part == YOU else ()
            found.append(Track(name, channel, known.get(channel), played, messages))
    return tuple(found)


def _file_note(take: Take, note: Note) -> FileNote:
    onset, end = (round(take.clock.tick(t) * STEPS_PER_TICK) / STEPS_PER_TICK for t in (note.at, note.end))
    onset = max(onset, float(take.first))
    return FileNote(onset - take.first, note.pitch, max(end - onset, 1 / STEPS_PER_TICK), note.velocity)


def _messages(take: Take, channel: int) -> tuple[tuple[float, bytes], ...]:
    """The pedal and the like on a channel, from the first bar line on."""
    return tuple(
        (max(take.clock.tick(t) - take.first, 0.0), message)
        for t, message in take.passed
        if message[0] & 0x0F == channel
    )
