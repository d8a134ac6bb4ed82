"""The words of the pronouncing dictionary as a list to learn spelling from, without dinosaurs.

    python tools/dictionary_words.py FILE [--without NAMES]

Words of 4 to 24 plain letters, capitalised, one a line. Left out are all of NAMES, and whatever ends as only
dinosaurs do, so that a model which goes on to learn their names has met none of them.
"""

import argparse
import re
from pathlib import Path

from improv.text.corpus import lines_of, read_text
from improv.text.pronunciation import dictionary_path, read

_PLAIN = re.compile(r"[a-z]{4,24}")
_SAURIAN = re.compile(r"(saur(i|ia|us|s)?|raptors?|ceratops|odon|nychus|mimus|dromeus|pteryx)$")


def main() -> None:
    """Write the list."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("file", type=Path)
    parser.add_argument("--without", type=Path)
    arguments = parser.parse_args()
    names = [] if arguments.without is None else lines_of(read_text(arguments.without))
    refused = {name.casefold() for name in names}
    found = {word.casefold() for word in read(dictionary_path())}
    kept = sorted(w for w in found if _PLAIN.fullmatch(w) and w not in refused and not _SAURIAN.search(w))
    arguments.file.write_text("".join(word.capitalize() + "\n" for word in kept), "utf-8")
    print(f"{len(kept)} words in {arguments.file}")


if __name__ == "__main__":
    main()
