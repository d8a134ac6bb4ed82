"""What a soak measures, and what of it is a limit: one table for the print, the JSON and the exit code."""

import resource
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

MEGABYTE = 1_000_000


@dataclass
class Figures:
    """Of a soak so far."""

    hours: float = 0.0
    """Played."""
    seconds: float = 0.0
    """That it took."""
    struck: int = 0
    """Keys of the player's."""
    notes: int = 0
    """Notes that arrived, of both players and the band."""
    messages: int = 0
    switches: int = 0
    """Changes of mode."""
    losses: int = 0
    """Outputs lost and had back."""
    takes: int = 0
    clicks: int = 0
    resident: float = 0.0
    """Megabytes by which the engine's process has grown since it was warm."""
    traced: float = 0.0
    """Megabytes of Python's objects, likewise; 0 where they are not traced."""
    drift: float = 0.0
    """Milliseconds between the click and the ideal one, at the worst; over real ports by how much later the
    last tenth is than the first."""
    stuck: int = 0
    """Notes that sound when all is over."""
    broken: int = 0
    """Laws of `improv.live.ledger` that were broken."""
    missed: int = 0
    """Deadlines: notes that came too late, and those that a fallback phrase stood in for."""


LIMITS = {"resident": 5.0, "traced": 5.0, "drift": 0.001, "stuck": 0, "broken": 0, "missed": 0}
"""What a simulated hour may show at most; over real ports the drift may be 1 ms."""
REAL_LIMITS = {**LIMITS, "drift": 1.0}
UNITS = {"resident": "MB", "traced": "MB", "drift": "ms", "hours": "h", "seconds": "s"}


def broken_limits(figures: Figures, limits: dict[str, float]) -> list[str]:
    """The names of the figures that are over their limits."""
    return [name for name, limit in limits.items() if getattr(figures, name) > limit]


def table(figures: Figures, limits: dict[str, float]) -> str:
    """For a person."""
    rows = []
    for name, value in asdict(figures).items():
        number = f"{value:,.4g}" if isinstance(value, float) else f"{value:,}"
        limit = f"at most {limits[name]:g}" if name in limits else ""
        verdict = ("BROKEN" if value > limits[name] else "kept") if name in limits else ""
        rows.append(f"  {name:10}{number:>12} {UNITS.get(name, ''):3} {limit:16}{verdict}".rstrip())
    return "\n".join(rows)


def resident(pid: int | None = None) -> float:
    """Megabytes of memory that a process holds; of this one the most so far where only that is known."""
    statm = Path(f"/proc/{pid or 'self'}/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * resource.getpagesize() / MEGABYTE
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / MEGABYTE if sys.platform == "darwin" else most * 1024 / MEGABYTE
