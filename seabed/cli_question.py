"""The question as the command line takes it: shared by every command that assesses a site."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from seabed.language import LANGUAGES, _, speaking
from seabed.question import MINERAL_CODES, Activity, Mineral, Question, read_applicant

if TYPE_CHECKING:
    from collections.abc import Callable

    from seabed.atlas.store import Atlas
    from seabed.contract import Assessment
    from seabed.feasibility import FeasibilityOptions
    from seabed.language import Language
    from seabed.site import Site

SITE_HELP = """
SITE is a file (GeoJSON, KML, KMZ, GeoPackage, Shapefile or its zip, CSV, WKT), WKT or GeoJSON text,
typed coordinates, the id of a layer feature, or - for standard input.
"""


class SiteCommand(click.Command):
    """Takes typed coordinates that begin with a minus for what they are, not for an option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Move such coordinates behind the options."""
        # A lone number is no position but what an option is given: --moisture -0.1.
        sites = [one for one in args if re.match(r"-[\d.]", one) and not re.fullmatch(r"-[\d.]+", one)]
        others = [argument for argument in args if argument not in sites]
        return super().parse_args(ctx, [*others, "--", *sites] if sites else others)


def _speak(ctx: click.Context, _option: click.Parameter, language: Language) -> Language:
    """Speak the language until the command ends."""
    ctx.with_resource(speaking(language))
    return language


def language_option(command: Callable[..., None]) -> Callable[..., None]:
    """Let a command that shows data speak another language."""
    return click.option(
        "--lang",
        type=click.Choice(LANGUAGES),
        default="en",
        show_default=True,
        expose_value=False,
        callback=_speak,
        help="The language of what is shown.",
    )(command)


def question_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the site as its argument and the options that make up the question."""
    for option in reversed(
        [
            click.argument("site"),
            click.option(
                "--applicant",
                metavar="WHO",
                help="A profile (tmc-usa), an ISO 3166-1 code in capitals (CHN) or a YAML file.",
            ),
            click.option(
                "--activity", type=click.Choice([a.value for a in Activity]), help="What is to be done there."
            ),
            click.option(
                "--mineral",
                type=click.Choice([m.value for m in Mineral] + list(MINERAL_CODES), case_sensitive=False),
                help="Which mineral (PMN, PMS and CFC are understood).",
            ),
            click.option(
                "--on",
                type=click.DateTime(["%Y-%m-%d"]),
                help="The date to apply, YYYY-MM-DD. Default: today.",
            ),
            click.option(
                "--radius",
                type=click.FloatRange(0, 5000, min_open=True),
                metavar="KM",
                help="Make each point a disc of this radius.",
            ),
            click.option("--name", help="What to call the site."),
            click.option(
                "--answers",
                type=click.Path(path_type=Path, dir_okay=False),
                metavar="FILE",
                help="YAML answers about single facts, such as `seabed ask --save` writes.",
            ),
            click.option(
                "--lang",
                type=click.Choice(LANGUAGES),
                default="en",
                show_default=True,
                callback=_speak,
                help="The language of the answer.",
            ),
            click.option(
                "--bundled-layers",
                is_flag=True,
                envvar="SEABED_BUNDLED_LAYERS",
                help="Leave aside the layers you imported.",
            ),
        ]
    ):
        command = option(command)
    return command


@dataclass(frozen=True, slots=True)
class Request:
    """What the options ask for; ``presumed`` says in words what reading them took for granted."""

    site: Site
    question: Question
    atlas: Atlas
    presumed: tuple[str, ...]
    language: Language


def assess_question(
    *,
    feasibility: FeasibilityOptions | None = None,
    **options: Any,  # noqa: ANN401 - as click gives them
) -> tuple[Assessment, Atlas]:
    """Assess the site with the options as `question_options` gives them.

    Raises
    ------
    SeabedError
        If the site, the applicant, the answers or the layers cannot be read.
    """
    from seabed.assessment import assess

    asked = read_question(**options)
    assessment = assess(
        asked.site,
        asked.question,
        atlas=asked.atlas,
        presumed=asked.presumed,
        language=asked.language,
        feasibility=feasibility,
    )
    return assessment, asked.atlas


def read_question(
    site: str,
    applicant: str | None,
    activity: str | None,
    mineral: str | None,
    on: dt.datetime | None,
    radius: float | None,
    name: str | None,
    answers: Path | None,
    lang: Language,
    *,
    bundled_layers: bool,
) -> Request:
    """Read the options as `question_options` gives them; today where no date is given.

    The option ``--lang`` has the language spoken already.

    Raises
    ------
    SeabedError
        If the site, the applicant, the answers or the layers cannot be read.
    """
    from seabed.answers import read_answers
    from seabed.atlas.sites import site_of
    from seabed.atlas.store import Atlas
    from seabed.law.registers import load_registers
    from seabed.law.rules import load_rulebook
    from seabed.site import read_site

    atlas = Atlas.open(bundled_only=bundled_layers)
    for warning in atlas.warnings:
        click.echo(f"seabed: warning: {warning}", err=True)
    who = None
    presumed: list[str] = []
    states = {code: state.name for code, state in load_registers().states.items()}
    if applicant:
        who, presumed = read_applicant(applicant, states)
    if on is None:
        presumed = [*presumed, _("No date was given: today's is applied.")]
    question = Question(
        applicant=who,
        activity=Activity(activity) if activity else None,
        mineral=MINERAL_CODES.get(mineral.upper()) or Mineral(mineral.lower()) if mineral else None,
        on=on.date() if on else dt.datetime.now(dt.UTC).date(),
        answers=read_answers(answers, load_rulebook(), states) if answers else {},
    )
    place = read_site(site, name=name, radius_km=radius, layer_feature=lambda id_: site_of(atlas, id_))
    return Request(place, question, atlas, tuple(presumed), lang)
