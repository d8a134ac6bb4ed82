"""Listening: what is held, and what a phrase in free time was, from keys and times alone; pure values."""
