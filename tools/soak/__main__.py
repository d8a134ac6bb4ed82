"""Play for hours and measure: `make soak`, or `make soak ARGS="--real 60"` for an hour over real ports."""

import argparse
import json
import signal
import sys
from dataclasses import asdict

from grammar.chart import format_chart
from improv.library import load_chart
from improv.live.options import Options
from tools.soak.figures import LIMITS, REAL_LIMITS, Figures, broken_limits, table


class Watch:
    """Shows how far it is, and whether it is to go on: Ctrl-C ends it in order, with what was measured."""

    def __init__(self, total: float, quiet: bool) -> None:
        self._total, self._quiet, self.stopped = total, quiet, False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)

    def _stop(self, *_: object) -> None:
        self.stopped = True

    def __call__(self, figures: Figures) -> bool:
        """Take the figures so far."""
        if not self._quiet:
            line = (
                f"{figures.hours:6.2f} of {self._total:g} h in {figures.seconds:5.0f} s: "
                f"{figures.notes:,} notes, {figures.resident:+.1f} MB, {figures.broken} broken, "
                f"{figures.missed} missed"
            )
            end = "\r" if sys.stderr.isatty() else "\n"
            sys.stderr.write(f"{line:78}{end}")
            sys.stderr.flush()
        return not self.stopped


def main() -> int:
    """Soak, print, and return 1 where a limit is broken."""
    parser = argparse.ArgumentParser(prog="make soak", description=(__doc__ or "").strip())
    parser.add_argument("--hours", type=float, default=10.0, help="simulated (%(default)g)")
    parser.add_argument("--real", type=float, metavar="MINUTES", help="over real ports instead (needs jackd)")
    parser.add_argument("--chart", default="blues-f", help="%(default)s")
    parser.add_argument("--seed", type=int, default=1, help="of all that happens (%(default)s)")
    parser.add_argument("--trace", action="store_true", help="trace Python's memory too: twice the time")
    parser.add_argument("--quiet", action="store_true", help="no progress")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    chart = load_chart(arguments.chart)
    options = Options(chart=format_chart(chart), tempo=160.0, seed=arguments.seed, sound=False)
    hours = arguments.hours if arguments.real is None else arguments.real / 60
    watch = Watch(hours, arguments.quiet)
    if arguments.real is None:
        from tools.soak.simulated import simulate

        limits = LIMITS
        figures, faults = simulate(options, hours, arguments.seed, arguments.trace, watch)
    else:
        from tools.soak.real import play

        limits = REAL_LIMITS
        figures, faults = play(options, hours, arguments.seed, watch)
    broken = broken_limits(figures, limits)
    if arguments.json:
        whole = {**asdict(figures), "stopped": watch.stopped, "limits": limits, "broken_limits": broken}
        print(json.dumps({**whole, "faults": faults}))
    else:
        how = "over real ports" if arguments.real is not None else "simulated"
        print(f"{how}{', stopped before its end' if watch.stopped else ''}:\n{table(figures, limits)}")
        for fault in faults:
            print(f"  {fault}")
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main())
