from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grammar.changes import Changes
from grammar.chords import NO_CHORD, ROOTS, parse_chord
from grammar.notes import Note
from grammar.parse import classify
from grammar.rules import HISTORY, RESOLVE_WITHIN, RULES, Place, longest_gap, permitted, strong
from grammar.terminals import Kind

SUFFIXES = ["", "-7", "7", "maj7", "7alt", "7b9", "m7b5", "o7", "7sus", "+7", "-j7", "5", "6", "7/E"]
chords = st.builds(
    lambda root, suffix: parse_chord(root + suffix), st.sampled_from(ROOTS), st.sampled_from(SUFFIXES)
)
changes = st.builds(
    lambda found, meter: Changes(
        tuple(i * meter * 24 for i in range(len(found))), tuple(found), len(found) * meter * 24, meter
    ),
    st.lists(chords | st.just(NO_CHORD), min_size=1, max_size=4),
    st.sampled_from([3, 4, 5]),
)
tails = st.lists(
    st.builds(Note, st.integers(-200, 0).map(lambda n: n * 6), st.integers(0, 127), st.integers(1, 40)),
    max_size=9,
).map(sorted)
C = Changes((0,), (parse_chord("C"),), 96)


def line(*pitches: int, start: int = 12, step: int = 12) -> list[Note]:
    return [Note(start + i * step, pitch, step) for i, pitch in enumerate(pitches)]


def refusals(previous: list[Note], onset: int | None = None, over: Changes = C) -> dict[int, str]:
    at = previous[-1].end if onset is None else onset
    verdict = permitted(previous, at, over, 40, 90)
    return {pitch: verdict.reason(pitch) for pitch in range(40, 91) if verdict.reason(pitch)}


def test_an_x_on_a_strong_beat_needs_time_to_resolve() -> None:
    for ends, allowed in ((48 + RESOLVE_WITHIN, False), (49 + RESOLVE_WITHIN, True), (None, True)):
        verdict = permitted([], 48, C, 60, 72, ends)
        arbitrary = [p for p in range(60, 73) if classify(p, C.at(48)) is Kind.ARBITRARY]
        assert arbitrary
        assert all(verdict.allowed[pitch] is allowed for pitch in arbitrary)
    assert permitted([], 54, C, 60, 72, 60).refused == permitted([], 54, C, 60, 72).refused  # a weak place


@given(tails, st.integers(0, 300), changes, st.integers(-5, 130), st.integers(-5, 130))
def test_something_is_always_allowed_and_the_rest_has_a_reason(
    previous: list[Note], wait: int, over: Changes, low: int, high: int
) -> None:
    verdict = permitted(previous, (previous[-1].onset if previous else 0) + wait, over, low, high)
    assert len(verdict.allowed) == 128
    assert any(verdict.allowed)
    for pitch, allowed in enumerate(verdict.allowed):
        assert allowed == (verdict.reason(pitch) == "")
        if allowed and "register" not in verdict.relaxed:
            assert low <= pitch <= high
    assert {name for name, _ in verdict.refused}.isdisjoint(verdict.relaxed)


@given(tails, st.integers(1, 300), changes)
def test_only_the_tail_of_the_line_counts(previous: list[Note], wait: int, over: Changes) -> None:
    onset = (previous[-1].onset if previous else 0) + wait
    assert permitted(previous, onset, over, 40, 90) == permitted(previous[-HISTORY:], onset, over, 40, 90)


@given(tails, st.integers(1, 300), changes, st.integers(-11, 11))
def test_the_rules_are_the_same_in_every_key(previous: list[Note], wait: int, over: Changes, up: int) -> None:
    previous = [Note(n.onset, 30 + n.pitch % 60, n.duration) for n in previous]
    onset = (previous[-1].onset if previous else 0) + wait
    moved = Changes(
        over.onsets, tuple(chord.transposed(up) for chord in over.chords), over.length, over.meter
    )
    here = permitted(previous, onset, over, 40, 80)
    there = permitted(
        [Note(n.onset, n.pitch + up, n.duration) for n in previous], onset, moved, 40 + up, 80 + up
    )
    assert [here.reason(pitch) for pitch in range(40, 81)] == [
        there.reason(pitch + up) for pitch in range(40, 81)
    ]


