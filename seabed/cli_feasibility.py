"""`seabed feasibility`: whether it pays, alone and in detail; and the options that a brief shares with it."""

from __future__ import annotations

import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from seabed.cli_question import SITE_HELP, SiteCommand, question_options

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from seabed.feasibility import FeasibilityOptions

_OPTIONS = ("case", "rate_mt", "price_file", "moisture", "royalty", "draws", "seed")

_DRAWS = 20_000
_PATIENCE_S = 2.0


def feasibility_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that `read_feasibility_options` takes back out."""
    for option in reversed(
        [
            click.option(
                "--case",
                type=click.Choice(["promoter", "critic", "stress", "all"]),
                default="all",
                show_default=True,
                help="Whose costs to value the project with.",
            ),
            click.option(
                "--rate-mt",
                type=float,
                metavar="MT",
                help="Nodules raised a year, million wet tonnes.  [default: as large as the site bears]",
            ),
            click.option(
                "--price-file",
                type=click.Path(path_type=Path, dir_okay=False),
                metavar="FILE",
                help="Monthly prices as CSV: month, nickel_usd_t, cobalt_usd_t, copper_usd_t, "
                "manganese_usd_t.",
            ),
            click.option(
                "--moisture", type=float, metavar="X", help="Water in the nodules, of wet mass: 28 % is 0.28."
            ),
            click.option(
                "--royalty",
                type=float,
                metavar="X",
                help="Of gross metal value, where a lease or a coastal State sets it: 5 % is 0.05.",
            ),
            click.option(
                "--draws",
                type=int,
                default=_DRAWS,
                show_default=True,
                help="Of the Monte Carlo run, 100 to 1,000,000; 0 leaves it out.",
            ),
            click.option(
                "--seed", type=int, default=0, show_default=True, help="Of the draws: same seed, same run."
            ),
        ]
    ):
        command = option(command)
    return command


def read_feasibility_options(options: dict[str, Any]) -> FeasibilityOptions:
    """Take the options of `feasibility_options` out of ``options`` and return what they ask for.

    Raises
    ------
    FigureError
        If a number is impossible or the price file cannot be used.
    """
    from seabed.feasibility import FeasibilityOptions
    from seabed.feasibility.cases import case_ids
    from seabed.feasibility.prices import read_price_file

    case, rate, price_file, moisture, royalty, draws, seed = (options.pop(name) for name in _OPTIONS)
    return FeasibilityOptions(
        moisture=moisture,
        cases=() if case == "all" else case_ids(case),
        rate_wet_mt=rate,
        prices=read_price_file(price_file) if price_file else None,
        royalty=royalty,
        draws=draws,
        seed=seed,
        in_detail=True,
    )


@click.command(
    cls=SiteCommand,
    help="Say whether it pays: resource, technology, logistics, economics, environment and supply.\n"
    + SITE_HELP,
    epilog="""\b
Examples:
  seabed feasibility isa:NORI-D --mineral nodules
  seabed feasibility isa:NORI-D --case critic --rate-mt 3 --draws 100000 --seed 7
  seabed feasibility site.kml --price-file prices.csv --moisture 0.28 --format json
""",
)
@question_options
@feasibility_options
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
)
def feasibility(form: str, **options: Any) -> None:  # noqa: ANN401
    """See the help text above."""
    from seabed.cli_question import assess_question
    from seabed.cli_show import show_feasibility

    wanted = read_feasibility_options(options)
    with _patience():
        assessment, _ = assess_question(**options, feasibility=wanted)
    show_feasibility(assessment, form)


@contextmanager
def _patience() -> Iterator[None]:
    """Say on a terminal that the work goes on, if it takes long."""
    if not sys.stderr.isatty():
        yield
        return
    note = threading.Timer(_PATIENCE_S, lambda: click.echo("seabed: still reckoning …", err=True))
    note.daemon = True
    note.start()
    try:
        yield
    finally:
        note.cancel()
