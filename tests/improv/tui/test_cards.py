"""The cards with rows, drawn without Textual."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from improv.channels import PARTS
from improv.controls.table import CONTROLS
from improv.library import load_chart
from improv.modes import ADJUSTMENTS
from improv.requests import Adjust, Forget, Learn, Mute
from improv.snapshot import PartShown, Snapshot
from improv.tui.cards import CARDS, shown_value, value_of
from improv.tui.open_card import HELP, OpenCard
from improv.tui.paint import Row, length, style
from improv.tui.row_card import WIDTH, card_height, draw_card
from improv.tui.view import View

CHART = load_chart("blues-f")


def view(card: str, chosen: int = 0, wanted: dict[str, float] | None = None, **shown: object) -> View:
    snapshot = Snapshot(**shown)  # type: ignore[arg-type]
    return View(CHART, CHART.changes(), snapshot, None, wanted=wanted or {}, card=card, chosen=chosen)


def lines(rows: tuple[Row, ...]) -> list[str]:
    return ["".join(part for part, _ in row) for row in rows]


def test_the_tables_are_the_cards() -> None:
    assert tuple(CARDS["mixer"].rows) == PARTS
    assert tuple(CARDS["adjust"].rows) == tuple(ADJUSTMENTS)
    assert tuple(CARDS["learn"].rows) == tuple(CONTROLS)


@pytest.mark.parametrize("name", CARDS)
@pytest.mark.parametrize(("width", "height"), [(WIDTH, 0), (40, 8), (20, 3), (60, 20)])
def test_every_row_can_be_reached_and_nothing_is_wider_than_the_card(
    name: str, width: int, height: int
) -> None:
    height = height or card_height(name)
    for chosen, row in enumerate(CARDS[name].rows):
        drawn = draw_card(view(name, chosen), width, height)
        assert len(drawn) == height
        assert {length(line) for line in drawn} == {width}
        assert all(style(ink) for line in drawn for _, ink in line)
        if width >= 40:
            assert f"▸ {row}"[: width - 6] in "\n".join(lines(drawn))


def test_a_card_fits_the_smallest_screen() -> None:
    assert all(card_height(name) <= 20 for name in CARDS)
    assert WIDTH <= 60


def test_what_each_part_does_and_where_it_goes_is_seen() -> None:
    parts = (
        PartShown("drums", muted=True, channel=10, ports="improv-out:improv, built-in sound"),
        PartShown("bass", channel=2, ports="Moog", lost=True),
        PartShown("click"),
    )
    drawn = lines(draw_card(view("mixer", parts=parts), WIDTH, 10))
    rows = {name: next(line for line in drawn if f" {name} " in line) for name in PARTS}
    assert "mute" in rows["drums"]
    assert "ch 10  improv-out:improv, built-…" in rows["drums"]
    assert "plays" in rows["bass"]
    assert "ch  2  ✗ Moog" in rows["bass"]
    assert "ch  –  no output" in rows["click"]


@given(st.text(max_size=60), st.integers(1, 16), st.booleans(), st.booleans())
def test_however_a_port_is_called_its_row_fits(ports: str, channel: int, muted: bool, lost: bool) -> None:
    (part,) = (PartShown("bass", muted, False, channel, ports, lost),)
    for row in draw_card(view("mixer", parts=(part,)), WIDTH, card_height("mixer")):
        assert length(row) == WIDTH


def test_a_part_that_rests_in_the_mode_is_seen_and_a_mute_before_it() -> None:
    parts = (PartShown("comp", resting=True), PartShown("drums", muted=True, resting=True))
    drawn = lines(draw_card(view("mixer", parts=parts), WIDTH, 10))
    assert any("comp" in line and "rests" in line for line in drawn)
    assert any("drums" in line and "mute" in line for line in drawn)


@pytest.mark.parametrize("name", ADJUSTMENTS)
def test_the_gauge_stands_where_the_value_is(name: str) -> None:
    adjustment = ADJUSTMENTS[name]
    place = list(ADJUSTMENTS).index(name)

    def gauge(value: float) -> str:
        drawn = lines(
            draw_card(view("adjust", place, adjusted=((name, value),)), WIDTH, card_height("adjust"))
        )
        (line,) = [line for line in drawn if f"▸ {name}" in line]
        assert shown_value(name, value) in line
        return line

    assert gauge(adjustment.low).index("●") < gauge(adjustment.high).index("●")
    middle = (adjustment.low + adjustment.high) / 2
    assert gauge(adjustment.low).index("●") < gauge(middle).index("●") < gauge(adjustment.high).index("●")


@pytest.mark.parametrize("name", ADJUSTMENTS)
def test_a_step_goes_from_what_was_asked_for_and_stays_within_bounds(name: str) -> None:
    adjustment, card = ADJUSTMENTS[name], CARDS["adjust"]
    asked = card.change(view("adjust", adjusted=((name, adjustment.low),)), name, 1)
    assert asked == Adjust(name, round(adjustment.low + adjustment.step, 6))
    further = view("adjust", wanted={name: adjustment.low + adjustment.step})
    assert card.change(further, name, 1) == Adjust(name, round(adjustment.low + 2 * adjustment.step, 6))
    assert card.change(view("adjust", wanted={name: adjustment.high}), name, 1) == Adjust(
        name, adjustment.high
    )
    assert card.change(view("adjust", wanted={name: adjustment.low}), name, -1) == Adjust(
        name, adjustment.low
    )
    assert card.reset(further, name) == Adjust(name, adjustment.usual)
    assert value_of(view("adjust"), name) == adjustment.usual


def test_a_part_is_muted_and_plays_again() -> None:
    card = CARDS["mixer"]
    assert card.set(view("mixer"), "bass") == Mute("bass", 1)
    muted = view("mixer", parts=(PartShown("bass", muted=True),))
    assert card.set(muted, "bass") == Mute("bass", 0)
    assert card.change(muted, "bass", 1) == Mute("bass", 0)
    assert card.reset(muted, "bass") == Mute("bass", 0)


def test_a_control_is_learned_left_alone_and_forgotten() -> None:
    card = CARDS["learn"]
    assert card.set(view("learn"), "tap") == Learn("tap")
    waiting = view("learn", learning="tap")
    assert card.set(waiting, "tap") == Learn("")
    assert card.set(waiting, "keep") == Learn("keep")
    assert card.reset(waiting, "tap") == Forget("tap")
    assert card.change(waiting, "tap", 1) is None
    drawn = "\n".join(lines(draw_card(waiting, WIDTH, card_height("learn"))))
    assert "waiting for tap" in drawn


def test_a_card_remembers_its_row_and_only_one_lies_there() -> None:
    card = OpenCard()
    assert not card.has_rows
    card.toggle("mixer")
    card.choose(2)
    card.choose(99)
    assert card.chosen == len(PARTS) - 1
    card.toggle("adjust")
    assert (card.name, card.chosen) == ("adjust", 0)
    card.toggle("mixer")
    assert card.chosen == len(PARTS) - 1
    card.toggle("mixer")
    assert card.name == ""
    card.toggle(HELP)
    assert not card.has_rows
