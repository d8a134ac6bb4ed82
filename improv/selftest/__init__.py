"""The timing contract, measured through real ports: a player, the whole program, and who listens."""
