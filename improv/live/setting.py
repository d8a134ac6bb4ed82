"""The session of a take, made from its options: who plays, over what, and how."""

from grammar.chart import ChartError, parse_chart
from improv.band.ensemble import Ensemble
from improv.band.model import load_bass
from improv.errors import UserError
from improv.improviser import Improviser, Taste
from improv.jazz.manner import manner_for
from improv.jazz.model import load_jazz
from improv.live.options import Options
from improv.modes import FIRSTS, MODES
from improv.session.session import Session, Settings


def make_session(options: Options) -> tuple[Session, str]:
    """The session of a take, and the digest of the weights that play in it.

    Raises UserError for a chart that is not understood and a checkpoint that cannot be used.
    """
    try:
        chart = parse_chart(options.chart)
    except ChartError as error:
        raise UserError(str(error)) from error
    model = load_jazz(options.checkpoint)
    taste = Taste(temperature=options.temperature, manner=manner_for(chart.feel, options.like))
    improviser = Improviser(model.network, chart.changes(), taste, model.corpus)
    settings = Settings(
        chart=chart,
        tempo=options.tempo,
        seed=options.seed,
        mode=next(mode.name for mode in MODES if mode.name == options.mode),
        first=next(who for who in FIRSTS if who == options.first),
        bars=options.bars,
        choruses=options.choruses,
        click=options.click,
        alone=not options.band,
    )
    return Session(settings, improviser, Ensemble(chart, load_bass()[0])), model.digest
