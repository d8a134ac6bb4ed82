"""Every word that the text screen says, in one place."""

TITLE = "text"
PRIME = "begins with "
FILE = "save as "
PLACEHOLDER = "anything; enter writes"

READY, WRITING, FINISHED = "READY", "IMPROV", "YOUR TURN"
"""The banner's word in each phase."""

ENTER_WRITES = "enter writes"
ENTER_STOPS = "enter stops"
KEEP_OR_DISCARD = "f5 keep, f6 discard"
LOADING = "reading the model"

NOTHING_YET = "Nothing written yet. Type what the text shall begin with, or just press enter."
NOTHING_KEPT = "nothing yet"

DISCARDED = "discarded"
STOPPED = "stopped"
KEPT_ALREADY = "that one is kept already"
NOTHING_TO_KEEP = "there is nothing to keep; enter writes"
NOTHING_TO_SAVE = "nothing is kept yet: f5 keeps what was written, ctrl+s saves what was kept"
NOTHING_TO_TAKE_BACK = "nothing is kept that could be taken back"
STILL_WRITING = "it is still being written; enter stops it"
NOTHING_WRITTEN = "nothing came; try a higher temperature, or another beginning"
NO_NAME = "name a file; esc goes back"
NOT_SAVED = "not saved"
TAKEN_BACK = "taken back; f5 keeps it after all, f6 discards it"

HELP = (
    "Bold at the beginning is yours, the rest is the model's.",
    "The same model, settings, beginning and seed give the",
    "same text again. A change holds from the next text on.",
    "Where a terminal keeps such keys: f7 saves, f8 f9 top-p.",
)


def count_of(characters: int) -> str:
    """How much is written."""
    return f"{characters} character{'' if characters == 1 else 's'}"


def written_with(model: str, temperature: float, top_p: float, seed: int) -> str:
    """What a text on the screen was written with."""
    return f"{model}, temperature {temperature:.2f}, top-p {top_p:.2f}, seed {seed}"


def kept_title(kept: int, unsaved: int) -> str:
    """How much is kept, and how much of it is in no file."""
    return f"kept {kept}" + (f", {unsaved} not saved" if unsaved else ", saved" if kept else "")


def kept(count: int) -> str:
    """After keeping one."""
    return f"kept, {count} in all; ctrl+s saves"


def later(setting: str, value: str) -> str:
    """A setting that was changed while a text is written."""
    return f"{setting} {value}, from the next text on"


def ask_name(count: int) -> str:
    """Before saving."""
    return f"{_texts(count)} to save: enter saves, esc goes back"


def ask_overwrite(name: str) -> str:
    """Before a file is lost."""
    return f"{name} exists: enter again overwrites it, or type another name, esc goes back"


def saved(count: int, name: str) -> str:
    """After saving."""
    return f"saved {_texts(count)} to {name}"


def ask_leave(unsaved: int) -> str:
    """Before kept texts are lost."""
    return f"{_texts(unsaved)} kept and not saved: ctrl+s saves; the same key again leaves without"


def _texts(count: int) -> str:
    return f"{count} text{'' if count == 1 else 's'}"
