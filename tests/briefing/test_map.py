from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import shapely
from pyproj import Geod
from shapely.geometry import mapping

from seabed.atlas.store import Atlas, Feature, write_atlas
from seabed.briefing.map import _OVERLAYS, _ZONES, MAX_BYTES, _degrees, draw_map, frame_of, gather
from seabed.briefing.words import ZONE_KINDS

if TYPE_CHECKING:
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from seabed.contract import Assessment

SVG = "{http://www.w3.org/2000/svg}"


def moved(assessment: Assessment, geometry: BaseGeometry, centroid: tuple[float, float]) -> Assessment:
    site = assessment.site.model_copy(update={"geometry": mapping(geometry), "centroid": centroid})
    return assessment.model_copy(update={"site": site})


def test_the_map_is_xml_with_a_title_and_a_description(either: Assessment, atlas: Atlas) -> None:
    root = ET.fromstring(draw_map(either, atlas))  # noqa: S314 - our own document
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert description is not None
    assert (title.text or "").startswith("Map of ")
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "map-title map-desc"


def test_names_are_text_in_the_map_never_markup(hostile: Assessment, atlas: Atlas) -> None:
    svg = draw_map(hostile, atlas)
    assert "<script" not in svg
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in svg
    assert not list(ET.fromstring(svg).iter(f"{SVG}script"))  # noqa: S314 - our own document


def test_the_map_loads_nothing(either: Assessment, atlas: Atlas) -> None:
    svg = draw_map(either, atlas)
    assert not re.search(r'(href|src)="(?!#)', svg)
    assert not re.search(r"url\((?!#)", svg)


def test_the_same_assessment_gives_the_same_map(either: Assessment, atlas: Atlas) -> None:
    assert draw_map(either, atlas) == draw_map(either, atlas)


def test_what_surrounds_the_site_is_on_the_map(assessment: Assessment, atlas: Atlas) -> None:
    scene = gather(assessment, atlas, frame_of(assessment, 1.5))
    assert {(one.kind, one.label, one.touches) for one in scene.overlays} == {
        ("isa_contract", "NORIPMN1", True),
        ("isa_apei", "APEI-12", False),
        ("us_dshmra_application", "TMC-USA-A", True),
    }
    # Both blocks of the contract are drawn; both belong to what the site touches.
    assert sum(one.label == "NORIPMN1" for one in scene.overlays) == 2


def test_a_zone_across_the_antimeridian_is_one_shape(hostile: Assessment, atlas: Atlas) -> None:
    frame = frame_of(hostile, 1.5)
    assert len(frame.boxes) == 2
    scene = gather(hostile, atlas, frame)
    assert scene.site.geom_type == "Polygon"
    disputed = [zone for zone in scene.zones if zone.is_disputed]
    assert [zone.geometry.geom_type for zone in disputed] == ["Polygon"]
    assert {zone.label for zone in scene.zones if zone.label} == {"Fiji", "France"}
    assert [limit.kind for limit in scene.limits] == ["200M"]


def test_areas_on_the_map_are_true(assessment: Assessment, atlas: Atlas) -> None:
    scene = gather(assessment, atlas, frame_of(assessment, 1.5))
    assert scene.site.area / 1e6 == pytest.approx(assessment.site.area_km2, rel=1e-4)


def test_the_scale_is_true_at_the_site(assessment: Assessment) -> None:
    frame = frame_of(assessment, 1.5)
    longitude, latitude = frame.centre
    east, north, _ = Geod(ellps="WGS84").fwd(longitude, latitude, 90, 50_000)
    x, y = frame.to_map.transform(east, north)
    assert np.hypot(x, y) == pytest.approx(50_000, rel=1e-5)


def test_without_an_atlas_the_site_is_drawn_alone(assessment: Assessment) -> None:
    scene = gather(assessment, None, frame_of(assessment, 1.5))
    assert scene.zones == scene.overlays == scene.limits == ()
    assert draw_map(assessment, None).startswith("<svg")


@pytest.mark.parametrize(
    ("geometry", "centroid"),
    [
        (shapely.MultiPoint([(10, 0), (10.5, 0.2)]), (10.25, 0.1)),
        (shapely.Point(-179.99, 70), (-179.99, 70.0)),
        (shapely.box(-30, 88, 60, 89.9), (15.0, 88.9)),
        (shapely.box(-180, -90, 180, -75), (0.0, -90.0)),
        (shapely.box(-179, -80, 179, 80), (0.0, 0.0)),
        (shapely.box(100, 10, 100.00001, 10.00001), (100.0, 10.0)),
    ],
)
def test_a_site_of_any_kind_and_place_has_a_map(
    assessment: Assessment, atlas: Atlas, geometry: BaseGeometry, centroid: tuple[float, float]
) -> None:
    svg = draw_map(moved(assessment, geometry, centroid), atlas)
    assert len(ET.fromstring(svg)) > 2  # noqa: S314 - our own document
    assert "nan" not in re.sub(r"<(title|desc)[^>]*>[^<]*", "", svg)


def test_a_ragged_coast_is_simplified_until_the_map_is_small(assessment: Assessment, tmp_path: Path) -> None:
    generator = np.random.default_rng(1)
    islands = []
    for _ in range(50):
        x, y = generator.uniform(-119, -115), generator.uniform(8.5, 12.5)
        turn = np.linspace(0, 2 * np.pi, 800, endpoint=False)
        radius = 0.06 * (1 + 0.4 * generator.random(800))
        islands.append(
            shapely.Polygon(np.column_stack([x + radius * np.cos(turn), y + radius * np.sin(turn)]))
        )
    coast = Feature(
        layer="coast",
        id="land:1",
        ref="land:1",
        kind="land",
        name="Coast",
        geometry=shapely.union_all(islands),
    )
    write_atlas(tmp_path / "atlas.gpkg", [coast], [])
    with Atlas.open(tmp_path / "atlas.gpkg") as ragged:
        assert len(draw_map(assessment, ragged)) <= MAX_BYTES


def test_every_zone_kind_but_the_area_can_be_drawn() -> None:
    assert set(_ZONES) | set(_OVERLAYS) | {"area"} == set(ZONE_KINDS)


@pytest.mark.parametrize(
    ("value", "said"), [(0, "0°"), (-12.5, "12°30′W"), (180, "180°"), (-180, "180°"), (0.0166667, "0°01′E")]
)
def test_a_graticule_label_has_degrees_and_minutes(value: float, said: str) -> None:
    assert _degrees(value, "E", "W") == said
