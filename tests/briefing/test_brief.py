from __future__ import annotations

import base64
import hashlib
import io
import re
import sys
from dataclasses import asdict, replace
from html.parser import HTMLParser
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pypdf
import pytest

from seabed.briefing import SUFFIXES, write_brief
from seabed.briefing.document import Node, Section, Table, Trace
from seabed.briefing.html import render_html
from seabed.briefing.map import draw_map
from seabed.briefing.opinions import slug
from seabed.briefing.pdf import PAPERS, render_pdf
from seabed.briefing.typesetting import typeset
from seabed.briefing.view import view_of
from seabed.briefing.words import DISCLAIMER, clean
from seabed.errors import MissingExtraError, SeabedError
from seabed.output import check_output

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from seabed.atlas.store import Atlas
    from seabed.briefing.document import Brief
    from seabed.briefing.pdf import Paper
    from seabed.contract import Assessment

CAPTION = "What the map shows."
#: Ids, codes and numbers that a view puts into words, or that only a program reads.
NOT_SHOWN = {
    "activity",
    "area_km2",
    "authorities",  # those of the instruments
    "controlled_by",
    "created_at",
    "fact",
    "features",
    "geometry",
    "held",
    "incorporated_in",
}
NOT_SHOWN |= {
    "instrument",
    "kind",
    "layer",
    "leads_to",
    "mineral",
    "nationality",
    "obtainable",
    "on",
    "order",
    "orders",
    "rule",
    "rules",
}
NOT_SHOWN |= {
    "since",
    "not_before",
    "not_after",
    "sponsors",
    "state",
    "territory",
    "claimants",
    "trace",
    "verdict",
    "verdicts",
    "answers",
    "zones",
    "resource",
}


#: Ids, the kind of a block, words of the layout; drawings and what they show, which is not printed; the
#: author, who stands in the byline.
FOR_THE_LAYOUT = {"type", "id", "about", "verdict", "header", "labels", "language", "author"}
FOR_THE_LAYOUT |= {"map_alt", "alt", "svg"}


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
        if tag not in {"meta", "br", "img"}:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"style", "script", "svg", "head"} & set(self._open) and data.strip():
            self.chunks.append(data)


def squeezed(text: str) -> str:
    """Return ``text`` without white space: line breaks in a PDF come anywhere."""
    return "".join(text.split())


def is_right_to_left(text: str) -> bool:
    """Whether a PDF reader may hand ``text`` back in another order than it is stored."""
    return bool(re.search("[\u0590-\u08ff]", text))


def pdf_text(pdf: bytes, brief: Brief) -> str:
    """Return the text of the pages without what is repeated on each."""
    pages = []
    for page in pypdf.PdfReader(io.BytesIO(pdf)).pages:
        text = squeezed(page.extract_text())
        header = squeezed(f"Site brief: {brief.header} Law as of {brief.date}")
        assert text.count(header) >= 1 or is_right_to_left(header)
        text = text.replace(header, "")
        assert re.search(r"Page\d+of\d+", text)
        pages.append(re.sub(squeezed(f"seabed {brief.version}") + r"Page\d+of\d+", "", text))
    return "".join(pages)


