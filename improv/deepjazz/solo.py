"""A solo of the Weimar Jazz Database as a lesson: its chords are known, and so are its bar lines."""

from pathlib import Path

from grammar.notes import TICKS_PER_BEAT
from improv.deepjazz.dataset import Lesson, read_measures
from improv.jazz.wjazzd import CITATION, Solo, read_solos


def solo_lesson(data: Path, melid: int) -> Lesson:
    """What is to be learned from a solo of the database.

    Raises:
        UserError: no database there, or no such solo.
    """
    (solo,) = read_solos(data, [melid])
    title = f"{solo.performer}'s solo on {solo.title} (Weimar Jazz Database, melid {melid})"
    return Lesson(title, read_measures(solo.notes, solo.changes, bar_lines(solo)), CITATION)


def bar_lines(solo: Solo) -> list[int]:
    """The ticks at which a solo's bars begin, a pickup's from the solo's first beat, and its end."""
    starts = [beat for beat, place in enumerate(solo.beats) if place == 0 or beat == 0]
    return [beat * TICKS_PER_BEAT for beat in (*starts, len(solo.beats))]
