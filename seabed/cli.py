"""The command line, thin: read, assess, show. Exit code 2 for input that cannot be used."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import seabed
from seabed.errors import SeabedError
from seabed.question import Activity, Mineral, Question, profiles, read_applicant

if TYPE_CHECKING:
    from collections.abc import Callable

    from seabed.atlas.store import Atlas
    from seabed.contract import Assessment

_SITE_HELP = """
SITE is a file (GeoJSON, KML, KMZ, GeoPackage, Shapefile or its zip, CSV, WKT), WKT or GeoJSON text,
typed coordinates, the id of a layer feature, or - for standard input.
"""


class _Commands(click.Group):
    """Turns every error of ours into one line on standard error and exit code 2."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own signature
        try:
            return super().invoke(ctx)
        except SeabedError as error:
            click.echo(f"seabed: {error}", err=True)
            ctx.exit(2)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(seabed.__version__, prog_name="seabed")
def main() -> None:
    r"""Say whose seabed it is, which laws reach it, and what they require of whom, and when.

    A research tool, not legal advice. Works offline.

    \b
    Examples:
      seabed check isa:NORI-D --applicant tmc-usa --activity exploitation --mineral nodules
      seabed check box.geojson --applicant CHN --activity exploration --format json
      seabed brief "11°30'N 117°W; 11°30'N 116°W; 10°30'N 116°W; 10°30'N 117°W" -o brief.pdf
    """


class _SiteCommand(click.Command):
    """Takes typed coordinates that begin with a minus for what they are, not for an option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        sites = [argument for argument in args if re.match(r"-[\d.]", argument)]
        others = [argument for argument in args if argument not in sites]
        return super().parse_args(ctx, [*others, "--", *sites] if sites else others)


def _question_options(command: Callable[..., None]) -> Callable[..., None]:
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
                type=click.Choice([m.value for m in Mineral] + list(_MINERAL_ALIASES), case_sensitive=False),
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
        ]
    ):
        command = option(command)
    return command


_MINERAL_ALIASES = {
    "PMN": Mineral.NODULES,
    "PMS": Mineral.SULPHIDES,
    "CFC": Mineral.CRUSTS,
    "CRFC": Mineral.CRUSTS,
}


def _assess(
    site: str,
    applicant: str | None,
    activity: str | None,
    mineral: str | None,
    on: dt.datetime | None,
    radius: float | None,
    name: str | None,
) -> tuple[Assessment, Atlas]:
    from seabed.assessment import assess
    from seabed.atlas.sites import site_of
    from seabed.atlas.store import Atlas
    from seabed.law.registers import load_registers
    from seabed.site import read_site

    atlas = Atlas.open()
    who = None
    presumed: list[str] = []
    if applicant:
        states = {code: state.name for code, state in load_registers().states.items()}
        who, presumed = read_applicant(applicant, states)
    if on is None:
        presumed = [*presumed, "No date was given: today's is applied."]
    question = Question(
        applicant=who,
        activity=Activity(activity) if activity else None,
        mineral=_MINERAL_ALIASES.get(mineral.upper()) or Mineral(mineral.lower()) if mineral else None,
        on=on.date() if on else dt.datetime.now(dt.UTC).date(),
    )
    place = read_site(site, name=name, radius_km=radius, layer_feature=lambda id_: site_of(atlas, id_))
    return assess(place, question, atlas=atlas, presumed=presumed), atlas


@main.command(
    cls=_SiteCommand,
    help="Check a site: where it lies and what each legal order says.\n" + _SITE_HELP,
    epilog="""\b
Examples:
  seabed check isa:NORI-D --applicant nori --activity exploration --mineral nodules
  seabed check site.kml --applicant CHN --activity exploration --mineral nodules --on 2026-11-21
  seabed check "-170.5, -14.9" --radius 20 --applicant USA --activity exploitation --format json
""",
)
@_question_options
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "geojson", "markdown"]),
    default="text",
    show_default=True,
)
@click.option(
    "--full", is_flag=True, help="Text: also rights, obligations, context, gaps, sources and the receipt."
)
def check(form: str, *, full: bool, **question: Any) -> None:  # noqa: ANN401
    """See the help text above."""
    from seabed.briefing.terminal import render_markdown, render_text, to_geojson

    assessment, _ = _assess(**question)
    match form:
        case "json":
            text = assessment.model_dump_json(by_alias=True, indent=2)
        case "geojson":
            text = json.dumps(to_geojson(assessment), ensure_ascii=False, indent=2)
        case "markdown":
            text = render_markdown(assessment)
        case _:
            width = min(shutil.get_terminal_size((100, 24)).columns, 110)
            text = render_text(assessment, width=width, colour=sys.stdout.isatty(), full=full)
    click.echo(text, nl=not text.endswith("\n"))


@main.command(
    cls=_SiteCommand,
    help="Write a site brief as HTML or PDF, by the ending of OUT.\n" + _SITE_HELP,
    epilog="""\b
Examples:
  seabed brief isa:NORI-D --applicant tmc-usa --activity exploitation --mineral nodules -o nori-d.pdf
""",
)
@_question_options
@click.option(
    "-o",
    "--output",
    "out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="OUT.html or OUT.pdf",
)
def brief(out: Path, **question: Any) -> None:  # noqa: ANN401
    """See the help text above."""
    from seabed.briefing import check_output, write_brief

    check_output(out)
    assessment, atlas = _assess(**question)
    write_brief(assessment, out, atlas)
    click.echo(f"wrote {out}", err=True)


@main.command()
def applicants() -> None:
    """List the applicant profiles that ship with the program."""
    states: dict[str, str] = {}
    for id_ in profiles():
        applicant, _ = read_applicant(id_, states)
        click.echo(f"{id_:32} {applicant.name or ''}")


@main.group()
def layers() -> None:
    """Look at the layers behind an answer, and measure them."""


@layers.command("list")
def list_layers() -> None:
    """List the layers: what each is, its source, vintage and accuracy."""
    from seabed.atlas.catalogue import load_catalogue

    for entry in load_catalogue().values():
        click.echo(f"{entry.id:20} {entry.title}\n{'':20} {entry.source} ({entry.vintage}); {entry.accuracy}")


@layers.command(
    "measure",
    epilog="""\b
Example:
  seabed layers measure points.csv --leave-out bouvet --format json
""",
)
@click.argument("points", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    "--leave-out", multiple=True, metavar="NOTE", help="Report rows with this note apart (repeatable)."
)
def measure_layers(points: Path, form: str, leave_out: tuple[str, ...]) -> None:
    """Measure the zones against POINTS.csv, points with known answers.

    Columns: lon, lat, expect (land, territorial_sea, shelf200 or beyond200), state (alternatives separated
    by |), territory, stratum, and optionally note.
    """
    from seabed.atlas.measure import measure, render_json, render_text
    from seabed.atlas.store import Atlas

    report = measure(points, Atlas.open(), leave_out=leave_out)
    click.echo(render_json(report) if form == "json" else render_text(report))
