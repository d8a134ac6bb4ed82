import wave
from pathlib import Path

import mido
import numpy as np
import pytest
from numpy.typing import NDArray

from improv.errors import UserError
from improv.sound.render import TAIL, read_events, render_wav


def read(path: Path) -> tuple[int, NDArray[np.float64]]:
    with wave.open(str(path)) as sound:
        assert sound.getnchannels() == 2
        data = np.frombuffer(sound.readframes(sound.getnframes()), "<i2")
        return sound.getframerate(), data.reshape(-1, 2) / 32768.0


def midi_file(path: Path) -> Path:
    file = mido.MidiFile(ticks_per_beat=480)
    track = mido.MidiTrack()
    file.tracks.append(track)
    track.append(mido.MetaMessage("set_tempo", tempo=500_000))
    track.append(mido.Message("note_on", note=69, velocity=90))
    track.append(mido.Message("note_off", note=69, time=1920))
    file.save(path)
    return path


def test_a_midi_file_becomes_sound(tmp_path: Path) -> None:
    shares: list[float] = []
    target = tmp_path / "out.wav"
    seconds = render_wav(target, midi_file(tmp_path / "a4.mid"), progress=shares.append)
    rate, samples = read(target)
    assert seconds == pytest.approx(2.0 + TAIL, abs=1e-3)
    assert len(samples) == round(seconds * rate)
    note = samples[rate // 10 : rate]
    assert np.sqrt(np.mean(note**2)) > 0.01
    spectrum = np.abs(np.fft.rfft(note.sum(axis=1) * np.hanning(len(note)), 8 * len(note)))
    assert np.argmax(spectrum) * rate / (8 * len(note)) == pytest.approx(440.0, abs=0.5)
    assert np.abs(samples[-rate // 4 :]).max() < 1e-3
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert [p.name for p in tmp_path.iterdir() if p.suffix == ".part"] == []


def test_the_same_notes_give_the_same_bytes(tmp_path: Path) -> None:
    events = [(i * 0.11, bytes((0x90 | i % 3, 40 + i, 90))) for i in range(30)]
    render_wav(tmp_path / "a.wav", events)
    render_wav(tmp_path / "b.wav", reversed(events))
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()


def test_a_note_that_nothing_ends_is_ended(tmp_path: Path) -> None:
    render_wav(tmp_path / "a.wav", [(0.0, b"\xb0\x40\x7f"), (0.0, b"\x90\x24\x7f"), (0.5, b"\xb1\x01\x00")])
    rate, samples = read(tmp_path / "a.wav")
    assert np.abs(samples[: rate // 2]).max() > 0.05
    assert np.abs(samples[-rate // 4 :]).max() < 1e-3


def test_nothing_to_play_is_silence(tmp_path: Path) -> None:
    assert render_wav(tmp_path / "a.wav", []) == TAIL
    assert not read(tmp_path / "a.wav")[1].any()


@pytest.mark.parametrize("content", [b"", b"MThd", b"not a midi file", b"MThd\0\0\0\6\0\1\0\1\1\xe0MTrk\0\0"])
def test_a_damaged_midi_file_is_one_clear_line(tmp_path: Path, content: bytes) -> None:
    bad = tmp_path / "bad.mid"
    bad.write_bytes(content)
    target = tmp_path / "kept.wav"
    target.write_bytes(b"precious")
    with pytest.raises(UserError, match=r"bad\.mid") as caught:
        render_wav(target, bad)
    assert "\n" not in str(caught.value)
    assert target.read_bytes() == b"precious"


def test_a_missing_file_and_a_bad_place(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such file"):
        read_events(tmp_path / "none.mid")
    with pytest.raises(UserError, match="cannot be written"):
        render_wav(tmp_path / "no" / "where.wav", [])
