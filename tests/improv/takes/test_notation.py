"""What is written: bars that are full, ties that join what was cut, names that sound as they must."""

import xml.etree.ElementTree as ET
from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grammar.chords import ALIASES, parse_chord
from improv.library import chart_names, load_chart
from improv.requests import Mark, SetTempo, Start, Stop
from improv.takes.musicxml import take_xml
from improv.takes.notation import Written, divisions_of, figures, snapped, write_down
from improv.takes.spelling import LETTERS, NATURALS, fifths, harmony_of, spell

if TYPE_CHECKING:
    from tests.improv.takes.conftest import Log

SECOND = 1_000_000_000
BEAT = SECOND // 2
LENGTHS = {"whole": 96, "half": 48, "quarter": 24, "eighth": 12, "16th": 6, "32nd": 3}
fixtures = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
chords = st.builds(
    lambda root, quality: parse_chord(root + quality),
    st.sampled_from(
        ["C", "Db", "C#", "D", "Eb", "E", "F", "F#", "Gb", "G", "Ab", "G#", "A", "Bb", "B", "Cb"]
    ),
    st.sampled_from(sorted(ALIASES)),
)


@st.composite
def lines(draw: st.DrawFn) -> tuple[list[Written], dict[int, tuple[int, ...]], int, int]:
    """A line on the grid, the divisions of its beats, how many bars, and a bar's ticks."""
    bar = 24 * draw(st.integers(2, 7))
    bars = draw(st.integers(1, 4))
    ticks = draw(st.lists(st.integers(0, bars * bar - 24), max_size=12))
    divisions = divisions_of(ticks)
    onsets = sorted({min(snapped(tick, divisions), bars * bar - 24) for tick in ticks})
    written = []
    for onset, following in zip(onsets, [*onsets, bars * bar][1:], strict=True):
        ends = [tick for tick in range(onset + 1, following + 1) if snapped(tick, divisions) == tick]
        if ends:
            written.append(Written(onset, draw(st.sampled_from(ends)), (60,)))
    return written, divisions, bars, bar


@given(line=lines())
def test_bars_are_full_and_ties_join_what_was_cut(
    line: tuple[list[Written], dict[int, tuple[int, ...]], int, int],
) -> None:
    written, divisions, bars, bar = line
    found = list(figures(written, divisions, bars, bar))
    assert len(found) == bars
    flat = [figure for measure in found for figure in measure]
    now = 0
    for figure in flat:
        assert figure.onset == now
        now += figure.ticks
        length = Fraction(LENGTHS[figure.shape]) * (2 - Fraction(1, 2**figure.dots))
        assert figure.ticks == length * (Fraction(2, 3) if figure.triplet else 1)
    assert now == bars * bar
    for number, measure in enumerate(found):
        assert sum(figure.ticks for figure in measure) == bar
        assert measure[0].onset == number * bar
    joined: list[list[int]] = []
    for figure in flat:
        if figure.pitches and figure.tied_from:
            assert joined[-1][1] == figure.onset
            joined[-1][1] += figure.ticks
        elif figure.pitches:
            joined.append([figure.onset, figure.onset + figure.ticks])
    assert joined == [[note.onset, note.end] for note in written]


@given(chord=chords, pitch=st.integers(12, 120))
def test_a_spelled_note_sounds_as_it_must(chord: object, pitch: int) -> None:
    spelled = spell(pitch, chord)  # type: ignore[arg-type]
    assert spelled.pitch == pitch
    assert abs(spelled.alter) <= 1


@pytest.mark.parametrize(
    ("chord", "pitch", "name"),
    [
        ("D7", 66, "F#4"), ("Ab-7", 71, "Cb5"), ("F7", 70, "Bb4"), ("E7", 68, "G#4"), ("C7#11", 66, "F#4"),
        ("C7b9", 61, "Db4"), ("C7#5", 68, "G#4"), ("Bo7", 68, "Ab4"), ("Gb7", 61, "Db4"), ("N.C.", 61, "Db4"),
        ("C", 60, "C4"), ("C", 59, "B3"),
    ],
)  # fmt: skip
def test_notes_are_named_as_degrees_of_their_chord(chord: str, pitch: int, name: str) -> None:
    spelled = spell(pitch, parse_chord(chord))
    assert f"{spelled.letter}{'#' if spelled.alter > 0 else 'b' * -spelled.alter}{spelled.octave}" == name


@given(chord=chords)
def test_a_harmony_has_the_chord_s_root(chord: object) -> None:
    harmony = harmony_of(chord)  # type: ignore[arg-type]
    assert harmony.root is not None
    letter, alter = harmony.root
    assert (NATURALS[LETTERS.index(letter)] + alter) % 12 == chord.root  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("symbol", "kind", "suffix", "degrees"),
    [
        ("C7", "dominant", "7", ()),
        ("D7b9", "dominant", "7b9", ((9, -1, "add"),)),
        ("G7#11", "dominant", "7#11", ((11, 1, "add"),)),
        ("A-7b5", "half-diminished", "-7b5", ()),
        ("C7b5", "dominant", "7b5", ((5, -1, "alter"),)),
        ("EbΔ/G", "major-seventh", "Δ", ()),
        ("N.C.", "none", "N.C.", ()),
    ],
)
def test_chords_in_musicxml_s_terms(symbol: str, kind: str, suffix: str, degrees: object) -> None:
    harmony = harmony_of(parse_chord(symbol))
    assert (harmony.kind, harmony.suffix, harmony.degrees) == (kind, suffix, degrees)
    assert (harmony.bass == ("G", 0)) == (symbol == "EbΔ/G")


