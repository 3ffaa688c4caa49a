"""The brief as one self-contained HTML page: no script, no network, readable without either."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seabed.errors import MissingExtraError
from seabed.resources import data_dir

if TYPE_CHECKING:
    from seabed.briefing.document import Brief


def render_html(brief: Brief, map_svg: str) -> str:
    """Return the page of ``brief`` with ``map_svg``, which must come from ``draw_map``.

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
    style = (reports / "styles" / "brief.css").read_text(encoding="utf-8").strip()
    return environment.get_template("brief.html.j2").render(
        brief=brief,
        style=Markup(style),  # noqa: S704 - our own file
        map=Markup(map_svg.rstrip()),  # noqa: S704 - drawn by draw_map, which writes no text of a site or a layer as markup
    )
