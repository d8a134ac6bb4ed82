"""The live engine: events, the clock, the scheduler, the session and the process they run in."""
