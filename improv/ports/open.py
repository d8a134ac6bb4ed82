"""Which ports a take is played on.

Conventions: a named port must be there. With none named there is a virtual port called `improv` to
connect to; besides it the first keyboard that is plugged in is heard, and the embedded instrument
sounds where the machine has an audio device.
"""

from collections.abc import Iterable

from improv.errors import UserError
from improv.ports.base import InPort, OutPort
from improv.ports.rtmidi import NoPorts, list_ports, open_input, open_output
from improv.sound.instrument import NoSound, open_instrument

NOT_KEYBOARDS = ("through", "improv")
"""Parts of the names of inputs that nobody plays on."""


def open_all(
    input_name: str | None, output_name: str | None, api: str | None, sound: bool
) -> tuple[list[InPort], list[OutPort], list[str]]:
    """Open the ports; also what the player should know of them, a line each.

    Raises UserError for a named port or system that is not there.
    """
    inputs: list[InPort] = []
    outputs: list[OutPort] = []
    notices: list[str] = []
    try:
        if input_name is not None:  # before our output exists: a take must not answer itself
            inputs.append(open_input(input_name, api))
        _open_output(output_name, api, outputs, notices)
        if input_name is None:
            _open_any_input(api, inputs, notices)
        if sound and output_name is None:
            instrument = open_instrument()
            if isinstance(instrument, NoSound):
                notices.append(f"no built-in sound: {instrument.reason}")
            else:
                outputs.append(instrument)
    except BaseException:
        close_all(inputs, outputs)
        raise
    return inputs, outputs, notices


def close_all(inputs: Iterable[InPort], outputs: Iterable[OutPort]) -> None:
    """Give every port back."""
    for source in inputs:
        source.close()
    for output in outputs:
        output.close()


def _open_output(name: str | None, api: str | None, outputs: list[OutPort], notices: list[str]) -> None:
    try:
        outputs.append(open_output(name, api))
    except NoPorts:
        if name is not None:
            raise
        notices.append("no MIDI ports (improv ports says why): play on the computer's keys")
        return
    except UserError:
        if name is not None or api is not None:
            raise
        return  # Windows, with neither a name nor virtual ports
    if name is None:
        notices.append(f"opened the virtual output {outputs[-1].name}: connect a synth to it")


def _open_any_input(api: str | None, inputs: list[InPort], notices: list[str]) -> None:
    try:
        known = list_ports(api)
    except NoPorts:
        return  # the output has told
    keyboards = [n for n in known.inputs if not any(part in n.casefold() for part in NOT_KEYBOARDS)]
    if keyboards and known.api != "jack":  # JACK's ports are patched by whoever runs the server
        inputs.append(open_input(keyboards[0], api))
        notices.append(f"listening to {keyboards[0]}")
    try:
        inputs.append(open_input(None, api))
        notices.append(f"opened the virtual input {inputs[-1].name}: connect a keyboard to it")
    except UserError:
        if not inputs:
            notices.append("no MIDI input: play on the computer's keys")
