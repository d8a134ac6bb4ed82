"""A perfect recording keeps every limit; each thing that goes wrong breaks its own check, and no other."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from improv.selftest.checks import NAMES, judge
from improv.selftest.measure import measure
from improv.selftest.recording import Recording, Told
from improv.selftest.report import figures_json, text
from improv.selftest.scenes import SCENES, Scene
from improv.session.commands import Hold, Named, Play
from improv.session.events import NoteOff, decode
from improv.snapshot import Timing

MILLISECOND = 1_000_000
Perform = Callable[[tuple[Scene, ...]], Recording]
Timed = tuple[int, bytes]
FEW = SCENES[:3]
"""All that has a limit."""


def verdicts(recording: Recording) -> dict[str, str]:
    return {result.check.name: result.verdict for result in judge(measure(recording), recording.realtime)}


def heard(recording: Recording, change: Callable[[int, Timed], Timed | None]) -> Recording:
    """The recording with each message that was heard changed, or lost."""
    changed = [change(place, timed) for place, timed in enumerate(recording.performed.heard)]
    kept = sorted(timed for timed in changed if timed is not None)
    return replace(recording, performed=replace(recording.performed, heard=kept))


def told(recording: Recording, change: Callable[[Told], Told | None]) -> Recording:
    return replace(recording, told=[new for old in recording.told if (new := change(old)) is not None])


def test_a_perfect_recording_keeps_everything(perfect: Perform) -> None:
    recording = perfect(SCENES)
    assert verdicts(recording) == dict.fromkeys(NAMES, "kept")
    found = measure(recording)
    assert {name for name in NAMES if found[name].beyond} == {
        name for name in NAMES if name not in ("lost", "turn", "missed", "outstanding")
    }


def test_what_was_not_played_was_not_tried(perfect: Perform) -> None:
    found = verdicts(perfect((Scene("trade", 120.0, 2),)))
    assert {name for name, verdict in found.items() if verdict == "not tried"} == {"rhythm", "named", "panic"}


def thru_late(recording: Recording) -> Recording:
    return heard(recording, lambda _, one: (one[0] + 2 * MILLISECOND, one[1]) if is_player(one) else one)


def is_player(one: Timed) -> bool:
    return one[1][0] < 0xF0 and not one[1][0] & 0x0F


def is_improv(one: Timed) -> bool:
    return one[1][0] & 0x0F == 3 and one[1][0] < 0xB0


def one_late(recording: Recording, late: int = 6 * MILLISECOND) -> Recording:
    """One of improv's notes that is not an answer's first comes late."""
    place = next(k for k, one in enumerate(recording.performed.heard) if is_improv(one) and one[1][1] == 61)
    return heard(recording, lambda k, one: (one[0] + late, one[1]) if k == place else one)


def without_an_off(recording: Recording) -> Recording:
    ons = [k for k, one in enumerate(recording.performed.heard) if isinstance(decode(0, one[1]), NoteOff)]
    return heard(recording, lambda k, one: None if k == ons[-1] else one)


def after_panic(recording: Recording, began: int) -> Recording:
    """A note that begins before or after the panic's last byte, and sounds until the scene's stop."""
    act = next(act for act in recording.acted if act.panic is not None)
    assert act.panic is not None
    note = [(act.panic + began, bytes((0x92, 40, 80))), (act.quiet[-1] - 1, bytes((0x82, 40, 64)))]
    more = sorted([*recording.performed.heard, *note])
    return replace(recording, performed=replace(recording.performed, heard=more))


def without_a_pedal(recording: Recording) -> Recording:
    return without(recording, bytes((0xB0, 64, 127)))


def without(recording: Recording, message: bytes) -> Recording:
    place = next(k for k, one in enumerate(recording.performed.heard) if one[1] == message)
    return heard(recording, lambda k, one: None if k == place else one)


def planned_late(recording: Recording) -> Recording:
    return told(recording, lambda one: replace(one, t=one.news.at + 1) if isinstance(one.news, Play) else one)


def counted(recording: Recording) -> Recording:
    return replace(recording, told=[*recording.told, Told(recording.ended, Timing(missed=1, realtime=True))])


def jittery_clock(recording: Recording) -> Recording:
    return heard(
        recording, lambda k, one: (one[0] + k % 2 * MILLISECOND, one[1]) if one[1] == b"\xf8" else one
    )


def drifting_clock(recording: Recording) -> Recording:
    """By a millionth: 3.6 ms in an hour."""
    return heard(recording, lambda _, one: (one[0] + one[0] // 10**6, one[1]) if one[1] == b"\xf8" else one)


def slow_names(recording: Recording) -> Recording:
    return told(
        recording,
        lambda one: replace(one, t=one.t + 15 * MILLISECOND) if isinstance(one.news, Named) else one,
    )


def no_names(recording: Recording) -> Recording:
    return told(recording, lambda one: None if isinstance(one.news, Named) else one)


def no_holds(recording: Recording) -> Recording:
    return told(recording, lambda one: None if isinstance(one.news, Hold) else one)


def slow_panic(recording: Recording) -> Recording:
    return heard(recording, lambda _, one: (one[0] + 5 * MILLISECOND, one[1]) if one[1][0] == 0xBF else one)


def in_the_players_turn(recording: Recording) -> Recording:
    t = recording.acted[0].clock.at(50)
    note = [(t, bytes((0x93, 40, 80))), (t + 1, bytes((0x83, 40, 64)))]
    more = sorted([*recording.performed.heard, *note])
    return replace(recording, performed=replace(recording.performed, heard=more))


def unheard(recording: Recording) -> Recording:
    place = next(k for k, line in enumerate(recording.lines) if line.get("command") == "Heard")
    return replace(recording, lines=[line for k, line in enumerate(recording.lines) if k != place])


def no_answers(recording: Recording) -> Recording:
    return heard(recording, lambda _, one: None if is_improv(one) else one)


def no_clock(recording: Recording) -> Recording:
    return heard(recording, lambda _, one: None if one[1] == b"\xf8" else one)


BREAKS: list[tuple[Callable[[Recording], Recording], set[str]]] = [
    (thru_late, {"thru"}),
    (one_late, {"late"}),
    (without_an_off, {"outstanding"}),
    (without_a_pedal, {"lost"}),
    (planned_late, {"missed"}),
    (counted, {"missed"}),
    (jittery_clock, {"clock"}),
    (drifting_clock, {"drift"}),
    (slow_names, {"named"}),
    (no_names, {"named"}),
    (no_holds, {"rhythm"}),
    (slow_panic, {"panic"}),
    (in_the_players_turn, {"turn"}),
    (unheard, {"turn"}),
    (no_answers, {"answer", "late", "rhythm"}),
    (no_clock, {"clock", "drift"}),
]


@pytest.mark.parametrize(("damage", "broken"), BREAKS, ids=lambda value: getattr(value, "__name__", ""))
def test_each_fault_breaks_its_check(
    perfect: Perform, damage: Callable[[Recording], Recording], broken: set[str]
) -> None:
    found = verdicts(damage(perfect(FEW)))
    assert {name for name, verdict in found.items() if verdict == "broken"} == broken


def test_what_begins_after_a_panic_may_sound(perfect: Perform) -> None:
    assert verdicts(after_panic(perfect(FEW), MILLISECOND))["outstanding"] == "broken"
    assert verdicts(after_panic(perfect(FEW), 3 * MILLISECOND))["outstanding"] == "kept"


def test_a_note_is_late_sooner_where_priority_is_granted(perfect: Perform) -> None:
    late = one_late(perfect(FEW), 5 * MILLISECOND // 2)
    ordinary = replace(late, told=[Told(0, Timing(realtime=False))])
    assert verdicts(late)["late"] == "broken"
    assert verdicts(ordinary)["late"] == "kept"


def test_the_report_says_what_is_broken_and_which_limits_hold(perfect: Perform) -> None:
    recording = without_an_off(perfect(FEW))
    results = judge(measure(recording), realtime=True)
    lines = list(text(results, True, 60.0, "jack"))
    assert "5 ms late at most" in lines[0]
    assert lines[-1] == "broken: outstanding"
    assert any("still sounds at" in line for line in lines)
    whole = figures_json(results, True, 60.0, "jack")
    assert whole["kept"] is False
    assert whole["checks"]["outstanding"]["verdict"] == "broken"
    assert [name for name, check in whole["checks"].items() if check["verdict"] == "broken"] == [
        "outstanding"
    ]
    assert sum(whole["checks"]["late"]["histogram"]) == whole["checks"]["late"]["beyond"]["count"]
