"""However long it plays, it remembers no more: everything that the engine reaches is weighed as it goes."""

import gc
import sys
from collections.abc import Callable
from random import Random
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType

from improv.live.rehearsal import Rehearsal
from improv.modes import ADJUSTMENTS, MODES
from improv.requests import Adjust, Keep, Mark, Panic, Request, SetMode, SetTempo, Start, Stop, Strike
from improv.session.events import Control, NoteOff, NoteOn, encode
from improv.session.session import Session

SHORT, LONG = 3_000, 100_000
"""Events."""
SLACK = 1.15
"""By how much the weight may waver: a phrase more or less, a table that has just doubled."""
APART = (type, ModuleType, FunctionType, BuiltinFunctionType, CodeType)
"""What is of the program, and not of the take."""


def weight(root: object) -> int:
    """Bytes of everything that can be reached from an object."""
    seen: set[int] = set()
    waiting = [root]
    total = 0
    while waiting:
        here = waiting.pop()
        if id(here) in seen or isinstance(here, APART):
            continue
        seen.add(id(here))
        total += sys.getsizeof(here)
        waiting += gc.get_referents(here)
    return total


def happen(stage: Rehearsal, random: Random) -> None:
    """One event, of any kind."""
    pitch = random.randint(50, 70)
    requests: list[Request] = [
        Start(),
        Start(),
        Stop(),
        Panic(),
        SetTempo(random.uniform(40, 400)),
        SetMode(random.choice(MODES).name, random.choice((0, 1, 2)), random.randint(0, 1)),
        Adjust(random.choice(sorted(ADJUSTMENTS)), random.uniform(-1, 3)),
        Strike(pitch),
        Mark(f"place {random.random()}"),
        Keep(4, f"name {random.random()}"),
    ]
    match random.randrange(12):
        case 0:
            stage.ask(random.choice(requests))
        case 1:
            stage.play(encode(Control(0, random.choice((1, 64, 66)), random.randint(0, 127))))
        case 2:
            stage.play(random.randbytes(random.randint(1, 40)))
        case 3:
            number = random.randrange(2)
            (stage.come_back if stage.ledgers[number].lost else stage.lose)(number)
        case 4 | 5 | 6 | 7:  # many keys are never let go
            stage.play(encode(NoteOn(0, pitch, 80, random.choice((0, 5)))))
        case _:
            stage.play(encode(NoteOff(0, pitch, random.choice((0, 5)))))
    stage.run_until(stage.clock.now() + random.choice((0, 1, 5, 40)) * 1_000_000)


def test_what_is_remembered_is_bounded(make_session: Callable[..., Session], is_fuzz: bool) -> None:
    random = Random(1)
    stage = Rehearsal(make_session(seed=1), outputs=2)
    events = LONG if is_fuzz else SHORT
    weights: list[int] = []
    for number in range(events):
        happen(stage, random)
        if number % (events // 30) == 0:
            weights.append(weight(stage.engine))
    stage.engine.end()
    early, late = max(weights[5:18]), max(weights[18:])
    assert late < SLACK * early, f"it grew from {early:,} to {late:,} bytes in {events:,} events"


def test_the_scales_work() -> None:
    """An object that remembers everything is caught."""
    heavy: list[bytes] = []
    light = weight(heavy)
    heavy += [bytes(1000) for _ in range(10)]
    heavy[5] = bytes(2000)
    assert weight({"deep": (heavy,)}) > light + 2000
