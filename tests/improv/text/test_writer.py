from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from improv.errors import UserError
from improv.text.model import TextModel, load_text
from improv.text.names import sane
from improv.text.writer import STRETCH, WriteOptions, check_options, write

WILD = WriteOptions(temperature=1.5, top_p=1.0)
"""Options with which a network that learned nothing still finds names."""

MakeModel = Callable[..., Path]
same_model = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


@same_model
@given(seed=st.integers(0, 10**9))
def test_a_name_is_new_sane_and_comes_with_its_line_end(names_model: TextModel, seed: int) -> None:
    text = "".join(write(names_model, replace(WILD, seed=seed)))
    assert text.endswith("\n")
    name = text[:-1]
    assert sane(name)
    assert name[0].isupper()
    assert name[1:].islower()
    assert not names_model.known(name)


@same_model
@given(seed=st.integers(0, 10**9), index=st.integers(0, 99))
def test_the_same_seed_and_index_give_the_same_text(play_model: TextModel, seed: int, index: int) -> None:
    options = replace(WILD, seed=seed, index=index, length=30)
    assert list(write(play_model, options)) == list(write(play_model, options))
    other = replace(options, index=index + 1)
    assert "".join(write(play_model, options)) != "".join(write(play_model, other))


@same_model
@given(length=st.integers(1, 120), seed=st.integers(0, 99))
def test_a_stretch_goes_to_the_first_line_end_after_its_length(
    play_model: TextModel, length: int, seed: int
) -> None:
    text = "".join(write(play_model, replace(WILD, length=length, seed=seed)))
    assert text.endswith("\n")
    assert len(text) <= STRETCH * length + 1
    assert "\n" not in text[length:-1]


def test_what_was_learned_may_be_allowed(make_model: MakeModel) -> None:
    model = load_text(make_model("Anna\n" * 200))
    names = {"".join(write(model, replace(WILD, seed=seed, prime="Ann"))) for seed in range(30)}
    assert "Anna\n" not in names
    allowed = replace(WILD, prime="Ann", allow_known=True)
    assert "Anna\n" in {"".join(write(model, replace(allowed, seed=seed))) for seed in range(300)}


def test_a_name_that_is_taken_is_not_given_again(names_model: TextModel) -> None:
    first = "".join(write(names_model, WILD)).strip()
    assert "".join(write(names_model, WILD, {first})).strip() != first


def test_a_prime_is_what_the_text_begins_with(names_model: TextModel, play_model: TextModel) -> None:
    assert "".join(write(names_model, replace(WILD, prime="Ger"))).startswith("Ger")
    assert "".join(write(play_model, replace(WILD, prime="We came"))).startswith("We came")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"temperature": 0.0}, "temperature must be above 0"),
        ({"temperature": -1.0}, "temperature must be above 0"),
        ({"temperature": float("nan")}, "temperature must be above 0"),
        ({"top_p": 0.0}, "top-p must be above 0"),
        ({"top_p": 1.5}, "top-p must be above 0"),
        ({"prime": "Annß"}, "never saw 'ß'"),
        ({"prime": "Anna\nB"}, "one name"),
        ({"prime": "A" * 20}, "no room"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(
    names_model: TextModel, change: dict[str, object], complaint: str
) -> None:
    options = replace(WriteOptions(), **change)  # type: ignore[arg-type]  # the fields' types vary
    with pytest.raises(UserError, match=complaint) as caught:
        check_options(names_model, options)
    assert "\n" not in str(caught.value)
    with pytest.raises(UserError, match=complaint):
        next(write(names_model, options))


def test_where_there_is_no_new_name_it_says_so(make_model: MakeModel) -> None:
    model = load_text(make_model("Aa\n" * 400))
    taken = {"A" + "a" * more for more in range(30)}
    with pytest.raises(UserError, match="found no new name that begins with 'Aa'; try"):
        next(write(model, replace(WILD, prime="Aa"), taken))
