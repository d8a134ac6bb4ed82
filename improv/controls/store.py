"""Where a player's profile is kept: `controls.json` in the user's configuration folder."""

import json
from collections.abc import Sequence
from pathlib import Path

from improv.controls.panel import Panel
from improv.controls.profile import Profile, profile_from_json
from improv.controls.source import Source
from improv.errors import UserError
from improv.files import write_whole

FILE = "controls.json"
MARK, MARK_PEDAL = "mark", 66


def profile_path() -> Path:
    """The file's usual place."""
    from platformdirs import user_config_path

    return user_config_path("improv") / FILE


def load_profile(path: Path | None = None) -> tuple[Profile, str]:
    """The profile, and a line for the player where the file cannot be used: then all is as usual."""
    path = profile_path() if path is None else path
    try:
        return profile_from_json(json.loads(path.read_text(encoding="utf-8"))), ""
    except FileNotFoundError:
        return Profile(), ""
    except OSError as error:
        return Profile(), f"the controls are as usual: cannot read {path}: {error.strerror or error}"
    except (ValueError, RecursionError) as error:  # no UTF-8, no JSON, no profile
        reason = str(error).splitlines()[0] if str(error) else "not JSON"
        return Profile(), f"the controls are as usual: {path} is damaged ({reason}); improv controls reset"


def save_profile(profile: Profile, path: Path | None = None) -> None:
    """Write it whole or not at all. Raises UserError where it cannot be written."""
    path = profile_path() if path is None else path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror or error}") from None
    text = json.dumps(profile.as_json(), ensure_ascii=False, indent=2) + "\n"
    write_whole(path, text.encode())


def open_panel(mark_pedal: int | None, inputs: Sequence[str]) -> tuple[Panel, list[str]]:
    """The panel of a take, and what the player should know of it.

    Args:
        mark_pedal: the controller that marks a place in this take; None: none does. The usual one leaves the
            profile to say.
        inputs: the names of the inputs that are heard.
    """
    profile, told = load_profile()
    if mark_pedal is None:
        profile = profile.forget(MARK)
    elif mark_pedal != MARK_PEDAL:
        profile, _ = profile.learn(MARK, [Source("CC", mark_pedal)])
    panel = Panel(profile, save_profile)
    panel.heard(inputs)
    return panel, [told] if told else []
