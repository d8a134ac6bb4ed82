"""Chords out of accompaniments that our own renderer plays over charts, and out of plain ones."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grammar.chart import Chart, parse_chart
from grammar.chords import NO_CHORD, ROOTS, Chord, parse_chord
from improv.band.ensemble import Ensemble
from improv.band.notes import Scene
from improv.deepjazz.harmonise import CANDIDATES, harmonise
from improv.deepjazz.heard import Slots
from improv.library import chart_names, load_chart
from improv.midifile import FileNote, file_notes
from improv.swing import Performed

FAMILIES: dict[str, str] = {
    **dict.fromkeys(("maj", "6", "maj7", "augmaj7", "5"), "major"),
    **dict.fromkeys(("min", "min6", "min7", "minmaj7"), "minor"),
    **dict.fromkeys(("7", "7alt", "aug", "aug7"), "dominant"),
    **dict.fromkeys(("sus", "7sus"), "suspended"),
    **dict.fromkeys(("m7b5",), "half diminished"),
    **dict.fromkeys(("dim", "dim7"), "diminished"),
    "NC": "none",
}
"""A quality to what a player would call it at first hearing."""

LEAST_ROOTS, LEAST_FAMILIES = 0.89, 0.86
"""Shares of beats; measured 0.907 and 0.879, two choruses each, piano and bass of seed 1."""


def slots(beats: int, meter: int) -> Slots:
    middle = meter // 2 if meter % 2 == 0 else 0
    levels = (0 if beat % meter == 0 else 1 if beat % meter == middle else 2 for beat in range(beats))
    return Slots(tuple(24 * beat for beat in range(beats + 1)), tuple(levels))


def accompany(chart: Chart, beats: int, seed: int) -> list[FileNote]:
    """Rootless voicings and a bass by the rules, swung, as `improv render` writes them."""
    ensemble = Ensemble(chart)
    mind, played = ensemble.begin(seed), []
    for beat in range(beats):
        mind, notes = ensemble.play(mind, 24 * beat, Scene(chart.tempo, ends=24 * beats))
        played += [Performed(n.onset, n.duration, n.note) for n in notes if n.role != "drums"]
    return list(file_notes(played))


def alike(found: Chord, there: Chord) -> bool:
    return found.root == there.root and FAMILIES[found.quality] == FAMILIES[there.quality]


def test_the_charts_that_ship_are_heard(record_property: Callable[[str, object], None]) -> None:
    roots = families = total = 0
    for name in chart_names():
        chart = load_chart(name)
        changes = chart.changes()
        beats = 2 * changes.length // 24
        notes = accompany(chart, beats, 1)
        found = harmonise(notes, slots(beats, chart.meter))
        there = [changes.at(24 * beat) for beat in range(beats)]
        total += beats
        roots += sum(a.root == b.root for a, b in zip(found, there, strict=True))
        families += sum(map(alike, found, there))
    record_property("roots", roots / total)
    record_property("families", families / total)
    told = f"{total} beats: root {roots / total:.1%}, root and family {families / total:.1%}"
    print(told)  # noqa: T201 - pytest -s shows it
    assert roots / total > LEAST_ROOTS
    assert families / total > LEAST_FAMILIES


chosen = st.lists(
    st.tuples(st.sampled_from(ROOTS), st.sampled_from(["maj7", "7", "-7", "-7b5", "o7", "", "-"])),
    min_size=1,
    max_size=8,
).map(lambda pairs: [parse_chord(root + suffix) for root, suffix in pairs])


@settings(max_examples=40)
@given(chosen)
def test_plain_chords_with_their_root_in_the_bass_are_heard_as_they_are(chords: list[Chord]) -> None:
    """A bar each, in close position; a diminished chord is the same on four roots, and the bass tells."""
    notes = []
    for bar, chord in enumerate(chords):
        assert chord.root is not None
        notes.append(FileNote(96 * bar, 36 + chord.root, 94, 80))
        notes += [FileNote(96 * bar, 60 + tone, 94, 70) for tone in sorted(chord.tones)]
    found = harmonise(notes, slots(4 * len(chords), 4))
    for bar, chord in enumerate(chords):
        for beat in found[4 * bar : 4 * bar + 4]:
            assert beat.root == chord.root
            assert beat.tones == chord.tones


def test_silence_is_no_chord_and_a_short_one_changes_nothing() -> None:
    assert harmonise([], slots(8, 4)) == [NO_CHORD] * 8
    assert harmonise([], slots(0, 4)) == []
    c7 = [FileNote(96 + 24 * beat, pitch, 20, 70) for beat in (0, 2) for pitch in (36, 60, 64, 67, 70)]
    found = harmonise(c7, slots(8, 4))
    assert [chord.symbol for chord in found] == ["N.C."] * 4 + ["C7"] * 4


def test_a_chord_struck_off_the_beat_belongs_to_the_next() -> None:
    def stab(onset: int, *pitches: int) -> list[FileNote]:
        return [FileNote(onset, pitch, 10, 70) for pitch in pitches]

    first = [FileNote(0, 36, 90, 80), *stab(0, 60, 64, 67, 70), *stab(48, 60, 64, 67, 70)]
    early = [*stab(84, 60, 65, 69, 63), FileNote(96, 41, 90, 80)]
    found = harmonise([*first, *early], slots(8, 4))
    assert [chord.symbol for chord in found] == ["C7"] * 4 + ["F7"] * 4


notes = st.lists(
    st.builds(FileNote, st.floats(-50, 900), st.integers(0, 127), st.floats(0.05, 300), st.integers(1, 127)),
    max_size=40,
)


@settings(max_examples=40)
@given(notes, st.integers(1, 30), st.integers(2, 7))
def test_whatever_sounds_every_slot_has_a_chord(notes: list[FileNote], beats: int, meter: int) -> None:
    found = harmonise(notes, slots(beats, meter))
    assert len(found) == beats
    assert found == harmonise(list(reversed(notes)), slots(beats, meter))


def test_every_candidate_is_a_chord_on_every_root() -> None:
    for suffix in CANDIDATES:
        for root in ROOTS:
            assert parse_chord(root + suffix).root == ROOTS.index(root)


@pytest.mark.parametrize("symbol", ["C7", "F-7", "Bbmaj7"])
def test_it_is_the_same_in_every_key(symbol: str) -> None:
    played = accompany(parse_chart(f"tempo: 140\n| {symbol} | % |"), 8, 3)
    home = harmonise(played, slots(8, 4))
    for up in (1, 3, -4):  # the bass stays a bass
        moved = [FileNote(n.onset, n.pitch + up, n.duration, n.velocity) for n in played]
        expected = [found.transposed(up) for found in home]
        assert [c.root for c in harmonise(moved, slots(8, 4))] == [c.root for c in expected]
