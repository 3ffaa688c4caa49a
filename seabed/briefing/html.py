"""The brief as one self-contained HTML page: no network, and readable without its one small script."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from seabed.errors import MissingExtraError
from seabed.resources import data_dir

if TYPE_CHECKING:
    from seabed.briefing.document import Brief

#: BCP 47 tags of the languages.
_TAGS = {"en": "en", "zh": "zh-Hans"}
_SCRIPTS = ("map.js", "page.js")


def render_html(brief: Brief, map_svg: str, logo: bytes = b"") -> str:
    """Return the page of ``brief``.

    ``map_svg`` must come from `draw_map`, ``logo`` from `read_logo`. The content security policy lets the
    page load nothing and run no script but its own, which it names by SHA-256.

    Raises
    ------
    MissingExtraError
        If Jinja is not installed.
    """
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415
        from markupsafe import Markup  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError("an HTML brief", "brief") from error
    reports = data_dir("reports")
    environment = Environment(
        loader=FileSystemLoader(reports / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    environment.filters["drawing"] = lambda svg: Markup(svg.rstrip())  # noqa: S704 - drawn by charts_of, which escapes every text
    style = (reports / "styles" / "brief.css").read_text(encoding="utf-8").strip()
    script = "\n".join((reports / "scripts" / name).read_text(encoding="utf-8").strip() for name in _SCRIPTS)
    script = f"\n{script}\n"
    return environment.get_template("brief.html.j2").render(
        brief=brief,
        label=brief.labels,
        language=_TAGS.get(brief.language, brief.language),
        style=Markup(style),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own files
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        logo=base64.b64encode(logo).decode(),
        map=Markup(map_svg.rstrip()),  # noqa: S704 - drawn by draw_map, which writes no text of a site or a layer as markup
    )
