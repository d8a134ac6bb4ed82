"""MIDI ports: real ones through python-rtmidi, and recording and scripted ones for tests and replays."""
