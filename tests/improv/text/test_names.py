import pytest
from hypothesis import given
from hypothesis import strategies as st

from improv.text.names import LONGEST, SHORTEST, capitalised, pronounceable, sane


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("Tyrannosaurus", True),
        ("Yi", True),
        ("Zby", True),
        ("Archaeopteryx", True),
        ("Rhydon", True),
        ("Xxrtk", False),
        ("Brrrontes", False),
        ("Saeiourus", False),
        ("Llama", False),
        ("Strngthia", False),
        ("Ab2c", False),
        ("", False),
    ],
)
def test_who_can_say_it(name: str, says: bool) -> None:
    assert pronounceable(name) == says


@given(st.text("abcdefghijklmnopqrstuvwxyz", max_size=30))
def test_a_sane_name_can_be_said_and_is_of_sane_length(name: str) -> None:
    assert sane(name) == (pronounceable(name) and SHORTEST <= len(name) <= LONGEST)
    assert sane(name) == sane(name.upper())


@given(st.text("abcXYZ", min_size=1, max_size=9))
def test_a_name_has_one_capital(name: str) -> None:
    assert capitalised(name)[0].isupper()
    assert capitalised(name)[1:] == name[1:].lower()
