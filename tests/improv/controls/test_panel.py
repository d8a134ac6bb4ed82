"""The panel: two threads, a profile that is kept, news."""

import threading
from dataclasses import replace
from pathlib import Path

from improv.controls.panel import Panel
from improv.controls.profile import Profile
from improv.controls.source import Source
from improv.controls.store import load_profile, save_profile
from improv.controls.table import Now
from improv.errors import UserError
from improv.requests import Forget, Learn, Panic, Start, Stop

BUTTON = b"\xb0\x14\x7f"
RELEASE = b"\xb0\x14\x00"


def settle() -> None:
    """Wait for what is being saved."""
    for thread in threading.enumerate():
        if thread.name == "controls":
            thread.join()


def test_what_is_learned_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "controls.json"
    panel = Panel(load_profile(path)[0], lambda profile: save_profile(profile, path))
    panel.ask(Learn("panic"))
    assert panel.learning == "panic"
    assert panel.take(0, BUTTON) == ((), True)
    assert panel.learning == ""
    assert panel.news() == ["panic: move or press what it is to be", "panic is CC20@1 now"]
    settle()
    assert panel.news() == []
    kept, told = load_profile(path)
    assert (kept.sources("panic"), told) == ((Source("CC", 20, 0),), "")
    panel.take(1, RELEASE)
    assert panel.take(2, BUTTON) == ((Panic(),), True)


def test_the_inputs_that_are_heard_change_no_file() -> None:
    saved: list[Profile] = []
    panel = Panel(Profile(), saved.append)
    panel.heard(["Launchkey 49"])
    assert panel.take(0, b"\xb0\x73\x7f") == ((Start(),), True)
    panel.news()
    panel.ask(Forget("mark"))
    panel.news()
    settle()
    assert [profile.as_json()["controls"] for profile in saved] == [{"mark": []}]


def test_what_cannot_be_saved_is_told_and_holds() -> None:
    def full(profile: Profile) -> None:
        raise UserError("the disk is full")

    panel = Panel(Profile(), full)
    panel.ask(Forget("mark"))
    panel.news()
    settle()
    assert panel.news() == ["the controls hold until the end, no longer: the disk is full"]
    assert panel.take(0, b"\xb0\x42\x7f") == ((), False)


def test_a_control_asks_by_the_session_s_state() -> None:
    panel = Panel(Profile().learn("start-stop", [Source("CC", 20)])[0])
    assert panel.take(0, BUTTON)[0] == (Start(),)
    panel.show(replace(Now(), playing=True))
    assert panel.take(1, BUTTON)[0] == (Stop(),)
