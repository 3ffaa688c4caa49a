"""Cut the Noto CJK collections in a folder to the fonts beside this file: ``python subset.py FOLDER``."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection

FACES = ("Sans", "Regular"), ("Sans", "Bold"), ("Serif", "Regular"), ("Serif", "Bold")

# The rare earths and other elements, and characters of personal names, that GB 2312 of 1980 leaves out.
_BEYOND_GB2312 = "镝镥钆铽铒铥镱镧铈镨钕钷钐铕锘锆铪镎镅锔锫锿镄铹垚堃喆"
_MARKS = "→✓✗·°′″²³⁴×−≤≥≈–—‘’“”…§€№℃"
_LATIN = itertools.chain(range(0x20, 0x7F), range(0xA0, 0x180), range(0x2010, 0x2040))
_WIDE = itertools.chain(range(0x3000, 0x3030), range(0xFF00, 0xFF5F))


def characters() -> set[int]:
    """Return the code points to keep."""
    pairs = itertools.product(range(0xA1, 0xF8), range(0xA1, 0xFF))
    chinese = "".join(bytes(pair).decode("gb2312", errors="ignore") for pair in pairs)
    return {*map(ord, chinese + _BEYOND_GB2312 + _MARKS), *_LATIN, *_WIDE}


def cut(collection: Path, target: Path, wanted: set[int]) -> None:
    """Write the Simplified Chinese face of ``collection`` with the characters ``wanted`` alone."""
    options = subset.Options(
        layout_features=["kern"],
        hinting=False,
        glyph_names=False,
        notdef_outline=True,
        name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14, 16, 17],
        name_languages=[0x409],
    )
    options.drop_tables += ["vhea", "vmtx", "VORG", "DSIG"]
    families = [font["name"].getBestFamilyName() for font in TTCollection(collection).fonts]
    options.font_number = next(
        i for i, name in enumerate(families) if name.endswith(f"{_family(target)} CJK SC")
    )
    font = subset.load_font(collection, options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=wanted)
    subsetter.subset(font)
    subset.save_font(font, target, options)


def _family(target: Path) -> str:
    return "Sans" if "Sans" in target.name else "Serif"


if __name__ == "__main__":
    folder, here, keep = Path(sys.argv[1]), Path(__file__).parent, characters()
    for family, weight in FACES:
        cut(folder / f"Noto{family}CJK-{weight}.ttc", here / f"Noto{family}SC-{weight}.otf", keep)
