"""An assessment on standard output, in the format asked for: shared by the commands that print one."""

from __future__ import annotations

import json
import shutil
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from seabed.contract import Assessment


def show_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options ``form`` and ``full`` that `show` takes."""
    form = click.option(
        "--format",
        "form",
        type=click.Choice(["text", "json", "geojson", "markdown"]),
        default="text",
        show_default=True,
    )
    full = click.option(
        "--full", is_flag=True, help="Text: also rights, obligations, context, gaps, sources and the receipt."
    )
    return form(full(command))


def show_feasibility(assessment: Assessment, form: str) -> None:
    """Print what the assessment says on feasibility, in full."""
    from seabed.briefing.terminal import render_markdown, render_text

    sections = ("feasibility", "figures")
    match form:
        case "json":
            kept = {"schema_", "site", "question", "feasibility", "receipt"}
            text = assessment.model_dump_json(by_alias=True, indent=2, include=kept)
        case "markdown":
            text = render_markdown(assessment, only=sections)
        case _:
            text = render_text(assessment, width=_width(), colour=sys.stdout.isatty(), only=sections)
    click.echo(text, nl=not text.endswith("\n"))


def _width() -> int:
    return min(shutil.get_terminal_size((100, 24)).columns, 110)


def show(assessment: Assessment, form: str, *, full: bool) -> None:
    """Print the assessment; text is as wide as the terminal, to 110 columns."""
    from seabed.briefing.terminal import render_markdown, render_text, to_geojson

    match form:
        case "json":
            text = assessment.model_dump_json(by_alias=True, indent=2)
        case "geojson":
            text = json.dumps(to_geojson(assessment), ensure_ascii=False, indent=2)
        case "markdown":
            text = render_markdown(assessment)
        case _:
            text = render_text(assessment, width=_width(), colour=sys.stdout.isatty(), full=full)
    click.echo(text, nl=not text.endswith("\n"))
