"""MIDI channels and General MIDI programs by role.

Conventions: channels count from 0 to 15 (a synth shows 1 to 16), programs from 0 to 127. The player's
notes pass through on the channel they came on, usually 0.
"""

PLAYER, COMP, BASS, IMPROV, CLICK = 0, 1, 2, 3, 9

PROGRAMS = {PLAYER: 0, COMP: 4, BASS: 32, IMPROV: 66}
"""Acoustic grand, electric piano, acoustic bass, tenor saxophone; channel 9 is the drum set."""

CLICK_DOWNBEAT, CLICK_BEAT = 76, 77
"""High and low wood block."""
