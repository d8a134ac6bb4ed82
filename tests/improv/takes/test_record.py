"""What `--record` writes: every take in which somebody plays, as `improv takes export` does."""

import json
from pathlib import Path
from typing import Any

import pytest

from improv.errors import UserError
from improv.live.lines import clock_lines, command_line, event_line
from improv.midifile import read_midi
from improv.requests import Keep
from improv.session.commands import Play
from improv.session.events import NoteOff, NoteOn, Tick
from improv.session.session import Asked
from improv.session.tempo import TempoMap
from improv.takes.record import write_recordings

SECOND = 1_000_000_000
BEAT = SECOND // 2


def write_log(path: Path, takes: list[list[int]]) -> Path:
    """A log of takes at 120 bpm, ten seconds each; in each the player's pitches, a beat apart."""
    options = {"chart": "title: Für zwei\n| F7 | Bb7 C7 |\n", "tempo": 120.0, "seed": 1}
    lines: list[dict[str, Any]] = [{"kind": "take", "format": 2, "options": options, "weights": "0"}]
    for number, pitches in enumerate(takes):
        top = (1 + 20 * number) * SECOND
        clock = TempoMap.starting(0, top, 120.0)
        lines += [event_line(Tick(top)), *clock_lines(None, clock, top)]
        for place, pitch in enumerate(pitches):
            t = top + place * BEAT
            lines += [event_line(NoteOn(t, pitch, 90, 0)), event_line(NoteOff(t + BEAT // 2, pitch, 0))]
        if pitches:
            lines.append(command_line(Play(top + 8 * BEAT, BEAT, 72, 80, 3, "improv", 192, 24)))
            lines.append(event_line(Asked(top + 9 * SECOND, Keep(2))))
        end = top + 10 * SECOND
        lines += [event_line(Tick(end)), *clock_lines(clock, None, end)]
    lines.append({"kind": "end"})
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def pitches(path: Path) -> list[list[int]]:
    return [[note.pitch for note in track.notes] for track in read_midi(path).tracks]


def test_takes_lie_beside_each_other_and_empty_ones_are_left_out(tmp_path: Path) -> None:
    """Through two logs, as an engine that was started again leaves them."""
    first = write_log(tmp_path / "night.jsonl", [[60, 62], [], [64]])
    second = write_log(tmp_path / "night-2.jsonl", [[65]])
    path = tmp_path / "night.mid"
    written = write_recordings(path, [first, second])
    assert written == [path, tmp_path / "night-2.mid", tmp_path / "night-3.mid"]
    assert [pitches(where) for where in written] == [[[60, 62], [72]], [[64], [72]], [[65], [72]]]


def test_a_take_without_notes_is_still_a_file(tmp_path: Path) -> None:
    log = write_log(tmp_path / "silent.jsonl", [[], []])
    assert write_recordings(tmp_path / "silent.mid", [log]) == [tmp_path / "silent.mid"]
    assert not any(pitches(tmp_path / "silent.mid"))


def test_nothing_played_is_nothing_written(tmp_path: Path) -> None:
    log = write_log(tmp_path / "none.jsonl", [])
    assert write_recordings(tmp_path / "none.mid", [log]) == []
    assert write_recordings(tmp_path / "none.mid", []) == []
    assert not (tmp_path / "none.mid").exists()


def test_where_it_cannot_be_written_or_read_is_told(tmp_path: Path) -> None:
    log = write_log(tmp_path / "take.jsonl", [[60]])
    with pytest.raises(UserError, match="cannot write"):
        write_recordings(tmp_path / "nowhere" / "take.mid", [log])
    with pytest.raises(UserError, match="cannot read"):
        write_recordings(tmp_path / "take.mid", [tmp_path / "nothing.jsonl"])
