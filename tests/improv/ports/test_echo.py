"""The feedback guard: loops end, and a player who plays is heard."""

from hypothesis import given
from hypothesis import strategies as st

from improv.ports.echo import REPEATS, TRUST, WINDOW, Echoes

MS = 1_000_000
pitches = st.integers(60, 62)
channels = st.integers(0, 1)
velocities = st.sampled_from([40, 80])
ons = st.builds(lambda c, p, v: bytes((0x90 | c, p, v)), channels, pitches, velocities)
offs = st.builds(lambda c, p: bytes((0x80 | c, p, 64)), channels, pitches)
others = st.builds(lambda c, v: bytes((0xB0 | c, 1, v)), channels, st.integers(0, 3))
messages = ons | offs | others
steps = st.lists(st.tuples(st.integers(0, 40), st.booleans(), messages), max_size=60)


def key(message: bytes) -> tuple[int, int]:
    return message[0] & 0x0F, message[1]


@given(steps)
def test_whatever_comes_back_each_on_that_passes_has_its_off_and_no_other(
    did: list[tuple[int, bool, bytes]],
) -> None:
    echoes, t = Echoes(), 0
    heard, passed, swallowed = dict[tuple[int, int], int](), dict[tuple[int, int], int](), 0
    for gap, sending, message in did:
        t += gap * MS
        kind = message[0] & 0xF0
        if sending:
            echoes = echoes.sending(t, message)
            continue
        if kind == 0x80 and not heard.get(key(message)):
            continue  # an input sends an off for each on
        echoes, passes = echoes.hear(t, message)
        if kind == 0x90:
            heard[key(message)] = heard.get(key(message), 0) + 1
            passed[key(message)] = passed.get(key(message), 0) + passes
        elif kind == 0x80:
            heard[key(message)] -= 1
            passed[key(message)] -= passes
            assert passed[key(message)] >= 0, "an off without its on"
            assert passed[key(message)] <= heard[key(message)], "an off was swallowed that was played"
        swallowed += not passes
    for at, left in heard.items():
        for _ in range(left):
            echoes, passes = echoes.hear(t, bytes((0x80 | at[0], at[1], 64)))
            passed[at] -= passes
    assert not any(passed.values())
    assert not echoes.played
    assert not echoes.echoed
    assert len(echoes.sent) <= len(did)


