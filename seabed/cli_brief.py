"""``seabed brief``: a site brief as HTML or PDF."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from seabed.cli_feasibility import feasibility_options, read_feasibility_options
from seabed.cli_question import SITE_HELP, SiteCommand, assess_question, question_options

if TYPE_CHECKING:
    from seabed.briefing.pdf import Paper
    from seabed.briefing.profiles import Reader

# Written out here, so that --help loads neither; a test holds them against their modules.
READERS = ("everybody", "lawyer", "analyst", "press")
PAPERS = ("a4", "letter")


@click.command(
    cls=SiteCommand,
    help="Write a site brief as HTML or PDF, by the ending of OUT.\n" + SITE_HELP,
    epilog="""\b
Examples:
  seabed brief isa:NORI-D --applicant tmc-usa --activity exploitation --mineral nodules -o nori-d.pdf
  seabed brief isa:NORI-D --applicant nori --for press --lang zh -o nori-d.html
  seabed brief site.kml --redact-geometry --title "Block 7" --author "A. Lawyer" --logo logo.png -o brief.pdf
""",
)
@question_options
@feasibility_options
@click.option(
    "--for",
    "reader",
    type=click.Choice(READERS),
    default="everybody",
    show_default=True,
    help="Order and depth of the sections; facts and verdicts are the same.",
)
@click.option("--title", default="", help="The title on the cover. Default: the name of the site.")
@click.option("--author", default="", help="Who prepared the brief, on its cover.")
@click.option(
    "--logo",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="A PNG or JPEG for the cover (up to 2 MB; SVG is refused).",
)
@click.option("--redact-geometry", "redact", is_flag=True, help="Leave every coordinate out, for sharing.")
@click.option(
    "--paper", type=click.Choice(PAPERS), default="a4", show_default=True, help="The paper of a PDF."
)
@click.option(
    "-o",
    "--output",
    "out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="OUT.html or OUT.pdf",
)
def brief(
    out: Path,
    *,
    reader: Reader,
    title: str,
    author: str,
    logo: Path | None,
    redact: bool,
    paper: Paper,
    **question: Any,  # noqa: ANN401 - as click gives them
) -> None:
    """See the help text above."""
    from seabed.briefing import SUFFIXES, BriefOptions, write_brief
    from seabed.briefing.cover import Cover, read_logo
    from seabed.output import check_output

    check_output(out, SUFFIXES, "a brief")
    cover = Cover(title, author, read_logo(logo) if logo else b"")
    wanted = read_feasibility_options(question)
    assessment, atlas = assess_question(**question, feasibility=wanted)
    write_brief(assessment, out, atlas, BriefOptions(reader, cover, paper, redact))
    click.echo(f"wrote {out}", err=True)
