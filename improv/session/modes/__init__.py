"""The ways to play together, a module each behind one protocol (`improv.session.modes.base`)."""
