"""What the band hears of a soloist."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grammar.notes import Note
from improv.band.notes import GONE, NOBODY, Hearing

lines = st.lists(st.integers(0, 600), unique=True).map(
    lambda onsets: [Note(onset, 60, 6, 40 + onset % 60) for onset in sorted(onsets)]
)


@given(lines, st.integers(-50, 700))
def test_only_what_has_begun_is_heard(line: list[Note], tick: int) -> None:
    heard = Hearing.of(line, tick)
    assert heard == Hearing.of([note for note in line if note.onset < tick], tick)
    assert heard == Hearing.of([note for note in line if note.onset > tick - 24 * GONE], tick)
    assert 0 <= heard.room <= 1
    assert 0 < heard.since <= GONE


def test_a_soloist_who_plays_eighths_leaves_little_room_and_one_who_rests_all() -> None:
    line = [Note(12 * n, 60, 12, 100) for n in range(16)]
    busy = Hearing.of(line, 192)
    assert busy == Hearing(activity=2.0, since=0.5, loudness=100.0)
    assert busy.room == pytest.approx(0.2)
    assert not busy.breathes
    rest = Hearing.of(line, 240)
    assert rest.room == 1.0
    assert rest.breathes
    assert rest.loudness == 100.0
    assert Hearing.of(line, 180 + 8 * 24) == NOBODY
    assert NOBODY.room == 0.5
    assert not NOBODY.breathes
