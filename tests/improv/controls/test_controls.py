"""What messages mean: laws over any stream, then the rules one by one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from improv.channels import PARTS
from improv.controls.controls import Controls, Update
from improv.controls.profile import Profile
from improv.controls.source import Source, parse_source
from improv.controls.table import CONTROLS, Now
from improv.modes import ADJUSTMENTS, BARS, MODES
from improv.requests import (
    Adjust,
    Forget,
    Keep,
    Learn,
    Mark,
    Mute,
    Panic,
    Request,
    SetMode,
    SetTempo,
    Start,
    Stop,
    UndoTake,
)

channel = st.integers(0, 1)
few = st.integers(20, 23)
messages = st.one_of(
    st.builds(lambda c, n, v: bytes((0x90 | c, n, v)), channel, few, st.integers(0, 127)),
    st.builds(lambda c, n: bytes((0x80 | c, n, 64)), channel, few),
    st.builds(lambda c, n, v: bytes((0xB0 | c, n, v)), channel, few, st.integers(0, 127)),
    st.builds(lambda c, n: bytes((0xC0 | c, n)), channel, few),
)
asked = st.builds(Learn, st.sampled_from([*sorted(CONTROLS), "", "nothing"])) | st.builds(
    Forget, st.sampled_from(sorted(CONTROLS))
)


def profile(**chosen: str) -> Profile:
    made = Profile()
    for name, words in chosen.items():
        made, _ = made.learn(name.replace("_", "-"), [parse_source(word) for word in words.split()])
    return made


def play(
    controls: Controls, *steps: bytes | Request, now: Now | None = None
) -> tuple[Controls, list[Update]]:
    updates = []
    for number, step in enumerate(steps):
        if isinstance(step, bytes):
            update = controls.update(number * 500_000_000, step, now or Now())
        else:
            assert isinstance(step, Learn | Forget)
            update = controls.ask(step)
        updates.append(update)
        controls = update.controls
    return controls, updates


@given(st.lists(messages | asked, max_size=40))
def test_what_passes_has_its_offs_whatever_is_learned_and_forgotten(steps: list[bytes | Request]) -> None:
    """The offs that pass are those of the keys that passed: none is swallowed, none is left over."""
    controls, held = Controls(), dict[bytes, int]()
    passed = dict[bytes, int]()
    for number, step in enumerate(steps):
        if not isinstance(step, bytes):
            assert isinstance(step, Learn | Forget)
            controls = controls.ask(step).controls
            continue
        kind, key = step[0] & 0xF0, bytes((step[0] & 0x0F, step[1]))
        on = kind == 0x90 and step[2] > 0
        if on and held.get(key):
            continue  # a key goes down once
        if kind == 0x80 or (kind == 0x90 and not on):
            if not held.get(key):
                continue
            held[key] = 0
        elif on:
            held[key] = 1
        update = controls.update(number, step, Now())
        controls = update.controls
        if on:
            passed[key] = int(not update.swallowed)
        elif kind in (0x80, 0x90):
            assert update.swallowed == (not passed.pop(key))
    assert len(controls.values) <= 2 * 4 * 4
    assert len(controls.swallowed) <= len(held)


@given(st.lists(messages, max_size=40))
def test_without_a_choice_nothing_common_is_touched(steps: list[bytes]) -> None:
    _, updates = play(Controls(), *steps)
    assert not any(update.swallowed or update.requests or update.told for update in updates)


BUTTONS: dict[str, list[tuple[Now, Request]]] = {
    "start-stop": [(Now(), Start()), (Now(playing=True), Stop())],
    "start": [(Now(), Start())],
    "stop": [(Now(), Stop())],
    "panic": [(Now(), Panic())],
    "mode": [(Now(mode=a.name), SetMode(b.name)) for a, b in zip(MODES, [*MODES[1:], MODES[0]], strict=True)],
    **{f"mode-{mode.name}": [(Now(), SetMode(mode.name))] for mode in MODES},
    "bars": [(Now(bars=4), SetMode("trade", 8)), (Now(bars=12), SetMode("trade", 1))],
    **{f"bars-{bars}": [(Now(mode="solo"), SetMode("solo", bars))] for bars in BARS},
    **{f"mute-{p}": [(Now(), Mute(p, 1)), (Now(muted=frozenset({p})), Mute(p, 0))] for p in PARTS},
    "slower": [(Now(tempo=120), SetTempo(119))],
    "faster": [(Now(tempo=120), SetTempo(121))],
    "keep": [(Now(), Keep())],
    "mark": [(Now(), Mark())],
    "undo": [(Now(), UndoTake())],
}


def test_every_control_is_tried_here() -> None:
    assert set(CONTROLS) == {*BUTTONS, "tap", "tempo", *ADJUSTMENTS}


@pytest.mark.parametrize("name", BUTTONS)
@pytest.mark.parametrize(
    ("source", "press", "release"),
    [("CC20", b"\xb3\x14\x7f", b"\xb3\x14\x00"), ("NOTE20@4", b"\x93\x14\x01", b"\x83\x14\x40")],
)
def test_a_button_asks_when_it_goes_down(name: str, source: str, press: bytes, release: bytes) -> None:
    controls = Controls(profile(**{name: source}))
    for now, request in BUTTONS[name]:
        controls, (down, up) = play(controls, press, release, now=now)
        assert (down.requests, up.requests) == ((request,), ())
        assert down.swallowed
        assert up.swallowed


@pytest.mark.parametrize("name", ADJUSTMENTS)
def test_a_knob_that_meets_the_value_sets_it(name: str) -> None:
    turn = CONTROLS[name].turn
    assert turn is not None
    near = round(turn.place(Now()))
    controls = Controls(profile(**{name: "CC20"}))
    _, updates = play(controls, *(bytes((0xB0, 20, place)) for place in (near, min(127, near + 2))))
    assert updates[1].requests == (Adjust(name, turn.at(min(127, near + 2))),)
    assert all(update.swallowed for update in updates)


def test_a_knob_far_off_waits_and_says_so_once() -> None:
    controls, updates = play(Controls(profile(swing="CC20")), *(bytes((0xB0, 20, p)) for p in (0, 5, 10)))
    assert [update.told for update in updates] == ["swing is 1: turn the knob to it", "", ""]
    assert not any(update.requests for update in updates)
    _, updates = play(controls, *(bytes((0xB0, 20, p)) for p in (40, 90)))
    assert [update.requests for update in updates] == [(), (Adjust("swing", 1.4),)]


def test_taps_set_the_tempo() -> None:
    _, updates = play(Controls(profile(tap="NOTE36")), *[b"\x99\x24\x40", b"\x89\x24\x40"] * 3)
    assert [update.requests for update in updates if update.requests] == [(SetTempo(60.0),)] * 2


def test_a_button_that_tells_no_release_works_and_half_a_pedal_is_down_once() -> None:
    controls = Controls(profile(mark="CC66"))
    _, updates = play(controls, *(bytes((0xB0, 66, value)) for value in (127, 127, 0, 127)))
    assert [len(update.requests) for update in updates] == [1, 1, 0, 1]
    _, updates = play(controls, *(bytes((0xB0, 66, value)) for value in (10, 70, 90, 127, 80, 20, 64)))
    assert [len(update.requests) for update in updates] == [0, 1, 0, 0, 0, 0, 1]


def test_machine_control_and_all_sound_off_work_from_the_box() -> None:
    mmc = [bytes((0xF0, 0x7F, 0x7F, 6, command, 0xF7)) for command in (2, 1, 6)]
    _, updates = play(Controls(), *mmc, b"\xb0\x78\x00")
    assert [update.requests for update in updates] == [(Start(),), (Stop(),), (Keep(),), ()]
    _, updates = play(Controls(), b"\xb0\x78\x7f")
    assert updates[0].requests == (Panic(),)


@pytest.mark.parametrize(
    ("message", "source"),
    [
        (b"\xb2\x14\x7f", Source("CC", 20, 2)),
        (b"\x99\x24\x40", Source("NOTE", 36, 9)),
        (b"\xc0\x05", Source("PC", 5, 0)),
        (b"\xf0\x7f\x7f\x06\x04\xf7", Source("MMC", 4)),
    ],
)
def test_the_next_message_is_learned_asks_nothing_and_means_it_from_then_on(
    message: bytes, source: Source
) -> None:
    controls, (told, learned, again) = play(Controls(), Learn("keep"), message, message)
    assert told.told == "keep: move or press what it is to be"
    assert learned.told == f"keep is {source} now"
    assert (learned.requests, learned.swallowed) == ((), True)
    assert controls.learning == ""
    assert controls.profile.sources("keep") == (source,)
    assert again.requests == (Keep(),)


def test_what_shapes_the_sound_is_not_learned_by_moving_it() -> None:
    pedal, button = b"\xb0\x40\x7f", b"\xb0\x14\x7f"
    controls, (_, passed, learned) = play(Controls(), Learn("panic"), pedal, button)
    assert not passed.swallowed
    assert passed.told == "CC64@1 stays as it is: improv controls set panic=CC64"
    assert learned.swallowed
    assert controls.profile.meaning(Source("CC", 64, 0)) is None


def test_a_release_is_not_learned() -> None:
    controls, updates = play(Controls(), Learn("keep"), b"\x90\x3c\x00", b"\x80\x3c\x40", b"\xb0\x14\x00")
    assert not any(update.swallowed for update in updates)
    assert controls.learning == "keep"


def test_it_says_from_whom_a_message_was_taken() -> None:
    _, (_, learned) = play(Controls(), Learn("panic"), b"\xb0\x42\x7f")
    assert learned.told == "panic is CC66@1 now; it was mark"


def test_learning_can_be_given_up_and_mistakes_change_nothing() -> None:
    controls, updates = play(Controls(), Learn("keep"), Learn(""), b"\xb0\x14\x7f")
    assert not updates[2].swallowed
    assert updates[1].told == "nothing learned"
    controls, (told,) = play(Controls(), Learn("panik"))
    assert controls == Controls()
    assert "did you mean 'panic'" in told.told
    controls, (told,) = play(Controls(), Forget("mark"))
    assert told.told == "mark answers to nothing now"
    assert not controls.update(0, b"\xb0\x42\x7f", Now()).swallowed
