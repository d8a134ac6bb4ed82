import pytest

from improv.tui.foot import draw_keys
from improv.tui.keys import Key
from improv.tui.paint import length
from improv.tui.text_keys import BINDINGS, KEYS, LINE, SPARE
from improv.tui.text_parts import HELP_HEIGHT, HELP_WIDTH, draw_help
from improv.tui.text_screen import TextScreen


def test_no_key_does_two_things() -> None:
    names = [name for key in KEYS for name in key.names]
    assert len(names) == len(set(names))


def test_no_command_is_a_letter() -> None:
    assert all(len(name) > 1 for key in KEYS for name in key.names)
    assert not {name for key in KEYS for name in key.names} & {"space", "backspace", "left", "right"}


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.names[0])
def test_every_key_has_an_action_and_comes_before_the_lines_own(key: Key) -> None:
    assert callable(getattr(TextScreen, f"action_{key.action.partition('(')[0]}"))
    (binding,) = [binding for binding in BINDINGS if binding.action == key.action]
    assert binding.priority == (key.action != LINE)
    assert binding.key.split(",") == list(key.names)


def test_the_foot_shows_the_keys_of_the_table() -> None:
    wide = "".join(text for text, _ in draw_keys(160, KEYS, SPARE))
    assert all(f"{key.foot} {key.caption}" in wide for key in KEYS if key.caption)
    for width in (60, 80, 100, 160):
        row = draw_keys(width, KEYS, SPARE)
        assert length(row) == width
        line = "".join(text for text, _ in row)
        for caption in ("write/stop", "keep", "discard", "save", "quit"):
            assert caption in line


def test_the_help_shows_every_key_whole() -> None:
    rows = draw_help(HELP_WIDTH, HELP_HEIGHT)
    assert len(rows) == HELP_HEIGHT
    assert {length(row) for row in rows} == {HELP_WIDTH}
    drawn = "\n".join("".join(text for text, _ in row) for row in rows)
    assert all(f"{key.shown} {key.help}" in drawn for key in KEYS)
    assert "model's" in drawn
    assert "…" not in drawn
