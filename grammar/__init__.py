"""Notes, chords and terminals: pure functions, no networks, no input or output."""
