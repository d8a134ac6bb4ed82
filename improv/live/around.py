"""What may stand around an engine: its clock, ports, session and view, each wrapped or left as it is.

`improv selftest` watches a real engine in this way and disturbs it on purpose; nothing in the engine knows
of it. It travels to both of the engine's processes, so it must pickle. In the front's, clock, inputs and
outputs are asked for, in the other, session and view, each once.
"""

from typing import TYPE_CHECKING

from improv.live.clock import Clock
from improv.ports.base import InPort, OutPort

if TYPE_CHECKING:  # the front has no session, and does not load what one is made of
    from improv.live.engine import View
    from improv.session.session import Session


class Around:
    """Nothing: everything is left as it is."""

    def clock(self, clock: Clock) -> Clock:
        """The clock that notes are sent by."""
        return clock

    def inputs(self, inputs: list[InPort]) -> list[InPort]:
        """What is heard."""
        return inputs

    def outputs(self, outputs: list[OutPort]) -> list[OutPort]:
        """What is played on."""
        return outputs

    def session(self, session: "Session") -> "Session":
        """What decides."""
        return session

    def view(self, view: "View") -> "View":
        """Who watches and asks."""
        return view
