"""A take as MusicXML 4.0: a part each for both players, chords as harmony elements, places as words.

Conventions: score-partwise, `divisions` of 24 a quarter note, as our ticks. What is written is rounded to
notation (`improv.takes.notation`); the performance itself is in the MIDI file. W3C: MusicXML 4.0,
https://www.w3.org/2021/06/musicxml40/.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from grammar.notes import TICKS_PER_BEAT
from improv.swing import swing_ratio
from improv.takes.notation import Figure, figures, write_down
from improv.takes.spelling import fifths, harmony_of, spell
from improv.takes.take import IMPROV, YOU, Take

HEAD = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n'
    b'<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" '
    b'"http://www.musicxml.org/dtds/partwise.dtd">\n'
)
PARTS = (("P1", YOU), ("P2", IMPROV))
BASS_BELOW = 55
"""A part whose middle pitch is lower is in the bass clef."""


@dataclass(frozen=True, slots=True)
class _Sign:
    """What stands above the staff at a place: a chord, a word, a tempo."""

    tick: int
    """From the take's first bar line."""
    element: Element


def take_xml(take: Take) -> bytes:
    """The file; the same take gives the same bytes."""
    chart = take.setting.chart
    score = Element("score-partwise", version="4.0")
    _text(SubElement(score, "work"), "work-title", chart.title if take.on_form else take.name)
    identification = SubElement(score, "identification")
    if chart.composer and take.on_form:
        _text(identification, "creator", chart.composer).set("type", "composer")
    _text(SubElement(identification, "encoding"), "software", "improv")
    listed = SubElement(score, "part-list")
    for number, part in PARTS:
        _text(SubElement(listed, "score-part", id=number), "part-name", part)
    for number, part in PARTS:
        _part(SubElement(score, "part", id=number), take, part, first=part == YOU)
    indent(score, space=" ")
    data: bytes = tostring(score, encoding="utf-8", xml_declaration=False)
    return HEAD + data + b"\n"


