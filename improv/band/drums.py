"""Drums: the time, what answers the soloist, and what leads from phrase to phrase.

Conventions: ticks of 1/24 beat from the top of the first chorus; a chorus and its phrases are those of the
chart, whatever harmony is played over it. A `DrumMind` is a value.

Everything stands on its place, with the swing of `improv.swing`, and nothing moves at random: listeners
like a rhythm section best that keeps together more closely than 19 ms (Hofmann, Wesolowski and Goebl, "The
Tight-interlocked Rhythm Section", 2017). The second and fourth beats are the louder ones of the ride.
"""

from dataclasses import dataclass, replace

from grammar.form import Chart, Feel
from grammar.notes import TICKS_PER_BEAT, Note
from improv.band.grooves import GROOVES, HANDS, Groove, Lines
from improv.band.kit import PIECES, RIDE, RIDE_TWO, velocity
from improv.band.notes import Moment
from improv.band.tabs import Stroke, strokes
from improv.chance import Chance

STROKE = 4
"""Ticks that a stroke is written to last: less than a sixteenth, for what is struck rings by itself."""
FILLS: dict[int, tuple[int, float]] = {1: (1, 0.3), 2: (2, 0.6), 3: (4, 0.85)}
"""By how much ends: beats of the fill that leads on, and how likely it is. 3 is the chorus."""
CRASHES = {1: 0.0, 2: 0.5, 3: 1.0}
"""How likely a fill leads to a crash."""


@dataclass(frozen=True, slots=True)
class DrumMind:
    """All that the drummer remembers."""

    chance: Chance
    begin: int = 0
    """The tick at which the present pattern began."""
    pattern: tuple[tuple[str, str], ...] = ()
    """Its pieces, each with its letters; empty before the first."""
    answer: tuple[str, str] = ("", "")
    """What comps: a piece and its letters, over the group that began at `answering`."""
    answering: int = 0
    fill: tuple[tuple[str, str], ...] = ()
    filling: int = 0
    """The tick at which the fill begins."""
    crash: int | None = None
    """The tick of a coming crash."""


@dataclass(frozen=True)
class Phrases:
    """Where the phrases of a chorus end."""

    bars: tuple[int, ...]
    """For each bar of the chorus, what ends with it: 0 nothing, 1 four bars, 2 eight or a section, 3 all."""

    @staticmethod
    def of(chart: Chart) -> "Phrases":
        """The phrases of a chart: its sections, each in fours and eights."""
        named = {section.name: len(section.bars) for section in chart.sections}
        found: list[int] = []
        for name in chart.form:
            last = named[name]
            found += [2 if n == last or n % 8 == 0 else int(n % 4 == 0) for n in range(1, last + 1)]
        return Phrases((*found[:-1], 3))

    def ending(self, bar: int) -> int:
        """What ends with a bar, counted from the top of the first chorus."""
        return self.bars[bar % len(self.bars)]


def drum(mind: DrumMind, feel: Feel, phrases: Phrases, moment: Moment) -> tuple[DrumMind, list[Note]]:
    """The strokes that begin within a beat, in order."""
    groove = GROOVES[feel]
    mind = _pattern(mind, groove, moment)
    mind = _answering(mind, groove, moment)
    mind = _filling(mind, groove, phrases, moment)
    filled = bool(mind.fill) and mind.filling <= moment.tick
    struck = {
        (piece, stroke)
        for piece, letters in mind.pattern
        for stroke in _within(letters, groove.steps, moment.tick - mind.begin)
        if not (filled and piece in HANDS) and not (piece == "feather" and moment.scene.tempo >= groove.loose)
    }
    if filled:
        struck = {(p, s) for p, s in struck if p != "kick"} if "kick" in dict(mind.fill) else struck
        struck |= {
            (piece, stroke)
            for piece, letters in mind.fill
            for stroke in _within(letters, groove.fill_steps, moment.tick - mind.filling)
        }
    elif mind.answer[0]:
        piece, letters = mind.answer
        struck |= {(piece, s) for s in _within(letters, groove.steps, moment.tick - mind.answering)}
    if mind.crash == moment.tick:
        struck = {(p, s) for p, s in struck if s.place or p not in ("ride", "feather", "kick")}
        struck |= {("crash", Stroke(0, STROKE, "x")), ("kick", Stroke(0, STROKE, "x"))}
    return mind, _notes(struck, moment, phrases)


