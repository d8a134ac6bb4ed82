"""What a text model has to beat: Witten-Bell n-grams of characters, on the same text.

    python benchmarks/text_ngrams.py LEARN FILE [--lines] [--orders 3 4 5]

LEARN is what the n-gram counts, FILE what it is scored on, in nats a character, every character once; with
--lines every line is a text of its own, as in a list of names. A file that is to be scored after several
others were counted: join them first. Source: Witten and Bell, "The zero-frequency problem" (1991), in the
interpolated form of Chen and Goodman (1999).
"""

import argparse
import json
import math
from collections import Counter, defaultdict
from pathlib import Path

NEWLINE = "\n"


def main() -> None:
    """Print one JSON object an order."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("learn", type=Path)
    parser.add_argument("file", type=Path)
    parser.add_argument("--lines", action="store_true")
    parser.add_argument("--orders", type=int, nargs="+", default=[3, 4, 5])
    arguments = parser.parse_args()
    learned = texts(arguments.learn, arguments.lines)
    scored = texts(arguments.file, arguments.lines)
    for order in arguments.orders:
        nats, characters = score(count(learned, order), scored, order)
        print(json.dumps({"order": order, "nll_per_char": round(nats / characters, 4), "chars": characters}))


def texts(path: Path, lines: bool) -> list[str]:
    """Texts, each begun by a newline that is read and not scored."""
    text = path.read_text("utf-8")
    if not lines:
        return [NEWLINE + text]
    return [NEWLINE + line.strip() + NEWLINE for line in text.split(NEWLINE) if line.strip()]


Counts = dict[str, Counter[str]]
"""For every context what came after it."""


def count(learned: list[str], order: int) -> Counts:
    """All contexts of up to `order` - 1 characters."""
    found: Counts = defaultdict(Counter)
    for text in learned:
        for at in range(1, len(text)):
            for length in range(min(order, at + 1)):
                found[text[at - length : at]][text[at]] += 1
    return dict(found)


def score(counts: Counts, scored: list[str], order: int) -> tuple[float, int]:
    """Nats in all, and the characters they are for."""
    nats, characters = 0.0, 0
    alphabet = len(counts[""]) + 1  # one for what was never met
    for text in scored:
        for at in range(1, len(text)):
            p = 1 / alphabet
            for length in range(min(order, at + 1)):
                after = counts.get(text[at - length : at])
                if after is None:
                    break
                total, kinds = after.total(), len(after)
                p = (after[text[at]] + kinds * p) / (total + kinds)
            nats -= math.log(p)
            characters += 1
    return nats, characters


if __name__ == "__main__":
    main()
