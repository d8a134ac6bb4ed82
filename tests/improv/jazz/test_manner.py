from typing import get_args

import pytest

from grammar.chart import Feel
from improv.errors import UserError
from improv.jazz.manner import (
    FEELS,
    INSTRUMENTS,
    PERFORMERS,
    STYLES,
    UNTOLD,
    manner_for,
    manner_of,
)
from improv.jazz.wjazzd import Solo


def test_every_name_has_an_id_of_its_own_and_nothing_is_nought() -> None:
    for table in (PERFORMERS, STYLES, INSTRUMENTS, FEELS):
        assert len(set(table)) == len(table)
    assert manner_of() == UNTOLD
    assert manner_of("Nobody", "POLKA") == UNTOLD
    assert manner_of(PERFORMERS[0], STYLES[-1]).ids == (1, len(STYLES), 0, 0)


@pytest.mark.parametrize("name", ["charlie parker", "Charlie Parker", " CHARLIE PARKER "])
def test_a_soloist_is_found_in_any_case(name: str) -> None:
    assert PERFORMERS[manner_for("swing", name).performer - 1] == "Charlie Parker"
    assert manner_for("swing", name).style == 0


def test_a_style_is_a_style() -> None:
    manner = manner_for("ballad", "bebop")
    assert STYLES[manner.style - 1] == "BEBOP"
    assert manner.performer == 0
    assert FEELS[manner.feel - 1] == "BALLAD"


def test_every_feel_of_a_chart_is_known() -> None:
    for feel in get_args(Feel):
        assert manner_for(feel).feel > 0
        assert manner_for(feel).performer == 0


def test_a_typo_is_suggested() -> None:
    with pytest.raises(UserError, match=r"Charly Parker.*did you mean 'Charlie Parker'.*bebop"):
        manner_for("swing", "Charly Parker")


@pytest.mark.data
def test_the_tables_are_the_database_s(all_solos: dict[int, Solo]) -> None:
    for solo in all_solos.values():
        manner = manner_of(solo.performer, solo.style, solo.instrument, solo.feel)
        assert all(manner.ids), solo.melid
