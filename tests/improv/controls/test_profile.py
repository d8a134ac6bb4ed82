"""Profiles: a message means one control, and what is chosen comes before what is usual."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from improv.controls.profile import PROTOCOL, Profile, profile_from_json
from improv.controls.source import Source
from improv.controls.table import CONTROLS, DEVICES, USUAL, usual_sources
from improv.errors import UserError

names = st.sampled_from(sorted(CONTROLS))
free = st.integers(0, 119).filter(lambda number: number not in PROTOCOL)
channels = st.none() | st.integers(0, 1)
controllers = st.builds(Source, st.just("CC"), free, channels)
devices = st.lists(st.sampled_from([part.upper() + " MIDI 1" for part, _ in DEVICES]), max_size=3).map(tuple)
actions = st.lists(
    st.tuples(st.sampled_from(["learn", "forget", "reset"]), names, st.lists(controllers, max_size=3))
)


def profile_after(steps: list[tuple[str, str, list[Source]]], heard: tuple[str, ...]) -> Profile:
    profile = Profile(devices=heard)
    for action, name, sources in steps:
        if action == "learn":
            profile, _ = profile.learn(name, sources)
        else:
            profile = profile.forget(name) if action == "forget" else profile.reset(name)
    return profile


@given(actions, devices)
def test_no_message_means_two_controls(
    steps: list[tuple[str, str, list[Source]]], heard: tuple[str, ...]
) -> None:
    profile = profile_after(steps, heard)
    answers = [(name, source) for name in CONTROLS for source in profile.sources(name)]
    for i, (name, source) in enumerate(answers):
        assert profile.meaning(source) == name
        assert not any(source.overlaps(other) for other_name, other in answers[:i] if other_name != name)


@given(actions, devices, names, st.lists(controllers, min_size=1, max_size=3))
def test_what_is_learned_is_taken_from_the_others_and_said(
    steps: list[tuple[str, str, list[Source]]], heard: tuple[str, ...], name: str, sources: list[Source]
) -> None:
    before = profile_after(steps, heard)
    after, others = before.learn(name, sources)
    assert set(after.sources(name)) == set(sources)
    changed = {o for o in CONTROLS if o != name and after.sources(o) != before.sources(o)}
    lost = {o for o in others if set(after.sources(o)) < set(before.sources(o))}
    assert lost == set(others)
    assert all(set(after.sources(o)) > set(before.sources(o)) for o in changed - lost)


@given(actions, devices)
def test_a_profile_reads_back(steps: list[tuple[str, str, list[Source]]], heard: tuple[str, ...]) -> None:
    profile = profile_after(steps, ())
    assert profile_from_json(profile.as_json()) == profile
    assert profile.reset() == Profile()


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {},
        {"version": 2, "controls": {}},
        {"version": 1},
        {"version": 1, "controls": {"panic": "CC20"}},
        {"version": 1, "controls": {"panic": [20]}},
        {"version": 1, "controls": {"panic": ["CC200"]}},
        {"version": 1, "controls": {"panik": ["CC20"]}},
        {"version": 1, "controls": {"swing": ["NOTE20"]}},
    ],
)
def test_what_is_no_profile_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        profile_from_json(value)


def test_the_usual_sources_shape_no_sound_and_mean_one_control_each() -> None:
    for heard in ((), *((part,) for part, _ in DEVICES)):
        usual = [source for name in CONTROLS for source in usual_sources(name, heard)]
        assert not any(s.kind == "CC" and s.number in (1, 7, 11, 64, 123) for s in usual)
        assert not any(a.overlaps(b) for i, a in enumerate(usual) for b in usual[:i])
    assert set(USUAL) | {name for _, sends in DEVICES for name in sends} <= set(CONTROLS)


def test_a_controller_brings_its_transport() -> None:
    assert Profile().meaning(Source("CC", 115, 0)) is None
    assert Profile(devices=("Launchkey MK2 25:Launchkey",)).meaning(Source("CC", 115, 0)) == "start"
    assert Profile(devices=("MPK249",)).meaning(Source("MMC", 2)) == "start"


@pytest.mark.parametrize(
    ("name", "source", "said"),
    [
        ("panik", Source("CC", 20), "no control 'panik'; did you mean 'panic'"),
        ("swing", Source("NOTE", 20), "swing is turned"),
        ("swing", Source("PC", 20), "swing is turned"),
        ("keep", Source("CC", 98), "belongs to the MIDI protocol"),
    ],
)
def test_mistakes_are_told(name: str, source: Source, said: str) -> None:
    with pytest.raises(UserError, match=said):
        Profile().learn(name, [source])
