"""The fonts for Chinese that ship with the program, so that briefs look the same on every machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seabed.resources import data_dir

if TYPE_CHECKING:
    from pathlib import Path

#: Family names, for text in the manner of a book and for labels of maps and charts.
SERIF, SANS = "Noto Serif CJK SC", "Noto Sans CJK SC"


def font_files() -> list[Path]:
    """Return the font files: `SERIF` and `SANS`, each regular and bold, for the characters of GB 2312."""
    return sorted((data_dir("reports") / "fonts").glob("*.otf"))