@given(changes, st.integers(0, 2000), st.integers(0, 127), st.integers(1, RESOLVE_WITHIN))
def test_an_x_on_a_strong_beat_resolves_by_step(over: Changes, onset: int, pitch: int, wait: int) -> None:
    last = Note(onset, pitch, 6)
    owes = strong(onset, over) and classify(pitch, over.at(onset)) is Kind.ARBITRARY
    assert longest_gap([last], over) == (RESOLVE_WITHIN if owes else None)
    verdict = permitted([last], onset + wait, over, 0, 127)
    if owes and "unresolved X" not in verdict.relaxed:
        for found, allowed in enumerate(verdict.allowed):
            if allowed:
                assert 1 <= abs(found - pitch) <= 2
                assert classify(found, over.at(onset + wait)).letter in "CLS"


def test_strong_beats_are_one_and_three_of_four_and_the_first_of_others() -> None:
    places = range(0, 120, 6)
    waltz, five = (Changes((0,), (NO_CHORD,), 24 * meter, meter) for meter in (3, 5))
    assert [tick for tick in places if strong(tick, C)] == [0, 48, 96]
    assert [tick for tick in places if strong(tick, waltz)] == [0, 72]
    assert [tick for tick in places if strong(tick, five)] == [0]
    assert strong(-48, C)


def test_b_flat_over_c_on_the_first_beat_goes_to_a_b_or_c() -> None:
    x = [Note(0, 70, 12)]
    assert longest_gap(x, C) == 24
    assert {pitch for pitch in range(40, 91) if pitch not in refusals(x)} == {69, 71, 72}
    assert refusals(x)[60] == "unresolved X"
    assert longest_gap([Note(12, 70, 12)], C) is None
    assert not refusals([Note(12, 70, 12)]).get(60)
    assert 60 not in refusals(x, onset=36)  # too late to resolve, so nothing is owed any more


def test_no_chord_lets_every_neighbour_sound() -> None:
    over = Changes((0,), (NO_CHORD,), 96)
    assert refusals([Note(0, 66, 12)], over=over) == refusals([Note(0, 66, 12)], over=C) != {}
    assert set(range(54, 79)).isdisjoint(refusals([Note(0, 66, 12)], over=over))


def test_leaps_are_an_octave_and_more_after_a_rest() -> None:
    assert refusals(line(65)) == {pitch: "leap" for pitch in range(40, 91) if abs(pitch - 65) > 12}
    assert set(refusals(line(65), onset=36)) == {p for p in range(40, 91) if abs(p - 65) > 19}


def test_a_player_in_the_bass_does_not_pin_the_answer_to_the_border() -> None:
    verdict = permitted([Note(0, 28, 12)], 96, C, 55, 84)
    assert [pitch for pitch in range(128) if verdict.allowed[pitch]] == list(range(55, 75))


def test_a_second_large_leap_goes_back() -> None:
    assert {pitch for pitch, why in refusals(line(55, 65)).items() if why == "second leap"} == set(
        range(73, 78)
    )
    assert {pitch for pitch, why in refusals(line(65, 55)).items() if why == "second leap"} == set(
        range(43, 48)
    )
    assert "second leap" not in refusals(line(60, 65)).values()


def test_three_of_a_pitch_are_enough() -> None:
    assert 65 not in refusals(line(64, 65, 65))
    assert refusals(line(65, 65, 65))[65] == "repeat"


def test_a_b_a_b_a_b_ends() -> None:
    assert 64 not in refusals(line(67, 65, 64, 65, 64, 65))
    assert refusals(line(64, 65, 64, 65, 64, 65))[64] == "oscillation"


def test_the_first_note_is_free_in_its_register() -> None:
    assert refusals([], onset=0) == {}
    assert permitted([], 0, C, 60, 61).reason(59) == "register"


def test_rules_give_way_from_the_last_to_the_first() -> None:
    verdict = permitted(line(65, 65, 65), 48, C, 65, 65)
    assert verdict.relaxed == ("repeat",)
    assert verdict.allowed[65]
    assert permitted([Note(0, 70, 12)], 12, C, 60, 66).relaxed == ("unresolved X",)


@pytest.mark.data
def test_players_are_hardly_ever_refused(training_solos: list[tuple[list[Note], Changes]]) -> None:
    notes, refused = 0, Counter[str]()
    either = 0
    for melody, over in training_solos:
        for index, note in enumerate(melody):
            place = Place(melody[max(0, index - 8) : index], note.onset, over, 0, 127)
            found = [rule.name for rule in RULES if rule.refused(place) >> note.pitch & 1]
            notes += 1
            refused.update(found)
            either += bool(found)
    assert notes > 150_000
    assert either / notes < 0.02, refused
