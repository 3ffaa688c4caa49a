from __future__ import annotations

import base64
import datetime as dt
import hashlib
import html
import importlib.util
import io
import json
import re
import shutil
import subprocess
from dataclasses import asdict
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pypdf
import pytest

from seabed.atlas.store import Atlas
from seabed.briefing.comparison import write_comparison
from seabed.briefing.comparison_maps import draw_comparison
from seabed.briefing.comparison_view import Drawings, Matrix, comparison_brief
from seabed.comparison import compare, read_group
from seabed.errors import SeabedError
from seabed.language import speaking

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seabed.briefing.comparison_view import ComparisonBrief
    from seabed.comparison.contract import Comparison, GroupReport

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ON = dt.date(2026, 11, 21)
HOSTILE = "<script>alert(1)</script> #strong[x] $x^2$ *b* \\emph{y} {{ 7*7 }} & ](x)"


@pytest.fixture(scope="module")
def bundled() -> Iterator[Atlas]:
    with Atlas.open(bundled_only=True) as atlas:
        yield atlas


@pytest.fixture(scope="module")
def comparison(bundled: Atlas) -> Comparison:
    return compare(read_group("chn", bundled), read_group("tmc", bundled), on=ON, atlas=bundled)


def renamed(comparison: Comparison, name: str) -> Comparison:
    """The comparison with every title and name of its first group replaced."""
    members = [one.model_copy(update={"name": name, "holder": name}) for one in comparison.a.members]
    a: GroupReport = comparison.a.model_copy(update={"title": name, "members": members, "description": name})
    return comparison.model_copy(update={"title": name, "a": a})


@pytest.fixture(scope="module")
def small(bundled: Atlas) -> Comparison:
    """Two contracts that adjoin."""
    a, b = (read_group(spec, bundled) for spec in ("ref=CMMPMN1", "ref=NORIPMN1"))
    return compare(a, b, on=ON, atlas=bundled)


@pytest.fixture(scope="module")
def hostile(small: Comparison) -> Comparison:
    return renamed(small, HOSTILE)


@pytest.fixture(scope="module")
def brief(comparison: Comparison, bundled: Atlas) -> ComparisonBrief:
    return comparison_brief(comparison, draw_comparison(comparison, bundled, with_slider=True))


