from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from improv.listening.held import LEGATO, REST, TOGETHER, Held, decide, due, pedal, press, release

MS = 1_000_000
Move = tuple[int, str, int]
"""Milliseconds, what happens (on, off, down, up), and the pitch."""
MOVES: dict[str, Callable[[Held, int, int], Held]] = {
    "on": press,
    "off": release,
    "down": lambda held, t, _: pedal(held, t, True),
    "up": lambda held, t, _: pedal(held, t, False),
}
moves = st.lists(
    st.tuples(st.integers(0, 200), st.sampled_from(list(MOVES)), st.integers(48, 55)), max_size=30
)


def follow(played: list[Move], look_every: int | None = None) -> list[tuple[int, frozenset[int]]]:
    """What is decided, with its time in ms; `look_every` cuts time up besides."""
    held, found = Held(), list[tuple[int, frozenset[int]]]()

    def until(held: Held, t: int) -> Held:
        while (at := due(held)) is not None and at <= t:
            held, pitches = decide(held, at)
            if pitches is not None:
                found.append((at // MS, pitches))
        return held

    now = 0
    for at, kind, pitch in [*played, (played[-1][0] + 1000 if played else 0, "", 0)]:
        for between in range(now, at, look_every or 1 << 30):
            held = until(held, between * MS)
        held = until(held, at * MS)
        if kind:
            held = MOVES[kind](held, at * MS, pitch)
            held = until(held, at * MS)
        now = at
    return found


def chords(played: list[Move]) -> list[set[int]]:
    return [set(pitches) for _, pitches in follow(played)]


def test_the_keys_of_a_chord_are_one_stroke_decided_after_the_last() -> None:
    played: list[Move] = [(0, "on", 48), (12, "on", 52), (30, "on", 55), (400, "off", 48)]
    assert follow(played) == [(30 + TOGETHER // MS, frozenset({48, 52, 55}))]
    assert TOGETHER <= 30 * MS


def test_a_chord_that_is_let_go_before_it_is_decided_is_still_whole() -> None:
    short: list[Move] = [(t, "on", p) for t, p in ((0, 48), (2, 52), (4, 55))]
    short += [(20, "off", p) for p in (48, 52, 55)]
    assert follow(short) == [(29, frozenset({48, 52, 55})), (20 + REST // MS, frozenset())]


def test_keys_that_come_up_change_nothing_until_all_are_up() -> None:
    played: list[Move] = [(0, "on", 48), (0, "on", 52), (0, "on", 55), (500, "off", 55), (700, "off", 52)]
    assert chords(played) == [{48, 52, 55}]
    assert chords([*played, (900, "off", 48)]) == [{48, 52, 55}, set()]


def test_a_chord_taken_over_legato_is_heard_without_the_old_keys() -> None:
    played: list[Move] = [(0, "on", p) for p in (48, 52, 55)] + [(500, "on", p) for p in (50, 53, 57)]
    played += [(560, "off", p) for p in (48, 52, 55)]
    assert chords(played) == [{48, 52, 55}, {50, 53, 57}]


def test_a_common_tone_that_stays_down_belongs_to_the_new_chord_in_the_end() -> None:
    played: list[Move] = [(0, "on", p) for p in (48, 52, 57)] + [(500, "on", p) for p in (50, 53, 59)]
    played += [(540, "off", 48), (540, "off", 52)]
    assert follow(played)[1:] == [
        (525, frozenset({50, 53, 59})),
        (500 + LEGATO // MS, frozenset({50, 53, 57, 59})),
    ]


def test_a_voice_that_moves_changes_the_chord_even_if_its_old_key_is_late() -> None:
    chord: list[Move] = [(0, "on", p) for p in (53, 57, 60, 64)]
    assert chords([*chord, (500, "off", 60), (510, "on", 59)])[-1] == {53, 57, 59, 64}
    assert chords([*chord, (500, "on", 59), (560, "off", 60)])[-1] == {53, 57, 59, 64}


def test_a_bass_below_counts_while_its_key_or_the_pedal_holds_it() -> None:
    above: list[Move] = [(500, "on", p) for p in (52, 55, 58)]
    assert chords([(0, "on", 36), *above])[-1] == {36, 52, 55, 58}
    assert chords([(0, "down", 0), (0, "on", 36), (300, "off", 36), *above])[-1] == {36, 52, 55, 58}
    assert chords([(0, "on", 36), (300, "off", 36), *above])[-1] == {52, 55, 58}


def test_the_pedal_holds_a_chord_and_lets_it_go() -> None:
    played: list[Move] = [(0, "down", 0), *((0, "on", p) for p in (48, 52, 55))]
    played += [(100, "off", p) for p in (48, 52, 55)]
    assert chords(played) == [{48, 52, 55}]
    assert follow([*played, (600, "up", 0)])[-1] == (600 + REST // MS, frozenset())


def test_the_pedal_holds_no_chord_that_had_ended_before_it_went_down() -> None:
    played: list[Move] = [(0, "on", 48), (0, "on", 52), (0, "on", 55)]
    played += [(200, "off", p) for p in (48, 52, 55)]
    assert follow([*played, (250, "down", 0)])[-1] == (200 + REST // MS, frozenset())
    caught = [(190, "down", 0), *played]
    assert chords(sorted(caught)) == [{48, 52, 55}]


def test_a_voice_is_added_to_a_chord_that_the_pedal_holds() -> None:
    played: list[Move] = [(0, "down", 0), *((0, "on", p) for p in (52, 58, 62))]
    played += [(100, "off", p) for p in (52, 58, 62)]
    assert chords([*played, (600, "on", 69), (700, "off", 69)])[-1] == {52, 58, 62, 69}


def test_a_new_chord_under_the_same_pedal_is_heard_by_itself_but_for_its_bass() -> None:
    first: list[Move] = [(0, "down", 0), (0, "on", 36), *((300, "on", p) for p in (52, 55, 58))]
    first += [(500, "off", p) for p in (36, 52, 55, 58)]
    second: list[Move] = [(900, "on", p) for p in (50, 53, 57)]
    second += [(1100, "off", p) for p in (50, 53, 57)]
    assert chords([*first, *second]) == [{36}, {36, 52, 55, 58}, {36, 50, 53, 57}]
    voice: list[Move] = [(1400, "on", 60), (1500, "off", 60)]
    assert chords([*first, *second, *voice])[-1] == {36, 50, 53, 57, 60}, "and not the chord before"


@given(moves)
def test_with_the_pedal_down_what_was_struck_is_held_until_it_comes_up(gaps: list[Move]) -> None:
    now, played = 0, [(0, "down", 0)]
    for gap, kind, pitch in gaps:
        now += gap
        if kind in ("on", "off"):
            played.append((now, kind, pitch))
    found = follow(played)
    assert all(pitches for _, pitches in found), "nothing is ever let go"
    assert bool(found) == any(kind == "on" for _, kind, _ in played)


@given(moves, st.integers(1, 60))
def test_how_time_is_cut_up_does_not_matter(gaps: list[Move], look_every: int) -> None:
    now, played = 0, list[Move]()
    for gap, kind, pitch in gaps:
        now += gap
        played.append((now, kind, pitch))
    assert follow(played, look_every) == follow(played)


@given(moves)
def test_when_all_keys_and_the_pedal_are_up_nothing_is_held_soon(gaps: list[Move]) -> None:
    now, played = 0, list[Move]()
    for gap, kind, pitch in gaps:
        now += gap
        played.append((now, kind, pitch))
    played += [(now + 1, "up", 0), *((now + 1, "off", pitch) for pitch in range(48, 56))]
    found = follow(played)
    assert not found or not found[-1][1]
    for _, pitches in found:
        assert pitches <= {pitch for _, kind, pitch in played if kind == "on"}
