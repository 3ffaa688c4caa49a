"""The charts: one for each set of figures, alike each time, safe to inline, and said in words."""

from __future__ import annotations

import datetime as dt
import html
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from seabed.assessment import assess
from seabed.atlas.sites import site_of
from seabed.atlas.store import Atlas
from seabed.briefing import write_brief
from seabed.briefing.charts import charts_of, depth_chart, npv_chart, supply_chart, tornado_chart
from seabed.briefing.document import Items, Picture, Table
from seabed.briefing.figures import feasibility_sections
from seabed.contract import Feasibility
from seabed.feasibility import FeasibilityOptions
from seabed.language import speaking
from seabed.question import Mineral, Question
from seabed.site import read_site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from seabed.briefing.document import Block
    from seabed.contract import Assessment


@pytest.fixture(scope="module")
def assessment() -> Assessment:
    atlas = Atlas.open(bundled_only=True)
    site = read_site("isa:NORI-D", layer_feature=lambda id_: site_of(atlas, id_))
    question = Question(mineral=Mineral.NODULES, on=dt.date(2026, 11, 22))
    options = FeasibilityOptions(draws=500, seed=3, in_detail=True)
    return assess(site, question, atlas=atlas, feasibility=options)


@pytest.fixture(scope="module")
def feasibility(assessment: Assessment) -> Feasibility:
    return assessment.feasibility


@pytest.fixture(scope="module")
def pictures(feasibility: Feasibility) -> list[Picture]:
    return [picture for part in charts_of(feasibility).values() for picture in part]


def test_there_is_a_chart_of_costs_values_drivers_depths_and_shares(feasibility: Feasibility) -> None:
    found = charts_of(feasibility)
    assert {part: len(pictures) for part, pictures in found.items()} == {
        "technology": 1,
        "economics": 3,
        "supply": 1,
    }


def test_the_same_data_give_the_same_bytes(feasibility: Feasibility, pictures: list[Picture]) -> None:
    again = [picture for part in charts_of(feasibility).values() for picture in part]
    assert again == pictures
    assert not any(re.search(r"20\d\d-\d\d-\d\dT", picture.svg) for picture in pictures)


def test_several_charts_stand_in_one_page(pictures: list[Picture]) -> None:
    ids = [one for picture in pictures for one in re.findall(r'\bid="([^"]+)"', picture.svg)]
    assert len(ids) == len(set(ids))
    for picture in pictures:
        own = set(re.findall(r'\bid="([^"]+)"', picture.svg))
        assert set(re.findall(r'(?:href="#|url\(#)([^")]+)', picture.svg)) <= own


def test_a_chart_is_an_element_of_its_own_that_asks_for_nothing(pictures: list[Picture]) -> None:
    for picture in pictures:
        root = ET.fromstring(picture.svg)  # noqa: S314 - our own
        assert root.attrib["role"] == "img"
        assert root.attrib["aria-label"] == picture.alt
        assert "<script" not in picture.svg
        assert not re.search(r'(?:href|src)="(?!#)', picture.svg)
        assert len(picture.svg) < 150_000


def test_a_chart_takes_the_ink_of_the_page_and_has_no_ground(pictures: list[Picture]) -> None:
    for picture in pictures:
        assert "currentColor" in picture.svg
        assert "#010203" not in picture.svg
        assert "#ffffff" not in picture.svg.lower()


def test_the_numbers_stand_in_the_words_for_those_who_cannot_see(
    feasibility: Feasibility, pictures: list[Picture]
) -> None:
    said = " ".join(picture.alt for picture in pictures)
    for case in feasibility.economics["cases"].values():
        assert f"{case['all_in_cost']['value']:,.0f}" in said
    run = feasibility.economics["monte_carlo"]
    assert f"{run['npv']['value'] / 1000:.1f}" in said
    assert "manganese: 12 % of world output" in said
    assert "4,300 m" in said
    assert all(picture.caption and picture.heading for picture in pictures)


def test_without_figures_there_is_no_chart() -> None:
    assert charts_of(Feasibility()) == {"technology": (), "economics": (), "supply": ()}
    assert npv_chart(None) is None
    assert tornado_chart({}) is None
    assert depth_chart({}) is None
    assert supply_chart({}) is None


