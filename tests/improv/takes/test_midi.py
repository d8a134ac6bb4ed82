"""A take as a MIDI file, read back."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import mido
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from improv.channels import CLICK, IMPROV, PLAYER
from improv.live.lines import passed_line
from improv.midifile import Contents, read_midi
from improv.requests import Keep, Mark, SetTempo, Start, Stop
from improv.session.events import Control, Tick
from improv.session.tempo import TempoMap
from improv.takes.midi import take_bytes
from improv.takes.notation import write_down
from improv.takes.take import IMPROV as IMPROV_PART
from improv.takes.take import Take

if TYPE_CHECKING:
    from pathlib import Path

    from tests.improv.takes.conftest import Log

SECOND = 1_000_000_000
STEP = 1 / 20 + 1e-6
fixtures = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def read(tmp_path: "Path") -> Callable[[Take], Contents]:
    """Writes a take and reads it."""

    def written(take: Take) -> Contents:
        path = tmp_path / "take.mid"
        path.write_bytes(take_bytes(take))
        return read_midi(path)

    return written


def test_both_players_the_band_and_the_chords(night: "Log", read: Callable[[Take], Contents]) -> None:
    contents = read(night.takes()[0])
    assert contents.title == "Test blues (night)"
    assert contents.tempo == pytest.approx(120)
    assert (contents.meter, contents.ticks) == (4, 384)
    assert [(t.name, t.channel) for t in contents.tracks] == [
        ("player", PLAYER),
        ("improv", IMPROV),
        ("click", CLICK),
    ]
    assert [(n.onset, n.pitch, n.velocity) for n in contents.tracks[0].notes[:2]] == [
        (0, 65, 80),
        (24, 69, 80),
    ]
    assert [(n.onset, n.pitch) for n in contents.tracks[1].notes[:2]] == [(96, 66), (120, 70)]
    assert contents.markers == ((0, "F7"), (96, "Bb7"), (192, "F7"), (288, "C-7"), (336, "F7"))


def sounded(path: "Path") -> list[tuple[float, int]]:
    """The notes of a file as it is played: seconds and pitch."""
    now, found = 0.0, []
    for message in mido.MidiFile(path):
        now += message.time
        if message.type == "note_on" and message.velocity and message.channel != CLICK:
            found.append((now, message.note))
    return found


@pytest.mark.parametrize("to", [0.0, 0.7, -37.0, 30.0, 480.0, 395.5])
def test_where_the_clock_jumps_every_note_is_at_the_time_it_sounded(
    make_log: Callable[[], "Log"], tmp_path: "Path", to: float
) -> None:
    """Two bars, then another's clock goes to a tick, and plays on at 100 bpm, with a nudge or two."""
    log = make_log()
    log.asked(0, Start())
    times = [2 * SECOND + i * SECOND * 3 // 8 for i in range(40)]
    jump = 2 * SECOND + 8 * SECOND // 2
    moves = [(jump, TempoMap.starting(to, jump, 100.0))]
    for i, off in enumerate((0.5, -0.8), start=1):
        t = jump + i * 3 * SECOND
        moves.append((t, TempoMap.starting(to + 120 * i + off, t, 100.0)))
    for i, t in enumerate(times):
        while moves and moves[0][0] <= t:
            at, after = moves.pop(0)
            log.event(Tick(at))
            log.clock(after, at)
        log.key(t, 40 + i)
    log.asked(20 * SECOND, Stop())
    (take,) = log.takes()
    path = tmp_path / "take.mid"
    path.write_bytes(take_bytes(take))
    heard = sounded(path)
    assert [pitch for _, pitch in heard] == [40 + i for i in range(40)]
    for (found, _), t in zip(heard, times, strict=True):
        assert found - heard[0][0] == pytest.approx((t - times[0]) / SECOND, abs=0.003)
    assert [take.clock.at(take.clock.tick(t)) for t in times] == [pytest.approx(t, abs=1000) for t in times]
    landed = take.clock.tick(jump)
    assert take.chord(round(landed) + 1) == take.changes.at(round(to) + 1)


def test_improvs_notes_are_written_where_they_sounded_after_a_jump(make_log: Callable[[], "Log"]) -> None:
    log = make_log()
    log.asked(0, Start())
    for i in range(8):
        log.note(2 * SECOND + i * SECOND // 2, 60 + i, tick=24 * i)
    log.event(Tick(6 * SECOND))
    log.clock(TempoMap.starting(0, 6 * SECOND, 120.0), 6 * SECOND)
    for i in range(8):
        log.note(6 * SECOND + i * SECOND // 2, 70 + i, tick=24 * i)
    log.asked(10 * SECOND, Stop())
    (take,) = log.takes()
    assert [note.onset for note in take.of(IMPROV_PART)] == [24 * i for i in range(16)]
    written, _ = write_down(take, IMPROV_PART)
    assert [(note.onset, note.pitches) for note in written] == [
        (24 * i, ((60 if i < 8 else 62) + i,)) for i in range(16)
    ]
    assert [tick for tick, symbol in take.chords() if symbol == "F7"] == [0, 192], "its first bars again"
    assert [symbol for _, symbol in take.chords()] == ["F7", "Bb7", "F7", "Bb7"]


def test_tempo_marks_and_pedal(night: "Log", tmp_path: "Path") -> None:
    night.asked(20 * SECOND, Start())
    night.asked(24 * SECOND, Mark("bridge"))
    night.asked(24 * SECOND + 1, SetTempo(200))
    line = passed_line(Control(25 * SECOND, 64, 127))
    assert line is not None
    night.lines.append(line)
    night.key(25 * SECOND, 60)
    night.asked(30 * SECOND, Stop())
    path = tmp_path / "take.mid"
    path.write_bytes(take_bytes(night.takes()[1]))
    assert (96, "bridge") in read_midi(path).markers
    tempi, pedals = [], []
    for track in mido.MidiFile(path).tracks:
        step = 0
        for message in track:
            step += message.time
            if message.type == "set_tempo":
                tempi.append((step / 20, mido.tempo2bpm(message.tempo)))
            elif message.type == "control_change":
                pedals.append((step / 20, message.control, message.value))
    assert tempi == [(0, pytest.approx(120)), (120, pytest.approx(200))]
    assert pedals == [(pytest.approx(120 + 0.5 * 200 / 60 * 24, abs=STEP), 64, 127)]


@fixtures
@given(
    keys=st.lists(
        st.tuples(st.integers(0, 15 * SECOND), st.integers(40, 80), st.integers(1, SECOND)), max_size=12
    ),
    bars=st.integers(1, 8),
)
def test_what_was_played_is_in_the_file_to_a_twentieth_of_a_tick(
    make_log: Callable[..., "Log"],
    read: Callable[[Take], Contents],
    keys: list[tuple[int, int, int]],
    bars: int,
) -> None:
    log = make_log()
    log.asked(0, Start())
    free: dict[int, int] = {}
    for t, pitch, length in sorted(keys):
        if t > free.get(pitch, 0) + 50_000_000:
            log.key(t, pitch, max(length, 50_000_000))
            free[pitch] = t + max(length, 50_000_000)
    log.asked(16 * SECOND, Keep(bars))
    log.asked(16 * SECOND, Stop())
    for take in log.takes():
        contents = read(take)
        notes = [note for track in contents.tracks if track.name == "player" for note in track.notes]
        played = [
            (take.clock.tick(n.at) - take.first, take.clock.tick(n.end) - take.first, n.pitch)
            for n in take.of("you")
        ]
        assert len(notes) == len(played)
        for begins, ends, pitch in played:
            assert any(
                note.pitch == pitch
                and note.onset == pytest.approx(max(begins, 0), abs=STEP)
                and note.onset + note.duration == pytest.approx(ends, abs=2 * STEP)
                for note in notes
            )
        assert contents.ticks % 96 == 0
        chords = [symbol for _, symbol in take.chords()]
        assert [text for _, text in contents.markers] == chords
