"""Sync: following another's clock, being the clock that others follow, and Ableton Link."""
