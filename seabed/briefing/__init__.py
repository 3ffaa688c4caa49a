"""The views of an assessment: text, Markdown and GeoJSON for machines and terminals, HTML and PDF for people.

Each is a view of ``Assessment`` and computes nothing of its own. Terminal, Markdown, HTML and PDF lay out
the same document, ``view.Brief``; the map is the same SVG in both briefs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from seabed.briefing.cover import Cover
from seabed.briefing.terminal import render_markdown, render_text, to_geojson
from seabed.language import N_, speaking
from seabed.output import check_output, write_beside

if TYPE_CHECKING:
    import os

    from seabed.atlas.store import Atlas
    from seabed.briefing.pdf import Paper
    from seabed.briefing.profiles import Reader
    from seabed.contract import Assessment

__all__ = ["SUFFIXES", "BriefOptions", "render_markdown", "render_text", "to_geojson", "write_brief"]


#: The endings that a brief is written under.
SUFFIXES = (".html", ".pdf")


@dataclass(frozen=True, slots=True)
class BriefOptions:
    """How a brief is written: for whom, with which cover, on which paper, and whether without coordinates."""

    reader: Reader = "everybody"
    cover: Cover = field(default_factory=Cover)
    paper: Paper = "a4"
    redact: bool = False


def write_brief(
    assessment: Assessment,
    path: str | os.PathLike[str],
    atlas: Atlas | None = None,
    options: BriefOptions | None = None,
) -> None:
    """Write the brief of ``assessment`` as HTML or PDF, by the suffix of ``path``.

    It is written beside ``path`` and renamed, so that nobody ever sees half a brief. ``atlas`` is the open
    atlas for the map; without one the map shows the site alone. The same input gives the same bytes, except
    that a PDF with characters outside Typst's own fonts and ours uses the fonts of the machine.

    Raises
    ------
    SeabedError
        If the suffix is neither ``.html`` nor ``.pdf``, or the file cannot be written.
    MissingExtraError
        If the [brief] extra is not installed.
    """
    target = check_output(path, SUFFIXES, "a brief")
    content = _brief(assessment, atlas, target.suffix.lower(), options or BriefOptions())
    write_beside(target, content)


def _brief(assessment: Assessment, atlas: Atlas | None, suffix: str, options: BriefOptions) -> bytes:
    # Imported here: the command line shows text without loading what only a brief needs.
    from seabed.briefing.columns import fitted  # noqa: PLC0415
    from seabed.briefing.html import render_html  # noqa: PLC0415
    from seabed.briefing.map import draw_map  # noqa: PLC0415
    from seabed.briefing.pdf import render_pdf  # noqa: PLC0415
    from seabed.briefing.redaction import scrub  # noqa: PLC0415
    from seabed.briefing.view import view_of  # noqa: PLC0415

    with speaking(assessment.receipt.language):
        if options.redact:
            site = assessment.site.model_copy(update={"name": scrub(assessment.site.name, assessment.site)})
            assessment = assessment.model_copy(update={"site": site})
        drawing = draw_map(assessment, atlas, redact=options.redact)
        brief = fitted(
            view_of(
                assessment,
                map_caption=_CAPTION if atlas is not None else _CAPTION_WITHOUT_ATLAS,
                with_charts=True,
                reader=options.reader,
                cover=options.cover,
                redact=options.redact,
            )
        )
    if suffix == ".html":
        return render_html(brief, drawing, options.cover.logo).encode()
    on, logo = assessment.question.on, options.cover.logo
    return render_pdf(brief, drawing, on, paper=options.paper, logo=logo)


_CAPTION = N_(
    "The site and what lies around it on the date asked about. "
    "A drawn limit is as good as its layer: see Sources."
)
_CAPTION_WITHOUT_ATLAS = N_("The site on a graticule; zones and limits are not drawn.")
