"""Hours of playing, measured: ten simulated, or some over real ports; `make soak`."""
