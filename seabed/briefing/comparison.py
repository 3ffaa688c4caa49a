"""A comparison as a brief for people, in HTML or PDF."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from seabed.errors import SeabedError
from seabed.language import speaking

if TYPE_CHECKING:
    from seabed.atlas.store import Atlas
    from seabed.comparison.contract import Comparison


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
    from seabed.briefing import check_output  # noqa: PLC0415
    from seabed.briefing.comparison_layout import as_html, as_pdf  # noqa: PLC0415
    from seabed.briefing.comparison_maps import draw_comparison  # noqa: PLC0415
    from seabed.briefing.comparison_view import comparison_brief  # noqa: PLC0415

    target = check_output(path)
    with speaking(comparison.language):
        is_html = target.suffix.lower() == ".html"
        drawings = draw_comparison(comparison, atlas, with_slider=is_html)
        brief = comparison_brief(comparison, drawings)
        content = as_html(brief).encode() if is_html else as_pdf(brief, comparison.on)
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name[:40]}.") as folder:
            beside = Path(folder) / "comparison"
            beside.write_bytes(content)
            beside.replace(target)
    except OSError as error:
        raise SeabedError(f"{target} cannot be written: {error.strerror or error}") from error
