"""The brief as a tagged PDF (PDF/UA-1), set by Typst, whose wheel needs no system library.

Measured on 2 cores, 21 November 2026, 200 headings with tables: Typst 0.15 0.13 s, WeasyPrint 70 1.9 s
after a 0.3 s import, and WeasyPrint needs Pango from the system.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

from seabed.briefing.fonts import SERIF, font_files
from seabed.errors import MissingExtraError, SeabedError
from seabed.resources import data_dir

if TYPE_CHECKING:
    from seabed.briefing.document import Brief

Paper = Literal["a4", "letter"]
PAPERS: tuple[Paper, ...] = get_args(Paper)
_PAPERS = {"a4": "a4", "letter": "us-letter"}

_LATIN = "Libertinus Serif"
_CHINESE = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")

#: Rounds of naming characters that no font has; Typst reports all of them in the first.
_ROUNDS = 4
_MISSING = re.compile(r'the text `"((?:[^"\\]|\\.)*)"` could not be displayed')
_ESCAPE = re.compile(r"\\u\{([0-9a-f]+)\}|\\(.)")


def render_pdf(brief: Brief, map_svg: str, on: dt.date, *, paper: Paper = "a4", logo: bytes = b"") -> bytes:
    """Return the PDF of ``brief``, dated ``on`` at 00:00 UTC so that the same input gives the same bytes.

    The fonts are those inside Typst (Latin, Greek, Cyrillic; Arabic and Hebrew in a plain face) and, for a
    text with Chinese, those that ship with the program. Where a text needs others, the fonts of the machine
    are used as well; a character that no font has is shown by its number, ``[U+13080]``, never dropped.

    Parameters
    ----------
    map_svg, logo
        From `draw_map` and `read_logo`.
    paper
        ``a4`` or ``letter``.

    Raises
    ------
    MissingExtraError
        If Typst is not installed.
    SeabedError
        If Typst cannot set the document.
    """
    inputs = {"map": map_svg, "logo": json.dumps(list(logo))}
    return set_pdf("brief.typ", asdict(brief), inputs, on=on, paper=paper)


def set_pdf(
    template: str, document: dict[str, Any], inputs: dict[str, str], *, on: dt.date, paper: Paper = "a4"
) -> bytes:
    """Return the PDF that a template of ours makes of a document; see `render_pdf`.

    ``document`` has the ``language`` and the words of the layout; ``inputs`` what else the template takes.
    """
    try:
        import typst  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError("a PDF brief", "brief") from error
    source = data_dir("reports") / "templates" / template
    moment = dt.datetime.combine(on, dt.time(), tzinfo=dt.UTC)
    data = json.dumps(document, ensure_ascii=False)
    inputs = {**inputs, "paper": _PAPERS[paper], "families": json.dumps([_LATIN, SERIF])}
    own = font_files() if document["language"] == "zh" or _CHINESE.search(data) else []
    fonts = typst.Fonts(include_system_fonts=False, font_paths=own)
    for attempt in range(_ROUNDS):
        try:
            compiler = typst.Compiler(
                source.read_bytes(),
                root=source.parent,
                font_paths=fonts,
                sys_inputs={"brief": data, **inputs},
            )
            pdf = compiler.compile(format="pdf", pdf_standards=["ua-1"], timestamp=moment)
        except typst.TypstError as error:
            missing = _characters_without_font(str(error.diagnostic))
            if not missing:
                raise SeabedError(f"Typst could not set the brief: {error.message}") from error
            if attempt == 0:
                fonts = typst.Fonts(include_system_fonts=True, font_paths=own)
            else:
                data = _numbered(data, missing)
        else:
            return cast("bytes", pdf)
    raise SeabedError("the brief holds characters that no font here has and that Typst will not name")


def _characters_without_font(diagnostic: str) -> set[str]:
    texts = (_ESCAPE.sub(_unescaped, quoted) for quoted in _MISSING.findall(diagnostic))
    return {c for text in texts for c in text}


def _unescaped(match: re.Match[str]) -> str:
    return chr(int(match[1], 16)) if match[1] else match[2]


def _numbered(data: str, missing: set[str]) -> str:
    table: dict[int, Any] = {ord(c): f"[U+{ord(c):04X}]" for c in missing if not c.isascii()}
    return data.translate(table)
