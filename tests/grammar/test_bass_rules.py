"""The bass's rules: what they refuse, in every key; that something is always allowed."""

from hypothesis import given
from hypothesis import strategies as st

from grammar.bass_rules import HIGH, HISTORY, LOW, RULES, WIDEST_LEAP, BassPlace, permitted_bass
from grammar.changes import Changes, changes_from_beats
from grammar.chart import parse_chart
from grammar.chords import NO_CHORD, ROOTS, parse_chord
from grammar.pitches import members, shifted, span

SUFFIXES = ("", "-7", "7", "maj7", "7alt", "m7b5", "o7", "7sus", "-j7", "5", "7/E")
chords = st.builds(
    lambda root, suffix: parse_chord(root + suffix), st.sampled_from(ROOTS), st.sampled_from(SUFFIXES)
)


@st.composite
def places(draw: st.DrawFn, low: int = LOW, high: int = HIGH) -> BassPlace:
    meter = draw(st.sampled_from([3, 4, 5]))
    beats = draw(st.lists(chords | st.just(NO_CHORD), min_size=1, max_size=4))
    held = [chord for chord in beats for _ in range(draw(st.integers(1, meter)))]
    changes = changes_from_beats(held + [held[-1]] * (-len(held) % meter), meter)
    previous = draw(st.lists(st.integers(low, high), max_size=8))
    return BassPlace(previous, draw(st.integers(-8, 40)) * 24, changes)


def refused(previous: list[int], beat: int, chart: str) -> dict[int, str]:
    verdict = permitted_bass(BassPlace(previous, beat * 24, parse_chart(chart).changes()))
    return {pitch: verdict.reason(pitch) for pitch in range(LOW, HIGH + 1) if verdict.reason(pitch)}


@given(places())
def test_something_is_allowed_within_the_register_and_the_rest_has_a_reason(place: BassPlace) -> None:
    verdict = permitted_bass(place)
    allowed = set(members(verdict.pitches))
    assert allowed
    assert allowed <= set(range(LOW, HIGH + 1))
    assert all((pitch in allowed) == (verdict.reason(pitch) == "") for pitch in range(128))
    assert {name for name, _ in verdict.refused}.isdisjoint(verdict.relaxed)
    if place.previous:
        assert all(abs(pitch - place.previous[-1]) <= WIDEST_LEAP for pitch in allowed)


@given(places())
def test_the_bass_note_may_always_be_played_where_a_chord_begins(place: BassPlace) -> None:
    verdict = permitted_bass(place)
    if place.arrives and place.chord.bass is not None:
        allowed = set(members(verdict.pitches))
        assert {pitch % 12 for pitch in allowed} <= place.chord.tones
        # the bass note's one other obstacle: that it was there already, which the chord's other tones share
        lasts = {place.previous[-1] % 12} if place.previous else set()
        assert place.chord.bass in {pitch % 12 for pitch in allowed} | lasts


@given(places(), st.integers(8, 20))
def test_only_the_last_beats_count(place: BassPlace, more: int) -> None:
    longer = BassPlace([LOW + more] * 3 + list(place.previous), place.tick, place.changes)
    shorter = BassPlace(list(place.previous)[-HISTORY:], place.tick, place.changes)
    if len(place.previous) >= HISTORY:
        assert permitted_bass(longer) == permitted_bass(shorter)


@given(places(40, 60), st.integers(-11, 11))
def test_the_rules_are_the_same_in_every_key(place: BassPlace, up: int) -> None:
    changes = place.changes
    moved = Changes(
        changes.onsets, tuple(c.transposed(up) for c in changes.chords), changes.length, changes.meter
    )
    there = BassPlace([pitch + up for pitch in place.previous], place.tick, moved, 20 + up, 80 + up)
    here = BassPlace(place.previous, place.tick, changes, 20, 80)
    assert permitted_bass(there).pitches == shifted(permitted_bass(here).pitches, up)


def test_a_chord_begins_on_its_bass_note_or_where_a_step_leads() -> None:
    from_b = refused([38, 35], 4, "| D-7 | C/E | C |")
    assert {pitch for pitch in range(LOW, HIGH + 1) if pitch not in from_b} == {28, 36, 40}
    assert from_b[43] == "arrival"
    assert set(range(LOW, HIGH + 1)) - refused([], 0, "| F7 |").keys() == {29, 41, 53}


def test_no_chord_lets_every_pitch_sound_within_an_octave() -> None:
    assert set(refused([40], 2, "| N.C. |")) == {53, 54, 55}


def test_an_outside_pitch_is_stepped_to_or_approaches() -> None:
    on_three = refused([36], 2, "| C | F |")
    assert on_three[39] == "stray"  # E flat, a third away
    assert 34 not in on_three  # B flat, a step away
    on_four = refused([36], 3, "| C | F |")
    assert {on_four.get(30), on_four.get(42)} == {None}  # G flat, into F
    assert on_four[41] == "anticipation"
    assert refused([36, 38], 4, "| C | C |")[39] == "clash"


def test_large_leaps_turn_back_and_repeats_end() -> None:
    assert refused([30, 40], 2, "| C |")[48] == "second leap"
    assert 40 not in refused([36, 40], 2, "| C |")
    assert refused([40, 40], 2, "| C |")[40] == "repeat"
    assert refused([40, 41], 4, "| C | F |")[41] == "repeat"
    assert refused([40, 36, 40, 36, 40], 1, "| C | C |")[36] == "oscillation"


def test_rules_give_way_from_the_last_to_the_first() -> None:
    place = BassPlace([36, 36], 24, parse_chart("| C |").changes(), 36, 36)
    verdict = permitted_bass(place)
    assert verdict.relaxed == ("repeat",)
    assert verdict.pitches == span(36, 36)
    assert RULES[0].name == "register"
