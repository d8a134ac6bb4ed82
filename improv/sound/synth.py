"""The embedded synth: MIDI bytes in, samples out.

Conventions: samples are float32 in [-1, 1], stereo, shape (frames, 2); an age counts samples from a
note's start; channels are 0 to 15. No clock and no chance: the same bytes at the same frames give the
same samples, which is why the live instrument and the WAV renderer share it.

Every slot holds one note, as rows of arrays, so that a block costs one pass of NumPy over all
sounding notes. Envelopes are closed forms of the age. A note that must make way fades over some
milliseconds in the slot that it has, while the new note starts in another: nothing clicks. Drums are not
computed as they sound but played from samples (`improv.sound.drumset`).
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from improv.channels import DRUMS
from improv.sound.drumset import DrumSet
from improv.sound.room import LONGEST_BLOCK, Room
from improv.sound.voices import frequency_of, voice_of

POLYPHONY = 32
"""Notes that sound at once; one more chokes the oldest."""

_SLOTS = POLYPHONY + 16
_CHOKE = 0.0015
_VOLUME_GLIDE = 0.010
_INAUDIBLE = 1e-4
_NOTHING = 1e-7
_BEND_RANGE = 2.0 / 12.0
_TURN = 2.0 * np.pi
_FREE, _HELD, _PEDALLED, _RELEASED = range(4)


class Synth:
    """A polyphonic synth for sixteen channels."""

    def __init__(self, sample_rate: int = 48_000) -> None:
        """A silent synth; `sample_rate` in frames a second."""
        self.sample_rate = sample_rate
        self._room = Room(sample_rate)
        self._state = [_FREE] * _SLOTS
        self._key = [(-1, -1)] * _SLOTS
        self._born = [0] * _SLOTS
        self._births = 0
        self._pedal = [False] * 16
        self._volume_aim = np.full(16, _volume(100))
        self._volume = self._volume_aim.copy()
        self._expression = np.ones(16)
        self._bend = np.ones(16)
        self._channel = np.zeros(_SLOTS, np.intp)
        self._one_shot = [False] * _SLOTS
        self._phase = np.zeros((3, _SLOTS))
        self._step = np.zeros((3, _SLOTS))
        self._age = np.zeros(_SLOTS)
        self._released = np.zeros(_SLOTS)
        self._fade = np.zeros(_SLOTS)
        self._gain = np.zeros(_SLOTS)
        self._index = np.zeros(_SLOTS)
        self._index_rate = np.zeros(_SLOTS)
        self._strike = np.zeros(_SLOTS)
        self._strike_rate = np.zeros(_SLOTS)
        self._attack = np.ones(_SLOTS)
        self._decay_rate = np.zeros(_SLOTS)
        self._sustain = np.zeros(_SLOTS)
        self._release_rate = np.zeros(_SLOTS)
        self._pan = np.zeros((2, _SLOTS))
        self._send = np.zeros(_SLOTS)
        self._drums = DrumSet(sample_rate)

    @property
    def sounding(self) -> int:
        """Notes that still sound, fading ones included; the room's echo is not counted."""
        return sum(state != _FREE for state in self._state) + self._drums.ringing

    def handle(self, message: bytes) -> None:
        """Take one channel message; anything else, or a message cut short, is ignored."""
        if not message or not 0x80 <= message[0] < 0xF0 or any(byte > 127 for byte in message[1:]):
            return
        kind, channel = message[0] & 0xF0, message[0] & 0x0F
        if message[0] == 0xC0 | DRUMS and len(message) == 2:
            self._drums.program = message[1]
        if len(message) != 3:
            return  # other programs and channel pressure, of two bytes, change nothing here
        first, second = message[1], message[2]
        if kind == 0x90 and second > 0:
            if channel != DRUMS or not self._drums.strike(first, second):
                self._strike_note(channel, first, second)
        elif kind in (0x80, 0x90):
            self._lift(channel, first)
        elif kind == 0xB0:
            self._control(channel, first, second)
        elif kind == 0xE0:
            wheel = ((second << 7 | first) - 8192) / 8192.0
            self._bend[channel] = 2.0 ** (wheel * _BEND_RANGE)

    def silence(self) -> None:
        """Fade everything that sounds within some milliseconds, pedal or not."""
        for channel in range(16):
            self._control(channel, 120, 0)

    def render(self, frames: int) -> NDArray[np.float32]:
        """The next `frames` frames, shape (frames, 2)."""
        output = np.zeros((frames, 2), np.float32)
        for start in range(0, frames, LONGEST_BLOCK):
            self._block(output[start : start + LONGEST_BLOCK])
        return np.tanh(output, out=output)

    def _control(self, channel: int, number: int, value: int) -> None:
        if number == 7:
            self._volume_aim[channel] = _volume(value) * self._expression[channel]
        elif number == 11:
            plain = self._volume_aim[channel] / max(self._expression[channel], 1e-9)
            self._expression[channel] = max((value / 127.0) ** 2, 1e-6)
            self._volume_aim[channel] = plain * self._expression[channel]
        elif number == 64:
            self._pedal[channel] = value >= 64
            if value < 64:
                self._each(channel, _PEDALLED, self._release)
        elif number == 121:
            self._control(channel, 64, 0)
            self._control(channel, 11, 127)
            self._bend[channel] = 1.0
        elif number == 120:
            for state in (_HELD, _PEDALLED, _RELEASED):
                self._each(channel, state, self._choke)
            if channel == DRUMS:
                self._drums.choke()
        elif number >= 123:
            self._each(channel, _HELD, self._let_go)

    def _each(self, channel: int, state: int, act: Callable[[int], None]) -> None:
        for slot in range(_SLOTS):
            if self._state[slot] == state and self._key[slot][0] == channel:
                act(slot)

    def _lift(self, channel: int, pitch: int) -> None:
        for slot in range(_SLOTS):
            if self._state[slot] == _HELD and self._key[slot] == (channel, pitch):
                self._let_go(slot)

    def _let_go(self, slot: int) -> None:
        if self._one_shot[slot]:
            return
        if self._pedal[self._key[slot][0]]:
            self._state[slot] = _PEDALLED
        else:
            self._release(slot)

    def _release(self, slot: int) -> None:
        self._end(slot, self._release_rate[slot])

    def _choke(self, slot: int) -> None:
        self._end(slot, max(1.0 / (_CHOKE * self.sample_rate), self._fade[slot]))

    def _end(self, slot: int, rate: float) -> None:
        # what a fade already under way has taken stays taken, or the level would jump
        self._gain[slot] *= np.exp(-self._fade[slot] * (self._age[slot] - self._released[slot]))
        self._released[slot] = self._age[slot]
        self._fade[slot] = rate
        self._state[slot] = _RELEASED

    def _slot_for(self, channel: int, pitch: int) -> int:
        """A free slot; the same key, or the oldest note of too many, is choked to make way."""
        playing = [s for s in range(_SLOTS) if self._state[s] in (_HELD, _PEDALLED)]
        for slot in playing:
            if self._key[slot] == (channel, pitch):
                self._choke(slot)
        playing = [s for s in playing if self._state[s] != _RELEASED]
        if len(playing) >= POLYPHONY:
            self._choke(min(playing, key=self._born.__getitem__))
        free = [s for s in range(_SLOTS) if self._state[s] == _FREE]
        if free:
            return free[0]
        fading = [s for s in range(_SLOTS) if self._state[s] == _RELEASED]
        return min(fading, key=self._born.__getitem__)

    def _strike_note(self, channel: int, pitch: int, velocity: int) -> None:
        slot = self._slot_for(channel, pitch)
        voice, rate = voice_of(channel), float(self.sample_rate)
        frequency = frequency_of(channel, pitch)
        force = velocity / 127.0
        steps = frequency / rate * np.array([1.0, voice.ratio, voice.strike_ratio])
        self._births += 1
        self._born[slot] = self._births
        self._state[slot], self._key[slot] = _HELD, (channel, pitch)
        self._one_shot[slot], self._channel[slot] = voice.one_shot, channel
        self._phase[:, slot], self._step[:, slot] = 0.0, steps
        self._age[slot] = self._released[slot] = self._fade[slot] = 0.0
        self._gain[slot] = voice.gain * force**1.5
        # high notes are plainer, as a piano's are; and their overtones would fold back below hearing
        plainness = min(1.0, (440.0 / frequency) ** 0.5) if not voice.one_shot else 1.0
        self._index[slot] = voice.index * force * plainness
        self._strike[slot] = voice.strike_level * force * plainness if steps[2] < 0.45 else 0.0
        octaves = (pitch - 60) / 12.0 if not voice.one_shot else 0.0
        self._decay_rate[slot] = 1.0 / (voice.decay * 0.7**octaves * rate)
        self._index_rate[slot] = 1.0 / (voice.index_decay * rate)
        self._strike_rate[slot] = 1.0 / (voice.strike_decay * rate)
        self._release_rate[slot] = 1.0 / (voice.release * rate)
        self._attack[slot] = max(1.0, voice.attack * rate)
        self._sustain[slot], self._send[slot] = voice.sustain, voice.reverb
        lean = voice.pan + (0.0 if voice.one_shot else (pitch - 64) / 128.0)
        angle = (min(1.0, max(-1.0, lean)) + 1.0) * np.pi / 4.0
        self._pan[:, slot] = np.cos(angle), np.sin(angle)

    def _block(self, output: NDArray[np.float32]) -> None:
        frames = len(output)
        slots = np.array([s for s in range(_SLOTS) if self._state[s] != _FREE], np.intp)
        sent = np.zeros(frames, np.float32)
        if len(slots):
            signal, level = self._voices(slots, frames)
            output += np.einsum("cv,vn->nc", self._pan[:, slots].astype(np.float32), signal)
            sent = np.einsum("v,vn->n", self._send[slots].astype(np.float32), signal)
            for slot, loud in zip(slots.tolist(), level.tolist(), strict=True):
                if loud < _INAUDIBLE and self._age[slot] > self._attack[slot]:
                    self._state[slot] = _FREE
        if self._drums.ringing:
            self._drums.add(output, sent, self._gliding(DRUMS, frames))
        self._room.add(sent, output)
        glide = np.exp(-frames / (_VOLUME_GLIDE * self.sample_rate))
        self._volume = self._volume_aim + (self._volume - self._volume_aim) * glide

    def _gliding(self, channel: int, frames: int) -> NDArray[np.float32]:
        """A channel's volume in each of the next frames."""
        time = np.arange(frames, dtype=np.float32)
        glide = np.exp(time * np.float32(-1.0 / (_VOLUME_GLIDE * self.sample_rate)))
        aim, now = self._volume_aim[channel], self._volume[channel]
        return np.asarray(np.float32(aim) + np.float32(now - aim) * glide, np.float32)

    def _voices(
        self, slots: NDArray[np.intp], frames: int
    ) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
        """Each slot's samples (slots, frames), and its level at the block's end."""
        time = np.arange(frames, dtype=np.float32)
        channels = self._channel[slots]
        steps = self._step[:, slots] * self._bend[channels]
        turns = (_TURN * steps).astype(np.float32)[:, :, None] * time
        turns += (_TURN * self._phase[:, slots]).astype(np.float32)[:, :, None]
        self._phase[:, slots] = np.modf(self._phase[:, slots] + steps * frames)[0]

        modulator, overtone = np.sin(turns[1:])
        modulator *= self._falling(self._index, self._index_rate, slots, time)
        turns[0] += modulator
        signal: NDArray[np.float32] = np.sin(turns[0])
        overtone *= self._falling(self._strike, self._strike_rate, slots, time)
        signal += overtone

        age = self._age[slots]
        rise = np.minimum((_column(age) + time) / _column(self._attack[slots]), np.float32(1))
        sustain = self._sustain[slots]
        held = self._falling(1.0 - self._sustain, self._decay_rate, slots, time) + _column(sustain)
        since = age - self._released[slots]
        fade = self._fade[slots]
        fading = _column(np.exp(-fade * since)) * np.exp(_column(-fade) * time)
        aim, now = self._volume_aim[channels], self._volume[channels]
        glide = np.exp(time * np.float32(-1.0 / (_VOLUME_GLIDE * self.sample_rate)))
        volume = _column(aim) + _column(now - aim) * glide
        signal *= rise * held * fading * volume * _column(self._gain[slots])

        self._age[slots] = age = age + frames
        end = np.exp(-fade * (since + frames)) * (
            sustain + (1.0 - sustain) * np.exp(-self._decay_rate[slots] * age)
        )
        return signal, end * self._gain[slots]

    def _falling(
        self,
        start: NDArray[np.float64],
        rate: NDArray[np.float64],
        slots: NDArray[np.intp],
        time: NDArray[np.float32],
    ) -> NDArray[np.float32]:
        """`start * exp(-rate * age)` for each slot and frame of the block."""
        first = start[slots] * np.exp(-rate[slots] * self._age[slots])
        first[first < _NOTHING] = 0.0  # subnormal numbers are a hundred times slower
        curve: NDArray[np.float32] = np.exp(_column(-rate[slots]) * time)
        curve *= _column(first)
        return curve


def _column(values: NDArray[np.float64]) -> NDArray[np.float32]:
    return values.astype(np.float32)[:, None]


def _volume(value: int) -> float:
    """CC7's value to a level, as General MIDI recommends: 40 log10(value / 127) dB, 100 being 1."""
    return float((value / 100.0) ** 2)
