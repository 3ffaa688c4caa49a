"""``seabed compare``: two groups of areas side by side."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import click

from seabed.language import LANGUAGES, Language


@click.command(
    epilog="""\b
Examples:
  seabed compare chn tmc
  seabed compare chn tmc -o chn-tmc.xlsx --on 2025-04-30
  seabed compare "sponsor=CHN, mineral=nodules" nori --format markdown
  seabed compare isa:NORI-D mine.geojson -o both.geojson
  seabed compare --groups
""",
)
@click.argument("a", required=False)
@click.argument("b", required=False)
@click.option(
    "-o",
    "--output",
    "out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="OUT.json, .csv (one row for each member), .geojson, .xlsx, .html or .pdf",
)
@click.option(
    "--on", type=click.DateTime(["%Y-%m-%d"]), help="The date to apply, YYYY-MM-DD. Default: today."
)
@click.option(
    "--within",
    type=click.FloatRange(0, 2000),
    metavar="KM",
    help="How far a shared neighbour may lie from either group. Default: 100 M.",
)
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    default="en",
    show_default=True,
    help="The language of the comparison.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="What is printed where no file is written.",
)
@click.option("--full", is_flag=True, help="Text: also the sources.")
@click.option(
    "--bundled-layers",
    is_flag=True,
    envvar="SEABED_BUNDLED_LAYERS",
    help="Leave aside the layers you imported.",
)
@click.option("--groups", is_flag=True, help="List the groups that have a name, and stop.")
def compare(
    a: str | None,
    b: str | None,
    *,
    out: Path | None,
    on: dt.datetime | None,
    within: float | None,
    lang: Language,
    form: str,
    full: bool,
    bundled_layers: bool,
    groups: bool,
) -> None:
    """Compare two groups of areas: A beside B.

    A group is a name (chn, tmc, usa, eu, ...), an applicant profile (comra), a sponsoring State (NRU), a
    reference (NORIPMN1), a feature (isa:NORI-D), a file, or a filter: terms such as sponsor=CHN,
    mineral=nodules, region=ccz, kind=isa_contract, holder=nori or ref=USA-1, joined by commas or "and";
    | parts values of which one must fit.
    """
    if groups:
        from seabed.comparison.groups import known_groups

        for id_, title in known_groups().items():
            click.echo(f"{id_:32} {title}")
        return
    if a is None or b is None:
        raise click.UsageError("give two groups to compare, or --groups to see those that have a name")
    from seabed.atlas.store import Atlas
    from seabed.comparison import WITHIN_KM, compare, read_group
    from seabed.comparison.view import lead_of, sections_of
    from seabed.comparison.writers import SUFFIXES, WHAT, as_json, write
    from seabed.language import speaking
    from seabed.output import check_output

    if out:
        check_output(out, SUFFIXES, WHAT)
    atlas = Atlas.open(bundled_only=bundled_layers)
    for warning in atlas.warnings:
        click.echo(f"seabed: warning: {warning}", err=True)
    found = compare(
        read_group(a, atlas),
        read_group(b, atlas),
        on=on.date() if on else dt.datetime.now(dt.UTC).date(),
        atlas=atlas,
        language=lang,
        within_km=WITHIN_KM if within is None else within,
    )
    if out:
        write(found, out, atlas)
        click.echo(f"wrote {out}", err=True)
        return
    from seabed.briefing.terminal import markdown_of_sections, text_of_sections

    match form:
        case "json":
            text = as_json(found)
        case "markdown":
            with speaking(lang):
                text = markdown_of_sections(found.title, lead_of(found), sections_of(found))
        case _:
            width = min(shutil.get_terminal_size((100, 24)).columns, 110)
            with speaking(lang):
                text = text_of_sections(
                    found.title, lead_of(found), sections_of(found), width=width, full=full
                )
    click.echo(text, nl=False)
