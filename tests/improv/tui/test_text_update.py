"""The text screen as a value: laws over any events, then each event."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from improv.text.writer import WriteOptions
from improv.tui import text_words as words
from improv.tui.text_events import (
    Back,
    Begin,
    Command,
    Discard,
    Ended,
    Enter,
    Event,
    Exists,
    Exit,
    Halt,
    Keep,
    Leave,
    Named,
    NotSaved,
    OtherModel,
    Primed,
    Quit,
    Save,
    Saved,
    Scroll,
    Store,
    TakeBack,
    Warmer,
    Wider,
    Wrote,
)
from improv.tui.text_state import Piece, State, kept_text
from improv.tui.text_update import COLDEST, HOTTEST, NARROWEST, WIDEST, update

MODELS = ("dinos", "sonnets", "shakespeare")
OPENED = State("dinos", WriteOptions(seed=7), MODELS)
TEXTS = st.sampled_from(["", "\n", "Rex\n", "Shall I", "two\nlines\n"])
EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(Primed, TEXTS),
    st.builds(Named, TEXTS),
    st.builds(Warmer, st.integers(-9, 9)),
    st.builds(Wider, st.integers(-9, 9)),
    st.builds(Scroll, st.integers(-9, 9), st.integers(0, 9)),
    st.builds(Wrote, st.integers(0, 9), TEXTS),
    st.builds(Ended, st.integers(0, 9), st.sampled_from(["", "failed"])),
    st.builds(Save, st.just("dinos.txt")),
    st.sampled_from([OtherModel(), Enter(), Keep(), Discard(), TakeBack(), Back(), Leave(), Quit()]),
    st.just(Enter()),
    st.just(Keep()),
)


def after(*events: Event, state: State = OPENED) -> State:
    for event in events:
        state, _ = update(state, event)
    return state


def done(state: State, event: Event) -> tuple[Command, ...]:
    return update(state, event)[1]


def written(text: str = "Rex\n", state: State = OPENED) -> State:
    """A text finished."""
    state, (command,) = update(state, Enter())
    assert isinstance(command, Begin)
    return after(Wrote(command.stream, text), Ended(command.stream), state=state)


@given(st.lists(EVENTS, max_size=60))
def test_laws_of_any_use(events: list[Event]) -> None:
    state, running = OPENED, 0
    for event in events:
        before = state
        state, commands = update(state, event)
        for command in commands:
            match command:
                case Begin(number, piece):
                    assert number > running  # streams are numbered upwards
                    assert piece == Piece(state.model, state.options)
                    running = number
                case Halt():
                    assert state.phase != "writing"
                case Store(pieces, name):
                    assert pieces == state.kept
                    assert name.strip()
                case Exit():
                    # what is not saved is left only when the reader says so twice, one right after the other
                    assert not before.unsaved or before.question in ("leave", "quit")
                    assert state.phase != "writing"
        if state.phase == "finished":
            assert state.piece is not None
            assert state.piece.text.strip()
        if state.phase == "ready":
            assert state.piece is None
        assert state.phase != "writing" or state.stream == running
        if not isinstance(event, TakeBack):
            assert state.kept[: len(before.kept)] == before.kept  # nothing kept is lost
        assert len({piece.text for piece in state.kept}) == len(state.kept)
        assert state.model in MODELS
        assert COLDEST <= state.options.temperature <= HOTTEST
        assert NARROWEST <= state.options.top_p <= WIDEST
        assert len(state.notice.splitlines()) <= 1


@given(st.lists(EVENTS, max_size=30), st.integers(0, 30), TEXTS)
def test_a_stream_that_was_stopped_is_not_heard(events: list[Event], stream: int, text: str) -> None:
    state = after(*events)
    if stream != state.stream or state.phase != "writing":
        assert update(state, Wrote(stream, text)) == (state, ())
        assert update(state, Ended(stream, "late")) == (state, ())


@given(st.floats(0.001, 99), st.lists(st.integers(-40, 40), min_size=1))
def test_a_temperature_from_beyond_the_keys_reach_only_comes_nearer(given: float, steps: list[int]) -> None:
    state = replace(OPENED, options=replace(OPENED.options, temperature=given))
    for count in steps:
        state = after(Warmer(count), state=state)
        assert min(given, COLDEST) <= state.options.temperature <= max(given, HOTTEST)


def test_enter_writes_stops_and_writes_again() -> None:
    state, commands = update(OPENED, Enter())
    assert commands == (Begin(1, Piece("dinos", OPENED.options)),)
    assert state.phase == "writing"
    state = after(Wrote(1, "Re"), Wrote(1, "x"), state=state)
    assert state.piece == Piece("dinos", OPENED.options, "Rex")
    state, commands = update(state, Enter())
    assert commands == (Halt(),)
    assert (state.phase, state.notice) == ("finished", words.STOPPED)
    assert after(Wrote(1, "late"), state=state) == state


def test_enter_again_takes_the_next_seed_unless_something_was_changed() -> None:
    state = written()
    assert after(Enter(), state=state).options.seed == 8
    warmer = after(Warmer(1), Enter(), state=state)
    assert warmer.options.seed == 7
    assert warmer.piece == Piece("dinos", replace(OPENED.options, temperature=0.85))
    assert after(OtherModel(), Enter(), state=state).options.seed == 7


def test_nothing_sampled_yet_is_nothing_to_judge() -> None:
    state = after(Enter(), Enter())
    assert (state.phase, state.piece) == ("ready", None)


def test_keep_goes_on_with_the_next_seed() -> None:
    state, commands = update(written(), Keep())
    assert [piece.text for piece in state.kept] == ["Rex\n"]
    assert state.kept[0].options.seed == 7
    assert commands == (Begin(2, Piece("dinos", replace(OPENED.options, seed=8))),)
    assert state.notice == words.kept(1)
    assert state.unsaved == 1


def test_discard_goes_on_with_the_next_seed() -> None:
    state, (command,) = update(written(), Discard())
    assert state.kept == ()
    assert isinstance(command, Begin)
    assert command.piece.options.seed == 8
    assert state.notice == words.DISCARDED


def test_discard_of_what_is_being_written_goes_on_too() -> None:
    state, (command,) = update(after(Enter(), Wrote(1, "Re")), Discard())
    assert isinstance(command, Begin)
    assert state.piece == Piece("dinos", replace(OPENED.options, seed=8))


def test_a_text_is_kept_once() -> None:
    state = after(Keep(), Wrote(2, "Rex\n"), Ended(2), Keep(), state=written())
    assert len(state.kept) == 1
    assert state.notice == words.KEPT_ALREADY


def test_what_is_being_written_is_not_kept() -> None:
    state = after(Enter(), Wrote(1, "Re"))
    kept = after(Keep(), state=state)
    assert kept == replace(state, notice=words.STILL_WRITING)
    assert after(Keep()).notice == words.NOTHING_TO_KEEP


def test_what_was_kept_can_be_taken_back() -> None:
    state = after(Keep(), Wrote(2, "Max\n"), Ended(2), TakeBack(), state=written())
    assert state.kept == ()
    assert state.piece is not None
    assert state.piece.text == "Rex\n"
    assert state.phase == "finished"
    assert after(TakeBack()).notice == words.NOTHING_TO_TAKE_BACK


def test_a_failure_is_told_and_nothing_is_lost() -> None:
    state = after(Keep(), Ended(2, "dinos never saw '7'"), state=written())
    assert state.notice == "dinos never saw '7'"
    assert (state.phase, len(state.kept)) == ("ready", 1)
    assert after(Enter(), Ended(1)).notice == words.NOTHING_WRITTEN


def test_settings_change_what_is_written_next() -> None:
    state = after(Enter(), Warmer(2), Wider(-1), OtherModel())
    assert state.piece == Piece("dinos", OPENED.options)
    assert (state.options.temperature, state.options.top_p, state.model) == (0.9, 0.9, "sonnets")
    assert "from the next text on" in state.notice
    assert after(OtherModel(), OtherModel(), OtherModel()).model == "dinos"
    assert after(Warmer(1)).notice == ""
    assert math.isclose(after(*[Warmer(1)] * 7).options.temperature, 1.15)


def test_saving_asks_for_a_name() -> None:
    assert after(Save("dinos.txt")).notice == words.NOTHING_TO_SAVE
    state = after(Save("dinos.txt"), state=after(Keep(), state=written()))
    assert state.naming
    assert state.name == "dinos.txt"
    assert done(state, Enter()) == (Store(state.kept, "dinos.txt", overwrite=False),)
    named = after(Named("mine.txt"), state=state)
    assert done(named, Enter()) == (Store(state.kept, "mine.txt", overwrite=False),)
    assert update(after(Named("  "), state=state), Enter())[1] == ()
    assert after(Named("  "), Enter(), state=state).notice == words.NO_NAME
    gone = after(Back(), state=state)
    assert not gone.naming
    assert gone.unsaved == 1


def test_a_file_is_overwritten_when_asked_twice() -> None:
    state = after(Save("a"), Exists("a"), state=after(Keep(), state=written()))
    assert state.notice == words.ask_overwrite("a")
    assert done(state, Enter()) == (Store(state.kept, "a", overwrite=True),)
    other = after(Named("b"), state=state)
    assert done(other, Enter()) == (Store(state.kept, "b", overwrite=False),)


def test_what_is_saved_can_be_left() -> None:
    state = after(Keep(), state=written())
    saved = after(Save("a"), Saved(state.kept, "a"), state=state)
    assert (saved.unsaved, saved.naming, saved.notice) == (0, False, words.saved(1, "a"))
    assert done(replace(saved, phase="ready"), Leave()) == (Exit(program=False),)
    failed = after(Save("a"), NotSaved("cannot write a: disk full"), state=state)
    assert (failed.unsaved, failed.naming, failed.notice) == (1, True, "cannot write a: disk full")


@pytest.mark.parametrize(("event", "program"), [(Leave(), False), (Quit(), True)])
def test_leaving_what_is_not_saved_asks_once(event: Event, program: bool) -> None:
    state = after(Wrote(2, "Max"), Ended(2), state=after(Keep(), state=written()))
    asked, commands = update(state, event)
    assert commands == ()
    assert asked.notice == words.ask_leave(1)
    assert done(asked, event) == (Exit(program),)
    assert done(after(Warmer(1), state=asked), event) == ()  # whoever goes on does not mean to leave
    assert done(after(Primed("T"), state=asked), event) == ()


def test_leaving_stops_what_is_written() -> None:
    state, commands = update(after(Enter(), Wrote(1, "Re")), Leave())
    assert commands == (Halt(), Exit(program=False))
    assert state.phase == "finished"


def test_escape_goes_back_one_step() -> None:
    state = after(Enter(), Wrote(1, "Re"))
    stopped, commands = update(state, Back())
    assert commands == (Halt(),)
    assert done(stopped, Back()) == (Exit(program=False),)


@given(st.lists(st.integers(-9, 9)), st.integers(0, 20))
def test_the_text_is_scrolled_within_its_bounds(moves: list[int], most: int) -> None:
    state = written()
    for lines in moves:
        state = after(Scroll(lines, most), state=state)
        assert 0 <= state.back <= most


def test_names_lie_under_each_other_and_longer_texts_apart() -> None:
    pieces = tuple(
        Piece("dinos", OPENED.options, text)
        for text in ("Rex\n", "Max\n", "Shall I\nGo\n", "When I\nStay\n", "Tom")
    )
    assert kept_text(pieces) == "Rex\nMax\n\nShall I\nGo\n\nWhen I\nStay\n\nTom\n"
