"""The command line, thin: read, assess, show. Exit code 2 for input that cannot be used."""

from __future__ import annotations

from typing import Any

import click

import seabed
from seabed.cli_ask import ask
from seabed.cli_brief import brief
from seabed.cli_claims import claims
from seabed.cli_compare import compare
from seabed.cli_feasibility import feasibility
from seabed.cli_layers import layers
from seabed.cli_question import SITE_HELP, SiteCommand, assess_question, question_options
from seabed.cli_rules import rules, status, why
from seabed.cli_show import show, show_options
from seabed.errors import SeabedError
from seabed.question import profiles, read_applicant


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


@main.command(
    cls=SiteCommand,
    help="Check a site: where it lies and what each legal order says.\n" + SITE_HELP,
    epilog="""\b
Examples:
  seabed check isa:NORI-D --applicant nori --activity exploration --mineral nodules
  seabed check site.kml --applicant CHN --activity exploration --mineral nodules --on 2026-11-21
  seabed check "-170.5, -14.9" --radius 20 --applicant USA --activity exploitation --format json
""",
)
@question_options
@show_options
def check(form: str, *, full: bool, **question: Any) -> None:  # noqa: ANN401
    """See the help text above."""
    assessment, _ = assess_question(**question)
    show(assessment, form, full=full)


@main.command()
def applicants() -> None:
    """List the applicant profiles that ship with the program."""
    states: dict[str, str] = {}
    for id_ in profiles():
        applicant, _ = read_applicant(id_, states)
        click.echo(f"{id_:32} {applicant.name or ''}")


main.add_command(layers)
main.add_command(ask)
main.add_command(brief)
main.add_command(claims)
main.add_command(compare)
main.add_command(feasibility)
main.add_command(why)
main.add_command(rules)
main.add_command(status)
