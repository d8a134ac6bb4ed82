"""The band: piano, bass and drums behind the solo, a beat at a time.

Conventions: grid ticks of 1/24 beat from the top of the first chorus; performed ticks, floats of the same
beat, have the swing. A `BandMind` is a value that holds its own chance, so a beat can be tried and taken
back, and a band that is asked for the same beats in the same scenes plays the same notes.

How to use it, live as in a file:

    ensemble = Ensemble(chart, network)             # network: `improv.band.model.load_bass()[0]`, or None
    mind = ensemble.begin(seed)
    for tick in range(0, ticks, TICKS_PER_BEAT):    # each beat in order, some 40 ms before it is due
        scene = Scene(tempo, Hearing.of(line, tick), swing=…, dynamics=…, density=…)
        mind, notes = ensemble.play(mind, tick, scene)

`line` is what has been soloed so far, by whoever. Notes lie within their beat, `tick` to `tick + 24`, though
they may ring on: an off-beat that anticipates is in the beat where it sounds. Every part is always played;
who is muted is left out by the caller, and the others play the same. `Scene.changes` takes the chart's place
where the harmony is another from this beat on; the form stays the chart's. Beats may be left out.
"""

from dataclasses import dataclass, replace

from grammar.chart import Chart
from grammar.notes import TICKS_PER_BEAT, Note
from improv.band.bass import BassTaste, Style
from improv.band.bassline import Bass, BassMind
from improv.band.comping import CompMind, comp
from improv.band.drums import DrumMind, Phrases, drum
from improv.band.notes import BandNote, Moment, Scene, Source
from improv.chance import Chance
from improv.channels import Role
from improv.swing import EIGHTHS, band_ratio, to_performed
from models.network import Network

_ROWS = 1 << 61
"""The band's rows of numbers begin so far from the solo's: nobody copies another's dice."""


@dataclass(frozen=True, slots=True)
class BandMind:
    """All that the band remembers."""

    comp: CompMind
    bass: BassMind
    drums: DrumMind


class Ensemble:
    """A band over a chart; its feel is the style."""

    def __init__(
        self,
        chart: Chart,
        network: Network | None = None,
        style: Style | None = None,
        taste: BassTaste | None = None,
    ) -> None:
        """A band.

        Args:
            chart: its form, feel and meter, and the changes where a scene has no others.
            network: the bass model, which nobody else may use in between two beats' worth of steps; None:
                the rules play the bass.
            style: how the bass plays, walking or in two; None: as the feel is usually played.
            taste: the bass model's.
        """
        self.chart, self.changes = chart, chart.changes()
        self.phrases = Phrases.of(chart)
        self._bass = Bass(chart.feel, network, style, taste)

    def begin(self, seed: int) -> BandMind:
        """The band before its first beat."""
        rows = [Chance(seed + (number + 1) * _ROWS) for number in range(4)]
        return BandMind(CompMind(rows[0]), self._bass.begin(rows[1], rows[2]), DrumMind(rows[3]))

    def play(self, mind: BandMind, tick: int, scene: Scene) -> tuple[BandMind, tuple[BandNote, ...]]:
        """The mind after a beat, and the notes that begin in it, in order of performed onset.

        Args:
            mind: after the beat before.
            tick: the beat's, on the grid; before tick 0 too.
            scene: what holds now.
        """
        changes = self.changes if scene.changes is None else scene.changes
        moment = Moment(tick, self.chart.meter, changes, scene)
        comping, chords = comp(mind.comp, self.chart.feel, moment)
        bass, low = self._bass.play(mind.bass, moment)
        drums, strokes = drum(mind.drums, self.chart.feel, self.phrases, moment)
        played = [
            *(self._performed("comp", note, scene) for note in chords),
            *(self._performed("bass", note, scene, source, refused) for note, source, refused in low),
            *(self._performed("drums", note, scene) for note in strokes),
        ]
        played.sort(key=lambda found: (found.onset, found.role, found.note.pitch))
        return BandMind(comping, bass, drums), tuple(played)

    def _performed(
        self, role: Role, note: Note, scene: Scene, source: Source = "grammar", refused: str = ""
    ) -> BandNote:
        """A note at its performed place: eighths swing, triplets and sixteenths stand where they are."""
        if scene.ends is not None and note.end > scene.ends:
            note = replace(note, duration=scene.ends - note.onset)
        ratio = 1.0
        if note.onset % TICKS_PER_BEAT in EIGHTHS:
            ratio = band_ratio(scene.tempo, self.chart.feel, scene.swing)
        onset, end = to_performed(note.onset, ratio), to_performed(note.end, ratio)
        return BandNote(role, note, onset, end - onset, source, refused)
