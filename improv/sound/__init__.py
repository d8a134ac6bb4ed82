"""The embedded instrument: a small synth that sounds live and renders WAV files."""
