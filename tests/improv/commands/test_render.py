"""`improv render`: a chart into a file."""

import wave
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from grammar.chart import FEELS, Chart
from improv.channels import KITS
from improv.cli import main
from improv.jazz.model import load_jazz
from improv.library import chart_names, load_chart
from improv.midifile import Contents, Track, read_midi
from models.checkpoint import save

SHORT = "title: Short\ntempo: 240\n| F7 | Bb7 C7 | F7 D7 | G-7 C7 |\n"
SECONDS = 4 * 4 * 60 / 240


def render(out: Path, *words: str, chart: str = "") -> bytes:
    """Render a chorus of a chart, or of the short one, and the file's bytes."""
    short = out.with_name("short.txt")
    short.write_text(SHORT)
    assert main(["render", chart or str(short), "-o", str(out), "--choruses", "1", *words]) == 0
    return out.read_bytes()


def tracks(path: Path) -> dict[str, Track]:
    return {track.name: track for track in read_midi(path).tracks}


def assert_one_voice(contents: Contents, ticks: int) -> None:
    """Nothing overlaps in the solo, and it keeps to the music's length."""
    solo = next(track for track in contents.tracks if track.name == "improv").notes
    assert solo
    for note, following in pairwise(solo):
        assert note.onset + note.duration <= following.onset + 1e-6
    assert solo[0].onset >= 0
    assert solo[-1].onset < ticks
    assert solo[-1].onset + solo[-1].duration <= ticks + 1e-6
    assert all(1 <= note.velocity <= 127 for note in solo)


def expected_markers(chart: Chart, choruses: int) -> list[tuple[float, str]]:
    changes = chart.changes()
    return [
        (chorus * changes.length + onset, chord.symbol)
        for chorus in range(choruses)
        for onset, chord in zip(changes.onsets, changes.chords, strict=True)
    ]


def test_the_same_seed_gives_the_same_bytes_and_another_others(tmp_path: Path) -> None:
    first = render(tmp_path / "a.mid", "--seed", "1")
    assert render(tmp_path / "b.mid", "--seed", "1") == first
    assert render(tmp_path / "c.mid", "--seed", "2") != first
    assert render(tmp_path / "d.mid", "--seed", "1", "--temperature", "0.5") != first


def test_a_wav_too(tmp_path: Path) -> None:
    first = render(tmp_path / "a.wav", "--seed", "1")
    assert render(tmp_path / "b.WAV", "--seed", "1") == first
    with wave.open(str(tmp_path / "a.wav")) as sound:
        assert sound.getnchannels() == 2
        seconds = sound.getnframes() / sound.getframerate()
        samples = np.frombuffer(sound.readframes(sound.getnframes()), np.int16)
    assert SECONDS < seconds < SECONDS + 5
    assert np.abs(samples.astype(int)).max() > 1000
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.wav", "b.WAV", "short.txt"]


@pytest.mark.parametrize("name", chart_names())
def test_every_chart_that_ships_is_played(tmp_path: Path, name: str) -> None:
    """Solo, piano, bass and drums; a marker at every change; one voice; an end."""
    path = tmp_path / "solo.mid"
    render(path, chart=name)
    chart, contents = load_chart(name), read_midi(path)
    assert contents.title == chart.title
    assert contents.tempo == pytest.approx(chart.tempo, rel=1e-4)
    assert contents.meter == chart.meter
    assert {track.name for track in contents.tracks} == {"improv", "piano", "bass", "drums"}
    assert list(contents.markers) == expected_markers(chart, 1)
    assert_one_voice(contents, chart.changes().length)
    programs = {track.channel: track.program for track in contents.tracks}
    assert programs == {1: 4, 2: 32, 3: 66, 9: KITS[chart.feel]}
    ends = max(note.onset + note.duration for track in contents.tracks for note in track.notes)
    assert ends <= chart.changes().length + 1e-6


def test_choruses_follow_each_other(tmp_path: Path) -> None:
    path = tmp_path / "solo.mid"
    assert main(["render", "minor-blues", "-o", str(path), "--choruses", "3"]) == 0
    chart, contents = load_chart("minor-blues"), read_midi(path)
    length = chart.changes().length
    assert list(contents.markers) == expected_markers(chart, 3)
    assert_one_voice(contents, 3 * length)
    solo = tracks(path)["improv"].notes
    for chorus in range(3):
        assert any(chorus * length <= note.onset < (chorus + 1) * length for note in solo)


