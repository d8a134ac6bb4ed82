"""Lessons in recurrent networks that run: see README.md."""