def facts(value: Any) -> Iterator[str]:
    """Yield every text that the document shows."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key not in FOR_THE_LAYOUT:
                yield from facts(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from facts(inner)


def contract_texts(value: Any, key: str = "") -> Iterator[str]:
    if key in NOT_SHOWN:
        return
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner_key, inner in value.items():
            if inner_key != "id" or not {"share", "authority", "steps"} & value.keys():
                yield from contract_texts(inner, inner_key)
    elif isinstance(value, list):
        for inner in value:
            yield from contract_texts(inner, key)


@pytest.fixture
def brief(either: Assessment) -> Brief:
    return view_of(either, map_caption=CAPTION)


@pytest.fixture
def page(brief: Brief, either: Assessment) -> str:
    return render_html(brief, draw_map(either, None))


@pytest.fixture
def pdf(brief: Brief, either: Assessment) -> bytes:
    return render_pdf(brief, draw_map(either, None), either.question.on)


def test_every_fact_is_in_the_page_and_in_the_pdf(brief: Brief, page: str, pdf: bytes) -> None:
    in_page, in_pdf = squeezed("".join(Page(page).chunks)), pdf_text(pdf, brief)
    for fact in map(squeezed, facts(asdict(brief))):
        assert fact in in_page
        assert fact in in_pdf or is_right_to_left(fact)


def test_the_page_shows_nothing_that_the_pdf_does_not(brief: Brief, page: str, pdf: bytes) -> None:
    in_pdf = pdf_text(pdf, brief)
    only_on_screen = {brief.labels[name] for name in ("skip", "contents", "copy_cites")}
    only_on_screen |= {f"seabed {brief.version} · {brief.labels['law_as_of']}"}
    for chunk in Page(page).chunks:
        text = squeezed(chunk)
        assert (
            text in in_pdf
            or chunk.strip() in only_on_screen
            or text.upper() in in_pdf
            or is_right_to_left(text)
        )


def test_every_text_of_the_contract_is_in_the_page(either: Assessment, page: str) -> None:
    shown = squeezed("".join(Page(page).chunks))
    texts = [text for text in contract_texts(either.model_dump(mode="json", by_alias=True)) if text]
    assert len(texts) > 40
    titles = {layer.id: layer.title for layer in either.sources}
    # Layers are called by their titles, the moment is written as people do.
    told_otherwise = {*titles, either.receipt.created}
    for text in texts:
        if text not in told_otherwise and not text.startswith("zone:"):  # the zone's name says the same
            assert squeezed(typeset(clean(text), titles)).removesuffix(".") in shown


def test_every_condition_of_a_trace_is_in_the_page(assessment: Assessment) -> None:
    shown = " ".join("".join(Page(render_html(view_of(assessment), "<svg></svg>")).chunks).split())
    assert "the applicant is a United States citizen (30 U.S.C. 1403(14))" in shown
    assert "Exception, does not hold: the activity is scientific research" in shown
    assert "usa.dshmra.971-214" in shown


def trace_of(assessment: Assessment, order: str) -> Trace:
    section = next(one for one in view_of(assessment).sections if one.id == "orders")
    opinion = next(one for one in section.sections if one.id == f"order-{order}")
    (trace,) = [block for block in opinion.blocks if isinstance(block, Trace)]
    return trace


def test_a_condition_is_shown_without_levels_that_say_nothing(
    hostile: Assessment, assessment: Assessment
) -> None:
    # Eight lists of one inside each other around one fact.
    (traced,) = [opinion for opinion in hostile.opinions if opinion.trace.get("rules")]
    (rule,) = trace_of(hostile, slug(traced.order)).rules
    assert rule.because is not None
    assert rule.because.text.startswith("<script>")
    assert rule.because.children == ()
    first = trace_of(assessment, "unclos").rules[0]
    assert first.because == Node("not: a State Party sponsors the applicant", "yes", ())


def test_rules_without_a_part_in_the_answer_get_one_line(assessment: Assessment) -> None:
    traced = trace_of(assessment, "usa")
    assert [rule.outcome for rule in traced.rules] == ["holds", "defeated"]
    (considered,) = traced.considered
    assert considered.heading == "Considered: does not hold"
    assert [item.text.split(":")[0] for item in considered.items] == ["30 U.S.C. 1412(c)(1)(B)"]


def test_the_trace_is_folded_under_its_conclusion(assessment: Assessment) -> None:
    page = render_html(view_of(assessment), "<svg></svg>")
    order = page[page.index('<section id="order-usa"') :]
    order = order[: order.index("</section>")]
    assert '<details class="fold traces">' in order
    assert "usa.dshmra.971-214" in order


def test_an_output_is_checked_before_the_work(tmp_path: Path) -> None:
    assert check_output(tmp_path / "a.pdf", SUFFIXES, "a brief") == tmp_path / "a.pdf"
    with pytest.raises(SeabedError, match=r"\.html or \.pdf"):
        check_output(tmp_path / "a.txt", SUFFIXES, "a brief")
    with pytest.raises(SeabedError, match="no folder"):
        check_output(tmp_path / "missing" / "a.pdf", SUFFIXES, "a brief")


def test_it_says_once_that_it_is_not_legal_advice(brief: Brief, page: str, pdf: bytes) -> None:
    assert squeezed("".join(Page(page).chunks)).count(squeezed(DISCLAIMER)) == 1
    assert pdf_text(pdf, brief).count(squeezed(DISCLAIMER)) == 1


def test_the_page_needs_no_network_and_runs_no_script_but_its_own(page: str) -> None:
    tags = Page(page).tags
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}';" in page
    assert not re.search(r"fetch\(|XMLHttp|import\(|eval\(|innerHTML|https?:", script)
    assert not {tag for tag, _ in tags} & {
        "link",
        "img",
        "iframe",
        "object",
        "embed",
        "base",
        "form",
    }
    for tag, attributes in tags:
        assert not any(name.startswith("on") for name in attributes)
        for name in ("href", "src", "xlink:href", "action", "srcset"):
            assert (attributes.get(name) or "#").startswith("#"), tag
    style = re.findall(r"<style[^>]*>(.*?)</style>", page, re.DOTALL)
    assert not any("@import" in one or "url(" in one for one in style)
    assert "default-src 'none'" in page


def test_names_are_literal_in_the_page(hostile: Assessment) -> None:
    page = render_html(view_of(hostile), draw_map(hostile, None))
    assert page.count("<script") == 1
    assert "alert(1)" in "".join(Page(page).chunks)
    assert "\u202e" not in page


def test_names_are_literal_in_the_pdf(hostile: Assessment) -> None:
    brief = view_of(hostile)
    text = pdf_text(render_pdf(brief, draw_map(hostile, None), hostile.question.on), brief)
    assert squeezed("#typst $x$ *bold* _it_ `code` \"quotes\" 'single' & \\back") in text


def test_headings_are_nested_without_gaps(page: str) -> None:
    levels = [int(tag[1]) for tag, _ in Page(page).tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_the_page_has_landmarks_unique_ids_and_headed_tables(page: str) -> None:
    tags = Page(page).tags
    assert {"header", "main", "nav", "footer"} <= {tag for tag, _ in tags}
    ids = [attributes["id"] for _, attributes in tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in tags:
        assert set((attributes.get("aria-labelledby") or "").split()) <= set(ids)
        if (attributes.get("href") or "").startswith("#"):
            assert str(attributes["href"])[1:] in ids
    assert all("scope" in attributes for tag, attributes in tags if tag == "th")


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(2 * c for c in digits) if len(digits) == 3 else digits
    channels = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_every_colour_of_the_page_has_enough_contrast_in_light_and_dark(page: str) -> None:
    themes = re.findall(r":root \{([^}]*--paper[^}]*)\}", page)
    assert len(themes) == 3  # light, dark, print
    for theme in themes:
        colours = dict(re.findall(r"--(\w+): (#[0-9a-f]+)", theme))
        paper = luminance(colours.pop("paper"))
        for name in set(colours) - {"line", "tint"}:
            low, high = sorted((paper, luminance(colours[name])))
            assert (high + 0.05) / (low + 0.05) >= 4.5, name


def test_the_pdf_is_tagged_titled_and_has_bookmarks(brief: Brief, pdf: bytes) -> None:
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert brief.title in (reader.metadata.title if reader.metadata and reader.metadata.title else "")
    titles = [one.title for one in reader.outline if not isinstance(one, list)]
    assert titles == [
        brief.labels["answers"],
        *([brief.labels["reasons"]] if brief.reasons else []),
        *([brief.labels["changes"]] if brief.changes else []),
        *(section.title for section in brief.sections),
        brief.labels["annex"],
    ]


@pytest.mark.parametrize("paper", PAPERS)
def test_the_first_page_of_the_pdf_answers(assessment: Assessment, paper: Paper) -> None:
    brief = view_of(assessment, map_caption=CAPTION)
    pdf = render_pdf(brief, draw_map(assessment, None), assessment.question.on, paper=paper)
    first, second, *_ = pypdf.PdfReader(io.BytesIO(pdf)).pages
    width = {"a4": 595, "letter": 612}[paper]
    assert round(float(first.mediabox.width)) == width
    said = squeezed(first.extract_text())
    for text in facts(asdict(replace(brief, sections=()))):
        assert squeezed(text) in said
    assert brief.sections[0].title not in first.extract_text()
    assert squeezed(brief.sections[0].title) in squeezed(second.extract_text())


def test_a_table_over_two_pages_repeats_its_head(assessment: Assessment) -> None:
    rows = tuple((f"row {i}", "text") for i in range(120))
    brief = replace(
        view_of(assessment), sections=(Section("s", "S", (Table("T", ("Alpha", "Beta"), rows, (1, 1)),)),)
    )
    reader = pypdf.PdfReader(
        io.BytesIO(
            render_pdf(
                brief, "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'/>", assessment.question.on
            )
        )
    )
    pages = [page.extract_text() for page in reader.pages if "row " in page.extract_text()]
    assert len(pages) > 2
    assert all("Alpha" in page for page in pages)


def test_the_brief_speaks_the_language_of_the_assessment(assessment: Assessment) -> None:
    chinese = assessment.model_copy(
        update={"receipt": assessment.receipt.model_copy(update={"language": "zh"})}
    )
    brief = view_of(chinese, map_caption=CAPTION)
    assert brief.date == "2026年11月21日"
    assert brief.place.startswith("北纬10.4892°，西经116.9417°")
    assert '<html lang="zh-Hans">' in render_html(brief, draw_map(chinese, None))
    reader = pypdf.PdfReader(io.BytesIO(render_pdf(brief, draw_map(chinese, None), chinese.question.on)))
    root: Any = reader.trailer["/Root"]
    assert root["/Lang"] == "zh-CN"
    assert squeezed("北纬10.4892°，西经116.9417°") in squeezed(reader.pages[0].extract_text())
    assert view_of(assessment).date == "21 November 2026"


def test_a_character_that_no_font_has_is_numbered_not_dropped(assessment: Assessment) -> None:
    # U+13080 is an Egyptian hieroglyph; Typst has no font for it, and it is not left to the machine's fonts.
    brief = replace(view_of(assessment), place="eye \U00013080 \U00013081")
    text = pdf_text(render_pdf(brief, draw_map(assessment, None), assessment.question.on), brief)
    assert "\U00013080" in text or "[U+13080]" in text
    assert "\U00013081" in text or "[U+13081]" in text


@pytest.mark.parametrize("name", ["brief.html", "brief.pdf", "BRIEF.PDF"])
def test_the_same_assessment_gives_the_same_bytes(
    either: Assessment, atlas: Atlas, tmp_path: Path, name: str
) -> None:
    written = []
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        write_brief(either, tmp_path / folder / name, atlas)
        assert [path.name for path in (tmp_path / folder).iterdir()] == [name]
        written.append((tmp_path / folder / name).read_bytes())
    assert written[0] == written[1]
    assert written[0].startswith(b"<!DOCTYPE html>" if name.endswith(".html") else b"%PDF-")


def test_a_brief_replaces_an_older_one(assessment: Assessment, tmp_path: Path) -> None:
    path = tmp_path / "brief.html"
    path.write_text("old")
    write_brief(assessment, str(path))
    assert "NORI-D" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["brief.docx", "brief"])
def test_another_suffix_is_refused_naming_both(assessment: Assessment, tmp_path: Path, name: str) -> None:
    with pytest.raises(SeabedError, match=r"\.html or \.pdf"):
        write_brief(assessment, tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_missing_is_named(assessment: Assessment, tmp_path: Path) -> None:
    with pytest.raises(SeabedError, match="cannot be written"):
        write_brief(assessment, tmp_path / "missing" / "brief.html")


@pytest.mark.parametrize(("module", "suffix"), [("jinja2", "html"), ("typst", "pdf"), ("matplotlib", "html")])
def test_a_missing_extra_is_named(
    assessment: Assessment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, suffix: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError, match=r"\[brief\]"):
        write_brief(assessment, tmp_path / f"brief.{suffix}")


def test_a_long_name_is_cut_in_the_running_header_only(assessment: Assessment) -> None:
    assessment.site.name = "N" * 500
    brief = view_of(assessment)
    assert brief.title == "N" * 500
    assert brief.header == "N" * 59 + "…"


def test_an_assessment_without_opinions_or_zones_still_has_a_brief(
    assessment: Assessment, tmp_path: Path
) -> None:
    bare = assessment.model_copy(
        update={"zones": [], "opinions": [], "conflicts": [], "nearest": [], "margins": [], "sources": []}
    )
    for name in ("brief.html", "brief.pdf"):
        write_brief(bare, tmp_path / name)
        assert (tmp_path / name).stat().st_size > 1000
