"""Controls, as a pure function of the messages that come in.

Conventions: messages are whole raw ones (`improv.ports.base`), times nanoseconds on the engine's clock. A
message that means a control is swallowed: it neither sounds nor counts as playing, and neither does the off
of a key that was swallowed. An off whose key did sound is never swallowed, whatever was learned meanwhile.

A button goes down where its value rises to 64 or more, or where it comes again unchanged: some send nothing
when they are let go. A half-damper pedal that moves above 64 is still down.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from improv.controls.knobs import Knob, Taps
from improv.controls.profile import SHAPES, Profile, known
from improv.controls.source import Source, Touch, touch_of
from improv.controls.table import CONTROLS, TAP, Control, Now
from improv.errors import UserError
from improv.requests import Forget, Learn, Request, SetTempo

DOWN = 64


@dataclass(frozen=True)
class Controls:
    """The profile, and what is remembered of the messages so far; bounded by the messages there are."""

    profile: Profile = field(default_factory=Profile)
    learning: str = ""
    """The control that waits to be moved, or empty."""
    values: Mapping[Source, int] = field(default_factory=dict)
    """The last value of each source that means a button."""
    knobs: Mapping[str, Knob] = field(default_factory=dict)
    taps: Taps = field(default_factory=Taps)
    swallowed: frozenset[Source] = frozenset()
    """The keys that are down and were swallowed."""

    def update(self, t: int, message: bytes, now: Now) -> "Update":
        """What a message means."""
        touch = touch_of(message)
        if touch is None:
            return Update(self)
        if touch.source.kind == "NOTE" and touch.value == 0:
            ours = touch.source in self.swallowed
            return Update(
                replace(self, swallowed=self.swallowed - {touch.source}) if ours else self, swallowed=ours
            )
        if self.learning:
            return self._learn(touch)
        name = self.profile.meaning(touch.source)
        if name is None:
            return Update(self)
        control = CONTROLS[name]
        done = self._turn(control, touch, now) if control.turn else self._press(t, control, touch, now)
        return replace(done, controls=done.controls._with_key(touch), swallowed=True)

    def ask(self, request: Learn | Forget) -> "Update":
        """Learn the next message, or forget a control; what is no control is told and changes nothing."""
        try:
            if isinstance(request, Forget):
                return Update(
                    replace(self, profile=self.profile.forget(request.control), learning=""),
                    told=f"{request.control} answers to nothing now",
                )
            if request.control:
                known(request.control)
        except UserError as error:
            return Update(self, told=str(error))
        told = f"{request.control}: move or press what it is to be" if request.control else "nothing learned"
        return Update(replace(self, learning=request.control), told=told)

    def _learn(self, touch: Touch) -> "Update":
        source, name = touch.source, self.learning
        if source.kind == "CC" and touch.value == 0:  # a button that is let go
            return Update(self)
        if source.kind == "CC" and source.number in SHAPES:
            return Update(self, told=f"{source} stays as it is: improv controls set {name}=CC{source.number}")
        try:
            profile, others = self.profile.learn(name, [source])
        except UserError as error:
            return Update(self, told=str(error))
        values = {**self.values, source: touch.value}  # what is held down does not count as pressed again
        knobs = {other: knob for other, knob in self.knobs.items() if other != name}
        learned = replace(self, profile=profile, learning="", values=values, knobs=knobs)
        lost = f"; it was {', '.join(others)}" if others else ""
        return Update(learned._with_key(touch), swallowed=True, told=f"{name} is {source} now{lost}")

    def _with_key(self, touch: Touch) -> "Controls":
        """Remember a key that is down, so that its off is swallowed too."""
        if touch.source.kind != "NOTE":
            return self
        return replace(self, swallowed=self.swallowed | {touch.source})

    def _press(self, t: int, control: Control, touch: Touch, now: Now) -> "Update":
        source, value = touch.source, touch.value
        before = self.values.get(source, 0)
        after = replace(self, values={**self.values, source: value}) if source.kind == "CC" else self
        if source.kind == "CC" and (value < DOWN or (before >= DOWN and value != before)):
            return Update(after)
        if control.name == TAP:
            taps, tempo = self.taps.tap(t)
            after = replace(after, taps=taps)
            return Update(after, () if tempo is None else (SetTempo(round(tempo, 1)),))
        assert control.press is not None
        return Update(after, (control.press(now),))

    def _turn(self, control: Control, touch: Touch, now: Now) -> "Update":
        assert control.turn is not None
        reach, name = control.turn, control.name
        wanted, present = reach.at(touch.value), reach.read(now)
        before = self.knobs.get(name, Knob())
        knob = before.turned(touch.value, wanted, present, reach.place(now))
        after = replace(self, knobs={**self.knobs, name: knob})
        if knob.holds:
            return Update(after, (reach.ask(wanted),))
        waits = before.last is None or before.holds
        return Update(after, told=f"{name} is {present:g}: turn the knob to it" if waits else "")


@dataclass(frozen=True, slots=True)
class Update:
    """What comes of a message."""

    controls: Controls
    requests: tuple[Request, ...] = ()
    swallowed: bool = False
    """Whether the message is used up: neither passed on nor heard."""
    told: str = ""
    """Something for the player, or empty."""
