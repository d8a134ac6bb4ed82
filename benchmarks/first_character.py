"""How long after the command the first character of a text comes, for each model that ships.

    python benchmarks/first_character.py [--rounds N]

Conventions: milliseconds of wall time from starting the process to its first byte on a pipe; the first round
warms the disk and is not counted.
"""

import argparse
import statistics
import subprocess
import sys
import time

from improv.text.model import SHIPPED


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=10)
    arguments = parser.parse_args()
    for name in SHIPPED:
        found = [first_byte(name, seed) for seed in range(arguments.rounds + 1)][1:]
        print(f"{name:12} median {statistics.median(found):6.0f} ms   worst {max(found):6.0f} ms")


def first_byte(name: str, seed: int) -> float:
    """Milliseconds to the first byte."""
    command = [sys.executable, "-m", "improv", "text", name, "--seed", str(seed)]
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        if process.stdout is None or not process.stdout.read(1):
            raise SystemExit(f"{name}: nothing came")
        took = time.perf_counter() - began
        process.kill()
    return 1000 * took


if __name__ == "__main__":
    main()