def test_a_chart_speaks_chinese_with_a_font_that_has_it(feasibility: Feasibility) -> None:
    # A glyph that no font has is a warning, and so an error.
    figure = {"value": 3_000.0, "low": 1_000.0, "high": 5_000.0}
    with speaking("zh"):
        picture = depth_chart(
            feasibility.technology
            | {"levels": [{"title": "海底采集", "depth": {"value": 4_300.0, **figure, "unit": "m"}}]}
        )
    assert picture is not None
    assert "NotoSansCJK" in picture.svg


def test_a_project_that_never_pays_has_its_charts(feasibility: Feasibility) -> None:
    run = feasibility.economics["monte_carlo"]
    down = run | {
        "histogram_edges": [edge - 50_000 for edge in run["histogram_edges"]],
        "npv": run["npv"] | {key: run["npv"][key] - 50_000 for key in ("low", "value", "high")},
        "share_above_nil": 0.0,
    }
    picture = npv_chart(down)
    assert picture is not None
    assert "−4" in picture.alt


@pytest.mark.parametrize("suffix", ["html", "pdf"])
def test_a_brief_has_every_chart(
    assessment: Assessment, pictures: list[Picture], tmp_path: Path, suffix: str
) -> None:
    target = tmp_path / f"brief.{suffix}"
    write_brief(assessment, target)
    if suffix == "html":
        page = html.unescape(target.read_text(encoding="utf-8"))
        assert all(f'aria-label="{picture.alt}"' in page for picture in pictures)
    else:
        from pypdf import PdfReader

        text = re.sub(r"\s+", "", "".join(page.extract_text() for page in PdfReader(target).pages))
        assert all(re.sub(r"\s+", "", picture.caption) in text for picture in pictures)


# --- The layout ---------------------------------------------------------------------------------------------


def texts(blocks: list[Block]) -> str:
    found = []
    for block in blocks:
        found.append(block.heading)
        if isinstance(block, Items):
            found += [item.text for item in block.items]
        if isinstance(block, Table):
            found += [cell for row in block.rows for cell in (*block.head, *row)]
    return "\n".join(found)


def feasibility_blocks(feasibility: Feasibility, *, with_charts: bool = False) -> Iterator[Block]:
    """Yield the blocks of both sections, one after the other."""
    found, behind = feasibility_sections(feasibility, with_charts=with_charts)
    yield from found.blocks
    for section in behind.sections:
        yield from section.blocks


def test_what_was_found_stands_apart_from_the_figures_behind_it(feasibility: Feasibility) -> None:
    found, behind = feasibility_sections(feasibility, with_charts=True)
    assert not any(block.is_detail for block in found.blocks)
    assert all(block.is_detail for section in behind.sections for block in section.blocks)
    assert [section.title for section in behind.sections][-1] == "Sources of these figures"


def test_the_overall_read_comes_first(feasibility: Feasibility) -> None:
    blocks = [*feasibility_blocks(feasibility)]
    assert [block.heading for block in blocks[:3]] == [
        "What is strong",
        "What is weak",
        "What is not known, or turns on something",
    ]


def test_charts_stand_behind_their_parts_only_if_asked_for(feasibility: Feasibility) -> None:
    assert not any(isinstance(block, Picture) for block in feasibility_blocks(feasibility))
    blocks = [*feasibility_blocks(feasibility, with_charts=True)]
    assert sum(isinstance(block, Picture) for block in blocks) == 5


def test_every_row_is_as_long_as_its_head(feasibility: Feasibility) -> None:
    for block in feasibility_blocks(feasibility):
        if isinstance(block, Table):
            assert len(block.widths) == len(block.head)
            assert all(len(row) == len(block.head) for row in block.rows)


def test_every_sentence_of_a_part_is_laid_out(feasibility: Feasibility) -> None:
    shown = texts([*feasibility_blocks(feasibility)])
    for part in ("resource", "technology", "logistics", "economics", "environment", "supply"):
        data = getattr(feasibility, part)
        for key in ("summary", "notes", "assumptions", "gaps"):
            given = data.get(key) or ()
            for text in [given] if isinstance(given, str) else given:
                assert text in shown, (part, key)
    for event in feasibility.supply["context"]["events"]:
        assert event["what"] in shown
    for duty in feasibility.environment["duties"]:
        assert duty["text"] in shown


def test_no_part_is_laid_out_as_plain_data(feasibility: Feasibility) -> None:
    assert not any(block.type == "pairs" for block in feasibility_blocks(feasibility))
