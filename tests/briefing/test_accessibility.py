"""Whether the page can be used by everybody: its structure in Python, the rest by axe-core in a browser."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import html5lib
import pytest

from seabed.briefing import write_brief

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from seabed.atlas.store import Atlas
    from seabed.contract import Assessment

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture
def page(either: Assessment, atlas: Atlas, tmp_path: Path) -> str:
    write_brief(either, tmp_path / "brief.html", atlas)
    return (tmp_path / "brief.html").read_text(encoding="utf-8")


@pytest.fixture
def document(page: str) -> Element:
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    parsed: Element = parser.parse(page)
    # What html5lib does not know of SVG and ARIA it says in other codes.
    assert not [error for _, error, _ in parser.errors if error.startswith("unexpected")], parser.errors
    return parsed


def elements(document: Element, *names: str) -> list[Element]:
    return [one for one in document.iter() if one.tag in names]


def text_of(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def test_headings_form_an_outline_without_gaps(document: Element) -> None:
    headings = elements(document, *(f"h{level}" for level in range(1, 7)))
    levels = [int(heading.tag[1]) for heading in headings]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert all(text_of(heading) for heading in headings)


def test_every_table_has_column_and_row_heads_of_its_width(document: Element) -> None:
    tables = elements(document, "table")
    assert len(tables) > 5
    for table in tables:
        columns = [one for one in elements(table, "th") if one.get("scope") == "col"]
        rows = [row for body in elements(table, "tbody") for row in elements(body, "tr")]
        assert columns
        for row in rows:
            assert len(row) == len(columns)
            assert row[0].get("scope") == "row"


def test_ids_are_unique_and_every_reference_leads_somewhere(document: Element) -> None:
    ids = [one.get("id") for one in document.iter() if one.get("id")]
    assert len(ids) == len(set(ids))
    for one in document.iter():
        for name in ("aria-labelledby", "aria-describedby", "headers"):
            assert set((one.get(name) or "").split()) <= set(ids)
        if one.tag == "button":
            assert one.get("data-of") in ids
        target = one.get("href") or one.get("{http://www.w3.org/1999/xlink}href") or ""
        if target.startswith("#"):
            assert target[1:] in ids


def test_every_drawing_region_and_control_has_a_name(document: Element) -> None:
    named = [one for one in document.iter() if one.get("role") in {"region", "img"}]
    assert len(named) > 5
    for one in named:
        assert one.get("aria-label") or one.get("aria-labelledby")
    assert all(text_of(one) or one.get("aria-label") for one in elements(document, "button", "summary", "a"))
    assert all(one.get("alt") for one in elements(document, "img"))


def test_regions_have_names_of_their_own(document: Element) -> None:
    regions = [
        one.get("aria-label") or one.get("aria-labelledby")
        for one in document.iter()
        if one.get("role") == "region"
    ]
    assert len(regions) == len(set(regions))


def test_the_language_is_said_and_the_first_link_skips_to_the_findings(document: Element) -> None:
    assert document.get("lang") == "en"
    first = elements(document, "a")[0]
    assert first.get("href") == "#main"
    assert [one.get("id") for one in elements(document, "main")] == ["main"]


def test_focus_is_visible_and_nothing_moves(page: str) -> None:
    style = re.findall(r"<style[^>]*>(.*?)</style>", page, re.DOTALL)[0]
    assert ":focus-visible" in style
    assert not re.search(r"animation|transition", style)


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on PATH")
@pytest.mark.parametrize("is_dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_to_object_to(
    assessment: Assessment, atlas: Atlas, tmp_path: Path, *, is_dark: bool
) -> None:
    import axe_core_python

    write_brief(assessment, tmp_path / "brief.html", atlas)
    page = (tmp_path / "brief.html").read_text(encoding="utf-8")
    engine = next(Path(axe_core_python.__file__).parent.rglob("axe.min.js")).read_text(encoding="utf-8")
    run = (
        "document.querySelectorAll('details').forEach((one) => { one.open = true; });"
        "axe.run(document, {resultTypes: ['violations']}).then((found) => {"
        " const pre = document.createElement('pre'); pre.id = 'axe';"
        " pre.textContent = JSON.stringify(found.violations.map((one) =>"
        " [one.id, one.help, one.nodes.map((node) => node.html.slice(0, 200) + node.failureSummary)]));"
        " document.body.append(pre); });"
    )
    page = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
    if is_dark:
        page = page.replace("@media (prefers-color-scheme: dark)", "@media all")
    page = page.replace("</body>", f"<script>{engine}</script><script>{run}</script></body>")
    (tmp_path / "axe.html").write_text(page, encoding="utf-8")
    dumped = subprocess.run(
        [
            str(BROWSER),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            f"--user-data-dir={tmp_path / 'profile'}",
            "--virtual-time-budget=20000",
            "--dump-dom",
            (tmp_path / "axe.html").as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    ).stdout
    (found,) = re.findall(r'<pre id="axe">(.*?)</pre>', dumped, re.DOTALL)
    violations: list[Any] = json.loads(html.unescape(found))
    assert violations == []
