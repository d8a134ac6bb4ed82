"""Takes: read from the logs of what was played, shown, exported, kept."""