def test_the_solo_alone(tmp_path: Path) -> None:
    render(tmp_path / "band.mid")
    render(tmp_path / "alone.mid", "--no-band")
    assert tracks(tmp_path / "alone.mid").keys() == {"improv"}
    assert tracks(tmp_path / "alone.mid")["improv"] == tracks(tmp_path / "band.mid")["improv"]


def test_who_plays_along_is_chosen(tmp_path: Path) -> None:
    render(tmp_path / "band.mid")
    render(tmp_path / "two.mid", "--band", "drums, piano")
    everyone, two = tracks(tmp_path / "band.mid"), tracks(tmp_path / "two.mid")
    assert list(two) == ["improv", "piano", "drums"]
    assert two == {name: everyone[name] for name in two}, "those who are left play the same"
    assert render(tmp_path / "a.mid", "--band", "none") == render(tmp_path / "b.mid", "--no-band")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--band", "piano,drum"), "did you mean 'drums'?"),
        (("--band", ""), "no player ''"),
        (("--style", "bosa"), "did you mean 'bossa'?"),
    ],
)
def test_a_player_or_a_style_that_is_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], told: str
) -> None:
    assert main(["render", "blues-f", "-o", str(tmp_path / "a.mid"), *words]) == 2
    printed = capsys.readouterr()
    assert told in printed.err
    assert printed.err.count("\n") == 1
    assert not (tmp_path / "a.mid").exists()


def test_a_style_of_its_own(tmp_path: Path) -> None:
    played = {feel: render(tmp_path / f"{feel}.mid", "--style", feel.upper()) for feel in FEELS}
    assert played["swing"] == render(tmp_path / "plain.mid")
    assert len({played[feel] for feel in FEELS if feel != "waltz"}) == len(FEELS) - 1  # 4/4 is no waltz
    drums = {feel: tracks(tmp_path / f"{feel}.mid")["drums"] for feel in FEELS}
    assert {feel: track.program for feel, track in drums.items()} == KITS
    assert {note.pitch for note in drums["ballad"].notes} <= {36, 38, 40, 44}
    assert 37 in {note.pitch for note in drums["bossa"].notes}


def test_the_tempo_is_what_is_asked_for(tmp_path: Path) -> None:
    render(tmp_path / "fast.mid", "--tempo", "300")
    assert read_midi(tmp_path / "fast.mid").tempo == pytest.approx(300, rel=1e-4)


def test_without_the_grammar_the_model_plays_what_it_likes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with_it = render(tmp_path / "a.mid", "--temperature", "2", chart="blues-f")
    capsys.readouterr()
    assert render(tmp_path / "b.mid", "--temperature", "2", "--no-grammar", chart="blues-f") != with_it
    assert "0 of them redrawn by the grammar" in capsys.readouterr().out
    assert_one_voice(read_midi(tmp_path / "b.mid"), 12 * 96)


def test_it_says_what_it_wrote_in_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    render(tmp_path / "a.mid")
    printed = capsys.readouterr()
    notes = len(tracks(tmp_path / "a.mid")["improv"].notes)
    assert printed.out.startswith(f"{tmp_path / 'a.mid'}: Short, {notes} notes, ")
    assert printed.out.count("\n") == 1
    assert printed.err == ""


def test_a_model_of_ones_own(tmp_path: Path) -> None:
    for part, checkpoint in load_jazz().parts.items():
        softer = {name: weights * 0.5 for name, weights in checkpoint.weights.items()}
        save(tmp_path / "mine" / part, checkpoint.spec, softer, checkpoint.meta)
    mine = render(tmp_path / "mine.mid", "--model", str(tmp_path / "mine"))
    assert mine != render(tmp_path / "shipped.mid")


def test_a_midi_file_is_heard(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    render(tmp_path / "solo.mid")
    heard = render(tmp_path / "heard.wav", chart=str(tmp_path / "solo.mid"))
    assert heard.startswith(b"RIFF")
    assert "heard.wav" in capsys.readouterr().out


def test_what_was_there_is_replaced_only_by_a_whole_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "solo.mid"
    path.write_bytes(b"an older solo")

    def broken(*_: object, **__: object) -> bytes:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr("improv.midifile.midi_bytes", broken)
        with pytest.raises(RuntimeError):
            main(["render", "blues-f", "-o", str(path), "--choruses", "1"])
    assert path.read_bytes() == b"an older solo"
    assert render(path).startswith(b"MThd")
