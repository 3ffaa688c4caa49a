"""The brief as one self-contained HTML page: no network, and readable without its one small script."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from seabed.errors import MissingExtraError
from seabed.resources import data_dir

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seabed.briefing.comparison_view import ComparisonBrief
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
    return page_of(
        "brief.html.j2",
        brief,
        styles=("brief.css",),
        scripts=_SCRIPTS,
        logo=base64.b64encode(logo).decode(),
        map=map_svg,
    )


def page_of(
    template: str,
    brief: Brief | ComparisonBrief,
    *,
    styles: Sequence[str],
    scripts: Sequence[str],
    **values: str,
) -> str:
    """Return the page that a template of ours makes of a document; see `render_html`.

    ``styles`` and ``scripts`` are files of ours, ``values`` what else the template takes.
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
    environment.filters["drawing"] = lambda svg: Markup(svg.rstrip())  # noqa: S704 - ours, which escape every text
    style, script = (
        "\n".join((reports / folder / name).read_text(encoding="utf-8").strip() for name in names)
        for folder, names in (("styles", styles), ("scripts", scripts))
    )
    script = f"\n{script}\n"
    return environment.get_template(template).render(
        brief=brief,
        label=brief.labels,
        language=_TAGS.get(brief.language, brief.language),
        style=Markup(style),  # noqa: S704 - our own files
        script=Markup(script),  # noqa: S704 - our own files
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        **values,
    )
