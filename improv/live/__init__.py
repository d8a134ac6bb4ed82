"""The live engine: clock, scheduler, journal and the process they run in, around a pure `improv.session`."""
