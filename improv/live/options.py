"""How a take is played: plain values that travel to the engine's process and into its log."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from grammar.chart import parse_chart
from improv.improviser import Improviser, Taste
from improv.jazz.model import load_jazz
from improv.live.session import Session, Settings


@dataclass(frozen=True, slots=True)
class Options:
    """Everything that `improv play` can be told."""

    chart: str
    """The chart's text, not its name: a log must replay without the file."""
    tempo: float
    seed: int
    mode: str = "trade"
    bars: int = 4
    choruses: int | None = None
    click: bool = True
    temperature: float = 1.0
    input_name: str | None = None
    output_name: str | None = None
    api: str | None = None
    sound: bool = True
    """Whether the embedded instrument may be used where no output is named."""
    record: Path | None = None
    log: Path | None = None
    checkpoint: Path | None = None

    def as_json(self) -> dict[str, Any]:
        """For the head of a log."""
        return {
            name: str(value) if isinstance(value, Path) else value for name, value in asdict(self).items()
        }


def options_from_json(value: dict[str, Any]) -> Options:
    """The inverse of `as_json`; raises TypeError for anything else."""
    paths = {name: Path(value[name]) for name in ("record", "log", "checkpoint") if value.get(name)}
    return Options(**{**value, **paths})


def make_session(options: Options) -> tuple[Session, str]:
    """The session of a take, and the digest of the weights that play in it.

    Raises UserError for a checkpoint that cannot be used.
    """
    chart = parse_chart(options.chart)
    network, checkpoint = load_jazz(options.checkpoint)
    improviser = Improviser(network, chart.changes(), Taste(temperature=options.temperature))
    settings = Settings(
        chart=chart,
        tempo=options.tempo,
        seed=options.seed,
        bars=options.bars,
        choruses=options.choruses,
        click=options.click,
    )
    return Session(settings, improviser), checkpoint.digest
