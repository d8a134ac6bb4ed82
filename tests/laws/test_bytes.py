"""Any bytes: on a port, in a log, in its head. They are understood or refused, and nothing else happens."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from improv.errors import UserError
from improv.live.journal import parse_journal
from improv.live.lines import clock_lines, command_line, event_line
from improv.live.options import Options, options_from_json
from improv.live.rehearsal import Rehearsal
from improv.live.replay import replay
from improv.requests import Mark, SetTempo, Start, Stop
from improv.session.events import NoteOff, NoteOn, Other, decode, encode, from_json, is_whole, to_json
from improv.session.session import Asked, Session, SessionEvent
from improv.takes.midi import take_bytes
from improv.takes.read import read_takes

SECOND = 1_000_000_000
streams = st.lists(st.binary(min_size=1, max_size=12), max_size=40)
words = st.text("abé\0\n{", max_size=8)
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), words)
lists = st.lists(scalars, max_size=3)
values = st.one_of(scalars, lists, st.dictionaries(words, scalars, max_size=2))


@given(st.binary(max_size=16))
def test_a_message_is_whole_or_nothing(data: bytes) -> None:
    event = decode(5, data)
    assert (event is not None) == is_whole(data)
    if event is not None:
        assert decode(5, encode(event)) == event
        assert isinstance(event, NoteOff) or encode(event) == data
        assert from_json(json.loads(json.dumps(to_json(event)))) == event


@given(st.dictionaries(st.sampled_from(["event", "t", "pitch", "velocity", "channel", "data"]), values))
def test_a_line_that_is_no_event_is_a_value_error(fields: dict[str, Any]) -> None:
    try:
        event = from_json(fields)
    except ValueError:
        return
    assert to_json(event) is not None


def test_any_bytes_on_a_port(make_session: Callable[..., Session], budget: settings) -> None:
    """Nothing breaks, no law is broken, and only whole messages come out."""

    @settings(budget)
    @given(streams, st.booleans())
    def holds(messages: list[bytes], playing: bool) -> None:
        stage = Rehearsal(make_session(seed=1))
        if playing:
            stage.ask(Start())
            stage.run_until(3 * SECOND)
        for message in messages:
            event = decode(0, message)
            if isinstance(event, NoteOff):
                stage.ledgers[0].let_go(event.channel, event.pitch)
            if isinstance(event, NoteOn) and event.channel not in (0, 5):
                continue  # the machine has it: who ends which note is told apart by the channel
            if isinstance(event, NoteOff | Other) and message[0] & 0x0F not in (0, 5):
                continue
            stage.play(message)
            stage.run_until(stage.clock.now() + SECOND // 20)
        stage.engine.end()
        assert not stage.faults
        assert not stage.ledgers[0].sounding

    holds()


def whole_log(session: Session) -> bytes:
    """A log of a short take, as the engine writes it."""
    options = Options(chart="title: T\n| F7 | Bb7 |\n", tempo=200.0, seed=1).as_json()
    head = {"kind": "take", "format": 2, "options": options, "weights": "0"}
    lines: list[dict[str, Any]] = [head]
    events: list[SessionEvent] = [
        Asked(0, Start()),
        Asked(4 * SECOND, SetTempo(180)),
        Asked(5 * SECOND, Mark()),
    ]
    for number in range(8):
        t = 2 * SECOND + number * SECOND // 4
        events += [NoteOn(t, 60 + number, 90), NoteOff(t + SECOND // 8, 60 + number)]
    state = session.initial()
    for event in [*sorted(events, key=lambda event: event.t), Asked(8 * SECOND, Stop())]:
        before = state.map
        state, commands = session.update(state, event)
        lines += [event_line(event), *clock_lines(before, state.map, event.t), *map(command_line, commands)]
    lines.append({"kind": "end"})
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def _takes(lines: list[dict[str, Any]]) -> object:
    return [take_bytes(take) for take in read_takes(lines, "log", "log")]


@st.composite
def damages(draw: st.DrawFn) -> Callable[[bytes], bytes]:
    """A way to spoil a file: bytes changed, cut out, put in, doubled, the end torn off."""
    kind = draw(st.sampled_from(["change", "cut", "insert", "double", "tear", "number"]))
    where, length = draw(st.floats(0, 1)), draw(st.integers(1, 200))
    new = draw(st.binary(min_size=1, max_size=8))
    number = draw(st.sampled_from([b"-1", b"1e999", b"null", b"99999999999999999999", b"0.5", b'"x"', b"[]"]))

    def spoil(data: bytes) -> bytes:
        place = int(where * len(data))
        match kind:
            case "change":
                return data[:place] + new + data[place + len(new) :]
            case "cut":
                return data[:place] + data[place + length :]
            case "insert":
                return data[:place] + new + data[place:]
            case "double":
                return data[: place + length] + data[place:]
            case "tear":
                return data[:place]
            case _:
                colon = data.find(b": ", place)
                ends = min((e for e in (data.find(b",", colon), data.find(b"}", colon)) if e > 0), default=-1)
                return data if colon < 0 or ends < 0 else data[: colon + 2] + number + data[ends:]

    return spoil


def test_a_log_that_is_spoiled_is_read_or_refused(
    make_session: Callable[..., Session], budget: settings
) -> None:
    session = make_session(seed=1)
    good = whole_log(session)
    assert replay(session, list(parse_journal(good, "log"))[1:], "log").same
    assert [len(take.of("you")) for take in read_takes(list(parse_journal(good, "log")), "log", "log")] == [8]

    @settings(budget, max_examples=4 * budget.max_examples)
    @given(st.lists(damages(), min_size=1, max_size=3))
    def holds(spoilers: list[Callable[[bytes], bytes]]) -> None:
        data = good
        for spoil in spoilers:
            data = spoil(data)
        for reads in (_takes, lambda lines: replay(session, lines[1:], "log")):
            refused = ""
            try:
                reads(list(parse_journal(data, "log")))
            except UserError as error:
                refused = str(error)
            assert "\n" not in refused

    holds()


def test_any_options_are_read_or_refused(budget: settings) -> None:
    known = Options(chart="| F7 |", tempo=120.0, seed=1).as_json()

    @settings(budget)
    @given(st.dictionaries(st.sampled_from(sorted(known)), values, max_size=3))
    def holds(changed: dict[str, Any]) -> None:
        try:
            options_from_json({**known, **changed})
        except (TypeError, ValueError):
            return

    holds()


def test_a_head_whose_chart_is_no_text_is_refused() -> None:
    """Found by `make fuzz`."""
    head = {"kind": "take", "format": 2, "weights": "0", "options": {"chart": 0.0, "tempo": 200.0, "seed": 1}}
    with pytest.raises(UserError, match="not the log of a take"):
        read_takes([head], "log", "log")
