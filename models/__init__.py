"""Recurrent networks written out by hand: arrays and ids, no music."""
