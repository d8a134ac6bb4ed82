"""Which ports a take is played on."""

import pytest

from improv.errors import UserError
from improv.ports.open import close_all, open_all
from improv.ports.rtmidi import list_ports


@pytest.mark.jack
def test_it_never_hears_itself(jack_server: str) -> None:
    with pytest.raises(UserError, match="no MIDI input"):
        open_all("improv-out:improv", None, "jack", sound=False)
    assert list_ports("jack").inputs == (), "the output stayed open"


@pytest.mark.jack
def test_without_names_there_are_virtual_ports_and_it_says_so(jack_server: str) -> None:
    inputs, outputs, notices = open_all(None, None, "jack", sound=False)
    try:
        assert [port.name for port in inputs] == ["improv-in:improv"]
        assert [port.name for port in outputs] == ["improv-out:improv"]
        assert all(name in " ".join(notices) for name in ("improv-in:improv", "improv-out:improv"))
    finally:
        close_all(inputs, outputs)
