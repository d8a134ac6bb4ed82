"""Jazz for the networks: the solos they learn from, and notes as ids."""
