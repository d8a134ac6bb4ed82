"""The program's version: here for the wheel, `improv --version` and the head of every log."""

VERSION = "0.1.0"
