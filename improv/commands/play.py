"""`improv play`: play with it."""

import argparse
import math
import secrets
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from improv.errors import UserError, suggest
from improv.modes import MODES
from improv.ports.routing import CHANNELLED, OUTPUT_HELP, OUTPUTS

if TYPE_CHECKING:
    from grammar.form import Chart
    from improv.live.client import EngineClient
    from improv.live.link import Notice
    from improv.live.options import Options

SLOWEST, FASTEST = 30.0, 400.0
DEFAULT_CHART = "blues-f"
NO_CHART = "title: no chart\n| N.C. | % | % | % |\n"
FREE = ("answer", "lead")
"""Modes that need no chart: the harmony is what is played."""
MARK_PEDAL = "66"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `improv play` can be told."""
    parser.add_argument("--in", dest="input_name", metavar="NAME", help="the MIDI input to listen to")
    parser.add_argument("--out", dest="output_name", metavar="NAME", help="the MIDI output to play on")
    for name in OUTPUTS:
        what = OUTPUT_HELP.get(name, f"the {name}")
        parser.add_argument(f"--out-{name}", metavar="NAME", help=f"another MIDI output for {what}")
    parser.add_argument(
        "--channel",
        action="append",
        default=[],
        metavar="PART=N",
        help=f"the channel, 1 to 16, that {', '.join(CHANNELLED)} plays on; may be given again",
    )
    parser.add_argument("--in-channel", type=int, metavar="N", help="hear you on one channel, 1 to 16, alone")
    parser.add_argument(
        "--keys", default="0-127", metavar="LOW-HIGH", help="hear these keys alone, as in 48-84 or C3-C6"
    )
    parser.add_argument(
        "--mpe",
        default="auto",
        metavar="ZONE",
        help="MPE input: auto (as the controller says), lower, upper, lower:7, or off: passed on as it is, "
        "for an MPE synth at --out-thru (%(default)s)",
    )
    parser.add_argument(
        "--sync-in", metavar="NAME|any", help="follow the MIDI clock that comes on this input, or on any"
    )
    parser.add_argument("--sync-out", metavar="NAME", help="send MIDI clock to this output")
    parser.add_argument(
        "--offset",
        type=float,
        default=0.0,
        metavar="MS",
        help="play so much later than the clock that is followed, -100 to 100 (%(default)s)",
    )
    parser.add_argument(
        "--link", action="store_true", help="join Ableton Link: tempo, phase, start and stop are shared"
    )
    parser.add_argument(
        "--quantum", type=int, default=4, metavar="N", help="with --link: beats of a bar (%(default)s)"
    )
    parser.add_argument("--api", metavar="API", help="jack, alsa, core or winmm (default: whatever answers)")
    parser.add_argument(
        "--chart",
        metavar="NAME|FILE",
        help=f"what to play over ({DEFAULT_CHART}, and none to {' or '.join(FREE)}); see improv charts",
    )
    parser.add_argument("--tempo", type=float, metavar="BPM", help="beats a minute (default: the chart's)")
    parser.add_argument(
        "--mode",
        default="trade",
        metavar="MODE",
        help=f"{', '.join(mode.name for mode in MODES)} (%(default)s); it can be changed while playing",
    )
    parser.add_argument("--bars", type=int, default=4, help="bars of a turn (%(default)s)")
    parser.add_argument(
        "--first",
        default="you",
        metavar="WHO",
        help="who begins where turns are taken, you or improv (%(default)s)",
    )
    parser.add_argument("--choruses", type=int, metavar="N", help="stop after so many choruses")
    parser.add_argument(
        "--temperature", type=float, default=1.0, help="below 1 safer, above 1 wilder (%(default)s)"
    )
    parser.add_argument(
        "--like", metavar="NAME", help="a soloist or a style to play like, such as 'Charlie Parker' or bebop"
    )
    parser.add_argument("--seed", type=int, help="the same seed and playing give the same answers")
    parser.add_argument("--record", type=Path, metavar="FILE.mid", help="write both players to a MIDI file")
    parser.add_argument(
        "--log", type=Path, metavar="FILE", help="where the take's log goes (default: its own folder)"
    )
    parser.add_argument(
        "--mark-pedal",
        default=MARK_PEDAL,
        metavar="CC",
        help="the controller that marks a place when it goes down, or none (%(default)s: sostenuto)",
    )
    parser.add_argument(
        "--model", type=Path, metavar="DIR", help="a checkpoint (default: the one that ships)"
    )
    parser.add_argument(
        "--no-band",
        action="store_true",
        help="nobody plays along, but for chords and bass in comp",
    )
    parser.add_argument("--no-click", action="store_true", help="no metronome")
    parser.add_argument("--no-sound", action="store_true", help="never use the built-in sound")
    parser.add_argument(
        "--headless", action="store_true", help="no screen: start at once, print a line an event"
    )
    parser.add_argument(
        "--no-resume", action="store_true", help="with --headless: an engine that dies is not started again"
    )
    parser.add_argument("--json", action="store_true", help="with --headless: one JSON object a line")


def run(arguments: argparse.Namespace) -> int:
    """Start the engine, and a view of it."""
    from improv.live.client import start_engine
    from improv.live.link import Notice
    from improv.ports.stderr import own_stderr

    options = _options(arguments)
    if not arguments.headless and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UserError("the screen needs a terminal; without one use --headless")
    client = start_engine(options)
    try:
        with own_stderr():  # the client's connections, ready to silence what a dead engine left
            if arguments.headless:
                from improv.headless import watch

                resumes = 0 if arguments.no_resume else 1
                return watch(
                    client,
                    sys.stdout,
                    arguments.json,
                    options.chart,
                    resumes,
                    lambda: _record(client),
                    start=options.sync_in is None,  # a clock that is followed has its own start
                )
            from grammar.chart import parse_chart
            from improv.tui.app import run as run_app

            run_app(client, parse_chart(options.chart))
    finally:
        client.close()
    for news in (*client.news(), *_record(client)):
        if isinstance(news, Notice):
            print(news.text, file=sys.stderr if news.trouble else sys.stdout)
    for log in client.logs:
        print(f"the take's log: {log}")
    return 0


def _record(client: "EngineClient") -> "list[Notice]":
    """Write the takes that have been played, where that was asked for, and what to tell of it."""
    from improv.live.link import Notice
    from improv.takes.record import write_recordings

    path = client.options.record
    if path is None:
        return []
    if not client.logs:
        return [Notice(f"not recorded: {path} is made from the log, and there is none", trouble=True)]
    try:
        return [Notice(f"recorded {written}") for written in write_recordings(path, client.logs)]
    except UserError as error:
        return [Notice(f"not recorded: {error}", trouble=True)]


def _options(arguments: argparse.Namespace) -> "Options":
    """Check everything that can be checked before a port is opened."""
    from grammar.chart import format_chart
    from improv.files import check_writable
    from improv.jazz.manner import manner_for
    from improv.live.options import Options, make_plan, make_reach
    from improv.ports.mpe import parse_mpe
    from improv.sync.studio import check

    chart = _chart(arguments)
    tempo = chart.tempo if arguments.tempo is None else arguments.tempo
    if not SLOWEST <= tempo <= FASTEST:
        raise UserError(f"--tempo {tempo:g}: from {SLOWEST:g} to {FASTEST:g} beats a minute")
    for name, known in (("mode", [mode.name for mode in MODES]), ("first", ["you", "improv"])):
        value = getattr(arguments, name)
        if value not in known:
            raise UserError(f"--{name} {value!r}: there is {', '.join(known)}{suggest(value, known)}")
    for name in ("bars", "choruses"):
        value = getattr(arguments, name)
        if value is not None and value < 1:
            raise UserError(f"--{name} {value}: 1 or more")
    if not 0 < arguments.temperature < math.inf:
        raise UserError(f"--temperature {arguments.temperature:g}: above 0")
    manner_for(chart.feel, arguments.like)  # a name that is not known is told before a port is opened
    if arguments.json and not arguments.headless:
        raise UserError("--json goes with --headless")
    if arguments.record is not None:
        check_writable(arguments.record)
    options = Options(
        chart=format_chart(chart),
        tempo=tempo,
        seed=secrets.randbelow(1_000_000) if arguments.seed is None else arguments.seed,
        mode=arguments.mode,
        bars=arguments.bars,
        first=arguments.first,
        band=not arguments.no_band,
        choruses=arguments.choruses,
        click=not arguments.no_click,
        temperature=arguments.temperature,
        like=arguments.like,
        input_name=arguments.input_name,
        output_name=arguments.output_name,
        **{f"out_{name}": getattr(arguments, f"out_{name}") for name in OUTPUTS},
        channels=" ".join(arguments.channel),
        in_channel=arguments.in_channel,
        keys=arguments.keys,
        mpe=arguments.mpe,
        sync_in=arguments.sync_in,
        sync_out=arguments.sync_out,
        offset=arguments.offset,
        link=arguments.link,
        quantum=arguments.quantum,
        api=arguments.api,
        sound=not arguments.no_sound,
        record=arguments.record,
        log=arguments.log or _log_path(),
        checkpoint=arguments.model,
        mark_pedal=_mark_pedal(arguments.mark_pedal),
    )
    make_plan(options)
    make_reach(options)
    parse_mpe(options.mpe)
    check(options)
    return options


def _chart(arguments: argparse.Namespace) -> "Chart":
    """What to play over; for modes that need none, bars without chords."""
    from grammar.chart import parse_chart
    from improv.library import load_chart

    if arguments.chart is None and arguments.mode in FREE:
        return parse_chart(NO_CHART)
    return load_chart(DEFAULT_CHART if arguments.chart is None else arguments.chart)


def _mark_pedal(word: str) -> int | None:
    if word == "none":
        return None
    if not word.isdecimal() or int(word) > 119:
        raise UserError(f"--mark-pedal {word}: a controller's number, 0 to 119, or none")
    return int(word)


def _log_path() -> Path:
    from improv.live.journal import ENDING, takes_folder

    return takes_folder() / f"{time.strftime('%Y-%m-%d_%H-%M-%S')}{ENDING}"