@pytest.mark.parametrize(
    ("key", "sharps"),
    [("F", -1), ("Bb", -2), ("D", 2), ("C minor", -3), ("A-", 0), ("", 0), ("?", 0), ("F#", 6)],
)
def test_keys(key: str, sharps: int) -> None:
    assert fifths(key) == sharps


def test_improv_s_line_is_written_as_it_was_meant(night: "Log") -> None:
    (take,) = night.takes()
    assert [(note.onset, note.pitches) for note in write_down(take, "improv")[0]] == [
        (place, (pitch,))
        for bar in (96, 288)
        for place, pitch in zip(range(bar, bar + 96, 24), (66, 70, 73, 76), strict=True)
    ]


def test_swung_eighths_and_triplets_are_heard(make_log: Callable[..., "Log"]) -> None:
    """Two swung eighths, three in one beat, a chord held over the bar line."""
    log = make_log()
    log.asked(0, Start())
    top = 2 * SECOND
    for beats, pitch in ((0, 60), (0.63, 62), (1, 64), (4 / 3, 65), (5 / 3, 67)):
        log.key(top + int(beats * BEAT), pitch, BEAT // 4)
    for pitch in (60, 64, 67):
        log.key(top + int(3 * BEAT) + pitch * 100_000, pitch, 2 * BEAT)
    log.asked(top + 8 * BEAT, Stop())
    written, _ = write_down(log.takes()[0], "you")
    assert [(note.onset, note.pitches) for note in written] == [
        (0, (60,)), (12, (62,)), (24, (64,)), (32, (65,)), (40, (67,)), (72, (60, 64, 67)),
    ]  # fmt: skip
    assert written[-1].end == 120


def read_back(data: bytes) -> dict[str, list[tuple[int, int, tuple[int, ...]]]]:
    """The parts of a file: onset, length and pitches of each note, ties joined; every bar is full."""
    found: dict[str, list[tuple[int, int, tuple[int, ...]]]] = {}
    for part in ET.fromstring(data).iter("part"):
        notes: list[list[object]] = []
        now = 0
        for measure in part.iter("measure"):
            begun = now
            for note in measure.iter("note"):
                length = int(note.findtext("duration", "0"))
                pitch = note.find("pitch")
                midi = None
                if pitch is not None:
                    step = NATURALS[LETTERS.index(pitch.findtext("step", ""))]
                    alter, octave = pitch.findtext("alter", "0"), pitch.findtext("octave", "0")
                    midi = 12 * (int(octave) + 1) + step + int(alter)
                if note.find("chord") is not None:
                    notes[-1][2] = (*notes[-1][2], midi)  # type: ignore[misc]
                    continue
                ties = [tie.get("type") for tie in note.iter("tie")]
                if midi is not None and "stop" in ties:
                    notes[-1][1] = now + length - notes[-1][0]  # type: ignore[operator]
                    notes[-1][2] = ()
                    notes[-1][2] = (midi,)
                elif midi is not None:
                    notes.append([now, length, (midi,)])
                now += length
            beats = int(part.findtext("measure/attributes/time/beats", "0"))
            assert now - begun == 24 * beats
        found[part.get("id", "")] = [(a, b, c) for a, b, c in notes]  # type: ignore[misc]
    return found


@fixtures
@given(
    keys=st.lists(
        st.tuples(st.integers(0, 14 * SECOND), st.integers(40, 80), st.integers(1, SECOND)), max_size=12
    )
)
def test_a_file_read_back_is_what_was_written(
    make_log: Callable[..., "Log"], keys: list[tuple[int, int, int]]
) -> None:
    log = make_log()
    log.asked(0, Start())
    for number, (t, pitch, length) in enumerate(sorted(keys)):
        log.key(2 * SECOND + t, pitch, length)
        log.note(2 * SECOND + t, pitch, length, tick=number * 20)
    log.asked(18 * SECOND, Stop())
    (take,) = log.takes()
    parts = read_back(take_xml(take))
    for part, who in (("P1", "you"), ("P2", "improv")):
        assert parts[part] == [(n.onset, n.end - n.onset, n.pitches) for n in write_down(take, who)[0]]


def test_chords_tempo_and_marks_stand_where_they_belong(night: "Log") -> None:
    night.asked(20 * SECOND, Start())
    night.key(24 * SECOND, 60)
    night.asked(24 * SECOND, Mark("A & B"))
    night.asked(24 * SECOND + 1, SetTempo(200))
    night.asked(30 * SECOND, Stop())
    root = ET.fromstring(take_xml(night.takes()[1]))
    signs = []
    now = 0
    for element in (child for measure in root.findall("part[@id='P1']/measure") for child in measure):
        place = now + int(element.findtext("offset", "0"))
        if element.tag == "note":
            now += int(element.findtext("duration", "0"))
        elif element.tag == "harmony":
            signs.append((place, element.findtext("root/root-step")))
        elif element.tag == "direction":
            words = element.findtext("direction-type/words")
            signs.append((place, words or element.findtext("direction-type/metronome/per-minute")))
    roots = {(0, "F"), (96, "B"), (192, "F"), (288, "C"), (336, "F")}
    assert {(0, "120"), (96, "A & B"), (120, "200"), *roots} <= set(signs)


@pytest.mark.parametrize("name", chart_names())
def test_every_chart_s_chords_are_written(name: str, make_log: Callable[..., "Log"]) -> None:
    from grammar.chart import format_chart

    chart = load_chart(name)
    log = make_log(chart=format_chart(chart))
    log.asked(0, Start())
    log.asked(60 * SECOND, Stop())
    (take,) = log.takes()
    root = ET.fromstring(take_xml(take))
    written = [kind.get("text") for kind in root.findall("part[@id='P1']//kind")]
    assert len(written) == len(list(take.chords())) > 0