def _pattern(mind: DrumMind, groove: Groove, moment: Moment) -> DrumMind:
    """With a pattern that covers the beat."""
    begin, span = moment.span(groove.time)
    if mind.pattern and mind.begin == begin and moment.tick != begin:
        return mind
    chance = mind.chance
    chosen: list[tuple[str, str]] = []
    lines: Lines = groove.time[span]
    for piece, tabs in lines.items():
        number = 0
        if len(tabs) > 1:
            number, chance = chance.pick([tab.weight for tab in tabs])
        chosen.append((piece, tabs[number].letters))
    return replace(mind, chance=chance, begin=begin, pattern=tuple(chosen))


def _answering(mind: DrumMind, groove: Groove, moment: Moment) -> DrumMind:
    """With what comps over the present group: drawn where one begins, and anew where a phrase has ended."""
    begin, span = moment.group
    choices = groove.comping.get(span, ())
    late = moment.scene.hearing.breathes and not mind.answer[0]
    if not choices or not (moment.tick == begin or mind.answering != begin or late):
        return replace(mind, answer=("", "")) if mind.answering != begin else mind
    counts = [len(strokes(letters, groove.steps)) for _, _, letters in choices]
    weights = [choice[0] * moment.lean**count for choice, count in zip(choices, counts, strict=True)]
    number, chance = mind.chance.pick(weights)
    return replace(mind, chance=chance, answer=choices[number][1:], answering=begin)


def _filling(mind: DrumMind, groove: Groove, phrases: Phrases, moment: Moment) -> DrumMind:
    """With the fill that begins on the beat, if one does; and without one that is over."""
    bar, place = divmod(moment.tick, moment.bar)
    beat = place // TICKS_PER_BEAT
    if mind.fill and beat == 0:
        mind = replace(mind, fill=())
    level = phrases.ending(bar)
    if not level or mind.fill or not groove.fills:
        return mind
    wanted, likely = FILLS[level]
    length = max((n for n in groove.fills if n <= min(wanted, moment.meter)), default=0)
    over = moment.tick + length * TICKS_PER_BEAT
    ends = moment.scene.ends
    if beat != moment.meter - length or (ends is not None and over >= ends):
        return mind
    number, chance = mind.chance.draw()
    if number >= likely * moment.scene.density * (0.6 + 0.6 * moment.scene.hearing.room):
        return replace(mind, chance=chance)
    fills = groove.fills[length]
    which, chance = chance.pick([1.0] * len(fills))
    number, chance = chance.draw()
    crash = over if groove.crash and number < CRASHES[level] else None
    return replace(mind, chance=chance, fill=tuple(fills[which].items()), filling=moment.tick, crash=crash)


def _within(letters: str, steps: int, place: int) -> list[Stroke]:
    """The strokes of a tab in the beat at `place` ticks from its begin, with places within that beat."""
    return [
        stroke._replace(place=stroke.place - place)
        for stroke in strokes(letters, steps)
        if place <= stroke.place < place + TICKS_PER_BEAT
    ]


def _notes(struck: set[tuple[str, Stroke]], moment: Moment, phrases: Phrases) -> list[Note]:
    """The strokes as notes, one a key and place: the loudest."""
    chorus = moment.tick // (len(phrases.bars) * moment.bar)
    loudest: dict[tuple[int, int], Note] = {}
    for piece, stroke in struck:
        key = PIECES[piece][0]
        if key == RIDE and chorus % 2:
            key = RIDE_TWO
        loud = moment.louder(velocity(piece, stroke.mark, moment.scene.dynamics))
        length = stroke.length - 2 if piece == "swirl" else STROKE
        note = Note(moment.tick + stroke.place, key, length, loud)
        known = loudest.get((note.onset, key))
        if known is None or known.velocity < loud:
            loudest[note.onset, key] = note
    return sorted(loudest.values())
