"""The ways to play together, a module each behind one protocol (`improv.live.modes.base`)."""
