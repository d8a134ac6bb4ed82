"""Drums: a time that goes on, fills where phrases end, answers where there is room."""

from collections import Counter

import pytest

from grammar.chart import FEELS, Chart, Feel, parse_chart
from grammar.notes import Note
from improv.band.drums import DrumMind, Phrases, drum
from improv.band.kit import CRASH, CROSS_STICK, FOOT_HAT, KICK, RIDE, RIDE_TWO, SNARE
from improv.band.notes import Hearing, Moment, Scene
from improv.chance import Chance
from improv.library import load_chart

BUSY, RESTING = Hearing(5.0, 0.2), Hearing(0.5, 2.0)


def chart_of(feel: str, meter: int = 4, bars: int = 12) -> Chart:
    return parse_chart(f"feel: {feel}\nmeter: {meter}/4\n| C7 | {'| '.join(['% '] * (bars - 1))}|")


def played(chart: Chart, scene: Scene | None = None, choruses: int = 4, seed: int = 1) -> list[Note]:
    mind, phrases = DrumMind(Chance(seed)), Phrases.of(chart)
    changes = chart.changes()
    found: list[Note] = []
    for tick in range(0, choruses * changes.length, 24):
        moment = Moment(tick, chart.meter, changes, scene or Scene(chart.tempo))
        mind, notes = drum(mind, chart.feel, phrases, moment)
        assert all(tick <= note.onset < tick + 24 for note in notes)
        found += notes
    return found


def places(notes: list[Note], key: int, bar: int = 96) -> Counter[int]:
    return Counter(note.onset % bar for note in notes if note.pitch == key)


def test_phrases_end_with_sections_and_fours() -> None:
    assert Phrases.of(load_chart("blues-f")).bars == (0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3)
    phrases = Phrases.of(load_chart("modal"))
    assert [phrases.ending(bar) for bar in (3, 7, 31, 32, 39, 63)] == [1, 2, 3, 0, 2, 3]


@pytest.mark.parametrize("meter", range(2, 8))
@pytest.mark.parametrize("feel", FEELS)
def test_every_style_keeps_time_in_every_meter(feel: Feel, meter: int) -> None:
    chart = chart_of(feel, meter)
    notes = played(chart, choruses=2)
    assert notes == played(chart, choruses=2)
    onsets = {note.onset for note in notes}
    assert len({tick // (24 * meter) for tick in onsets}) == 24, "no bar is empty"
    assert sum(tick in onsets for tick in range(0, 24 * meter * 24, 24)) > 0.9 * 24 * meter
    assert len({(note.onset, note.pitch) for note in notes}) == len(notes)


def test_swing_rides_with_the_hat_on_two_and_four() -> None:
    notes = played(load_chart("blues-f"))
    assert places(notes, FOOT_HAT).keys() == {24, 72}
    ride = places(notes, RIDE) + places(notes, RIDE_TWO)
    assert ride[36] > ride[12]
    assert ride[84] > ride[60]
    feathered = [note.velocity for note in notes if note.pitch == KICK and note.onset % 24 == 0]
    assert sorted(feathered)[len(feathered) // 2] < 40
    by_chorus = {note.onset // (12 * 96) % 2: note.pitch for note in notes if note.pitch in (RIDE, RIDE_TWO)}
    assert by_chorus == {0: RIDE, 1: RIDE_TWO}


def test_bossa_has_the_clave_and_funk_the_backbeat() -> None:
    sticks = places(played(chart_of("bossa")), CROSS_STICK, 192)
    assert {0, 36, 72} <= sticks.keys()
    assert sticks.keys() <= {0, 36, 72, 108, 120, 144, 156}
    snares = [n for n in played(chart_of("funk")) if n.pitch == SNARE and n.velocity > 80]
    assert {24, 72} <= {note.onset % 96 for note in snares}
    ghosts = [n for n in played(chart_of("funk")) if n.pitch == SNARE and n.velocity < 40]
    assert ghosts


def test_a_ballad_is_brushed() -> None:
    assert {note.pitch for note in played(load_chart("ballad"))} <= {KICK, SNARE, 40, FOOT_HAT}


def test_fills_lead_on_and_the_top_is_crashed() -> None:
    notes = played(load_chart("blues-f"), choruses=40)
    crashes = [note.onset for note in notes if note.pitch == CRASH]
    assert len(crashes) > 20
    assert {tick % 384 for tick in crashes} == {0}
    tops = sum(tick % (12 * 96) == 0 for tick in crashes)
    assert tops > 0.5 * len(crashes)
    assert all(any(n.onset == tick and n.pitch == KICK for n in notes) for tick in crashes[:5])
    triplets = Counter(note.onset // 96 % 12 for note in notes if note.onset % 24 in (8, 16))
    assert triplets.keys() <= {3, 7, 11}
    assert triplets[11] > triplets[7] > triplets[3]


def test_the_last_bar_leads_nowhere() -> None:
    chart = load_chart("blues-f")
    for seed in range(20):
        scene = Scene(chart.tempo, RESTING, ends=12 * 96)
        notes = played(chart, scene, 1, seed)
        assert {note.onset % 24 for note in notes if note.onset >= 11 * 96} <= {0, 12}


@pytest.mark.parametrize("feel", ["swing", "waltz", "straight"])
def test_it_answers_where_there_is_room(feel: str) -> None:
    chart = chart_of(feel, 3 if feel == "waltz" else 4)

    def answers(hearing: Hearing, density: float = 1.0) -> int:
        notes = played(chart, Scene(140.0, hearing, density=density))
        return sum(note.pitch in (SNARE, CROSS_STICK) for note in notes)

    assert answers(BUSY) < answers(Hearing()) < answers(RESTING)
    assert answers(RESTING, 0.0) == 0


def test_dynamics_scale_the_accents_and_loudness_is_followed() -> None:
    chart = load_chart("blues-f")

    def ride(scene: Scene) -> set[int]:
        return {n.velocity for n in played(chart, scene, 1) if n.pitch == RIDE}

    assert len(ride(Scene(140.0, dynamics=0.0))) == 1
    assert max(ride(Scene(140.0))) - min(ride(Scene(140.0))) == 14
    assert max(ride(Scene(140.0, Hearing(1, 1, 40.0)))) < max(ride(Scene(140.0)))


def test_at_fast_tempi_the_kick_is_not_feathered() -> None:
    chart = load_chart("blues-f")
    slow, fast = (places(played(chart, Scene(tempo), 1), KICK) for tempo in (140.0, 280.0))
    assert fast[24] < slow[24] / 4
