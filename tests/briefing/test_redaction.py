from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seabed.briefing import BriefOptions, write_brief
from seabed.briefing.redaction import scrub
from seabed.briefing.words import position
from seabed.contract import SiteReport

if TYPE_CHECKING:
    from pathlib import Path

    from seabed.atlas.store import Atlas
    from seabed.contract import Assessment

SITE = SiteReport(
    name="site",
    geometry={},
    area_km2=1,
    perimeter_km=1,
    centroid=(-116.9, 10.5),
    bbox=(-117.8, 9.9, -116.1, 11.1),
    crosses_antimeridian=False,
)
HIDDEN = "[position left out]"


@pytest.mark.parametrize(
    "text",
    [
        "at 10.4892° N, 116.9417° W.",
        "at 10°30'N 117°W.",
        "at N 10° 30′ 15″, W 117° 0′ 0″.",
        "at -116.94, 10.49.",
        "at 10.49 -116.94.",
        "at 10.5N 117.0W.",
        "at 北纬10.4892°，西经116.9417°.",
    ],
)
def test_a_position_is_left_out_however_it_is_written(text: str) -> None:
    assert scrub(text, SITE) == f"at {HIDDEN}."


@pytest.mark.parametrize(
    "text",
    [
        "UNCLOS art. 153(2)(b); 30 U.S.C. 1411(a)(1)",
        "NPV of 1.2, 3.4 and 5.6 billion USD",
        "a slope of 10° at most",
        "370 km (200 M), bearing 042°",
        "15 CFR 971.214, 970.601",
        "21 November 2026",
    ],
)
def test_what_is_no_position_stays(text: str) -> None:
    assert scrub(text, SITE) == text


@given(st.floats(-117.8, -116.1), st.floats(9.9, 11.1))
def test_every_position_that_a_brief_writes_is_left_out(longitude: float, latitude: float) -> None:
    assert scrub(f"x {position(longitude, latitude)} y", SITE) == f"x {HIDDEN} y"


@pytest.mark.parametrize("name", ["brief.html", "brief.pdf"])
def test_a_redacted_brief_holds_no_coordinate(
    assessment: Assessment, atlas: Atlas, tmp_path: Path, name: str
) -> None:
    assessment.site.notes.append("Corners: 11.08333, -117.81667; 9°53'42\"N 116°04'00\"W.")
    assessment.site.name = "Block at 10.4892° N, 116.9417° W"
    for redact in (False, True):
        write_brief(assessment, tmp_path / name, atlas, BriefOptions(redact=redact))
        if name.endswith("html"):
            text = (tmp_path / name).read_text(encoding="utf-8")
        else:
            reader = pypdf.PdfReader(tmp_path / name)
            text = "".join(page.extract_text() for page in reader.pages) + str(reader.metadata)
            text += reader.pages[0].get_contents().get_data().decode("latin-1")  # type: ignore[union-attr]
        found = re.findall(r"11[67]\.(?:8166|0666|94)|9\.895|11\.083|10\.489|\d° ?[NSEW]|9°53", text)
        assert bool(found) is not redact, found
    assert HIDDEN in text
