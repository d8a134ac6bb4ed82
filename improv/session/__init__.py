"""The session: what decides every live note, as pure functions of what happens; no clock, port or thread."""
