"""What each event makes of the text screen: pure, without Textual, clock or file.

Conventions: `update(state, event)` gives the next state and what is to be done in the world.
"""

from dataclasses import replace
from pathlib import PurePath

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
from improv.tui.text_state import Piece, Question, State

STEP = 0.05
"""By how much a key changes temperature and top-p."""
COLDEST, HOTTEST = 0.05, 3.0
"""Temperatures that the keys reach."""
NARROWEST, WIDEST = 0.05, 1.0
"""Values of top-p that the keys reach."""

Step = tuple[State, tuple[Command, ...]]


def update(state: State, event: Event) -> Step:
    """The next state, and what is to be done."""
    match event:
        case Primed(text):
            if text == state.options.prime:
                return state, ()
            return replace(_heard(state), options=replace(state.options, prime=text)), ()
        case Named(name):
            if name == state.name or not state.naming:
                return state, ()
            return replace(state, name=name, question="name", notice=words.ask_name(len(state.kept))), ()
        case Warmer() | Wider() | OtherModel():
            return _set(_heard(state), event), ()
        case Enter():
            return _enter(state)
        case Keep() | Discard() | TakeBack():
            return _judge(_heard(state), event)
        case Wrote() | Ended():
            heard = state.phase == "writing" and event.stream == state.stream
            return (_streamed(state, event) if heard else state), ()
        case Save() | Exists() | Saved() | NotSaved():
            return _filed(state, event), ()
        case Back() | Leave() | Quit():
            return _leave(state, event)
        case Scroll(lines, most):
            return replace(state, back=max(0, min(most, state.back + lines))), ()


def _heard(state: State) -> State:
    """The last notice has been read; whoever goes on does not mean to leave."""
    if state.naming:
        return state
    return replace(state, notice="", question=None)


def _set(state: State, event: Warmer | Wider | OtherModel) -> State:
    options = state.options
    match event:
        case Warmer(steps):
            value = _moved(options.temperature, steps, COLDEST, HOTTEST)
            state = replace(state, options=replace(options, temperature=value))
            told = words.later("temperature", f"{value:.2f}")
        case Wider(steps):
            value = _moved(options.top_p, steps, NARROWEST, WIDEST)
            state = replace(state, options=replace(options, top_p=value))
            told = words.later("top-p", f"{value:.2f}")
        case OtherModel():
            place = state.models.index(state.model) + 1
            state = replace(state, model=state.models[place % len(state.models)])
            told = words.later("model", PurePath(state.model).name)
    return replace(state, notice=told) if state.phase == "writing" else state


def _moved(value: float, steps: int, least: float, most: float) -> float:
    """A value moved within bounds; one that was given beyond them only ever comes nearer."""
    moved = round(value + steps * STEP, 2)
    return max(min(least, value), min(max(most, value), moved))


def _enter(state: State) -> Step:
    if state.naming:
        if not state.name.strip():
            return replace(state, notice=words.NO_NAME), ()
        return state, (Store(state.kept, state.name.strip(), state.question == "overwrite"),)
    state = _heard(state)
    if state.phase == "writing":
        return _stopped(state)
    done = state.piece
    if done is not None and replace(done, text="") == Piece(state.model, state.options):
        state = _next_seed(state)  # the same again would be the same text
    return _begun(state)


def _begun(state: State) -> Step:
    piece = Piece(state.model, state.options)
    number = state.stream + 1
    return replace(state, phase="writing", stream=number, piece=piece, back=0), (Begin(number, piece),)


def _stopped(state: State) -> Step:
    """No further character; what is there can be kept, and if there is nothing it is as before."""
    some = state.piece is not None and state.piece.text.strip()
    return replace(
        state,
        phase="finished" if some else "ready",
        piece=state.piece if some else None,
        stream=state.stream + 1,
        notice=words.STOPPED,
    ), (Halt(),)


def _next_seed(state: State) -> State:
    return replace(state, options=replace(state.options, seed=state.options.seed + 1))


def _judge(state: State, event: Keep | Discard | TakeBack) -> Step:
    if isinstance(event, TakeBack):
        if state.phase == "writing":
            return replace(state, notice=words.STILL_WRITING), ()
        if not state.kept:
            return replace(state, notice=words.NOTHING_TO_TAKE_BACK), ()
        kept, last = state.kept[:-1], state.kept[-1]
        return replace(state, kept=kept, piece=last, phase="finished", notice=words.TAKEN_BACK, back=0), ()
    if state.phase == "writing" and isinstance(event, Keep):
        return replace(state, notice=words.STILL_WRITING), ()
    if state.phase == "ready":
        if isinstance(event, Keep):
            return replace(state, notice=words.NOTHING_TO_KEEP), ()
        return _begun(_next_seed(state))
    if isinstance(event, Discard):
        return _begun(_next_seed(replace(state, notice=words.DISCARDED)))
    assert state.piece is not None  # a finished text is on the screen
    if any(piece.text == state.piece.text for piece in state.kept):
        return _begun(_next_seed(replace(state, notice=words.KEPT_ALREADY)))
    kept = (*state.kept, state.piece)
    return _begun(_next_seed(replace(state, kept=kept, notice=words.kept(len(kept)))))


def _streamed(state: State, event: Wrote | Ended) -> State:
    assert state.piece is not None  # a stream that is not stopped has begun a text
    match event:
        case Wrote(text=text):
            return replace(state, piece=replace(state.piece, text=state.piece.text + text))
        case Ended(why=why):
            some = bool(state.piece.text.strip())
            return replace(
                state,
                phase="finished" if some else "ready",
                piece=state.piece if some else None,
                notice=why or ("" if some else words.NOTHING_WRITTEN) or state.notice,
            )


def _filed(state: State, event: Save | Exists | Saved | NotSaved) -> State:
    match event:
        case Save(suggestion):
            if state.naming:
                return state
            if not state.kept:
                return replace(state, question=None, notice=words.NOTHING_TO_SAVE)
            return replace(state, question="name", name=suggestion, notice=words.ask_name(len(state.kept)))
        case Exists(name):
            return replace(state, question="overwrite", notice=words.ask_overwrite(name))
        case Saved(pieces, name):
            return replace(state, question=None, saved=pieces, notice=words.saved(len(pieces), name))
        case NotSaved(why):
            return replace(state, question="name", notice=why)


def _leave(state: State, event: Back | Leave | Quit) -> Step:
    if isinstance(event, Back):
        if state.naming:
            return replace(state, question=None, notice=words.NOT_SAVED), ()
        if state.phase == "writing":
            return _stopped(_heard(state))
        event = Leave()
    wanted: Question = "quit" if isinstance(event, Quit) else "leave"
    if state.unsaved and state.question != wanted:
        return replace(state, question=wanted, notice=words.ask_leave(state.unsaved)), ()
    done: tuple[Command, ...] = (Exit(program=isinstance(event, Quit)),)
    if state.phase == "writing":
        state, halted = _stopped(state)
        done = (*halted, *done)
    return replace(state, question=None, notice=""), done
