import pytest

from improv.tui.app import StageApp
from improv.tui.keys import CARD, COMMANDS, HIGHEST_C, KEYS, LOWEST_C, NOTES, PANIC, HeldKeys, Key


@pytest.mark.parametrize("keys", [KEYS, CARD])
def test_no_key_does_two_things(keys: tuple[Key, ...]) -> None:
    names = [name for key in keys for name in key.names]
    assert len(names) == len(set(names))


def test_no_function_key_needs_shift() -> None:
    names = [name for key in KEYS for name in key.names]
    assert not [name for name in names if name.startswith("shift+f") or name in ("f11", "f12")]


def test_a_card_takes_no_key_that_a_player_needs() -> None:
    needed = {name for key in (*NOTES, PANIC) for name in key.names} | {"space"}
    assert not needed & {name for key in CARD for name in key.names}


def test_letters_and_digits_are_notes() -> None:
    assert all(len(name) > 1 for key in COMMANDS for name in key.names)


@pytest.mark.parametrize("key", CARD + KEYS, ids=lambda key: key.names[0])
def test_every_key_has_an_action(key: object) -> None:
    action = getattr(key, "action", "").partition("(")[0]
    assert callable(getattr(StageApp, f"action_{action}"))


def test_the_rows_are_a_piano() -> None:
    offsets = {key.names[0]: key.offset for key in NOTES}
    assert [offsets[letter] for letter in "zsxdcvgbhnjm"] == list(range(12))
    assert [offsets[letter] for letter in "q2w3er5t6y7u"] == list(range(12, 24))


def test_every_note_is_a_midi_pitch() -> None:
    assert min(key.offset or 0 for key in NOTES) + LOWEST_C >= 0
    assert max(key.offset or 0 for key in NOTES) + HIGHEST_C <= 127


def test_a_held_key_strikes_once() -> None:
    held = HeldKeys()
    assert held.struck(0, 1.0)
    assert held.struck(0, 1.5)  # the terminal's first repeat comes late and sounds like a stroke
    assert not any(held.struck(0, 1.5 + 0.033 * count) for count in range(1, 30))
    assert held.struck(4, 2.0)
    assert held.struck(0, 3.0)