@pytest.fixture(scope="module")
def page(comparison: Comparison, bundled: Atlas, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("page") / "out.html"
    write_comparison(comparison, path, bundled)
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def printed(brief: ComparisonBrief, pdf: bytes) -> str:
    labels = brief.labels
    return printed_in(pdf, f"{labels['kind']}: {brief.header} {labels['law_as_of']}")


@pytest.fixture(scope="module")
def pdf(comparison: Comparison, bundled: Atlas, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("pdf") / "out.pdf"
    write_comparison(comparison, path, bundled)
    return path.read_bytes()


class Page(HTMLParser):
    """What a browser would show, and the tags it would see."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.chunks: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "input"}:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"style", "svg", "head", "script"} & set(self._open) and data.strip():
            self.chunks.append(data)


def dumped_by_browser(page: str, script: str, folder: Path) -> str:
    """Return the page as a browser holds it after a script has run in it."""
    page = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
    (folder / "run.html").write_text(page.replace("</body>", f"<script>{script}</script></body>"))
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=20000", "--dump-dom"]
    command = [
        str(BROWSER),
        *options,
        f"--user-data-dir={folder / 'profile'}",
        (folder / "run.html").as_uri(),
    ]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout


def violations_in(page: str, folder: Path, *, is_dark: bool) -> list[Any]:
    """Return what axe-core objects to in a page."""
    found = importlib.util.find_spec("axe_core_python")
    assert found is not None
    assert found.origin is not None
    engine = next(Path(found.origin).parent.rglob("axe.min.js")).read_text(encoding="utf-8")
    run = (
        "axe.run(document, {resultTypes: ['violations']}).then((found) => {"
        " const pre = document.createElement('pre'); pre.id = 'axe';"
        " pre.textContent = JSON.stringify(found.violations.map((one) =>"
        " [one.id, one.help, one.nodes.map((node) => node.html.slice(0, 200) + node.failureSummary)]));"
        " document.body.append(pre); });"
    )
    if is_dark:
        page = page.replace("@media (prefers-color-scheme: dark)", "@media all")
    dumped = dumped_by_browser(page, f"{engine}</script><script>{run}", folder)
    (said,) = re.findall(r'<pre id="axe">(.*?)</pre>', dumped, re.DOTALL)
    violations: list[Any] = json.loads(html.unescape(said))
    return violations


def squeezed(text: str) -> str:
    """Return ``text`` without white space: line breaks in a PDF come anywhere."""
    return "".join(text.split())


def facts(value: Any) -> Iterator[str]:
    """Yield every text of the document; ids and kinds of block are for the layout."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key not in {"type", "id", "verdict", "sides", "svg", "alt", "about"}:
                yield from facts(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from facts(inner)


def shown_in(page: str) -> str:
    return squeezed("".join(Page(page).chunks))


def printed_in(pdf: bytes, header: str = "") -> str:
    """The text of the pages, without the header and the footer of each."""
    pages = []
    for page in pypdf.PdfReader(io.BytesIO(pdf)).pages:
        text = squeezed(page.extract_text())
        assert squeezed(header) in text
        pages.append(re.sub(r"seabed[\d.]+Page\d+of\d+", "", text.replace(squeezed(header), "")))
    return "".join(pages)


def document_facts(brief: ComparisonBrief) -> set[str]:
    """Every text that both views show; the slider is for a screen only, the header for paper."""
    only_in_one = {"slider", "labels", "language", "header", "version", "date"}
    document = {key: value for key, value in asdict(brief).items() if key not in only_in_one}
    return {squeezed(text) for text in facts(document) if text}


def rows_of_matrices(brief: ComparisonBrief) -> set[str]:
    """The cells of a matrix as plain text, which its views show as marks instead."""
    return {
        squeezed(cell)
        for section in brief.sections
        for block in section.blocks
        if isinstance(block, Matrix)
        for row in block.rows
        for cell in row[block.lead :]
    }


# --- Content ------------------------------------------------------------------------------------------------


def test_every_text_of_the_document_is_in_the_page_and_in_the_pdf(
    brief: ComparisonBrief, page: str, printed: str
) -> None:
    in_page = shown_in(page)
    texts = document_facts(brief) - rows_of_matrices(brief)
    assert len(texts) > 300
    for text in texts:
        assert text in in_page
        assert text in printed


def test_the_page_shows_nothing_that_the_pdf_does_not(
    brief: ComparisonBrief, page: str, printed: str
) -> None:
    without_slider = re.sub(
        r'<div id="days" hidden>.*?</figure>\n<p>.*?</p>\n</div>', "", page, flags=re.DOTALL
    )
    assert len(without_slider) < len(page)
    only_on_screen = {brief.labels["skip"], brief.labels["contents"]}
    for chunk in Page(without_slider).chunks:
        text = squeezed(chunk)
        assert (
            text in printed
            or text.upper() in printed
            or chunk.strip() in only_on_screen
            or text.startswith(f"seabed{brief.version}")
        ), chunk


def test_the_pdf_shows_nothing_that_the_page_does_not(
    brief: ComparisonBrief, page: str, printed: str
) -> None:
    in_page = shown_in(page)
    left = printed
    known = {*document_facts(brief), *map(squeezed, brief.labels.values())}
    known |= {squeezed(text).upper() for text in brief.labels.values()}
    for text in sorted(known, key=len, reverse=True):
        left = left.replace(text, "|")
    assert all(part in in_page for part in re.split(r"[|–—:]+", left) if part)


def test_the_first_page_says_what_is_compared_where_it_lies_and_that_it_is_no_advice(
    brief: ComparisonBrief, pdf: bytes, printed: str
) -> None:
    first = squeezed(pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text())
    for text in (
        brief.title,
        brief.labels["law_as_of"],
        brief.disclaimer,
        *(one.text for one in brief.differences),
    ):
        assert squeezed(text) in first
    assert printed.count(squeezed(brief.disclaimer)) == 1


def test_the_seed_claim_stands_among_the_differences(comparison: Comparison) -> None:
    told = [one.text for one in comparison_brief(comparison, Drawings()).differences]
    assert (
        "China: 2 in the Clarion-Clipperton Zone, 2 in the Western Pacific and 1 on the Southwest Indian "
        "Ridge." in told
    )


def test_every_sentence_of_the_text_is_told_once(comparison: Comparison, brief: ComparisonBrief) -> None:
    document = json.dumps(asdict(brief), ensure_ascii=False)
    for one in comparison.text:
        if "China" not in one.text and one.about != "history":
            assert document.count(json.dumps(one.text, ensure_ascii=False)) == 1, one.text


def test_a_row_of_the_matrix_has_a_mark_for_every_order(
    brief: ComparisonBrief, comparison: Comparison
) -> None:
    law = next(section for section in brief.sections if section.id == "law")
    matrices = [block for block in law.blocks if isinstance(block, Matrix)]
    assert len(matrices) == 2
    for matrix in matrices:
        assert len(matrix.head) == matrix.lead + 3
        assert len(matrix.rows) == len(matrix.marks) == len(matrix.sides) == 9
        assert all(cell for row in matrix.marks for cell in row)
    contested = sum(part.contested for one in comparison.legal for part in one.parts)
    assert contested == sum(
        mark.contested for m in matrices for row in m.marks for cell in row for mark in cell
    )


# --- Maps and the slider ------------------------------------------------------------------------------------


def test_the_slider_has_a_stop_for_every_day_and_shows_the_last(comparison: Comparison, page: str) -> None:
    days = [moment.on.isoformat() for moment in comparison.timeline]
    tags = Page(page).tags
    (slider,) = [attributes for tag, attributes in tags if tag == "input"]
    assert (slider["type"], slider["min"], slider["max"], slider["value"]) == ("range", "0", "5", "5")
    assert [
        attributes["data-on"] for tag, attributes in tags if tag == "li" and "data-on" in attributes
    ] == days
    frames = [attributes for tag, attributes in tags if tag == "g" and attributes.get("class") == "frame"]
    assert {frame["data-on"] for frame in frames} == set(days)
    assert {frame["data-on"] for frame in frames if "display" not in frame} == {days[-1]}


def test_without_the_script_the_small_maps_stand_in_the_place_of_the_slider(page: str) -> None:
    tags = Page(page).tags
    (days,) = [attributes for _tag, attributes in tags if attributes.get("id") == "days"]
    assert "hidden" in days
    assert not [1 for tag, attributes in tags if tag == "figure" and "hidden" in attributes]


def test_each_region_has_a_map_and_the_first_has_panels(comparison: Comparison, bundled: Atlas) -> None:
    drawings = draw_comparison(comparison, bundled, with_slider=False)
    assert drawings.overview is not None
    assert "Clarion-Clipperton Zone" in drawings.overview.alt
    assert [picture.alt.split(" on ")[0] for picture in drawings.regions] == [
        "Map: Western Pacific",
        "Map: Southwest Indian Ridge",
    ]
    assert drawings.meetings is not None
    assert drawings.slider is None


def test_groups_without_shapes_are_compared_without_maps(bundled: Atlas, tmp_path: Path) -> None:
    a, b = (read_group(spec, bundled) for spec in ("ref=DSMC-2026", "ref=USA-2"))
    found = compare(a, b, on=dt.date(2026, 9, 30), atlas=bundled)
    for name in ("out.html", "out.pdf"):
        write_comparison(found, tmp_path / name, bundled)
    page = (tmp_path / "out.html").read_text(encoding="utf-8")
    assert "<svg" not in page
    assert "<script>" not in page


def test_a_file_of_the_user_is_drawn(bundled: Atlas, tmp_path: Path) -> None:
    ring = [[179, -12], [-179, -12], [-179, -10], [179, -10], [179, -12]]
    path = tmp_path / "mine.geojson"
    path.write_text(json.dumps({"type": "Polygon", "coordinates": [ring]}))
    found = compare(read_group(str(path), bundled), read_group("nori", bundled), on=ON, atlas=bundled)
    drawings = draw_comparison(found, bundled, with_slider=False)
    assert len(drawings.regions) == 1
    assert "mine" in (drawings.regions[0].alt + (drawings.overview.alt if drawings.overview else ""))


# --- Safety, accessibility, reproducibility -----------------------------------------------------------------


def test_hostile_names_are_text_in_the_page(hostile: Comparison, bundled: Atlas, tmp_path: Path) -> None:
    path = tmp_path / "out.html"
    write_comparison(hostile, path, bundled)
    page = path.read_text(encoding="utf-8")
    assert page.count("<script") == 1
    assert squeezed(HOSTILE) in shown_in(page)
    assert "49 &" not in page


def test_hostile_names_are_text_in_the_pdf(hostile: Comparison, bundled: Atlas, tmp_path: Path) -> None:
    path = tmp_path / "out.pdf"
    write_comparison(hostile, path, bundled)
    assert squeezed(HOSTILE) in printed_in(path.read_bytes())


@pytest.mark.parametrize("name", ["x" * 5_000, "名" * 400 + " שלום \u202eevil 🐙 𓂀"])
def test_long_and_foreign_names_do_not_break_a_view(
    name: str, small: Comparison, bundled: Atlas, tmp_path: Path
) -> None:
    for target in ("out.html", "out.pdf"):
        write_comparison(renamed(small, name), tmp_path / target, bundled)
    assert "\u202e" not in (tmp_path / "out.html").read_text(encoding="utf-8")


def test_the_page_loads_nothing_and_runs_its_own_script_only(page: str) -> None:
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in page
    assert "default-src 'none'" in page
    for _tag, attributes in Page(page).tags:
        assert not any(name.startswith("on") for name in attributes)
        for name in ("href", "src", "xlink:href", "action", "srcset"):
            assert (attributes.get(name) or "#").startswith("#")


def test_the_page_can_be_heard_and_used_by_keyboard(page: str) -> None:
    tags = Page(page).tags
    levels = [int(tag[1]) for tag, _ in tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert {"header", "main", "nav", "footer"} <= {tag for tag, _ in tags}
    ids = [attributes["id"] for _, attributes in tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for tag, attributes in tags:
        for name in ("aria-labelledby", "aria-describedby", "for"):
            assert set((attributes.get(name) or "").split()) <= set(ids)
        if tag == "th":
            assert attributes["scope"] in {"row", "col"}
        if tag == "svg":
            assert attributes["role"] == "img"
            assert attributes["aria-labelledby"]
        if attributes.get("role") == "region":
            assert attributes["tabindex"] == "0"
            assert attributes.get("aria-label") or attributes.get("aria-labelledby")
    assert [attributes["for"] for tag, attributes in tags if tag == "label"] == ["day"]


def test_the_pdf_is_tagged_titled_and_has_bookmarks(brief: ComparisonBrief, pdf: bytes) -> None:
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    titles = [one.title for one in reader.outline if not isinstance(one, list)]
    assert titles == [brief.labels["differences"], brief.labels["key"], *(s.title for s in brief.sections)]


@pytest.mark.parametrize("suffix", [".html", ".pdf"])
def test_the_same_comparison_gives_the_same_bytes(
    suffix: str, small: Comparison, bundled: Atlas, tmp_path: Path
) -> None:
    paths = [tmp_path / f"{name}{suffix}" for name in ("one", "two")]
    for path in paths:
        write_comparison(small, path, bundled)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert sorted(tmp_path.iterdir()) == sorted(paths)


def test_a_comparison_in_chinese_is_laid_out_in_chinese(bundled: Atlas, tmp_path: Path) -> None:
    a, b = (read_group(spec, bundled) for spec in ("ref=CMMPMN1", "ref=NORIPMN1"))
    found = compare(a, b, on=ON, atlas=bundled, language="zh")
    for name in ("out.html", "out.pdf"):
        write_comparison(found, tmp_path / name, bundled)
    assert '<html lang="zh-Hans">' in (tmp_path / "out.html").read_text(encoding="utf-8")
    reader = pypdf.PdfReader(tmp_path / "out.pdf")
    root: Any = reader.trailer["/Root"]
    assert root["/Lang"].startswith("zh")
    assert "[U+" not in reader.pages[0].extract_text()


def test_another_ending_is_refused(comparison: Comparison, bundled: Atlas, tmp_path: Path) -> None:
    with pytest.raises(SeabedError, match=r"\.html or \.pdf"):
        write_comparison(comparison, tmp_path / "out.txt", bundled)


def test_the_words_of_the_layout_are_in_the_language_of_the_comparison(comparison: Comparison) -> None:
    with speaking("en"):
        assert comparison_brief(comparison, Drawings()).labels["kind"] == "Comparison"


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on PATH")
@pytest.mark.parametrize("is_dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_to_object_to(page: str, tmp_path: Path, *, is_dark: bool) -> None:
    assert violations_in(page, tmp_path, is_dark=is_dark) == []


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on PATH")
def test_the_script_turns_the_small_maps_into_a_slider(page: str, tmp_path: Path) -> None:
    moved = (
        "const day = document.getElementById('day'); day.value = 1; day.dispatchEvent(new Event('input'));"
        "const shown = [...document.querySelectorAll('#days g.frame')]"
        ".filter((one) => one.getAttribute('display') !== 'none').map((one) => one.dataset.on);"
        "document.title = JSON.stringify([document.getElementById('days').hidden, [...new Set(shown)],"
        " day.getAttribute('aria-valuetext'), document.querySelectorAll('figure.plate[hidden]').length]);"
    )
    dumped = dumped_by_browser(page, moved, tmp_path)
    title = re.search(r"<title>(.*?)</title>", dumped)
    assert title is not None
    assert json.loads(html.unescape(title[1])) == [
        False,
        ["2011-12-31"],
        "End of 2011 (31 December 2011)",
        1,
    ]
