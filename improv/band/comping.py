"""Comping: chords behind a soloist, that answer what is played.

Conventions: ticks of 1/24 beat from the top of the first chorus. A `CompMind` is a value. A rhythm is
chosen where a bar or a group of beats begins and played beat by beat, so that it can still give way: hits
are left out where the soloist fills the time, and one is put in where a phrase ends. A hit on an off-beat
anticipates the chord of the beat that follows. Nothing sounds on N.C.

The more attention the scene asks for, the more all this is so; and from 1 on chords come softer under a line
and fuller in its rests.
"""

from dataclasses import dataclass, replace

from grammar.changes import Changes
from grammar.chords import Chord
from grammar.form import Feel
from grammar.notes import TICKS_PER_BEAT, Note
from grammar.voicings import TOP_HOME, Voicing, lead
from improv.band.notes import Moment
from improv.band.rhythms import COMPING, Style, Tab
from improv.band.tabs import Stroke, strokes
from improv.chance import Chance

VELOCITY = 54
MARKS = {"x": 0, "X": 6, "o": -10}
"""Velocity of a hit by its letter, against `VELOCITY`."""
MELODY = 5
"""How much louder the top note is: pianists bring a melody out so (Goebl 2001)."""
FAST = 240.0
"""Beats a minute from which on shells of two or three notes are played."""
CROWDED = 0.25
"""Room below which a hit may be left out."""
NOBODYS = 0.5
"""Room where nobody solos: never crowded, however attentive one is."""
LEFT_OUT, ANSWERED = 0.5, 0.3
"""How likely a hit is left out where it is crowded, and put in where a phrase has ended."""
UNDER = 8.0
"""Velocity that a chord gives way by where there is no room, and takes where there is all, for each attention
more than 1."""
FARTHEST = 5
"""Semitones from home at which a melody over a chord that stays turns back."""
GAP = 1
"""Ticks before a chord changes at which a held one ends."""


@dataclass(frozen=True, slots=True)
class CompMind:
    """All that the pianist remembers."""

    chance: Chance
    voicing: Voicing = ()
    """The last one."""
    symbol: str = ""
    """Of the chord that it was."""
    rise: int = 1
    """Where the melody on top goes next while a chord stays."""
    begin: int = 0
    """The tick at which the present rhythm began."""
    tab: Tab | None = None
    """The rhythm; None before the first."""
    ends: int | None = None
    """The tick at which the last chord ends; None before the first."""


def comp(mind: CompMind, feel: Feel, moment: Moment) -> tuple[CompMind, list[Note]]:
    """The chords that begin within a beat; those of one chord share onset and end."""
    style = COMPING[feel]
    mind = _rhythm(mind, style, moment)
    assert mind.tab is not None
    place = moment.tick - mind.begin
    hits = [
        stroke
        for stroke in strokes(mind.tab.letters, style.steps)
        if place <= stroke.place < place + TICKS_PER_BEAT
    ]
    mind, hits = _reacting(mind, style, moment, hits)
    notes: list[Note] = []
    for hit in hits:
        mind, chord = _strike(mind, moment, mind.begin + hit.place, hit)
        notes += chord
    return mind, notes


def _rhythm(mind: CompMind, style: Style, moment: Moment) -> CompMind:
    """With a rhythm that covers the beat: the present one, or a new one where it is over."""
    begin, span = moment.span(style.tabs)
    if mind.tab is not None and mind.begin == begin and moment.tick != begin:
        return mind
    tabs = style.tabs[span]
    counts = [len(strokes(tab.letters, style.steps)) for tab in tabs]
    fewest, lean = min(counts), moment.leaning(moment.scene.attention)
    weights = [tab.weight * lean ** (n - fewest) for tab, n in zip(tabs, counts, strict=True)]
    number, chance = mind.chance.pick(weights)
    return replace(mind, chance=chance, begin=begin, tab=tabs[number])


def _reacting(
    mind: CompMind, style: Style, moment: Moment, hits: list[Stroke]
) -> tuple[CompMind, list[Stroke]]:
    """The beat's hits after a look at the soloist."""
    hearing, attention = moment.scene.hearing, moment.scene.attention
    place = moment.tick - mind.begin
    if hits and place and hearing.room < min(CROWDED * attention, NOBODYS) and style.gives_way:
        number, chance = mind.chance.draw()
        left_out = number < 1.0 - (1.0 - LEFT_OUT) ** attention
        return replace(mind, chance=chance), [] if left_out else hits
    free = mind.ends is None or mind.ends <= moment.tick + TICKS_PER_BEAT // 2
    if not hits and free and hearing.breathes and style.gives_way:
        number, chance = mind.chance.draw()
        answer = Stroke(place + TICKS_PER_BEAT // 2, TICKS_PER_BEAT // 2, "x")
        answered = ANSWERED * attention * moment.scene.density
        return replace(mind, chance=chance), [answer] if number < answered else []
    return mind, hits


def _strike(mind: CompMind, moment: Moment, onset: int, hit: Stroke) -> tuple[CompMind, list[Note]]:
    """A chord at a tick, led to from the last."""
    chord, until = heard(moment.changes, onset)
    end = min(onset + hit.length, until - GAP if until > onset + GAP else until)
    if moment.scene.ends is not None:
        end = min(end, moment.scene.ends)
    rise = mind.rise if chord.symbol == mind.symbol else 0
    voicing = lead(chord, mind.voicing, moment.scene.tempo >= FAST, rise)
    if not voicing or onset >= end:
        return mind, []
    top = mind.voicing[-1] if mind.voicing else voicing[-1]
    # back where there is no way on, or where the melody has gone far enough
    turned = rise and ((voicing[-1] - top) * rise <= 0 or (voicing[-1] - TOP_HOME) * rise > FARTHEST)
    scene = moment.scene
    usual = VELOCITY + UNDER * (scene.attention - 1.0) * (2 * scene.hearing.room - 1.0)
    loud = moment.louder(usual + scene.dynamics * MARKS[hit.mark])
    melody = moment.louder(usual + scene.dynamics * (MARKS[hit.mark] + MELODY))
    notes = [Note(onset, pitch, end - onset, melody if pitch == voicing[-1] else loud) for pitch in voicing]
    going = -mind.rise if turned else mind.rise
    return replace(mind, voicing=voicing, symbol=chord.symbol, rise=going, ends=end), notes


def heard(changes: Changes, onset: int) -> tuple[Chord, int]:
    """The chord that a hit plays, and the tick at which it must have ended: off-beats anticipate."""
    place = onset % TICKS_PER_BEAT
    ahead = onset - place + TICKS_PER_BEAT if place >= TICKS_PER_BEAT // 2 else onset
    wait, _ = changes.after(ahead)
    return changes.at(ahead), ahead + wait
