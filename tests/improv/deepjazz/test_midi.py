"""Whatever a MIDI file is like: it teaches, or one line says why not."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import mido
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grammar.terminals import Kind, format_line
from improv.cli import main
from improv.deepjazz.midi import LONGEST, bar_lines, midi_lesson, slots_of
from improv.deepjazz.parts import part_out
from improv.errors import UserError
from improv.midifile import FileNote, Track, write_midi

Played = tuple[float, int, float]
"""Beats, pitch, beats."""

LINE = [(beat / 2, 67 + (0, 2, 4, 5, 7, 5, 4, 2)[beat % 8], 0.5) for beat in range(64)]
CHORDS = [(4.0 * bar, pitch, 3.9) for bar in range(8) for pitch in (52, 55, 58)]
BASS = [(4.0 * bar, 36, 3.9) for bar in range(8)]
DRUMS = [(float(beat), 42, 0.25) for beat in range(32)]


def notes(played: Sequence[Played]) -> tuple[FileNote, ...]:
    return tuple(sorted(FileNote(24 * on, pitch, 24 * long, 80) for on, pitch, long in played))


def track(name: str, channel: int, played: Sequence[Played], program: int | None = None) -> Track:
    return Track(name, channel, program, notes(played))


def file(path: Path, *tracks: Track, meter: int = 4) -> Path:
    write_midi(path, tracks, tempo=120, meter=meter)
    return path


BAND = (track("keys", 0, CHORDS), track("tune", 1, LINE), track("low", 2, BASS), track("kit", 9, DRUMS))


def refusal(path: Path, melody_track: str | None = None) -> str:
    with pytest.raises(UserError) as error:
        midi_lesson(path, melody_track)
    assert "\n" not in str(error.value)
    assert str(error.value).startswith(str(path))
    return str(error.value).removeprefix(f"{path}: ")


def test_the_melody_is_found_and_the_others_are_named(tmp_path: Path) -> None:
    lesson, told = midi_lesson(file(tmp_path / "band.mid", *BAND))
    assert "the melody is part 2 'tune'" in told
    assert "the chords come from 1 'keys', 3 'low'" in told
    assert "--melody-track" in told
    assert told.count("\n") == 0
    assert lesson.title == "band.mid"
    assert len(lesson.measures) == 8
    assert format_line(lesson.measures[0]).startswith("C,0.500 S,0.500,<P4,m-2> A,0.500,<P4,m-2>")


@pytest.mark.parametrize("wanted", ["1", "keys", "KEYS", "ke"])
def test_the_user_may_take_another_part(tmp_path: Path, wanted: str) -> None:
    lesson, told = midi_lesson(file(tmp_path / "band.mid", *BAND), wanted)
    assert "the melody is part 1 'keys', the chords come from 2 'tune', 3 'low'" in told
    assert len(lesson.measures) == 8, "of chords the highest notes"
    assert all(len(measure) == 1 for measure in lesson.measures)


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ("tuna", "no part 'tuna'; did you mean 'tune'?; it has 1 'keys', 2 'tune', 3 'low'"),
        ("5", "no part '5'; it has"),
        ("4", "no part '4'"),  # the drums
        ("", "no part ''"),
    ],
)
def test_a_part_that_is_none(tmp_path: Path, wanted: str, told: str) -> None:
    assert refusal(file(tmp_path / "band.mid", *BAND), wanted).startswith(told)


def test_parts_of_one_name_are_told_by_number(tmp_path: Path) -> None:
    path = file(tmp_path / "a.mid", track("x", 0, CHORDS), track("x", 1, LINE))
    assert "several parts are called so: 1 'x', 2 'x'; give the number" in refusal(path, "x")


@pytest.mark.parametrize(
    ("tracks", "number"),
    [
        # a name decides
        ((track("high", 0, LINE), track("Melody", 1, [(o, p - 12, d) for o, p, d in LINE])), 2),
        ((track("Strings", 0, LINE), track("", 1, [(o, p - 12, d) for o, p, d in LINE])), 2),
        # so does a horn's sound
        ((track("", 0, LINE, 0), track("", 1, [(o, p - 12, d) for o, p, d in LINE], 66)), 2),
        # else one voice before several, and high before low
        ((track("", 0, [(o, p + 24, d) for o, p, d in CHORDS * 2]), track("", 1, LINE)), 2),
        ((track("", 0, [(o, p - 30, d) for o, p, d in LINE]), track("", 1, LINE)), 2),
        # a few high notes are no melody
        ((track("", 0, [(0, 96, 1), (8, 98, 1)]), track("", 1, LINE)), 2),
    ],
)
def test_the_rule(tracks: Sequence[Track], number: int) -> None:
    found = part_out(tracks, None, "x")
    assert found.melody == tracks[number - 1].notes
    assert f"the melody is part {number} " in found.told


def test_one_track_on_one_channel_has_its_melody_on_top(tmp_path: Path) -> None:
    """Type 0, as a piano is often saved."""
    path = tmp_path / "piano.mid"
    together = mido.MidiFile(type=0, ticks_per_beat=96)
    events = [
        (round(96 * at), kind, pitch)
        for on, pitch, long in (*LINE, *CHORDS, *BASS)
        for at, kind in ((on, "note_on"), (on + long, "note_off"))
    ]
    line = mido.MidiTrack()
    now = 0
    for at, kind, pitch in sorted(events, key=lambda event: (event[0], event[1] == "note_on")):
        line.append(mido.Message(kind, note=pitch, velocity=64, time=at - now))
        now = at
    together.tracks.append(line)
    together.save(path)
    lesson, told = midi_lesson(path)
    assert "the melody is the top line of part 1 (channel 1), the chords come from the rest of it" in told
    assert lesson.measures == midi_lesson(file(tmp_path / "band.mid", *BAND))[0].measures


@pytest.mark.parametrize(
    ("tracks", "told"),
    [
        ((), "no notes; a melody and chords are needed"),
        ((track("kit", 9, DRUMS),), "nothing but drums; a melody and chords are needed"),
        ((track("tune", 0, LINE),), "part 1 'tune' is one voice alone; chords are needed beside it"),
        ((track("tune", 0, LINE), track("kit", 9, DRUMS)), "part 1 'tune' is one voice alone"),
        ((track("hit", 0, [(0, 60, 1), (0, 60, 2)]),), "part 1 'hit'"),
        (
            (track("end", 0, [(LONGEST, 60, 1)]), track("keys", 1, CHORDS)),
            f"{LONGEST + 1} beats are more than",
        ),
    ],
)
def test_what_teaches_nothing(tmp_path: Path, tracks: Sequence[Track], told: str) -> None:
    assert refusal(file(tmp_path / "a.mid", *tracks)).startswith(told)


def test_a_file_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "a.mid").write_bytes(b"MThd and no more")
    with pytest.raises(UserError, match="damaged"):
        midi_lesson(tmp_path / "a.mid")
    with pytest.raises(UserError, match="cannot read"):
        midi_lesson(tmp_path / "b.mid")


def test_several_tempi_change_nothing_and_several_meters_the_bars(tmp_path: Path) -> None:
    path = file(tmp_path / "band.mid", *BAND)
    plain, _ = midi_lesson(path)
    changed = mido.MidiFile(path)
    tempi = [mido.MetaMessage("set_tempo", tempo=tempo, time=480) for tempo in (400_000, 900_000)]
    changed.tracks.append(mido.MidiTrack(tempi))
    changed.save(tmp_path / "tempi.mid")
    assert midi_lesson(tmp_path / "tempi.mid")[0].measures == plain.measures

    changed = mido.MidiFile(path)
    changed.tracks.append(
        mido.MidiTrack(
            [
                mido.MetaMessage("time_signature", numerator=1, denominator=4, time=0),  # a pickup
                mido.MetaMessage("time_signature", numerator=3, denominator=4, time=480),
                mido.MetaMessage("time_signature", numerator=7, denominator=8, time=480 * 9),
            ]
        )
    )
    for message in list(changed.tracks[0]):
        if message.type == "time_signature":
            changed.tracks[0].remove(message)
    changed.save(tmp_path / "meters.mid")
    lesson, _ = midi_lesson(tmp_path / "meters.mid")
    beats = [sum(terminal.duration for terminal in measure) / 24 for measure in lesson.measures]
    assert beats[:5] == [1, 3, 3, 3, 3.5]


def test_a_melody_of_several_voices_is_its_highest(tmp_path: Path) -> None:
    doubled = [(o, p - 4, d) for o, p, d in LINE]
    path = file(tmp_path / "a.mid", track("tune", 0, [*LINE, *doubled]), *BAND[:1], *BAND[2:3])
    alone = file(tmp_path / "b.mid", track("tune", 0, LINE), *BAND[:1], *BAND[2:3])
    assert midi_lesson(path)[0].measures == midi_lesson(alone)[0].measures


def test_a_pickup_is_a_bar_of_its_own(tmp_path: Path) -> None:
    late = [(o + 4, p, d) for o, p, d in LINE]
    lesson, _ = midi_lesson(
        file(tmp_path / "a.mid", track("tune", 0, [(3.5, 66, 0.5), *late]), track("keys", 1, CHORDS))
    )
    assert lesson.measures[0][0].kind is Kind.REST
    assert lesson.measures[0][0].duration == 84
    assert len(lesson.measures) == 9


signatures = st.lists(
    st.tuples(st.floats(0, 3000), st.integers(0, 255), st.sampled_from([1, 2, 4, 8, 16, 64])), max_size=5
).map(lambda found: sorted(found, key=lambda signature: signature[0]))


@settings(max_examples=60)
@given(signatures, st.floats(0.05, 5000))
def test_bar_lines_go_on_to_the_end(found: list[tuple[float, int, int]], end: float) -> None:
    lines = bar_lines(found, end)
    assert lines[0] == 0
    assert all(a < b for a, b in pairwise(lines))
    assert lines[-1] > end
    for tick, _, _ in found:
        assert tick > end or round(tick) in lines
    slots = slots_of(lines)
    assert set(lines) <= set(slots.edges)
    assert all(0 < b - a <= 24 for a, b in pairwise(slots.edges))


tracks = st.lists(
    st.builds(
        Track,
        st.sampled_from(["", "sax", "piano", "x"]),
        st.integers(0, 15),
        st.none() | st.integers(0, 127),
        st.lists(
            st.builds(
                FileNote, st.integers(0, 400).map(float), st.integers(0, 127), st.just(9.0), st.just(64)
            ),
            max_size=25,
        ).map(lambda found: tuple(sorted(found))),
    ),
    max_size=4,
)


@settings(max_examples=40)
@given(tracks)
def test_any_file_teaches_or_says_why_not(
    tmp_path_factory: pytest.TempPathFactory, tracks: list[Track]
) -> None:
    path = file(tmp_path_factory.mktemp("any") / "a.mid", *tracks)
    try:
        lesson, _ = midi_lesson(path)
    except UserError as error:
        told = str(error)
    else:
        assert lesson.measures
        assert all(measure for measure in lesson.measures)
        return
    assert told.startswith(str(path))


def test_what_the_program_renders_it_reads(tmp_path: Path) -> None:
    path = tmp_path / "solo.mid"
    assert main(["render", "blues-f", "-o", str(path), "--choruses", "1", "--seed", "1"]) == 0
    _, told = midi_lesson(path)
    assert "the melody is part 1 'improv', the chords come from 2 'piano', 3 'bass'" in told
