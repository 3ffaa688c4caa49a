"""A comparison as a brief for people, in HTML or PDF."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from seabed.briefing import SUFFIXES
from seabed.language import speaking
from seabed.output import check_output, write_beside

if TYPE_CHECKING:
    from pathlib import Path

    from seabed.atlas.store import Atlas
    from seabed.comparison.contract import Comparison

_STYLES = ("brief.css", "comparison.css")


def write_comparison(comparison: Comparison, path: Path, atlas: Atlas) -> None:
    """Write a comparison as HTML or PDF, by the suffix of ``path``, in the comparison's own language.

    It is written beside ``path`` and renamed into place. The same comparison gives the same bytes.

    Raises
    ------
    SeabedError
        If the suffix is neither ``.html`` nor ``.pdf``, or the file cannot be written.
    MissingExtraError
        If the [brief] extra is not installed.
    """
    # Imported here: a comparison as text is written without what only a brief needs.
    from seabed.briefing.columns import fitted  # noqa: PLC0415
    from seabed.briefing.comparison_maps import draw_comparison  # noqa: PLC0415
    from seabed.briefing.comparison_view import comparison_brief  # noqa: PLC0415
    from seabed.briefing.html import page_of  # noqa: PLC0415
    from seabed.briefing.pdf import set_pdf  # noqa: PLC0415

    target = check_output(path, SUFFIXES, "a comparison")
    with speaking(comparison.language):
        is_html = target.suffix.lower() == ".html"
        drawings = draw_comparison(comparison, atlas, with_slider=is_html)
        brief = fitted(comparison_brief(comparison, drawings))
        if is_html:
            page = page_of("comparison.html.j2", brief, styles=_STYLES, scripts=("days.js",))
            content = page.encode()
        else:
            content = set_pdf("comparison.typ", asdict(brief), {}, on=comparison.on)
    write_beside(target, content)
