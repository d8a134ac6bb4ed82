"""Measures of improvised solos: notes over changes in, numbers out."""
