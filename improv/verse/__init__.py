"""Verse: the sounds of words, rhyme, meter and the form of a sonnet. Pure functions, no input or output."""
