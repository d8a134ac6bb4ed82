"""A self-test's results, for a person and for a program."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from improv.selftest.checks import MILLISECOND, Result
from improv.selftest.figures import BEYOND, drawn, figures, histogram

FAULTS_SHOWN = 4
WORDS = {"kept": "ok", "broken": "BROKEN", "not tried": "not tried"}


def text(
    results: Sequence[Result], realtime: bool, seconds: float, how: str, troubles: Sequence[str] = ()
) -> Iterator[str]:
    """The report, line by line; `troubles` are what is wrong with the set-up."""
    held = "SCHED_FIFO is granted: a note may be 5 ms late at most"
    ordinary = "no real-time priority: a note may be 10 ms late at most"
    yield f"{seconds:.0f} s through {how}; {held if realtime else ordinary}."
    yield "Milliseconds; what lies beyond a bare loop on the same ports, measured meanwhile, is judged."
    yield from troubles
    yield ""
    yield f"{'':44}{'count':>7}{'p50':>8}{'p95':>8}{'p99':>8}{'max':>8}  limit"
    for result in results:
        yield from _lines(result)
    broken = [result.check.name for result in results if result.verdict == "broken"]
    yield ""
    yield f"broken: {', '.join(broken)}" if broken else "every limit that was tried is kept"


def figures_json(
    results: Sequence[Result], realtime: bool, seconds: float, how: str, troubles: Sequence[str] = ()
) -> dict[str, Any]:
    """The same for a program: nanoseconds."""
    return {
        "kept": all(result.verdict != "broken" for result in results),
        "realtime": realtime,
        "seconds": round(seconds, 3),
        "ports": how,
        "troubles": list(troubles),
        "checks": {
            result.check.name: {
                "title": result.check.title,
                "verdict": result.verdict,
                "limits": dict(result.check.most),
                "beyond": asdict(figures(result.measured.beyond)),
                "raw": asdict(figures(result.measured.raw)),
                "bare": asdict(figures(result.measured.bare)),
                "histogram": list(histogram(result.measured.beyond, _limit(result)))
                if result.measured.beyond
                else [],
                "faults": list(result.measured.faults),
            }
            for result in results
        },
    }


def _lines(result: Result) -> Iterator[str]:
    check, measured = result.check, result.measured
    verdict = WORDS[result.verdict]
    if not check.most:
        yield f"{check.title:44}{len(measured.faults) if measured.tried else '':>7}{'':32}  0: {verdict}"
    elif not measured.tried:
        yield f"{check.title:44}{'':39}  {_limits(result)}: {verdict}"
    else:
        yield f"{check.title:44}{_row(measured.beyond)}  {_limits(result)}: {verdict}"
        if measured.beyond and len(measured.beyond) > 1:
            limit = _limit(result)
            bars = drawn(histogram(measured.beyond, limit))
            yield f"  0 {bars} {limit * BEYOND / MILLISECOND:g}+"
        if measured.raw:
            yield f"{'  through the engine':44}{_row(measured.raw)}"
        if measured.bare:
            yield f"{'  through the bare loop':44}{_row(measured.bare)}"
    for fault in measured.faults[:FAULTS_SHOWN]:
        yield f"  {fault}"
    if len(measured.faults) > FAULTS_SHOWN:
        yield f"  and {len(measured.faults) - FAULTS_SHOWN} more"


def _row(values: Sequence[int]) -> str:
    found = figures(values)
    shown = (found.p50, found.p95, found.p99, found.max)
    return f"{found.count:>7}" + "".join(f"{value / MILLISECOND:>8.2f}" for value in shown)


def _limit(result: Result) -> int:
    return max(result.check.most.values())


def _limits(result: Result) -> str:
    return ", ".join(f"{name} {most / MILLISECOND:g}" for name, most in result.check.most.items())