@given(
    st.lists(st.tuples(st.integers(0, 200), messages), max_size=40),
    st.integers(1, WINDOW // MS - 1),
    st.integers(0, 15),
)
def test_in_a_loop_nothing_goes_round_for_ever(
    played: list[tuple[int, bytes]], delay: int, channel: int
) -> None:
    """All that passes is sent on, and all that is sent comes back."""
    echoes, t = Echoes(), 0
    waiting = list[tuple[int, bytes]]()
    for gap, message in played:
        t += gap * MS
        waiting.append((t, message))
    passed = rounds = 0
    while waiting:
        waiting.sort(key=lambda timed: timed[0])
        t, message = waiting.pop(0)
        echoes, passes = echoes.hear(t, message)
        if passes:
            passed += message[0] & 0xF0 == 0x90
            sent = bytes((message[0] & 0xF0 | channel, *message[1:]))
            echoes = echoes.sending(t, sent)
            waiting.append((t + delay * MS, sent))
        rounds += 1
        assert rounds < 40 * len(played) + 40, "it goes round for ever"
    assert passed <= REPEATS * sum(message[0] & 0xF0 == 0x90 for _, message in played)


@given(st.lists(st.tuples(st.integers(0, 100), ons), max_size=30), st.integers(0, 3))
def test_a_player_who_doubles_loses_no_note_but_those_that_were_just_sent(
    sent: list[tuple[int, bytes]], velocity: int
) -> None:
    """Every key of the machine's doubled at once, harder or softer: all are heard."""
    echoes, t = Echoes(), 0
    for gap, message in sent:
        t += gap * MS
        echoes = echoes.sending(t, message)
        echoes, passes = echoes.hear(t + 5 * MS, bytes((0x90, message[1], 100 + velocity)))
        assert passes
        echoes, passes = echoes.hear(t + WINDOW + MS, message)
        assert passes, "what comes later than any echo is played"


def test_a_note_sent_once_explains_one_note() -> None:
    on = b"\x92\x3c\x50"
    echoes = Echoes().sending(0, on)
    heard = []
    for t in (5 * MS, 10 * MS):
        echoes, passes = echoes.hear(t, on)
        heard.append(passes)
    assert heard == [False, True]


def test_a_player_may_double_a_note_of_the_bands_once_and_is_a_loop_at_the_second() -> None:
    """The band has channels of its own; on the same channel it is an echo at once."""
    band, player = bytes((0x91, 53, 76)), bytes((0x90, 53, 76))
    echoes, passes = Echoes().sending(0, band).hear(5 * MS, player)
    assert passes
    _, passes = echoes.sending(9_000 * MS, band).hear(9_005 * MS, player)
    assert not passes, "twice in ten seconds: they come back on another channel"
    echoes, passes = echoes.sending(12_000 * MS, band).hear(12_005 * MS, player)
    assert passes, "not so soon after the first"
    echoes, passes = echoes.sending(13_000 * MS, band).hear(13_005 * MS, player)
    assert not passes
    _, passes = echoes.sending(60_000 * MS, band).hear(60_005 * MS, player)
    assert not passes, "notes have come back in the last minute"
    _, passes = Echoes().sending(0, band).hear(5 * MS, band)
    assert not passes


def test_a_played_and_echoed_key_keeps_each_its_off() -> None:
    """Thru, where notes come back: the player's on is sent and comes back; so does the off."""
    on, off = b"\x90\x3c\x50", b"\x80\x3c\x40"
    echoes, passed = Echoes(came_back=0), []
    for t, message in ((0, on), (5, on), (300, off), (305, off)):
        echoes, passes = echoes.hear(t * MS, message)
        if passes:
            echoes = echoes.sending(t * MS, message)
        passed.append(passes)
    assert passed == [True, False, True, False]


def test_controllers_are_left_alone_until_notes_come_back() -> None:
    wheel = b"\xb0\x01\x40"
    echoes, passes = Echoes().sending(0, wheel).hear(MS, wheel)
    assert passes
    echoes = echoes.sending(2 * MS, b"\x90\x3c\x50")
    echoes, _ = echoes.hear(3 * MS, b"\x90\x3c\x50")
    echoes = echoes.sending(4 * MS, wheel)
    echoes, passes = echoes.hear(5 * MS, wheel)
    assert not passes


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(1, 25)), max_size=30), st.integers(61, 200))
def test_a_key_struck_again_and_again_is_heard_each_time(strokes: list[tuple[int, int]], pause: int) -> None:
    """One key, one velocity, all passed on; three strokes in a row at any speed, then a pause."""
    echoes, t = Echoes(), 0
    for number, (gap, length) in enumerate(strokes):
        t += (gap if number % (REPEATS - 1) else pause) * MS
        for message in (b"\x90\x3c\x50", b"\x80\x3c\x40"):
            echoes, passes = echoes.hear(t, message)
            assert passes
            echoes = echoes.sending(t, message)
            t += length * MS


def test_a_loop_is_known_after_a_few_rounds_and_then_at_once() -> None:
    on = b"\x90\x3c\x50"
    echoes, passed = Echoes(), list[bool]()
    for t in range(0, 100, 5):
        echoes, passes = echoes.hear(t * MS, on)
        passed.append(passes)
        if not passes:
            break
        echoes = echoes.sending(t * MS, on)
    assert passed == [*[True] * REPEATS, False]
    later = 20_000 * MS
    assert later < TRUST
    echoes, passes = echoes.hear(later, b"\x90\x40\x50")
    assert passes
    _, passes = echoes.sending(later, b"\x90\x40\x50").hear(later + MS, b"\x90\x40\x50")
    assert not passes
