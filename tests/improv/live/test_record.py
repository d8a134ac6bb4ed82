"""A recorded take: both players, one track each, at the ticks played."""

from pathlib import Path

import pytest

from grammar.chart import parse_chart
from improv.channels import IMPROV, PLAYER, PROGRAMS
from improv.errors import UserError
from improv.live.performance import Performance
from improv.live.record import write_recordings
from improv.midifile import read_midi

CHART = parse_chart("title: Für zwei\ntempo: 120\n| F7 | Bb7 C7 |\n")
STEP = 1 / 20


def take(first: float = 0.0, tempo: float = 150.0) -> Performance:
    """Two notes of the player's, the second held to the end; two of improv's."""
    performance = Performance(tempo)
    performance.strike("you", first, 65, 90, 0)
    performance.release(first + 11.3, 65, 0)
    performance.strike("you", first + 20.25, 69, 64, 5)
    performance.play(96.5, 12.75, 70, 71, IMPROV, "model")
    performance.play(110.0, 24.0, 72, 72, IMPROV, "grammar")
    return performance


def test_both_players_have_their_track_with_the_ticks_played(tmp_path: Path) -> None:
    path = tmp_path / "take.mid"
    assert write_recordings(path, CHART, [take()]) == [path]
    contents = read_midi(path)
    assert (contents.title, contents.meter) == ("Für zwei", 4)
    assert contents.tempo == pytest.approx(150)
    assert [(t.name, t.channel, t.program) for t in contents.tracks] == [
        ("player", PLAYER, PROGRAMS[PLAYER]),
        ("improv", IMPROV, PROGRAMS[IMPROV]),
    ]
    player, improv = (track.notes for track in contents.tracks)
    assert [(n.pitch, n.velocity) for n in player] == [(65, 90), (69, 64)]
    assert [n.onset for n in player] == pytest.approx([0.0, 20.25], abs=STEP)
    assert player[0].duration == pytest.approx(11.3, abs=STEP)
    assert player[1].onset + player[1].duration == pytest.approx(134.0, abs=STEP), "held to the end"
    assert [(n.pitch, n.velocity) for n in improv] == [(70, 71), (72, 72)]
    assert [n.onset for n in improv] == pytest.approx([96.5, 110.0], abs=STEP)
    assert [n.duration for n in improv] == pytest.approx([12.75, 24.0], abs=STEP)
    assert contents.markers == ((0, "F7"), (96, "Bb7"), (144, "C7"))


def test_a_note_in_the_count_in_moves_the_start_not_the_music(tmp_path: Path) -> None:
    path = tmp_path / "take.mid"
    write_recordings(path, CHART, [take(first=-3.0)])
    contents = read_midi(path)
    assert contents.tracks[0].notes[0].onset == pytest.approx(96 - 3)
    assert contents.markers[0] == (96, "F7")


def test_takes_lie_beside_each_other_and_empty_ones_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "night.mid"
    takes = [take(), Performance(120.0), take(tempo=200.0)]
    assert write_recordings(path, CHART, takes) == [path, tmp_path / "night-2.mid"]
    assert read_midi(tmp_path / "night-2.mid").tempo == pytest.approx(200, rel=1e-4)


def test_a_take_without_notes_is_still_a_file(tmp_path: Path) -> None:
    path = tmp_path / "silent.mid"
    assert write_recordings(path, CHART, [Performance(120.0)]) == [path]
    assert read_midi(path).tracks == ()


def test_nothing_played_is_nothing_written(tmp_path: Path) -> None:
    assert write_recordings(tmp_path / "none.mid", CHART, []) == []
    assert list(tmp_path.iterdir()) == []


def test_where_it_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot write"):
        write_recordings(tmp_path / "nowhere" / "take.mid", CHART, [take()])
