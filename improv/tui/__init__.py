"""The terminal UI: a view of an engine that runs in another process."""