def _part(element: Element, take: Take, part: str, first: bool) -> None:
    written, divisions = write_down(take, part)
    bars = max(take.bars, 1)
    signs = sorted(_signs(take, first), key=lambda sign: sign.tick)
    for number, line in enumerate(figures(written, divisions, bars, take.bar)):
        measure = SubElement(element, "measure", number=str(number + 1))
        if number == 0:
            pitches = sorted(pitch for note in written for pitch in note.pitches)
            measure.append(_attributes(take, pitches[len(pitches) // 2] if pitches else 60))
        here = [sign for sign in signs if sign.tick // take.bar == number]
        _fill(measure, take, line, here)


def _fill(measure: Element, take: Take, line: Sequence[Figure], signs: Sequence[_Sign]) -> None:
    waiting = list(signs)
    if len(line) == 1 and not line[0].pitches:
        line = ()
        for sign in waiting:
            _append_sign(measure, sign, sign.tick // take.bar * take.bar)
        rest = SubElement(measure, "note")
        SubElement(rest, "rest", measure="yes")
        _text(rest, "duration", take.bar)
        _text(rest, "voice", 1)
    ends = [figure.onset + figure.ticks for figure in line]
    for figure, end, (opens, closes) in zip(line, ends, _brackets(line), strict=True):
        while waiting and waiting[0].tick < end:
            _append_sign(measure, waiting.pop(0), figure.onset)
        measure.extend(_notes(take, figure, opens, closes))


def _notes(take: Take, figure: Figure, opens: bool, closes: bool) -> Iterator[Element]:
    """The elements of a figure: one, or one for each note of a chord."""
    chord = take.chord(figure.onset + take.first)
    for number, pitch in enumerate(figure.pitches or (None,)):
        note = Element("note")
        if number:
            SubElement(note, "chord")
        if pitch is None:
            SubElement(note, "rest")
        else:
            spelled = spell(pitch, chord)
            element = SubElement(note, "pitch")
            _text(element, "step", spelled.letter)
            if spelled.alter:
                _text(element, "alter", spelled.alter)
            _text(element, "octave", spelled.octave)
        _text(note, "duration", figure.ticks)
        ties = [("stop", figure.tied_from), ("start", figure.tied_to)]
        for kind, holds in ties:
            if holds:
                SubElement(note, "tie", type=kind)
        _text(note, "voice", 1)
        _text(note, "type", figure.shape)
        for _ in range(figure.dots):
            SubElement(note, "dot")
        if figure.triplet:
            modified = SubElement(note, "time-modification")
            _text(modified, "actual-notes", 3)
            _text(modified, "normal-notes", 2)
        brackets = [("start", opens and not number), ("stop", closes and not number)]
        if any(holds for _, holds in (*ties, *brackets)):
            notations = SubElement(note, "notations")
            for name, kinds in (("tied", ties), ("tuplet", brackets)):
                for kind, holds in kinds:
                    if holds:
                        SubElement(notations, name, type=kind)
        yield note


def _brackets(line: Sequence[Figure]) -> Iterator[tuple[bool, bool]]:
    """For each figure, whether a triplet begins with it and whether one ends: one for each beat."""
    beats = [figure.onset // TICKS_PER_BEAT if figure.triplet else None for figure in line]
    for before, (beat, after) in zip([None, *beats], pairwise([*beats, None]), strict=False):
        yield beat is not None and beat != before, beat is not None and beat != after


def _attributes(take: Take, middle: int) -> Element:
    chart = take.setting.chart
    attributes = Element("attributes")
    _text(attributes, "divisions", TICKS_PER_BEAT)
    _text(SubElement(attributes, "key"), "fifths", fifths(chart.key) if take.on_form else 0)
    time = SubElement(attributes, "time")
    _text(time, "beats", chart.meter)
    _text(time, "beat-type", 4)
    clef = SubElement(attributes, "clef")
    _text(clef, "sign", "F" if middle < BASS_BELOW else "G")
    _text(clef, "line", 4 if middle < BASS_BELOW else 2)
    return attributes


def _signs(take: Take, first: bool) -> Iterator[_Sign]:
    """What stands above a part: above the first the tempo and the places too."""
    if first:
        ratio = swing_ratio(take.tempo, take.setting.chart.feel)
        for number, (tick, tempo) in enumerate(take.tempi()):
            yield _Sign(int(tick) - take.first, _tempo(tempo, ratio if number == 0 else 1.0))
        limit = max(take.bars, 1) * take.bar - 1
        for place in take.places:
            tick = min(max(int(take.clock.tick(place.at)) - take.first, 0), limit)
            yield _Sign(tick, _words(place.label))
    for tick, _ in take.chords():
        harmony = harmony_of(take.chord(tick))
        element = Element("harmony")
        root = SubElement(element, "root")
        letter, alter = harmony.root or ("C", 0)
        step = _text(root, "root-step", letter)
        if harmony.root is None:
            step.set("text", "")
        if alter:
            _text(root, "root-alter", alter)
        _text(element, "kind", harmony.kind).set("text", harmony.suffix)
        if harmony.bass is not None:
            bass = SubElement(element, "bass")
            _text(bass, "bass-step", harmony.bass[0])
            if harmony.bass[1]:
                _text(bass, "bass-alter", harmony.bass[1])
        for value, moved, kind in harmony.degrees:
            degree = SubElement(element, "degree", {"print-object": "no"})
            _text(degree, "degree-value", value)
            _text(degree, "degree-alter", moved)
            _text(degree, "degree-type", kind)
        yield _Sign(tick - take.first, element)


def _tempo(tempo: float, ratio: float) -> Element:
    direction = Element("direction", placement="above")
    metronome = SubElement(SubElement(direction, "direction-type"), "metronome")
    _text(metronome, "beat-unit", "quarter")
    _text(metronome, "per-minute", f"{tempo:g}")
    sound = SubElement(direction, "sound", tempo=f"{tempo:g}")
    if ratio > 1.0:
        share = Fraction(ratio).limit_denominator(4)
        swing = SubElement(sound, "swing")
        _text(swing, "first", share.numerator)
        _text(swing, "second", share.denominator)
        _text(swing, "swing-type", "eighth")
    return direction


def _words(text: str) -> Element:
    direction = Element("direction", placement="above")
    _text(SubElement(direction, "direction-type"), "words", text)
    return direction


def _append_sign(measure: Element, sign: _Sign, now: int) -> None:
    """Put a sign where the measure stands, with what it is away from there."""
    if sign.tick != now:
        offset = Element("offset")
        offset.text = str(sign.tick - now)
        names = [child.tag for child in sign.element]
        sign.element.insert(names.index("sound") if "sound" in names else len(names), offset)
    measure.append(sign.element)


def _text(parent: Element, tag: str, text: object) -> Element:
    element = SubElement(parent, tag)
    element.text = "".join(c for c in str(text) if c.isprintable())  # XML has no control characters
    return element
