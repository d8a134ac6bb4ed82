"""What is connected to a port: JACK's own word, and ALSA's file."""

import subprocess

import pytest

from improv.ports.patched import patchbay, subscribers
from improv.ports.rtmidi import Spare, open_input, open_output

CLIENTS = """Client info
  cur  clients : 4
  peak clients : 6
  max  clients : 192

Client   0 : "System" [Kernel Legacy]
  Port   0 : "Timer" (Rwe-) [In/Out]
Client  14 : "Midi Through" [Kernel Legacy]
  Port   0 : "Midi Through Port-0" (RWe-) [In/Out]
    Connected From: 128:0
Client 128 : "improv-out" [User Legacy]
  Port   0 : "improv" (R-e-) [Out]
    Connecting To: 14:0, 129:0[r:0]
Client 129 : "FLUID Synth (811)" [User Legacy]
  Port   0 : "Synth input port (811:0)" (-We-) [In]
    Connected From: 128:0
"""


def test_alsas_file() -> None:
    found = subscribers(CLIENTS, "improv-out:improv")
    assert found == ("Midi Through:Midi Through Port-0", "FLUID Synth (811):Synth input port (811:0)")
    assert subscribers(CLIENTS, "improv-out:other") == ()
    assert subscribers("", "improv-out:improv") == ()


@pytest.mark.jack
def test_jack_says_what_plays_a_virtual_output(jack_server: str) -> None:
    assert jack_server
    bay = patchbay("jack")
    assert bay is not None
    ears = open_input(None, "jack")
    mouth = open_output(None, "jack")
    try:
        assert bay.connected(mouth.name) == ()
        assert bay.connected("nobody:nothing") == ()
        subprocess.run(["jack_connect", mouth.name, ears.name], check=True)
        assert bay.connected(mouth.name) == (ears.name,)
        spare = Spare("jack")
        again = spare.open(ears.name)
        again.send(b"\x90\x3c\x40")
        spare.close()
        again.close()
    finally:
        bay.close()
        mouth.close()
        ears.close()


def test_no_patchbay_where_none_can_be_asked() -> None:
    assert patchbay("core") is None
    assert patchbay("winmm") is None
