"""The band's bass: the model where it plays the feel, else the rules, beat by beat, with its phrasing.

Conventions: ticks of 1/24 beat from the top of the first chorus. Each note rings until just before the next;
none rings into N.C. A skip is a short, dead note of the same pitch on the off-beat, that throws the next
beat forward: bassists put one in now and then where the tempo leaves the time.
"""

from dataclasses import dataclass, replace

from grammar.changes import Changes, changes_from_beats
from grammar.chords import Chord
from grammar.form import Feel
from grammar.notes import TICKS_PER_BEAT, Note
from improv.band import roots
from improv.band.bass import FEELS, Bassist, BassTaste, Line, Style
from improv.band.notes import Moment, Source
from improv.band.roots import Roots
from improv.chance import Chance
from models.network import Network

SKIPPING: frozenset[Feel] = frozenset(("swing", "waltz"))
SKIPS = 0.06
"""How likely a beat has a skip."""
FASTEST_SKIP = 230.0
"""Beats a minute above which there are none."""
SKIP_VELOCITY = 40
GAPS: dict[Style, int] = {"walk": 1, "two": 2}
"""Ticks between a note's end and the next note."""


@dataclass(frozen=True, slots=True)
class BassMind:
    """All that the bassist remembers."""

    line: Line | Roots
    skips: Chance
    chord: Chord | None = None
    """What sounded on the last beat; None before the first."""


@dataclass(frozen=True)
class Bass:
    """A network or none, and how to play."""

    feel: Feel
    network: Network | None = None
    """None: the rules play."""
    style: Style | None = None
    """None: as the feel is usually played."""
    taste: BassTaste | None = None

    def begin(self, chance: Chance, skips: Chance) -> BassMind:
        """A mind before the first note, with its two rows of numbers."""
        return BassMind(Line(chance) if self._models else Roots(chance), skips)

    @property
    def _models(self) -> bool:
        return self.network is not None and self.feel in FEELS

    def play(self, mind: BassMind, moment: Moment) -> tuple[BassMind, list[tuple[Note, Source, str]]]:
        """The notes that begin within a beat, each with who chose it and the rule that refused another."""
        chord = moment.changes.at(moment.tick)
        if mind.chord is not None and mind.chord.symbol != chord.symbol:
            moment = replace(moment, changes=_arriving(moment.changes, moment.tick, mind.chord))
        mind = replace(mind, chord=chord)
        if isinstance(mind.line, Roots):
            line, notes = roots.play(mind.line, self.feel, moment)
            found: list[tuple[Note, Source, str]] = [(note, "grammar", "") for note in notes]
            mind = replace(mind, line=line)
            if self.feel in roots.FIGURES or not notes:
                return mind, found
            style: Style = "two" if self.feel in roots.IN_TWO else "walk"
        else:
            bassist = self._bassist(moment)
            drawn, choice = bassist.play(mind.line, moment.tick)
            mind, style = replace(mind, line=drawn), bassist.style
            if choice is None:
                return mind, []
            note = replace(choice.note, velocity=moment.louder(choice.note.velocity))
            found = [(note, choice.source, choice.refused)]
        return self._phrased(mind, style, moment, *found[0])

    def _bassist(self, moment: Moment) -> Bassist:
        assert self.network is not None
        return Bassist(self.network, moment.changes, moment.scene.tempo, self.feel, self.style, self.taste)

    def _strikes(self, moment: Moment, tick: int) -> bool:
        if self._models:
            return self._bassist(moment).strikes(tick)
        return roots.strikes(self.feel, moment.changes, moment.meter, tick)

    def _phrased(
        self, mind: BassMind, style: Style, moment: Moment, note: Note, source: Source, refused: str
    ) -> tuple[BassMind, list[tuple[Note, Source, str]]]:
        """A note of one beat made to ring, or followed by a skip."""
        end = note.onset + TICKS_PER_BEAT
        silent = moment.changes.at(end).root is None
        number, skips = mind.skips.draw()
        mind = replace(mind, skips=skips)
        half = TICKS_PER_BEAT // 2
        if (
            style == "walk"
            and self.feel in SKIPPING
            and not silent
            and moment.scene.tempo <= FASTEST_SKIP
            and number < SKIPS * moment.scene.density
        ):
            skip = Note(note.onset + half, note.pitch, half // 2, moment.louder(SKIP_VELOCITY))
            return mind, [(replace(note, duration=half - 1), source, refused), (skip, "grammar", "")]
        last = note.onset + moment.bar
        while end < last and moment.changes.at(end).root is not None and not self._strikes(moment, end):
            end += TICKS_PER_BEAT
        if moment.scene.ends is not None:
            end = min(end, moment.scene.ends)
        return mind, [(replace(note, duration=end - note.onset - GAPS[style]), source, refused)]


def _arriving(changes: Changes, tick: int, before: Chord) -> Changes:
    """The changes with the beat before `tick` as it really was: a harmony that is led changes unannounced."""
    if changes.at(tick - TICKS_PER_BEAT).symbol == before.symbol:
        return changes
    beats = [changes.at(place) for place in range(0, changes.length, TICKS_PER_BEAT)]
    beats *= 2 if len(beats) == 1 else 1
    beats[(tick // TICKS_PER_BEAT - 1) % len(beats)] = before
    return changes_from_beats(beats, changes.meter)
