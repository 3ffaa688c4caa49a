"""The document of a comparison as one HTML page and as a tagged PDF."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from seabed.resources import data_dir

if TYPE_CHECKING:
    import datetime as dt

    from seabed.briefing.comparison_view import ComparisonBrief


def as_html(brief: ComparisonBrief) -> str:
    """Return the page of a comparison: no network, and readable without its one script."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    reports = data_dir("reports")
    environment = Environment(
        loader=FileSystemLoader(reports / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    styles = (reports / "styles" / name for name in ("brief.css", "comparison.css"))
    script = (reports / "scripts" / "days.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return environment.get_template("comparison.html.j2").render(
        brief=brief,
        labels=brief.labels,
        style="\n".join(style.read_text(encoding="utf-8") for style in styles),
        script=script,
        script_hash=f"sha256-{digest}",
    )


def as_pdf(brief: ComparisonBrief, on: dt.date) -> bytes:
    import datetime as dt
    import typst

    template = data_dir("reports") / "templates" / "comparison.typ"
    compiler = typst.Compiler(
        template.read_bytes(),
        root=template.parent,
        font_paths=typst.Fonts(include_system_fonts=False),
        sys_inputs={"brief": json.dumps(asdict(brief), ensure_ascii=False)},
    )
    moment = dt.datetime.combine(on, dt.time(), tzinfo=dt.UTC)
    return compiler.compile(format="pdf", pdf_standards=["ua-1"], timestamp=moment)
